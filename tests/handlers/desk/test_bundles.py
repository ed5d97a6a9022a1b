"""Sets in chat: a file or a command, what it would change, and how orders and papers tell of them."""

from dataclasses import replace

import pytest

from domain.people.people import Role
from handlers.desk.bundles import as_file
from handlers.floor.papers import _slip_lines
from handlers.words import Words
from tests.channels import making
from tests.factory import incoming, incoming_line
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio

SET = replace(incoming_line("TEASET", 2), title="茶具套装", unit_price=9900, amount=19_800)
ORDER = incoming(goods=23_700, total=23_700, paid=23_700, lines=(SET, incoming_line("CUP-02", 1, amount=3900)))
FILE = "组合编码,组合名称,组件编码,数量,独立套件\nTEASET,茶具套装,CUP-01,2,是\n,,TEA-01,1,\n".encode()
ZH_FILE = "组合编码,组合名称,组件编码,数量\nA,一,CUP-01,两个\nB,二,CUP-01,1\nB,二,CUP-01,1\nC,三,POT,1\n".encode()


async def test_a_file_of_recipes_is_tried_then_kept_and_its_orders_go_on(desk: DeskChat) -> None:
    (order,) = desk.takes(ORDER)
    buyer = desk.speaks(Role.BUYER, "en")
    said = await desk.sends(buyer, "sets.csv", FILE)
    assert said[-1].split("\n") == [
        "<b>🧩 sets.csv: 1 bundle to change</b>",
        "• new: <b>TEASET 茶具套装</b>: CUP-01 ×2, TEA-01 ×1 · independent kit",
        "",
        "Orders already taken in keep the components they have.",
        "⏳ 1 order waits for these bundles; 1 of them can go on once you save.",
    ]
    assert len(desk.order(order.id).lines) == 2
    said = await desk.taps(buyer, "✅ Save")
    assert said[-1].split("\n") == [
        "✅ 1 bundle saved by 孙丽 Sun Li, for orders from now on.",
        "• TEASET: CUP-01 ×2, TEA-01 ×1 · independent kit",
    ]
    assert [(line.sku, line.quantity) for line in desk.order(order.id).lines] == [
        ("CUP-01", 4),
        ("CUP-02", 1),
        ("TEA-01", 2),
    ]
    (card,) = await desk.writes(buyer, "/bundle teaset")
    assert await desk.writes(buyer, "/stock teaset") == [card]
    lines = card.split("\n")
    assert lines[0] == "<b>🧩 TEASET</b> 茶具套装"
    assert lines[1].startswith("Components, version 1, by 孙丽 Sun Li at ")
    assert lines[2:] == [
        "Independent kit: its components ship in one parcel.",
        "",
        "• 2 × <code>CUP-01</code> 陶瓷杯 白",
        "• 1 × <code>TEA-01</code> 茉莉花茶 100g",
        "",
        "Bundles to ship 60 · to sell 58 (limited by TEA-01)",
        "",
        "To change it (counts for new orders): <code>/bundle TEASET = CUP-01 ×2, TEA-01 ×1 whole</code>",
    ]


