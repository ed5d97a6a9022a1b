"""Cash on delivery as people read it: on the courier's list, its card, and the day's report."""

from dataclasses import replace

import pytest

from domain.floor.parcels import Parcel
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.records import NoticeKind
from tests.factory import incoming, receiver
from tests.handlers.desk_chat import DeskChat, open_desk
from tests.handlers.floor.test_printing import files, text_of

pytestmark = pytest.mark.anyio
ORDERS = (
    incoming("1", cod=True, paid=0, paid_at=None),
    incoming("2", cod=True, paid=1, paid_at=None, receiver=receiver(address="别处 2 号")),
    incoming("3", courier_hint="SF", receiver=receiver(address="别处 3 号")),
)
ON_THE_CARD = {
    "en": "💵 Cash on delivery: ¥155.99 to collect for 2 parcels",
    "zh": "💵 货到付款：2 个包裹，代收 ¥155.99",
}
ON_PAPER = {"en": "Cashondelivery:¥155.99tocollectfor2parcels", "zh": "货到付款：2个包裹，代收¥155.99"}
IN_THE_REPORT = {"en": "💵 顺丰: ¥155.99 to collect for 2 parcels", "zh": "💵 顺丰：2 个包裹，代收 ¥155.99"}


async def shipped(url: str, language: str) -> tuple[DeskChat, list[Parcel]]:
    """Two parcels that 顺丰 collects for and one that is paid, all handed over."""
    desk = open_desk(url, language)
    rules = replace(Policy(), screening=replace(Policy().screening, confirm_cod=False))
    desk.do(lambda unit: unit.catalog_admin.put_policy(rules, "t"))
    desk.orders(*ORDERS)
    boxes = desk.wave()[1]
    for box in boxes:
        await desk.ship(box)
    return desk, boxes


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_list_and_its_card_say_what_is_collected_altogether(language: str, sqlite_url: str) -> None:
    desk, boxes = await shipped(sqlite_url, language)
    boris = desk.cast.people[Role.DISPATCHER]
    assert {desk.look(lambda d, b=box: d.catalog.couriers[b.courier_id].code) for box in boxes} == {"SF"}
    await desk.writes(boris, "/manifest")
    await desk.taps(
        boris, {"en": "📋 Make the list: 顺丰, 杭州仓 (3)", "zh": "📋 生成交接单：顺丰，杭州仓（3）"}[language]
    )
    text = text_of(files(desk.last)["M0001.pdf"]).replace(" ", "")
    assert ON_THE_CARD[language] in desk.card(boris, NoticeKind.MANIFEST, 1).text.split("\n")
    assert text.count(ON_PAPER[language]) == 2
    assert [text.count(amount) for amount in ("¥78.00", "¥77.99")] == [1, 1]
    desk.store.close()


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_days_report_says_it_by_courier(language: str, sqlite_url: str) -> None:
    desk, _ = await shipped(sqlite_url, language)
    finance = desk.cast.people[Role.FINANCE]
    await desk.writes(finance, "/report")
    run = desk.look(lambda d: d.reports.get(1))
    assert (run.fails, run.summary["cod.CNY.顺丰"]) == (0, "2 15599")
    assert IN_THE_REPORT[language] in desk.card(finance, NoticeKind.REPORT, 1).text.split("\n")
    desk.store.close()
