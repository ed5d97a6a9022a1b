"""Files in chat: kept, read, told; refused in words; and the shop asked for where the file does not say."""

import csv
import io

import pytest

from channels.registry import FORMATS
from domain.people.people import Role
from handlers.cards.desk.intake import reject_file
from handlers.wording.format_terms import FORMATS as FORMAT_NAMES
from handlers.wording.format_terms import format_name
from handlers.words import Words
from tests.channels import making
from tests.channels.test_1688 import deals
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
HEADER = "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
HEADER += "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,"
HEADER += "Shipping Street,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,"
HEADER += "Refunded Amount,Id"


def shopify(*names: str, quantity: str = "1") -> bytes:
    """A small Shopify export: one cup per order."""
    row = "{name},a@example.com,paid,2026-11-22 10:00:00 -0500,unfulfilled,USD,39.00,0.00,0.00,39.00,,0.00,"
    row += "2026-11-22 10:00:00 -0500,{quantity},White cup,39.00,CUP-01,Ann Lee,1 Main St,Springfield,12345,IL,US,"
    row += "+12025550123,,0.00,{id}"
    rows = [row.format(name=name, quantity=quantity, id=n) for n, name in enumerate(names, 1)]
    return "\n".join([HEADER, *rows, ""]).encode()


BOTH = making.zip_bytes(
    {"a.csv": shopify("#1"), "b.csv": making.csv_bytes(making.table(making.PINDUODUO, making.PDD_ROW))}
)
HALF = making.xlsx_bytes({"orders": making.table(making.PINDUODUO, making.PDD_ROW)})[:2000]


async def test_a_file_is_taken_in_and_the_same_file_changes_nothing(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    first, result = await desk.sends(anna, "orders.csv", shopify("#1", "#2"))
    assert first == "📥 orders.csv: received, reading…"
    lines = result.split("\n")
    assert lines[0] == "<b>📥 2 orders</b> · Xiaoman Global · orders.csv"
    assert lines[-1] == "new: 2 · changed: 0 · unchanged: 0"
    assert desk.labels == [["📥 New orders"]]
    _, again = await desk.sends(anna, "again.csv", shopify("#1", "#2"))
    assert again.split("\n")[-1] == "Nothing new: 2 orders were known already, unchanged."
    assert len(desk.look(lambda d: d.orders.in_review(shops=None, held=None))) == 2


async def test_rejected_rows_come_back_as_a_file_in_the_persons_language(desk: DeskChat) -> None:
    anna = desk.speaks(Role.CS, "zh")
    _, text = await desk.sends(anna, "orders.csv", shopify("#1") + shopify("=2", quantity="x").split(b"\n")[1] + b"\n")
    assert "<b>被拒绝的行：1</b>" in text.split("\n")
    assert any(line.startswith("• 第 3 行：不是数字") for line in text.split("\n"))
    sent = [call for call in desk.last if call.name == "sendDocument"]
    assert len(sent) == 1
    raw = sent[0].said["document"].data
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows[0][:3] == ["行号", "原因", "详情"]
    assert rows[1][:2] == ["3", "不是数字"]
    assert "'=2" in rows[1]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "This is not a table. Send the platform's order export"),
        ("list.csv", b"first,second\n1,2\n", "No export I know has these columns: first, second"),
        ("broken.json", b'{"orders": [', "The JSON is broken: "),
        ("both.zip", BOTH, "The file mixes platforms (pinduoduo, shopify). Send one file per shop."),
        ("half.xlsx", HALF, "This is not a workbook, or it is damaged."),
    ],
)
async def test_an_unreadable_file_gets_a_reason_and_changes_nothing(
    desk: DeskChat, name: str, data: bytes, why: str
) -> None:
    anna = desk.cast.people[Role.CS]
    _, text = await desk.sends(anna, name, data)
    assert text.split("\n")[0] == "<b>❌ Not taken in.</b> Nothing was changed."
    assert text.split("\n")[1].startswith(why)
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "This is a list of what you bought, not of what you sold: the buyer is 小满家居. Nothing was imported. "
            "Send the platform's list of sold goods (1688: 已卖出的货品).",
        ),
        (
            "zh",
            "这是采购（已买到的货品）清单，不是销售订单：买家是 小满家居。未导入任何内容。"
            "请发送平台的已卖出清单（1688：已卖出的货品）。",
        ),
    ],
)
async def test_what_the_company_bought_itself_is_told_and_not_taken(desk: DeskChat, language: str, told: str) -> None:
    _, text = await desk.sends(desk.speaks(Role.CS, language), "1688.csv", deals(("小满家居", "xm", "")))
    assert text.split("\n")[1] == told
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


