"""Taking files in: counts, the same file twice, whose shop, rejects as a file, and refusals that change nothing."""

from pathlib import Path

import pytest

from bot.imports import BATCH, Importer, shop_named
from bot.seed import seed_store
from channels import Unreadable
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, Unknown
from domain.intake.incoming import Platform
from domain.orders.catalog import Shop
from domain.people.people import OPERATOR, Actor, ActorKind, Role
from domain.policy.policy_stops import FeedSource
from domain.records import ImportRun
from handlers.services import Progress
from storage.store import Store
from storage.unit import Unit
from tests.channels.making import DETAIL_ROW, DETAILS, TAOBAO, TAOBAO_ROW, csv_bytes, table, xlsx_bytes

pytestmark = pytest.mark.anyio
HEAD = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Address1,"
    "Shipping City,Shipping Zip,Shipping Country,Shipping Phone\n"
)
OURS = {**TAOBAO_ROW, "店铺名称": "小满旗舰店"}


def row(number: int, quantity: str = "1") -> str:
    return (
        f"#{number},a@example.com,paid,2026-11-20 10:00:00 -0500,,USD,10.00,0.00,0.00,10.00,0.00,"
        f"2026-11-20 10:00:00 -0500,{quantity},=Mug white,10.00,MUG-WHITE,"
        "Jo Doe,1 Main St,Springfield,12345,US,+15555550100\n"
    )


@pytest.fixture
def company(store: Store) -> Store:
    store.run_now(seed_store)
    return store


async def take(store: Store, text: str, shop: str | None = None, actor: Actor = OPERATOR) -> ImportRun:
    catalog = store.read_now(lambda unit: unit.catalog)
    file_id = store.run_now(_put, text.encode())
    return await Importer(store)(file_id, None if shop is None else shop_named(catalog, shop), actor)


def _put(desk: Desk, data: bytes) -> int:
    return desk.files.put("orders.csv", data, desk.now).id


def orders(store: Store) -> int:
    return sum(sum(pair) for pair in store.read_now(lambda unit: unit.orders.review_counts(None)).values())


async def test_the_same_file_twice_changes_nothing(company: Store) -> None:
    text = HEAD + row(1001) + row(1002)
    first = await take(company, text)
    assert (first.new, first.changed, first.unchanged, first.rejected, first.done) == (2, 0, 0, 0, True)
    again = await take(company, text)
    assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, 2, 0)
    assert orders(company) == 2


async def test_rejected_rows_come_back_as_a_file_without_formulas(company: Store) -> None:
    run = await take(company, HEAD + row(1001, "-1") + row(1002))
    assert (run.new, run.rejected) == (1, 1)
    assert [(reject["row"], reject["reason"]) for reject in run.rejects] == [(2, "negative_quantity")]
    assert run.reject_file_id is not None
    _, data = company.read_now(lambda unit: unit.files.get(run.reject_file_id or 0))
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("row,reason,facts,Name,Email")
    assert lines[1].startswith('2,negative_quantity,"{""column"": ""Lineitem quantity"", ""value"": ""-1""}",')
    assert ",-1,'=Mug white," in lines[1]
    assert len(lines) == 2


async def test_a_file_counts_for_the_gate_only_when_it_would_tell_of_a_refund(company: Store) -> None:
    """Taobao's detail list knows goods alone; its order list tells what went back, where the column was exported."""

    def ways() -> list[FeedSource]:
        first = next(iter(company.read_now(lambda unit: unit.catalog.shops)))
        return [feed.source for feed in company.read_now(lambda unit: unit.feeds.all()) if feed.shop_id == first]

    await take(company, csv_bytes(table(DETAILS, DETAIL_ROW)).decode("utf-8-sig"), "小满旗舰店")
    assert ways() == [FeedSource.ADDED]
    bare = {name: cell for name, cell in TAOBAO_ROW.items() if name != "退款金额"}
    short = [name for name in TAOBAO if name != "退款金额"]
    await take(company, csv_bytes(table(short, bare)).decode("utf-8-sig"), "小满旗舰店")
    assert ways() == [FeedSource.ADDED]
    run = await take(company, csv_bytes(table(TAOBAO, TAOBAO_ROW)).decode("utf-8-sig"), "小满旗舰店")
    assert (run.new, run.unchanged, run.rejects) == (0, 1, ())
    assert ways() == [FeedSource.ADDED, FeedSource.FILE]


