"""The stop shelf, the board, recalls and feeds as people meet them in chat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.desk import Desk
from domain.floor.parcels import ParcelState, StopState
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import SHOP, Role
from domain.policy.policy_stops import FeedSource, Gate, RecallKind, RecallTerms
from domain.records import NoticeKind
from domain.review import review
from domain.stops import feeds, interception, pulls, recalls
from domain.stops.stop_desk import RecallState, Reply, Verdict
from handlers import middleware
from handlers.cards.floor import stop_board
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


def told(desk: Desk, order_id: int, refund: IncomingRefund) -> None:
    """The platform tells a refund."""
    order = interception.refund_came(desk, SHOP, desk.orders.get(order_id), refund)
    interception.keep(desk, order)


async def walk(floor: Floor, waybill: str, *steps: tuple[Role, str]) -> None:
    for role, text in steps:
        await floor.writes(floor.cast.people[role], f"{waybill} {text}".strip())


async def test_a_packed_parcel_goes_over_the_stop_shelf_back_to_its_bins(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await walk(floor, box.waybill, (Role.PICKER, ""), (Role.PACKER, ""))
    stop = floor.refund(order)
    packer = floor.cast.people[Role.PACKER]
    said = await floor.writes(packer, f"/putback {box.waybill}")
    assert said[0] == f"{box.waybill}: first put it on the stop shelf and scan the shelf's code STOP001."
    assert await floor.writes(packer, "STOP001") == []
    assert floor.look(lambda desk: desk.stops.get(stop.id)).state is StopState.PULLED
    shift = floor.card(packer, NoticeKind.SCAN, packer.id).text.split("\n")
    assert shift[2:4] == [
        f"⛔ 10:01 <code>{box.waybill}</code> lies on the stop shelf",
        f"⛔ 10:01 <code>{box.waybill}</code> now scan the stop shelf",
    ]
    card = floor.card(packer, NoticeKind.STOP, stop.id).text.split("\n")
    assert card[0] == f"⛔ <b>STOP {box.waybill}</b> · on the stop shelf since 10:01 (赵敏 Zhao Min)"
    assert card[-1] == f"👉 Take the parcel out, put the goods on their shelf, then scan {box.waybill} at /putback."
    await floor.writes(packer, f"/putback {box.waybill}")
    assert floor.parcel(box.id).state is ParcelState.CANCELLED


async def test_parcel_and_shelf_in_one_message_need_no_word(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await walk(floor, box.waybill, (Role.PICKER, ""), (Role.PACKER, ""))
    stop = floor.refund(order)
    packer = floor.cast.people[Role.PACKER]
    assert await floor.writes(packer, f"/putback {box.waybill} STOP001") == []
    assert floor.card(packer, NoticeKind.SCAN, packer.id).text.split("\n")[0] == "📷 Scan · 赵敏 Zhao Min · 2 this hour"
    assert floor.look(lambda desk: desk.stops.get(stop.id)).state is StopState.PULLED


async def test_the_leads_board_is_one_card_with_stages_ages_and_the_record(floor: Floor) -> None:
    orders = floor.orders(incoming("1001"), incoming("1002"))
    boxes = floor.wave()[1]
    stops = [floor.refund(order) for order in orders]
    lead = floor.cast.people[Role.CS_LEAD]
    floor.clock.forward(60)
    said = await floor.writes(lead, "/stops")
    assert said[0].split("\n") == [
        "⛔ Open stops: 2",
        "printed, nobody picks it yet: 2, oldest 60 s",
        "",
        *[f"⛔ {box.waybill} · to be picked · since 10:01 · nobody yet · next: service lead at 10:03" for box in boxes],
    ]
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, "/stops")
    await floor.taps(boris, f"⛔ {boxes[0].waybill}")
    await floor.taps(boris, "✂️ Sheet torn up")
    assert floor.toasts == ["Taken out of the wave. Its stock is free."]
    assert floor.look(lambda desk: desk.stops.get(stops[0].id)).state is StopState.DONE
    redrawn = floor.card(lead, NoticeKind.STOPS, 0).text.split("\n")
    assert redrawn[0] == "⛔ Open stops: 1"
    assert redrawn[-5:] == [
        "",
        "Refunds before the hand-over that did not ship, 30 days: 1/1 (100%)",
        "• to be picked: 1/1 (100%)",
        "• 圆通: 1/1 (100%)",
        "Typically: blocked after 0 s, somebody on it after 60 s, pulled after -",
    ]
    floor.clock.forward(1)
    assert set(floor.notices(lead, NoticeKind.STOPS)) == {(0, True)}


async def test_a_board_that_is_full_names_the_newest_others_and_leaves_out_the_record(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = floor.orders(incoming("1001"), incoming("1002"), incoming("1003"))
    boxes = floor.wave()[1]
    for order in orders:
        floor.refund(order)
    lead = floor.cast.people[Role.CS_LEAD]
    monkeypatch.setattr(stop_board, "SHOWN", 1)
    monkeypatch.setattr(stop_board, "LISTED", 1)
    said = await floor.writes(lead, "/stops")
    assert said[0].split("\n") == [
        "⛔ Open stops: 3",
        "printed, nobody picks it yet: 3, oldest 0 s",
        "",
        f"⛔ {boxes[0].waybill} · to be picked · since 10:01 · nobody yet · next: service lead at 10:03",
        f"• the newest others: {boxes[2].waybill}",
    ]


async def test_the_platforms_answer_stands_on_the_card(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await walk(floor, box.waybill, (Role.PICKER, ""))
    floor.do(told, order.id, IncomingRefund("88", RefundState.SUCCESS, order.paid, at=floor.clock()))
    stop = floor.look(lambda desk: desk.stops.open_of(None))[0]
    packer = floor.cast.people[Role.PACKER]
    card = floor.card(packer, NoticeKind.STOP, stop.id).text.split("\n")
    assert card[-1] == "Platform: waits; with nobody on it by 10:16 it hears FAIL"
    floor.clock.forward(42)
    floor.do(pulls.acknowledge, packer.acting(), stop.id, stop.revision)
    card = floor.card(packer, NoticeKind.STOP, stop.id).text.split("\n")
    assert card[-1] == "Platform: stopped (SUCCESS) after 42 s, being told"


async def test_the_box_that_goes_on_gets_a_new_slip(floor: Floor) -> None:
    two = incoming("1001", lines=(incoming_line(), incoming_line("TEA-01", 1)))
    order = floor.orders(two)[0]
    box = floor.wave()[1][0]
    floor.do(told, order.id, IncomingRefund("88", RefundState.SUCCESS, 3900, ("L-TEA-01",)))
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, f"/putback {box.waybill}")
    stop = floor.look(lambda desk: desk.stops.of_parcels([box.id]))[box.id][0]
    (text,) = await floor.shown(boris, NoticeKind.STOP, stop.id)
    assert "The rest goes on. Print its slip anew: the old one lists what was taken out." in text.split("\n")
    await floor.taps(boris, "🖨 New slip")
    (sent,) = [call for call in floor.last if call.name == "sendDocument"]
    assert sent.said["document"].filename == f"{box.waybill}-slips.pdf"
    assert sent.said["chat_id"] == boris.telegram_id


async def test_an_order_held_in_the_house_stops_until_it_is_released(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    floor.do(review.hold, SHOP, order.id, order.revision + 1, "another street")
    picker = floor.cast.people[Role.PICKER]
    said = await floor.writes(picker, box.waybill)
    assert said[0].split("\n")[0] == f"✋ <b>STOP {box.waybill}</b> · held by hand · it must wait"


async def test_a_recall_from_the_too_late_card_to_its_fee(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await floor.ship(box)
    floor.collected(box)
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "不想要了")
    anna = floor.cast.people[Role.CS]
    stop = floor.look(lambda desk: desk.stops.of_parcels([box.id]))[box.id][0]
    await floor.shown(anna, NoticeKind.STOP, stop.id)
    said = await floor.taps(anna, "↩️ Ask the courier to bring it back")
    assert said[0].split("\n") == [
        f"🚚 <b>Recall {box.waybill}</b> · registered, the courier is to be asked",
        "圆通 · back to us · order 1001 · 小满旗舰店",
        "By 安娜 Anna at 11-23 10:01, 0.0 h after the pick-up.",
        "Fee: ¥0.00",
        "Tell me what the courier said, when you hear it first.",
    ]
    await floor.taps(anna, "📞 Asked")
    [order_card] = await floor.writes(anna, "/order 1001")
    assert "🚚 Recall, back to us: the courier is asked, since 11-23 10:01" in order_card.split("\n")
    await floor.shown(anna, NoticeKind.RECALL, 1)
    await floor.taps(anna, "💰 The fee")
    said = await floor.answers(anna, "-5")
    assert said[0].startswith("«-5.00» is not valid for fee.")
    said = await floor.answers(anna, "12.50")
    assert "Fee: ¥12.50" in said[1].split("\n")
    await floor.taps(anna, "❌ Refused or failed")
    said = await floor.answers(anna, "out for delivery")
    assert said[1].split("\n")[0] == f"🚚 <b>Recall {box.waybill}</b> · failed"
    assert said[1].split("\n")[-1] == "Wait for it: should it come back, scan it at /receive."
    card = floor.card(anna, NoticeKind.STOP, stop.id)
    assert card.text.split("\n")[-2:] == ["Recall: failed", "Wait for it: should it come back, scan it at /receive."]
    assert [button.label for row in card.rows for button in row] == ["🚚 The recall"]
    floor.do(lambda u: u.catalog_admin.put_policy(replace(u.policy, recalls=(RecallTerms(times=2),)), "t"))
    card = floor.card(anna, NoticeKind.STOP, stop.id)
    assert [button.label for row in card.rows for button in row][:2] == [
        "🚚 The recall",
        "↩️ Ask the courier to bring it back",
    ]
    recall = floor.look(lambda desk: desk.recalls.of_parcels([box.id]))[box.id][0]
    assert (recall.state, recall.fee, recall.why) == (RecallState.FAILED, 1250, "out for delivery")
    said = await floor.writes(anna, "/recalls")
    assert said[0].split("\n") == [
        "✅ No recall is under way.",
        "To get a parcel back that has left: write its order's number, tap 💸 Refund and stop, then ↩️ on the card that "
        "comes.",
        "",
        "Fees in 30 days: ¥12.50 for 1 recall, ¥12.50 of it for failed ones",
        "",
        "Succeeded in 30 days, by hours since the pick-up:",
        "• 圆通: ≤6 h 0/1",
    ]
    board = floor.card(floor.cast.people[Role.CS_LEAD], NoticeKind.STOPS, 0).text.split("\n")
    assert board == ["✅ No open stops.", "", "Recalls by couriers: 0/1 (0%)", "• 圆通: 0/1 (0%)"]


async def test_what_recalls_cost_stands_on_each_and_in_all(floor: Floor) -> None:
    boxes = []
    for number, fee in (("1", 1200), ("2", 0), ("3", 800)):
        floor.orders(incoming(number))
        box = floor.wave()[1][0]
        await floor.ship(box)
        floor.collected(box)
        recall = floor.do(recalls.register, floor.cast.actor(Role.CS), box.id, RecallKind.SENDER)
        if fee:
            floor.do(recalls.set_fee, floor.cast.actor(Role.FINANCE), recall.id, fee)
        boxes.append(box)
    last = floor.look(lambda desk: desk.recalls.of_parcels([boxes[2].id]))[boxes[2].id][0]
    floor.do(recalls.told, floor.cast.actor(Role.CS), last.id, last.revision, RecallState.FAILED, "gone")
    said = await floor.writes(floor.cast.people[Role.CS], "/recalls")
    about = "圆通 · back to us · registered, the courier is to be asked · since 11-23"
    assert said[0].split("\n")[:5] == [
        "🚚 Recalls under way: 2",
        f"• {boxes[0].waybill} · {about} 10:01 · fee ¥12.00",
        f"• {boxes[1].waybill} · {about} 10:02 · fee ¥0.00",
        "",
        "Fees in 30 days: ¥20.00 for 2 recalls, ¥8.00 of it for failed ones",
    ]


async def test_the_leads_board_says_how_soon_each_platform_was_answered(floor: Floor) -> None:
    first, second = (shop.id for shop in floor.cast.shops[:2])
    at = floor.clock.at
    asked = Reply(0, first, "", "1", Verdict.SUCCESS, at, at)

    def given(unit: Unit) -> None:
        for place in range(1, 21):  # decided after so many seconds
            unit.replies.add(replace(asked, refund_no=f"R{place}", decided_at=at + timedelta(seconds=place)))
        said = replace(asked, shop_id=second, decided_at=at, said_at=at + timedelta(minutes=4))
        unit.replies.add(replace(said, refund_no="S"))
        unit.replies.add(replace(asked, refund_no="waits", verdict=Verdict.WAIT))

    floor.do(given)
    names = [shop.name for shop in floor.cast.shops[:2]]
    board = floor.card(floor.cast.people[Role.CS_LEAD], NoticeKind.STOPS, 0).text.split("\n")
    assert board[-3:] == [
        "Answers to platforms, from the request on:",
        f"• {names[0]}: 20 answers, p50 10 s, p95 19 s",
        f"• {names[1]}: 1 answer, p50 4 min, p95 4 min",
    ]
    assert floor.card(floor.cast.people[Role.PICKER], NoticeKind.STOPS, 0).text == "✅ No open stops."


async def test_the_shelfs_label_and_who_gets_it(floor: Floor) -> None:
    await floor.writes(floor.cast.people[Role.PICKER], "/shelf")
    (sent,) = [call for call in floor.last if call.name == "sendMediaGroup"]
    assert [one["media"].filename for one in sent.said["media"]] == ["STOP001.pdf", "STOP002.pdf"]
    said = await floor.writes(floor.cast.people[Role.CS], "/shelf")
    assert said == ["Your role does not allow this (put stopped parcels back)."]


async def test_a_silent_shops_parcels_are_held_back_until_the_owner_lets_them_pass(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    gate = Gate(push_minutes=3)
    floor.do(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, gate=gate), "boss"))
    floor.do(feeds.heard, floor.cast.shops[0].id, FeedSource.PUSH)
    floor.clock.forward(300)
    picker, boss = floor.cast.people[Role.PICKER], floor.cast.people[Role.OWNER]
    said = await floor.writes(picker, box.waybill)
    assert said[0] == (
        f"📡 {box.waybill} is held back: nothing was heard of 小满旗舰店 for 5 min, so a refund may be missing. "
        "A lead looks at /feeds."
    )
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE
    board = floor.card(floor.cast.people[Role.CS_LEAD], NoticeKind.STOPS, 0).text.split("\n")
    assert board[1] == "📡 小满旗舰店: nothing heard for 5 min, its parcels are held back"
    await floor.writes(boss, "/feeds")
    said = await floor.taps(boss, "🔓 小满旗舰店: let pass")
    assert floor.toasts == ["While it is silent, its parcels pass with a warning."]
    assert said[0].split("\n")[2].startswith("🔴 小满旗舰店: told by the platform 11-23 10:01")
    assert said[0].split("\n")[2].endswith(" · while silent: parcels pass")
    await floor.writes(picker, box.waybill)
    assert floor.parcel(box.id).state is ParcelState.PICKED
    shift = floor.card(picker, NoticeKind.SCAN, picker.id).text.split("\n")
    assert shift[3] == "   ⚠ nothing heard of its shop for a while: a refund may be missing"
    why = f"⚠️ {box.waybill}: nothing heard of its shop for a while: a refund may be missing"
    await walk(floor, box.waybill, (Role.PACKER, ""))
    dispatcher = floor.cast.people[Role.DISPATCHER]
    assert why not in await floor.writes(dispatcher, f"{box.waybill} {box.expected_g}")
    assert why in await floor.writes(dispatcher, box.waybill)
    assert floor.parcel(box.id).state is ParcelState.HANDED_OVER


async def test_a_tap_that_takes_long_is_answered_before_it_is_done(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    stop = floor.refund(order)
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, "/stops")
    await floor.taps(boris, f"⛔ {box.waybill}")
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0)
    await floor.taps(boris, "✂️ Sheet torn up")
    assert floor.toasts == ["Working on it…"]
    assert floor.look(lambda desk: desk.stops.get(stop.id)).state is StopState.DONE