async def test_the_card_of_an_order_tells_sets_and_what_they_are(desk: DeskChat) -> None:
    buyer = desk.speaks(Role.BUYER, "en")
    await desk.sends(buyer, "sets.csv", FILE)
    await desk.taps(buyer, "✅ Save")
    (order,) = desk.takes(ORDER)
    cs = desk.speaks(Role.CS, "en")
    (card,) = await desk.writes(cs, "/order 1001")
    assert "#1 · 2 × <b>TEASET</b> 茶具套装 (陶瓷杯 白 ×4, 茉莉花茶 100g ×2) · ¥198.00" in card.split("\n")
    assert "#2 · 1 × <b>CUP-02</b> goods CUP-02 · ¥39.00" in card.split("\n")
    (why,) = await desk.writes(cs, "/why 1001")
    line = next(line for line in why.split("\n") if line.startswith("🧩"))
    assert line.startswith("🧩 #1: 2 × TEASET = 4 × CUP-01, 2 × TEA-01, by version 1 of its components (孙丽 Sun Li, ")
    zh = desk.speaks(Role.CS, "zh")
    (card,) = await desk.writes(zh, "/order 1001")
    assert "#1 · 2 × <b>TEASET</b> 茶具套装（陶瓷杯 白 ×4、茉莉花茶 100g ×2） · ¥198.00" in card.split("\n")
    box = desk.look(lambda unit: unit.parcels.of_orders([order.id])[order.id][0])
    slip = desk.look(lambda unit: _slip_lines(unit, box, {order.id: unit.orders.get(order.id)}, Words("en", "UTC")))
    assert [(line.sku, line.title, line.quantity, line.set_name) for line in slip] == [
        ("CUP-02", "goods CUP-02", 1, ""),
        ("CUP-01", "陶瓷杯 白", 4, "茶具套装 ×2"),
        ("TEA-01", "茉莉花茶 100g", 2, "茶具套装 ×2"),
    ]


async def test_a_refund_is_asked_for_sets_and_not_for_their_parts(desk: DeskChat) -> None:
    buyer = desk.speaks(Role.BUYER, "en")
    await desk.sends(buyer, "sets.csv", FILE)
    await desk.taps(buyer, "✅ Save")
    (order,) = desk.takes(ORDER)
    cs = desk.speaks(Role.CS, "en")
    await desk.writes(cs, "/order 1001")
    await desk.taps(cs, "💸 Refund and stop")
    await desk.taps(cs, "Only #1: 2 × 茶具套装")
    await desk.taps(cs, "Only 1 of 2")
    await desk.taps(cs, "💸 ¥99.00: Too slow")
    after = desk.order(order.id)
    assert after.refunded == 9900
    assert [(line.sku, line.quantity) for line in after.lines if line.dropped] == [("CUP-01", 2), ("TEA-01", 1)]
    assert [(line.sku, line.quantity) for line in after.shippable] == [("CUP-01", 2), ("CUP-02", 1), ("TEA-01", 1)]


async def test_every_faulty_row_is_told_and_the_other_sets_can_be_kept(desk: DeskChat) -> None:
    said = await desk.sends(desk.speaks(Role.CS_LEAD, "zh"), "套装.csv", ZH_FILE)
    assert said[-1].split("\n") == [
        "<b>🧩 套装.csv：将更改 1 个组合装</b>",
        "• 新增 <b>C 三</b>：POT ×1",
        "⚠ C：商品 POT 尚未建档，建档前相关订单会挂起。",
        "",
        "<b>被拒绝的行：3</b>",
        "• 第 2 行：「数量」：两个 不是整数",
        "• 第 3 行：同一组合装的第 4 行有错，整个组合装未采用",
        "• 第 4 行：CUP-01 与第 3 行重复",
        "",
        "已导入的订单仍按原明细，不受影响。",
        "没有订单在等这些组合装。",
    ]


