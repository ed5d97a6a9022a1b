"""Stop cards in their other lives: a part of a parcel, too late, withdrawn, escalated, in a group."""

from dataclasses import replace

import pytest

from domain.desk import Desk
from domain.errors import AlreadyScanned
from domain.floor.parcels import Parcel, ParcelState, StopState
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders.orders import Order
from domain.people.people import SHOP, Person, Role
from domain.policy.policy_stops import StopRules
from domain.records import NoticeKind
from domain.stops import interception, pulls
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import GROUP, Floor

pytestmark = pytest.mark.anyio


def told(desk: Desk, order_id: int, refund: IncomingRefund) -> None:
    """The platform tells a refund."""
    desk.orders.save([interception.refund_came(desk, SHOP, desk.orders.get(order_id), refund)])


def tea_refunded(floor: Floor) -> tuple[Order, Parcel, Person]:
    """Cups and tea in a wave, the tea refunded: their order and box, and who picks them."""
    two = incoming("1001", lines=(incoming_line(), incoming_line("TEA-01", 1)))
    order = floor.orders(two)[0]
    box = floor.wave()[1][0]
    floor.do(told, order.id, IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-TEA-01",), "太苦"))
    return order, box, floor.cast.people[Role.PICKER]


async def test_only_the_refunded_line_is_taken_out_and_the_rest_goes_on(floor: Floor) -> None:
    _, box, picker = tea_refunded(floor)
    said = await floor.writes(picker, box.waybill)
    assert said[0].split("\n")[4:6] == [
        "<b>Take out only this, the rest goes on:</b>",
        "• 1 × goods TEA-01 · TEA-01 · shelf B-01",
    ]
    await floor.writes(picker, f"/putback {box.waybill}")
    assert await floor.writes(picker, box.waybill) == []
    now = floor.parcel(box.id)
    assert (now.state, [item.sku for item in now.live_items]) == (ParcelState.PICKED, ["CUP-01"])


async def test_a_task_to_pick_again_says_when_another_refund_forbids_it(floor: Floor) -> None:
    order, box, picker = tea_refunded(floor)
    await floor.writes(picker, f"/putback {box.waybill}")
    floor.do(told, order.id, IncomingRefund("R1", RefundState.CANCELLED, 3900, ("L-TEA-01",)))
    task = floor.store.read_now(lambda desk: desk.stops.of_parcels([box.id])[box.id][-1])
    cards = [floor.card(picker, NoticeKind.STOP, task.id)]
    floor.do(told, order.id, IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-TEA-01",), "太苦"))
    cards.append(floor.card(picker, NoticeKind.STOP, task.id))
    assert [[button.label for row in card.rows for button in row] for card in cards] == [["🙋 On it"], []]
    assert "No answer by" not in cards[1].text
    assert [card.text.split("\n")[-1] for card in cards] == [
        f"👉 Put it into the box, then scan {box.waybill} at /pick.",
        "👉 Leave it for now: something must come out of this parcel first.",
    ]


async def test_too_late_tells_customer_service_what_to_do(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await floor.ship(box)
    floor.collected(box)
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "不想要了")
    anna = floor.cast.people[Role.CS]
    (found,) = floor.notices(anna, NoticeKind.STOP)
    card = floor.card(anna, NoticeKind.STOP, found[0])
    assert [button.label for row in card.rows for button in row] == [
        "↩️ Ask the courier to bring it back",
        "🏤 Ask to hold it at the station",
        "✏️ Ask to deliver elsewhere",
        "🙋 On it",
    ]
    assert card.text.split("\n") == [
        f"⚠️ Too late: {box.waybill} has left · refund",
        f"Parcel {box.number} · order 1001 · 小满旗舰店",
        "Refund at 11-23 10:01, when it was: handed over. Reason: 不想要了",
        "",
        "It left at 11-23 10:01 with 圆通.",
        "Nobody has it yet. An alert goes out at 10:16.",
        "Ask the courier to bring it back, or wait for it: scan it at /receive when it comes.",
    ]


async def test_a_withdrawn_refund_lets_the_parcel_go_on(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    stop = floor.refund(order)
    floor.do(interception.withdraw, floor.cast.actor(Role.CS), order.id)
    picker = floor.cast.people[Role.PICKER]
    card = floor.card(picker, NoticeKind.STOP, stop.id)
    assert card.text.split("\n")[0] == f"▶️ Go on with {box.waybill} · the refund was withdrawn at 10:01"
    assert card.rows == ()
    await floor.writes(picker, box.waybill)
    assert floor.parcel(box.id).state is ParcelState.PICKED


async def test_nobody_answers_and_the_card_says_who_is_next(floor: Floor) -> None:
    order = floor.orders()[0]
    floor.wave()
    stop = floor.refund(order)
    floor.clock.forward(121)
    assert floor.do(pulls.tick) == 1
    card = floor.card(floor.cast.people[Role.CS_LEAD], NoticeKind.STOP, stop.id)
    assert "No answer by 10:06: owner is told next. Told so far: 2×" in card.text.split("\n")
    assert [button.label for row in card.rows for button in row] == ["🙋 On it", "✂️ Sheet torn up"]


async def test_the_list_shows_each_open_stop(floor: Floor) -> None:
    orders = floor.orders(incoming("1001"), incoming("1002"))
    floor.wave()
    stops = [floor.refund(order) for order in orders]
    packer = floor.cast.people[Role.PACKER]
    said = await floor.writes(packer, "/stops")
    boxes = [floor.parcel(stop.parcel_id) for stop in stops]
    assert said[0].split("\n") == [
        "⛔ Open stops: 2",
        "",
        *[f"⛔ {box.waybill} · to be picked · since 10:01 · nobody yet" for box in boxes],
    ]
    said = await floor.taps(packer, f"⛔ {boxes[1].waybill}")
    assert said[0].startswith(f"⛔ <b>STOP {boxes[1].waybill}</b>")


async def test_the_list_tells_a_task_from_the_refund_that_forbids_it(floor: Floor) -> None:
    order, box, picker = tea_refunded(floor)
    await floor.writes(picker, f"/putback {box.waybill}")
    floor.do(told, order.id, IncomingRefund("R1", RefundState.CANCELLED, 3900, ("L-TEA-01",)))
    floor.do(told, order.id, IncomingRefund("R1", RefundState.SUCCESS, 3900, ("L-TEA-01",), "太苦"))
    said = await floor.writes(picker, "/stops")
    line = f"{box.waybill} · to be picked · since 10:01 · nobody yet"
    assert said[0].split("\n")[2:] == [f"🔁 {line}", f"⛔ {line}"]
    assert (floor.button(picker.telegram_id, f"🔁 {box.waybill}")[0][:3]) == "st:"


async def test_the_floor_is_not_told_to_ask_couriers(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await floor.ship(box)
    floor.collected(box)
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "不想要了")
    (stop,) = floor.look(lambda desk: desk.stops.of_parcels([box.id]))[box.id]
    card = floor.card(floor.cast.people[Role.PICKER], NoticeKind.STOP, stop.id)
    last = "Customer service asks the courier for it. Should it come back, scan it at /receive."
    assert (card.text.split("\n")[-1], card.rows) == (last, ())


async def test_what_waits_for_a_person_stands_in_their_alerts_until_it_is_put_back(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    picker, boris = floor.cast.people[Role.PICKER], floor.cast.people[Role.DISPATCHER]
    await floor.writes(picker, box.waybill)
    stop = floor.refund(order)
    await floor.writes(picker, f"{box.waybill} {pulls.shelf_code(box.warehouse_id or 0)}")
    line = f"⛔ {box.waybill} · picked · since 10:01 · {picker.name} · on the stop shelf · next: {{who}} at {{at}}"
    assert (await floor.writes(picker, "/alerts"))[0].split("\n") == [
        "<b>⏰ Open alerts: 1</b>",
        "",
        "⛔ 1 stop waits for you:",
        line.format(who=picker.name, at="11:01"),
    ]
    assert await floor.writes(boris, "/alerts") == ["<b>✅ No open alerts</b>"]
    for _ in range(2):
        floor.clock.forward(3600)
        assert floor.do(pulls.tick) == 1
    told = (await floor.writes(boris, "/alerts"))[0].split("\n")
    assert told[2:4] == ["⛔ 1 stop waits for you:", line.format(who="service lead", at="13:01")]
    card = floor.card(boris, NoticeKind.STOP, stop.id)
    assert "Not done by 13:01: service lead is told next." in card.text.split("\n")
    said = await floor.taps(boris, f"⛔ {box.waybill}")
    assert said[0].startswith(f"⛔ <b>STOP {box.waybill}</b>")
    await floor.writes(picker, "/putback")
    await floor.writes(picker, box.waybill)
    assert await floor.writes(picker, "/alerts") == ["<b>✅ No open alerts</b>"]


async def test_customer_service_has_no_stops_list(floor: Floor) -> None:
    assert await floor.writes(floor.cast.people[Role.CS], "/stops") == [
        "Your role does not allow this (put stopped parcels back)."
    ]


async def test_a_group_sees_no_phone_number_in_the_reason(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    floor.refund(order, "打 13812345678 <b>找我</b>")
    said = await floor.writes(floor.cast.people[Role.PICKER], box.waybill, group=True)
    assert said[0].split("\n")[2].endswith("Reason: 打 *******5678 &lt;b&gt;找我&lt;/b&gt;")
    assert {call.said["chat_id"] for call in floor.last if call.name == "sendMessage"} == {GROUP}


async def test_put_back_twice_is_calm(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    floor.refund(order)
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, f"/putback {box.waybill}")
    assert await floor.writes(picker, f"/putback {box.waybill}") == []
    lines = floor.card(picker, NoticeKind.SCAN, picker.id).text.split("\n")
    assert lines[2] == f"↺ 10:01 <code>{box.waybill}</code> was put back on its shelf before"
    last = floor.look(lambda desk: desk.history("shift", picker.id, 1))[0]
    assert (last.data["verdict"], last.data["why"]) == ("again", AlreadyScanned.__name__)


async def test_a_second_scan_of_the_shelf_does_not_say_that_the_goods_are_back(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, f"/pick {box.waybill}")
    floor.refund(order)
    for shelf in ("STOP002", "STOP001", "STOP001"):
        await floor.writes(picker, f"/putback {box.waybill} {shelf}")
    lines = floor.card(picker, NoticeKind.SCAN, picker.id).text.split("\n")
    assert [line for line in lines if line and line[0] in "↺⛔✗✓"] == [
        f"↺ 10:01 <code>{box.waybill}</code> lies on the stop shelf already",
        f"↺ 10:01 <code>{box.waybill}</code> lies on the stop shelf already",
        f"⛔ 10:01 <code>{box.waybill}</code> lies on the stop shelf",
        f"⛔ 10:01 <code>{box.waybill}</code> now scan the stop shelf",
        "✗ 10:01 <code>STOP002</code> not this parcel's stop shelf",
        f"⛔ 10:01 <code>{box.waybill}</code> now scan the stop shelf",
        f"✓ 10:01 <code>{box.waybill}</code> picked",
    ]
    assert floor.parcel(box.id).state is ParcelState.PICKED
    assert floor.look(lambda desk: desk.stops.of_parcels([box.id]))[box.id][0].state is StopState.PULLED


async def test_the_shelf_after_a_put_back_is_told_aloud(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, f"/pick {box.waybill}")
    floor.refund(order)
    await floor.writes(picker, f"/putback {box.waybill} STOP001")
    await floor.writes(picker, f"/putback {box.waybill}")
    assert await floor.writes(picker, "/putback STOP001") == [
        f"{box.waybill}: a scan by {picker.name} at 10:01 said that its goods are back on their shelf, so others may "
        "have them. Do they lie on the stop shelf? Then take them to their own shelf now."
    ]


async def test_a_refund_on_the_dock_stops_it_and_the_dispatcher_says_when_it_had_left(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await floor.ship(box)
    stop = floor.refund(order)
    boris = floor.cast.people[Role.DISPATCHER]
    card = floor.card(boris, NoticeKind.STOP, stop.id)
    assert "when it was: on the dock, not signed for" in card.text
    assert (
        card.text.split("\n")[-1]
        == "It was scanned out, but its courier has not signed for it: look on the dock first."
    )
    assert [button.label for row in card.rows for button in row] == ["🙋 On it", "🚚 It has left already"]
    packer = floor.card(floor.cast.people[Role.PACKER], NoticeKind.STOP, stop.id)
    assert [button.label for row in packer.rows for button in row] == ["🙋 On it"]
    await floor.shown(boris, NoticeKind.STOP, stop.id)
    said = await floor.taps(boris, "🚚 It has left already")
    assert floor.toasts == ["Noted. Customer service is told that it was too late."]
    assert said[0].startswith(f"⚠️ Too late: {box.waybill} has left · refund")
    assert floor.parcel(box.id).state is ParcelState.HANDED_OVER


async def test_a_hand_over_is_taken_back_by_command(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.ship(box)
    assert await floor.writes(boris, "/unship") == [
        "Which parcel stays here? Write its waybill after the command: /unship SF1234567890123"
    ]
    assert await floor.writes(boris, f"/unship {box.waybill}") == [
        f"{box.waybill} is back in the warehouse: weighed, not handed over. Scan it out again when it leaves."
    ]
    assert floor.parcel(box.id).state is ParcelState.WEIGHED
    assert floor.parcel(box.id).weight_g == box.expected_g


async def test_the_bins_come_after_the_parcel_where_the_policy_asks_for_them(floor: Floor) -> None:
    rules = StopRules(put_back_bins=True)
    floor.do(lambda u: u.catalog_admin.put_policy(replace(u.policy, stops=rules), "t"))
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, box.waybill)
    floor.refund(order)
    await floor.writes(picker, "/putback")
    await floor.writes(picker, box.waybill)
    await floor.writes(picker, pulls.shelf_code(1))
    place = floor.look(lambda desk: desk.catalog.skus["CUP-01"].bin)
    assert await floor.writes(picker, box.waybill) == [
        f"{box.waybill}: put its goods into {place}, then scan that bin. "
        "If you put them elsewhere, scan that bin instead."
    ]
    assert await floor.writes(picker, "Q-1") == [
        f"Q-1 is not a bin of this warehouse. Put the goods of {box.waybill} into {place} and scan that bin."
    ]
    assert await floor.writes(picker, place.lower()) == []
    assert floor.parcel(box.id).state is ParcelState.CANCELLED
