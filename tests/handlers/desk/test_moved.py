"""A new address as customer service sees it: the old one beside it, who said so, and when; the phone never whole."""

import pytest

from domain.floor.parcels import Parcel
from domain.intake import intake
from domain.orders import corrections
from domain.orders.orders import Order
from domain.people.people import SHOP, Role
from domain.records import NoticeKind
from tests.factory import incoming, receiver
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
OLD = "   was: 张三 *******1234 浙江省 杭州市 西湖区 文三路 1 号 2 单元 303 310000"
NEW = "   now: 张三 *******9999 浙江省 杭州市 西湖区 新华路 9 号 310000"
ELSEWHERE = receiver(address="新华路 9 号", phone="13800009999")


async def picked(desk: DeskChat) -> tuple[Order, Parcel]:
    (order,) = desk.orders(incoming("3"))
    box = desk.wave()[1][0]
    await desk.writes(desk.cast.people[Role.PICKER], box.waybill)
    return order, box


async def test_the_platform_told_it(desk: DeskChat) -> None:
    order, _ = await picked(desk)
    cs = desk.cast.people[Role.CS]
    desk.do(intake.receive, SHOP, desk.cast.shops[0].id, [incoming("3", receiver=ELSEWHERE)])
    at = "11-23 10:01"
    block = [
        "• <b>address changed</b>: changed while the order was with the warehouse",
        OLD,
        NEW,
        f"   told by the shop at {at}",
    ]
    lines = desk.card(cs, NoticeKind.ORDER, order.id).text.split("\n")
    place = lines.index(block[0])
    assert lines[place : place + 3] == block[:3]
    assert lines[place + 3] == f"{block[3]} · customer service"
    await desk.shown(cs, NoticeKind.ORDER, order.id)
    history = (await desk.taps(cs, "🕘 History"))[0].split("\n")
    place = history.index(f"{at} · new address told · the shop")
    assert history[place + 1 : place + 3] == [OLD, NEW]
    assert f"{at} · stopped · the clock · address changed" in history
    await desk.shown(cs, NoticeKind.ORDER, order.id)
    why = (await desk.taps(cs, "❓ Why"))[0].split("\n")
    place = why.index(block[0])
    assert why[place : place + 4] == block


async def test_customer_service_wrote_it(desk: DeskChat) -> None:
    order, _ = await picked(desk)
    lead, anna = desk.cast.people[Role.CS_LEAD], desk.cast.people[Role.CS]
    order = desk.order(order.id)
    desk.do(corrections.edit_address, anna.acting(), order.id, order.revision, ELSEWHERE)
    card = desk.card(lead, NoticeKind.ORDER, order.id).text.split("\n")
    assert card[card.index(NEW) - 1] == OLD
    assert card[card.index(NEW) + 1].startswith(f"   told by {anna.name} at 11-23 10:01")
    await desk.shown(lead, NoticeKind.ORDER, order.id)
    history = (await desk.taps(lead, "🕘 History"))[0].split("\n")
    place = history.index(f"11-23 10:01 · address edited · {anna.name}")
    assert history[place + 1 : place + 3] == [OLD, NEW]


async def test_a_group_reads_the_place_alone(desk: DeskChat) -> None:
    await picked(desk)
    desk.do(intake.receive, SHOP, desk.cast.shops[0].id, [incoming("3", receiver=ELSEWHERE)])
    said = await desk.writes(desk.cast.people[Role.CS], "/order 3", group=True)
    lines = said[0].split("\n")
    place = lines.index("   was: 张* *******1234 浙江省 杭州市")
    assert lines[place + 1] == "   now: 张* *******9999 浙江省 杭州市"
    assert not {"文三路", "新华路", "13800009999"} & set(said[0].split())