async def test_one_bad_date_among_a_thousand_rows_is_named_and_the_others_are_kept(desk: DeskChat) -> None:
    lines = shopify(*(f"#{n}" for n in range(1, 1001))).split(b"\n")
    lines[500] = lines[500].replace(b"2026-11-22 10:00:00 -0500,1,", b"yesterday,1,")
    _, text = await desk.sends(desk.cast.people[Role.CS], "orders.csv", b"\n".join(lines))
    told = text.split("\n")
    assert "new: 999 · changed: 0 · unchanged: 0" in told
    assert "<b>Rejected rows: 1</b>" in told
    assert "• row 501: not a date; column Created at; found «yesterday»" in told
    assert len(desk.look(lambda d: d.orders.in_review(shops=None, held=None))) == 999


async def test_the_shop_is_asked_for_and_the_kept_file_is_read_then(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    desk.do(_second_shopify)
    _, text = await desk.sends(anna, "orders.csv", shopify("#1"))
    assert text == "<b>orders.csv</b>: which shop is it from?"
    assert desk.labels == [["Xiaoman Global"], ["Xiaoman Outlet"]]
    desk.wire.files.clear()
    [done] = await desk.taps(anna, "Xiaoman Outlet")
    assert done.split("\n")[0] == "<b>📥 1 order</b> · Xiaoman Outlet · orders.csv"


def _second_shopify(unit: object) -> None:
    from domain.intake.incoming import Platform
    from domain.orders.catalog import Shop
    from storage.unit import Unit

    assert isinstance(unit, Unit)
    unit.catalog_admin.add_shop(Shop(0, "Xiaoman Outlet", Platform.SHOPIFY, "USD", "America/New_York"))


async def test_a_file_of_a_shop_not_ours_is_asked_about_and_nothing_is_taken(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    text = "订单编号,订单状态,店铺名称,总金额,买家应付货款,买家实际支付金额,订单创建时间\n"
    text += "2345678901234567891,买家已付款，等待卖家发货,小二茶铺,9.00,9.00,9.00,2026-05-01 10:00:00\n"
    _, asked = await desk.sends(anna, "orders.csv", text.encode())
    assert asked == (
        "<b>orders.csv</b> says it is from «小二茶铺», which is not one of our shops. Nothing was changed. "
        "Which shop is it from?"
    )
    assert desk.labels == [["小满旗舰店"]]
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


async def test_a_table_like_no_export_is_told_without_a_guess(desk: DeskChat) -> None:
    _, text = await desk.sends(desk.cast.people[Role.CS], "list.csv", b"first,second\n1,2\n")
    assert text.split("\n")[1:] == [
        "No export I know has these columns: first, second",
        "Send the order list or the item list of the platform.",
    ]


async def test_a_settlement_is_not_offered_as_orders_but_told_whose_it_is(desk: DeskChat) -> None:
    header = "订单编号,订单状态,商品名称,商品数量,费用名称,应结金额,币种,收支方向,结算状态"
    bill = f"{header}\n1001,完成,绿茶,1,货款,39.00,CNY,收入,已结算\n".encode()
    _, text = await desk.sends(desk.cast.people[Role.CS], "9 月.csv", bill)
    finance = desk.cast.people[Role.FINANCE].name
    assert text.split("\n")[1:] == [f"This is a settlement or a bill, no order export: it is for {finance}."]
    assert desk.labels == []
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


async def test_a_list_of_returns_is_not_offered_as_orders(desk: DeskChat) -> None:
    returns = "服务单号,订单编号,商品名称,商品数量,服务单状态\n81,1001,绿茶,1,待审核\n"
    _, text = await desk.sends(desk.cast.people[Role.CS], "returns.csv", returns.encode())
    assert text.split("\n")[1:] == [
        "This is a list of refunds or returns, no order export. I read those of Taobao, Pinduoduo, Douyin."
    ]
    assert desk.labels == []
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


async def test_a_number_that_a_spreadsheet_cut_is_told_by_its_row(desk: DeskChat) -> None:
    header, row = shopify("#1").decode().split("\n")[:2]
    header, row = (
        header.replace("Name,Email", "Email,Name", 1),
        row.replace("#1,a@example.com", "a@example.com,1.23E+17"),
    )
    _, text = await desk.sends(desk.cast.people[Role.CS], "orders.csv", f"{header}\n{row}\n".encode())
    told = (
        "a spreadsheet cut the digits of this number; export again and keep it as text; column Name; found «1.23E+17»"
    )
    assert f"• row 2: {told}" in text.split("\n")


async def test_a_file_over_telegrams_limit_gets_the_command_instead(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    [text] = await desk.sends(anna, "big.csv", b"x", file_size=21 * 1024 * 1024)
    assert text.startswith("Telegram lets me fetch files up to 20 MB; big.csv is larger.")
    assert "python run.py import FILE" in text
    assert [call.name for call in desk.last] == ["sendMessage"]


async def test_who_may_not_import_is_told_and_nothing_is_fetched(desk: DeskChat) -> None:
    chen = desk.cast.people[Role.FINANCE]
    assert await desk.sends(chen, "orders.csv", shopify("#1")) == ["Your role does not allow this (import)."]
    assert [call.name for call in desk.last] == ["sendMessage"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("taobao-orders+taobao-items", "Taobao orders and items"),
        ("taobao-orders+taobao-refunds", "Taobao order list + Taobao refund list"),
    ],
)
def test_several_lists_in_one_file_are_each_named(code: str, name: str) -> None:
    assert format_name(code, Words("en", "UTC")) == name


def test_a_reason_nobody_knows_is_shown_as_it_is() -> None:
    kept = "row,reason,facts,Name\r\n7,new_code,,x\r\n".encode("utf-8-sig")
    assert reject_file(kept, Words("en", "UTC")).decode("utf-8-sig") == "Row,Reason,Details,Name\r\n7,new_code,,x\r\n"


async def test_a_group_gets_counts_but_no_rows_and_a_chatting_group_nothing(desk: DeskChat) -> None:
    anna, owner = desk.cast.people[Role.CS], desk.cast.people[Role.OWNER]
    bad = shopify("#1") + shopify("#2", quantity="13800001234x").split(b"\n")[1] + b"\n"
    desk.wire.files["doc"] = bad
    document = {"file_id": "doc", "file_unique_id": "u", "file_name": "o.csv", "file_size": len(bad)}
    assert await desk._message(anna, {"document": document}, group=True) == []
    await desk.writes(owner, "/desk cs", group=True)
    _, text = await desk._message(anna, {"document": document}, group=True)
    assert "<b>Rejected rows: 1</b>" in text
    assert "13800001234" not in text
    assert text.endswith("send me the file in private to get them back.")
    assert [call.name for call in desk.last if call.name == "sendDocument"] == []


async def test_a_file_of_a_platform_we_have_no_shop_on_says_what_to_do(desk: DeskChat) -> None:
    text = "订单号,商品ID,订购数量,订单状态\n1,2,1,等待出库\n"
    _, told = await desk.sends(desk.cast.people[Role.CS], "jd.csv", text.encode())
    assert told == (
        "jd.csv is from JD, where 小满家居 has no shop. Nothing was changed. "
        "To add one, on the server: python run.py setup FILE"
    )
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


def test_what_is_to_blame_stands_in_the_file_in_the_readers_words() -> None:
    facts = '"{""column"": ""数量"", ""value"": ""=两""}"'
    kept = f"row,reason,facts,Name\r\n7,not_a_number,{facts},x\r\n".encode("utf-8-sig")
    told = {lang: reject_file(kept, Words(lang, "UTC")).decode("utf-8-sig").splitlines()[1] for lang in ("en", "zh")}
    assert told == {
        "en": "7,not a number,column 数量; found «=两»,x",
        "zh": "7,不是数字,列「数量」；内容「=两」,x",
    }


def test_a_file_kept_before_comes_back_as_it_was() -> None:
    kept = "row,reason,facts,Name\r\n7,not_a_number,column: 数量; value: 两,x\r\n".encode("utf-8-sig")
    assert reject_file(kept, Words("en", "UTC")).decode("utf-8-sig").splitlines()[1] == (
        "7,not a number,column: 数量; value: 两,x"
    )


def test_every_table_format_has_a_name() -> None:
    assert {one.name for one in FORMATS} <= FORMAT_NAMES.keys()