async def test_a_recipe_is_typed_and_what_waits_for_it_says_so(desk: DeskChat) -> None:
    buyer = desk.speaks(Role.BUYER, "en")
    await desk.writes(buyer, "/bundle TEASET Tea set = -")
    await desk.taps(buyer, "✅ Save")
    (order,) = desk.takes(ORDER)
    (card,) = await desk.writes(buyer, "/bundle TEASET")
    assert card.split("\n")[3:6] == ["No components.", "", "Its components are incomplete: its orders stay held."]
    assert "⏳ 1 order waits for it: 1001" in card.split("\n")
    (held,) = await desk.writes(buyer, "/order 1001")
    assert (
        "• <b>bundle incomplete</b>: 1 line, first: the bundle «TEASET» 茶具套装 has no components yet (/bundle)"
        in held
    )
    said = await desk.writes(buyer, "/bundle TEASET = CUP-01 ×2, POT ×1")
    assert "⏳ 1 order waits for these bundles; 0 of them can go on once you save." in said[-1].split("\n")
    await desk.taps(buyer, "✅ Save")
    (held,) = await desk.writes(buyer, "/order 1001")
    assert "first: POT is not a product of ours, in the bundle «TEASET» 茶具套装" in held
    await desk.writes(buyer, "/bundle TEASET = CUP-01 ×2, TEA-01")
    await desk.taps(buyer, "✅ Save")
    assert not desk.order(order.id).held
    (card,) = await desk.writes(buyer, "/bundle TEASET")
    assert card.split("\n")[0] == "<b>🧩 TEASET</b> Tea set"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("TEASET = CUP-01 ×0, TEA-01", ["• «CUP-01 ×0»: 0 is not between 1 and 9999"]),
        ("TEASET = TEA-01, CUP-01×12345", ["• «CUP-01×12345»: 12345 is not between 1 and 9999"]),
        ("TEASET = CUP-01 ×2, TEA-01, cup-01", ["• «cup-01»: «CUP-01 ×2» is in it already"]),
        ("TEASET = CUP-01, CUP-01, CUP-01", ["• «CUP-01»: «CUP-01» is in it already"] * 2),
        ("CUP-02 = CUP-01, TEA-01", ["• CUP-02 is a product's code: give the bundle a code of its own"]),
        ("TEASET = CUP-01, null", ["• «null» names no product"]),
    ],
)
async def test_faults_of_a_typed_recipe_name_what_was_typed(desk: DeskChat, text: str, faults: list[str]) -> None:
    (card,) = await desk.writes(desk.speaks(Role.BUYER, "en"), f"/bundle {text}")
    code = text.partition(" ")[0]
    head = f"<b>🧩 {code}: 0 bundles to change</b>"
    assert card.split("\n") == [head, "", "<b>Not taken:</b>", *faults, "", "Nothing to save."]


async def test_a_file_that_calls_itself_a_command_is_a_file(desk: DeskChat) -> None:
    said = await desk.sends(desk.speaks(Role.CS_LEAD, "en"), "/bundle T = A", ZH_FILE)
    assert said[-1].split("\n")[0] == "<b>🧩 _bundle T = A: 1 bundle to change</b>"
    assert "• row 4: CUP-01 is already in row 3" in said[-1].split("\n")


async def test_somebody_else_was_faster(desk: DeskChat) -> None:
    buyer, lead = desk.speaks(Role.BUYER, "en"), desk.speaks(Role.CS_LEAD, "en")
    await desk.writes(buyer, "/bundle TEASET = CUP-01 ×2")
    await desk.writes(lead, "/bundle TEASET = CUP-01 ×3")
    await desk.taps(lead, "✅ Save")
    await desk.taps(buyer, "✅ Save")
    assert [part.units for part in desk.look(lambda unit: unit.catalog.bundles["TEASET"].parts)] == [3]
    await desk.taps(buyer, "✅ Save")
    assert [part.units for part in desk.look(lambda unit: unit.catalog.bundles["TEASET"].parts)] == [2]


def item(code: str, units: str, amount: str, place: str, **told: str) -> dict[str, str]:
    """A row of Taobao's item sheet."""
    number = making.TAOBAO_ROW["订单编号"]
    row = {"主订单编号": number, "子订单编号": f"{number[:-1]}{place}", "商品标题": f"淘宝 {code}", "商家编码": code}
    row |= {
        "购买数量": units,
        "买家实付金额": amount,
        "订单状态": "买家已付款,等待卖家发货",
        "退款状态": "没有申请退款",
    }
    return row | told


