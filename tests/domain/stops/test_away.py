"""What the desk owes an answer: parcels that had left, recalls nobody carries on, answers no platform took."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed, Stale
from domain.floor.parcels import ParcelState, StopState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.people.people import SHOP, Role
from domain.policy.policy import Policy
from domain.policy.policy_stops import RecallKind, StopRules
from domain.records import AlertKind, NoticeKind
from domain.stops import pulls, recalls, replies
from domain.stops.replies import Receipt
from domain.stops.stop_desk import RecallState
from domain.watch import worries
from storage.unit import Unit
from tests.domain.house import House

MINE = (AlertKind.LEFT_STOPPED, AlertKind.RECALL_LATE, AlertKind.ANSWER_STUCK)


def worried(house: House) -> list[tuple[AlertKind, int, int, tuple[int, ...]]]:
    """(kind, shop, how many, first orders) of these."""
    found = house.store.read_now(worries.found)
    return [(one.kind, one.subject_id, one.count, one.first) for one in found if one.kind in MINE]


def told(house: House, role: Role) -> int:
    """Stop notices that wait for this person."""
    chat = house.cast.people[role].chat_id
    waiting = house.store.read_now(lambda desk: desk.outbox.waiting(chat))
    return len([one for one in waiting if one.kind is NoticeKind.STOP and not one.redraw])


def test_a_parcel_that_has_left_is_told_to_service_and_finance_who_must_answer(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.REQUESTED)
    assert (told(house, Role.CS), told(house, Role.CS_LEAD), told(house, Role.FINANCE)) == (1, 1, 1)
    assert worried(house) == []
    house.pass_time(15 * 60 + 1)
    assert worried(house) == [(AlertKind.LEFT_STOPPED, house.cast.shops[0].id, 1, (house.order.id,))]
    (stop,) = house.stops
    with pytest.raises(NotAllowed):
        house.run(pulls.acknowledge, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    assert house.stops == (stop,)
    house.run(pulls.acknowledge, house.cast.actor(Role.FINANCE), stop.id, stop.revision)
    assert (house.stops[0].state, house.stops[0].acked_by) == (
        StopState.TOO_LATE,
        house.cast.people[Role.FINANCE].name,
    )
    assert worried(house) == []
    with pytest.raises(Stale):
        house.run(pulls.acknowledge, house.cast.actor(Role.CS), stop.id, stop.revision)


def test_the_chain_of_each_begins_where_the_work_is() -> None:
    service, lead, owner = frozenset({Role.CS}), frozenset({Role.CS_LEAD}), frozenset({Role.OWNER})
    assert worries.chain(AlertKind.LEFT_STOPPED, "") == (frozenset({Role.CS, Role.FINANCE}), lead, owner)
    assert worries.chain(AlertKind.RECALL_LATE, "") == (service, lead, owner)
    assert worries.chain(AlertKind.ANSWER_STUCK, "") == (service, lead, owner)


def test_a_buyer_who_keeps_what_has_left_ends_the_question(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.REQUESTED)
    house.pass_time(3600)
    house.refund(RefundState.CANCELLED)
    assert worried(house) == []


def test_asking_the_courier_answers_and_is_asked_about_until_somebody_calls(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.REQUESTED)
    recall = house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, RecallKind.SENDER)
    assert house.stops[0].acked_by == house.cast.people[Role.CS].name
    house.pass_time(3601)
    assert worried(house) == []
    house.run(recalls.nobody_to_ask, [recall.id])
    assert worried(house) == [(AlertKind.RECALL_LATE, house.cast.shops[0].id, 1, (house.order.id,))]
    now = house.store.read_now(lambda desk: desk.recalls.get(recall.id))
    house.run(recalls.told, house.cast.actor(Role.CS), now.id, now.revision, RecallState.ASKING)
    assert worried(house) == []


def test_an_answer_no_platform_took_is_a_persons_task(house: House) -> None:
    house.receive()
    shop = house.cast.shops[0].id
    refund = IncomingRefund("R9", RefundState.SUCCESS, 13_700, at=house.clock[0])
    house.run(intake.refund_told, SHOP, shop, "1001", refund)
    (due,) = house.store.read_now(replies.to_say)
    house.run(replies.received, [(due, Receipt(due.id, "timeout"))])
    assert worried(house) == []
    house.run(replies.received, [(due, Receipt(due.id, replies.NO_CONNECTION, retryable=False))])
    assert worried(house) == [(AlertKind.ANSWER_STUCK, shop, 1, (house.order.id,))]
    house.run(replies.told_by_hand, house.cast.actor(Role.CS), house.order.id)
    assert worried(house) == []


def test_a_company_may_choose_not_to_hear_of_such_answers(house: House) -> None:
    def choose(unit: Unit) -> None:
        unit.catalog_admin.put_policy(replace(Policy(), stops=StopRules(hand_answers=False)), "boss")

    house.run(choose)
    house.receive()
    refund = IncomingRefund("R9", RefundState.SUCCESS, 13_700, at=house.clock[0])
    house.run(intake.refund_told, SHOP, house.cast.shops[0].id, "1001", refund)
    (due,) = house.store.read_now(replies.to_say)
    house.run(replies.received, [(due, Receipt(due.id, replies.NO_CONNECTION, retryable=False))])
    assert worried(house) == []
