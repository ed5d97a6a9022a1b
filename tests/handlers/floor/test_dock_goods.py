"""Goods that change when the box is on the dock, or has left: what the dispatcher and customer service read."""

from dataclasses import replace

import pytest

from domain.floor import dock
from domain.floor.parcels import Stop
from domain.intake import intake
from domain.people.people import SHOP, Role
from domain.records import NoticeKind
from domain.stops import pulls
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
CUPS, TEA = incoming_line("CUP-01", 2), incoming_line("TEA-01", 1, amount=5900)
TOLD = incoming(lines=(CUPS, TEA), goods=13_700, total=13_700, paid=13_700)
SWAPPED = replace(TOLD, lines=(CUPS, replace(TEA, merchant_code="<b>-01")))


async def on_the_dock(floor: Floor, *, signed: bool = False) -> Stop:
    """The order's goods change when its box was scanned out; the stop that opens."""
    floor.orders(TOLD)
    box = floor.wave()[1][0]
    await floor.ship(box)
    if signed:
        floor.collected(box)
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [SWAPPED])
    stop: Stop = floor.look(lambda desk: desk.stops.of_parcels([box.id])[box.id][0])
    return stop


@pytest.mark.parametrize(
    ("language", "head", "look"),
    [
        (
            "en",
            "✋ <b>STOP {}</b> · goods changed · it must wait",
            "It was scanned out, but its courier has not signed for it",
        ),
        ("zh", "✋ <b>暂停 {}</b> · 商品变更 · 等待处理", "已扫描出库"),
    ],
)
async def test_the_dispatcher_looks_at_the_dock(floor: Floor, language: str, head: str, look: str) -> None:
    stop = await on_the_dock(floor)
    boris = floor.speaks(Role.DISPATCHER, language)
    lines = floor.card(boris, NoticeKind.STOP, stop.id).text.split("\n")
    assert lines[0].startswith(head.format(floor.parcel(stop.parcel_id).waybill))
    assert lines[-1].startswith(look)


async def test_customer_service_cannot_let_it_go_before_somebody_has_it(floor: Floor) -> None:
    stop = await on_the_dock(floor)
    anna = floor.cast.people[Role.CS]
    assert (stop.order_id, False) in floor.notices(anna, NoticeKind.ORDER)
    await floor.shown(anna, NoticeKind.ORDER, stop.order_id)
    await floor.taps(anna, "Release: goods changed")
    box = floor.parcel(stop.parcel_id)
    assert floor.toasts == [
        f"{box.waybill} was scanned out, and nobody has looked for it since. First the dispatcher puts it on the stop "
        "shelf, or says on the stop's card that it has left."
    ]
    floor.do(pulls.pull, floor.cast.actor(Role.DISPATCHER), box, box.warehouse_id or 0)
    (asked,) = await floor.taps(anna, "Release: goods changed")
    assert asked.split("\n")[-3:] == [
        "⚠️ In no box, so it does not ship: + &lt;b&gt;-01 × 1",
        "⚠️ In the box, and no longer ordered so: − TEA-01 × 1",
        "Release «goods changed» all the same?",
    ]


@pytest.mark.parametrize("signed", [False, True], ids=["said", "signed"])
@pytest.mark.parametrize(
    ("language", "head", "tail"),
    [
        (
            "en",
            "⚠️ Too late: {} has left · goods changed",
            [
                "Goods changed: + &lt;b&gt;-01 × 1; − TEA-01 × 1",
                "Nobody has it yet. An alert goes out at 10:16.",
                "Ask the courier to bring it back, or tell the buyer that it comes as it was packed.",
            ],
        ),
        (
            "zh",
            "⚠️ 来不及了：{} 已发出 · 商品变更",
            [
                "商品变更：+ &lt;b&gt;-01 × 1; − TEA-01 × 1",
                "还没有人接手，10:16 将发出预警。",
                "请联系快递追回，或告诉买家按原来打包的寄到。",
            ],
        ),
    ],
)
async def test_what_has_left_is_customer_services(
    floor: Floor, signed: bool, language: str, head: str, tail: list[str]
) -> None:
    stop = await on_the_dock(floor, signed=signed)
    if not signed:
        floor.do(dock.left_already, floor.cast.actor(Role.DISPATCHER), stop.id, stop.revision)
    anna = floor.speaks(Role.CS, language)
    assert (stop.id, False) in floor.notices(anna, NoticeKind.STOP)
    lines = floor.card(anna, NoticeKind.STOP, stop.id).text.split("\n")
    assert lines[0] == head.format(floor.parcel(stop.parcel_id).waybill)
    assert lines[-3:] == tail
