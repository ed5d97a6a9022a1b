"""The answer to the platform: told once, tried again, corrected, FAIL when nobody made it possible in time."""

from datetime import timedelta

import pytest

from domain.errors import NotAllowed, Stale
from domain.floor.parcels import ParcelState
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.stops import pulls, replies
from domain.stops.replies import Receipt
from domain.stops.stop_desk import Verdict
from tests.domain.house import PAID, House
from tests.domain.stops.test_stop_table import ack, reply, tell


def hears(house: House, error: str = "", *, retryable: bool = True) -> list[Verdict]:
    """What the platform is told now."""
    due = house.store.read_now(replies.to_say)
    house.run(replies.received, [(one, Receipt(one.id, error, retryable)) for one in due])
    return [one.verdict for one in due]


def test_success_is_told_once_with_the_time_it_took(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    tell(house, RefundState.SUCCESS)
    assert hears(house) == []
    house.pass_time(42)
    ack(house)
    assert hears(house) == [Verdict.SUCCESS]
    told = reply(house)
    assert (told.decided_at or told.asked_at) - told.asked_at == timedelta(seconds=42)
    assert (told.said, told.said_at, told.next_at, told.attempts) == ("SUCCESS", house.clock[0], None, 1)
    house.pull()
    assert house.scan(Station.PUT_BACK).ok
    assert hears(house) == []


def test_a_platform_that_does_not_listen_is_told_again_later_and_later(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    assert hears(house, "timeout") == [Verdict.SUCCESS]
    assert (reply(house).error, reply(house).next_at) == ("timeout", house.clock[0] + timedelta(minutes=1))
    assert hears(house) == []
    house.pass_time(60)
    assert hears(house, "timeout") == [Verdict.SUCCESS]
    assert reply(house).next_at == house.clock[0] + timedelta(minutes=2)
    house.pass_time(120)
    assert hears(house) == [Verdict.SUCCESS]
    assert (reply(house).said, reply(house).error, reply(house).attempts) == ("SUCCESS", "", 3)


def test_without_a_connection_it_is_left_to_a_person(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    hears(house, replies.NO_CONNECTION, retryable=False)
    house.pass_time(86_400)
    assert hears(house) == []
    assert (reply(house).said, reply(house).error) == ("", "no connection")


def test_nobody_answers_and_the_platform_hears_fail_and_later_success(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    tell(house, RefundState.REQUESTED)
    ack(house)
    house.pass_time(15 * 60 - 1)
    house.run(pulls.tick)
    assert reply(house).verdict is Verdict.WAIT
    house.pass_time(1)
    house.run(pulls.tick)
    assert hears(house) == [Verdict.SHIPPED]
    house.pull()
    assert hears(house) == [Verdict.SUCCESS]
    assert reply(house).said == "SUCCESS"


def test_an_answer_that_changes_while_it_is_told_is_told_anew(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    tell(house, RefundState.REQUESTED)
    house.pass_time(15 * 60)
    house.run(pulls.tick)
    due = house.store.read_now(replies.to_say)
    ack(house)
    house.run(replies.received, [(one, Receipt(one.id)) for one in due])
    assert (reply(house).said, reply(house).verdict) == (Verdict.PRINTED, Verdict.SUCCESS)
    assert hears(house) == [Verdict.SUCCESS]


def test_a_refund_before_its_order_is_told_not_synced_and_lands_held(house: House) -> None:
    assert tell(house, RefundState.REQUESTED) is False
    assert hears(house) == [Verdict.NOT_SYNCED]
    house.receive()
    assert [hold.code for hold in house.order.holds if hold.open] == ["REFUND_REQ"]
    assert hears(house) == [Verdict.SUCCESS]
    assert reply(house).order_id == house.order.id


def test_money_only_and_files_and_typed_refunds_need_no_answer(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    tell(house, RefundState.SUCCESS, 100)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01", number="R9")
    assert reply(house).verdict is Verdict.NONE
    assert house.store.read_now(lambda desk: desk.replies.of(house.cast.shops[0].id, ["R9"])) == {}
    assert hears(house) == []


def test_a_refund_asked_for_again_is_a_question_of_its_own(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    tell(house, RefundState.REQUESTED)
    ack(house)
    assert hears(house) == [Verdict.SUCCESS]
    house.pass_time(3600)
    tell(house, RefundState.CANCELLED)
    house.pass_time(300)
    tell(house, RefundState.REQUESTED)
    again = reply(house)
    assert (again.verdict, again.said, again.asked_at) == (Verdict.WAIT, "", house.clock[0])
    assert again.due_at == house.clock[0] + timedelta(minutes=15)
    assert hears(house) == []
    ack(house)
    assert hears(house) == [Verdict.SUCCESS]


def test_an_answer_nobody_took_is_told_by_hand_once(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    hears(house, replies.NO_CONNECTION, retryable=False)
    with pytest.raises(NotAllowed):
        house.run(replies.told_by_hand, house.cast.actor(Role.PICKER), house.order.id)
    assert house.store.read_now(replies.untold, house.order) == [reply(house)]
    assert house.run(replies.told_by_hand, house.cast.actor(Role.CS), house.order.id) == 1
    assert (reply(house).said, reply(house).said_at, reply(house).error) == ("SUCCESS", house.clock[0], "")
    with pytest.raises(Stale):
        house.run(replies.told_by_hand, house.cast.actor(Role.CS), house.order.id)


def test_left_meanwhile_is_fail_1002(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    tell(house, RefundState.REQUESTED, PAID)
    assert hears(house) == [Verdict.SHIPPED]


def test_left_after_the_refund_had_been_taken_back_is_fail_1002_too(house: House) -> None:
    """The stop of the first asking ended; where the goods are now is what counts."""
    house.bring_to(ParcelState.PACKED)
    tell(house, RefundState.REQUESTED, PAID)
    tell(house, RefundState.CANCELLED, PAID)
    assert house.scan(Station.WEIGH, house.parcel.expected_g).ok
    assert house.scan(Station.HAND_OVER).ok
    house.collected(house.parcel)
    tell(house, RefundState.REQUESTED, PAID)
    assert hears(house) == [Verdict.SHIPPED]