@pytest.mark.parametrize("heads_first", [True, False])
async def test_an_order_in_two_sheets_is_counted_once(company: Store, heads_first: bool) -> None:
    """The sheets are longer than a batch, so that no batch has both halves of the first orders."""
    numbers = [str(2345678901234567891 + number) for number in range(BATCH + 1)]
    heads = table(TAOBAO, *({**OURS, "订单编号": number, "买家会员名": number} for number in numbers))
    details = table(DETAILS, *({**DETAIL_ROW, "订单编号": number} for number in numbers))
    sheets = {"订单": heads, "宝贝": details} if heads_first else {"宝贝": details, "订单": heads}
    seen: list[int] = []

    async def tell(progress: Progress) -> None:
        seen.append(progress.orders)

    file_id = company.run_now(_put, xlsx_bytes(sheets))
    run = await Importer(company)(file_id, None, OPERATOR, tell)
    counts = (run.new, run.changed, run.unchanged, run.waiting, run.rejected)
    assert counts == (BATCH + 1, 0, 0, 0, 0)
    assert seen == [BATCH, BATCH + 1, BATCH + 1]
    assert orders(company) == BATCH + 1


async def test_a_known_order_that_one_of_two_sheets_changes_is_changed_once(company: Store) -> None:
    """Its head says nothing new, its goods do; the others' goods wait for their heads."""
    heads, more = table(TAOBAO, OURS), [{**DETAIL_ROW, "订单编号": str(9 * 10**18 + extra)} for extra in range(BATCH)]
    counts = []
    for sheets in ({"订单": heads}, {"订单": heads, "宝贝": table(DETAILS, *more, DETAIL_ROW)}):
        run = await Importer(company)(company.run_now(_put, xlsx_bytes(sheets)), None, OPERATOR)
        counts.append((run.new, run.changed, run.unchanged, run.waiting))
    assert counts == [(1, 0, 0, 0), (0, 1, 0, BATCH)]


async def test_progress_counts_rows_and_orders(company: Store) -> None:
    told: list[Progress] = []

    async def tell(progress: Progress) -> None:
        told.append(progress)

    text = HEAD + "".join(row(number) for number in range(1, 602))
    file_id = company.run_now(_put, text.encode())
    await Importer(company)(file_id, None, OPERATOR, tell)
    assert told == [Progress(500, 500, 0), Progress(601, 601, 0)]


async def test_a_shop_of_another_platform_is_refused_with_the_choices(company: Store) -> None:
    with pytest.raises(BadValue) as refusal:
        await take(company, HEAD + row(1001), "小满旗舰店")
    assert refusal.value.want == "Xiaoman Global"
    assert orders(company) == 0


async def test_an_unknown_shop_is_refused(company: Store) -> None:
    with pytest.raises(Unknown):
        await take(company, HEAD + row(1001), "nobody's shop")


async def test_a_file_that_names_another_shop_is_taken_only_when_a_person_says_so(company: Store) -> None:
    text = "订单编号,订单状态,店铺名称,总金额,买家应付货款,买家实际支付金额,订单创建时间\n"
    text += "2345678901234567891,买家已付款，等待卖家发货,小二茶铺,9.00,9.00,9.00,2026-05-01 10:00:00\n"
    with pytest.raises(BadValue) as refusal:
        await take(company, text)
    assert (refusal.value.value, refusal.value.want) == ("小二茶铺", "小满旗舰店")
    assert orders(company) == 0
    assert (await take(company, text, "小满旗舰店")).new == 1


async def test_an_unreadable_file_changes_nothing(company: Store) -> None:
    with pytest.raises(Unreadable):
        await take(company, "what,is,this\n1,2,3\n")
    assert orders(company) == 0


