"""Taking files in: counts, the same file twice, whose shop, rejects as a file, and refusals that change nothing."""

from pathlib import Path

import pytest

from bot.imports import Importer, shop_named
from bot.seed import seed_store
from channels import Unreadable
from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, Unknown
from domain.people import OPERATOR, Actor, ActorKind, Role
from domain.records import ImportRun
from handlers.services import Progress
from storage.store import Store

pytestmark = pytest.mark.anyio
HEAD = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Address1,"
    "Shipping City,Shipping Zip,Shipping Country,Shipping Phone\n"
)


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
    assert lines[1].startswith("2,negative_quantity,")
    assert ",-1,'=Mug white," in lines[1]
    assert len(lines) == 2


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