async def test_taobaos_files_tell_a_set_and_a_lead_says_what_its_refund_is_for(desk: DeskChat) -> None:
    """Its refunds name no units: ¥99.00 of two sets is one of them only because a person says so."""
    buyer, lead = desk.speaks(Role.BUYER, "en"), desk.speaks(Role.CS_LEAD, "en")
    await desk.writes(buyer, "/bundle TEASET Tea set = CUP-01 ×2, TEA-01")
    await desk.taps(buyer, "✅ Save")
    head = {"买家应付货款": "237.00", "买家应付邮费": "0", "总金额": "237.00", "买家实际支付金额": "237.00"}
    told = making.TAOBAO_ROW | head | {"店铺名称": "小满旗舰店"}
    await desk.sends(lead, "orders.csv", making.csv_bytes(making.table(making.TAOBAO, told), "gb18030"))
    goods = (item("TEASET", "2", "198.00", "1"), item("CUP-02", "1", "39.00", "2"))
    await desk.sends(lead, "items.csv", making.csv_bytes(making.table(making.ITEMS, *goods), "gb18030"))
    (card,) = await desk.writes(lead, f"/order {told['订单编号']}")
    assert "#1 · 2 × <b>TEASET</b> 淘宝 TEASET (陶瓷杯 白 ×4, 茉莉花茶 100g ×2) · ¥198.00" in card.split("\n")
    columns = ["订单编号", "子订单编号", "退款编号", "买家退款金额", "退款状态"]
    refund = [told["订单编号"], goods[0]["子订单编号"], "900000000000000001", "99.00", "退款成功"]
    data = making.csv_bytes(making.table(columns, dict(zip(columns, refund, strict=True))))
    await desk.sends(lead, "refunds.csv", data)
    (card,) = await desk.writes(lead, f"/order {told['订单编号']}")
    asked = "¥99.00 went back for TEASET (refund 900000000000000001): do all of its goods still ship?"
    assert [line for line in card.split("\n") if line.startswith("• <b>refunded in part</b>") and asked in line]
    for label in ("💸 Refund and stop", "Only #1: 2 × 淘宝 TEASET", "Only 1 of 2", "💸 goods only: Too slow"):
        await desk.taps(lead, label)
    repaid = item("TEASET", "2", "198.00", "1", 退款状态="退款成功", 退款金额="99.00")
    await desk.sends(lead, "items2.csv", making.csv_bytes(making.table(making.ITEMS, repaid, goods[1]), "gb18030"))
    await desk.writes(lead, f"/order {told['订单编号']}")
    await desk.taps(lead, "✅ Release 1 and approve")
    order = desk.look(lambda unit: unit.orders.by_number(1, [told["订单编号"]]))[told["订单编号"]]
    assert (order.held, order.refunded) == (False, 9900)
    assert [(line.sku, line.quantity) for line in order.shippable] == [("CUP-01", 2), ("CUP-02", 1), ("TEA-01", 1)]
    (why,) = await desk.writes(lead, f"/why {order.number}")
    assert [line.split(",")[0] for line in why.split("\n") if line.startswith("🧩")] == [
        "🧩 #1: 1 × TEASET = 2 × CUP-01",
        "🧩 #3: 1 × TEASET = 2 × CUP-01",
    ]


@pytest.mark.parametrize("role", [Role.CS, Role.PICKER, Role.FINANCE])
async def test_who_keeps_no_products_writes_no_recipe(desk: DeskChat, role: Role) -> None:
    person = desk.speaks(role, "en")
    said = await desk.writes(person, "/bundle TEASET = CUP-01 ×2")
    assert "maintain products and bundles" in said[-1]
    await desk.sends(person, "sets.csv", FILE)
    assert desk.look(lambda unit: dict(unit.catalog.bundles)) == {}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("T = A", ["T,,A,1,"]),
        (
            "T Tea set = A x2, B×3；C*4、D 5 whole",
            ["T,Tea set,A,2,是", "T,Tea set,B,3,是", "T,Tea set,C,4,是", "T,Tea set,D,5,是"],
        ),
        ("T 茶具 = BOX2 ×1，独立套件", ["T,茶具,BOX2,1,是"]),
        ("T = A ×2 可拆", ["T,,A,2,否"]),
        ("T = -", ["T,,-,,"]),
    ],
)
def test_what_is_typed_is_a_file(text: str, rows: list[str]) -> None:
    name, typed, data = as_file(text)
    assert (name, data.decode().split("\r\n")) == ("T", ["组合编码,组合名称,组件编码,数量,独立套件", *rows, ""])
    assert len(typed) == len(rows)