async def test_who_may_not_import_changes_nothing(company: Store) -> None:
    picker = Actor(ActorKind.PERSON, "Wang", 5, frozenset({Role.PICKER}))
    with pytest.raises(NotAllowed):
        await take(company, HEAD + row(1001), actor=picker)
    assert orders(company) == 0


async def test_the_samples_go_in(company: Store) -> None:
    sample = Path(__file__).parents[3] / "shared/samples/shopify/orders_export.csv"
    if not sample.exists():
        pytest.skip("no samples beside this checkout")
    run = await take(company, sample.read_text("utf-8"))
    assert (run.new, run.rejected) == (127, 0)


JST_HEAD = "内部订单号,线上订单号,店铺名称,商品编码,数量,状态,下单时间,应付金额,已付金额\n"


def jst_row(number: int, shop: str) -> str:
    return f"{number},23000000000000{number},{shop},MUG-WHITE,1,已付款待审核,2026-11-20 10:00:00,9.00,9.00\n"


def with_erp_shops(store: Store) -> dict[str, int]:
    """Two shops the ERP knows by these names."""

    def add(unit: Unit) -> dict[str, int]:
        made = [Shop(0, name, Platform.JST, "CNY", "Asia/Shanghai") for name in ("一店", "二店")]
        return {shop.name: unit.catalog_admin.add_shop(shop).id for shop in made}

    return store.run_now(add)


def numbers(store: Store, shop: int) -> set[str]:
    told = [f"23000000000000{number}" for number in range(1001, 1005)]
    return set(store.read_now(lambda unit: unit.orders.by_number(shop, told)))


async def test_the_orders_of_an_erp_go_each_to_the_shop_they_name(company: Store) -> None:
    shops = with_erp_shops(company)
    text = JST_HEAD + jst_row(1001, "一店") + jst_row(1002, "二店") + jst_row(1003, "别家店") + jst_row(1004, "二店")
    run = await take(company, text)
    assert (run.new, run.rejected, run.shop_id) == (3, 1, shops["一店"])
    assert numbers(company, shops["一店"]) == {"230000000000001001"}
    assert numbers(company, shops["二店"]) == {"230000000000001002", "230000000000001004"}
    assert run.rejects == ({"column": "店铺名称", "value": "别家店", "row": 4, "reason": "other_shop"},)


async def test_an_erps_file_that_names_no_shop_of_ours_is_refused(company: Store) -> None:
    with_erp_shops(company)
    with pytest.raises(BadValue) as refusal:
        await take(company, JST_HEAD + jst_row(1001, "别家店"))
    assert (refusal.value.value, refusal.value.want) == ("别家店", "一店|二店")
    assert orders(company) == 0


async def test_an_erps_orders_for_a_shop_out_of_scope_are_refused(company: Store) -> None:
    shops = with_erp_shops(company)
    clerk = Actor(ActorKind.PERSON, "Li", 6, frozenset({Role.CS}), shops=frozenset({shops["一店"]}))
    run = await take(company, JST_HEAD + jst_row(1001, "一店") + jst_row(1002, "二店"), actor=clerk)
    assert (run.new, run.rejected) == (1, 1)
    assert (numbers(company, shops["一店"]), numbers(company, shops["二店"])) == ({"230000000000001001"}, set())


async def test_amounts_without_a_currency_are_the_shops(company: Store) -> None:
    def add(unit: Unit) -> int:
        return unit.catalog_admin.add_shop(Shop(0, "Xiaoman ID", Platform.SHOPEE, "IDR", "Asia/Jakarta")).id

    shop = company.run_now(add)
    text = "Order ID,Order Status,Product Name,SKU Reference No.,Quantity,Deal Price,Total Amount,Order Creation Date\n"
    text += "260501ABCD1234,To ship,Mug,MUG-WHITE,1,25.000,25.000,2026-05-01 10:00\n"
    assert (await take(company, text)).new == 1
    order = company.read_now(lambda unit: unit.orders.by_number(shop, ["260501ABCD1234"]))["260501ABCD1234"]
    assert (order.currency, order.total) == ("IDR", 25000)
