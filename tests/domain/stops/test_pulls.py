"""Who answers a stop, and what happens when nobody does: the chain, the second scan, torn sheets, quiet hours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import AlreadyScanned, BadValue, NotAllowed, PullFirst, Stale, WrongStatus
from domain.floor import floor, fulfilment, release
from domain.floor.parcels import ParcelState, StopState
from domain.intake.incoming import RefundState
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_stops import StopRules
from domain.records import NoticeKind
from domain.review import review
from domain.stops import interception, pulls, stop_calls
from storage.unit import Unit
from tests.domain.house import PAID, House


def told(house: House) -> dict[Role, int]:
    """How many stop notices wait for each person of the floor and above; they count as sent then."""
    ids = {person.chat_id: role for role, person in house.cast.people.items()}
    found: dict[Role, int] = {}
    while claimed := house.run(lambda unit: unit.deliveries.claim("test", house.clock[0], 50, 60)):
        for one in claimed:
            house.run(lambda unit, one=one: unit.deliveries.sent(one.id, one.version, house.clock[0]))  # type: ignore[misc]  # bound now
            if one.notice.kind is NoticeKind.STOP and not one.notice.redraw:
                found[ids[one.notice.chat_id]] = found.get(ids[one.notice.chat_id], 0) + 1
    return found


def test_nobody_answers_and_it_goes_up_at_two_five_and_ten_minutes_through_the_night(house: House) -> None:
    """Two in the morning in Shanghai, inside everybody's quiet hours."""
    house.bring_to(ParcelState.PACKED)
    house.clock[0] = house.clock[0].replace(hour=18)
    house.refund(RefundState.SUCCESS)
    assert told(house) == {Role.PACKER: 1}
    steps = []
    for minutes in (2, 3, 5, 5):
        house.pass_time(minutes * 60 - 1)
        assert house.run(pulls.tick) == 0
        house.pass_time(1)
        assert house.run(pulls.tick) == 1
        steps.append(told(house))
    assert steps == [{Role.DISPATCHER: 1}, {Role.CS_LEAD: 1}, {Role.OWNER: 1}, {Role.OWNER: 1}]
    assert (house.stops[0].level, house.stops[0].state) == (4, StopState.OPEN)


def test_a_clock_that_stood_still_does_not_make_up_for_it(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    house.pass_time(3 * 3600)
    assert house.run(pulls.tick) == 1
    assert house.stops[0].next_at == house.clock[0] + timedelta(minutes=3)
    house.pass_time(30)
    assert house.run(pulls.tick) == 0


def test_an_answer_that_nobody_acts_on_goes_up_as_well(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)
    told(house)
    (stop,) = house.stops
    house.run(pulls.acknowledge, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    steps = []
    for _ in range(3):
        house.pass_time(599)
        assert house.run(pulls.tick) == 0
        house.pass_time(1)
        assert house.run(pulls.tick) == 1
        steps.append(told(house))
    assert steps == [{Role.DISPATCHER: 1}, {Role.CS_LEAD: 1}, {Role.OWNER: 1}]
    assert (house.stops[0].state, house.stops[0].acked_by) == (StopState.ACKED, house.cast.people[Role.PICKER].name)


def minutes_told(house: House, hours: int) -> dict[Role, list[int]]:
    """Who is told after how many minutes."""
    found: dict[Role, list[int]] = {}
    for minute in range(1, hours * 60 + 1):
        house.pass_time(60)
        house.run(pulls.tick)
        for role, count in told(house).items():
            found.setdefault(role, []).extend([minute] * count)
    return found


def test_past_the_end_of_the_chain_it_comes_ever_more_rarely(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    told(house)
    assert minutes_told(house, 8) == {
        Role.DISPATCHER: [2],
        Role.CS_LEAD: [5],
        Role.OWNER: [10, 15, 25, 45, 85, 165, 325],
    }
    (stop,) = house.stops
    assert (stop.next_at or house.clock[0]) - house.clock[0] == timedelta(minutes=645 - 480)


def test_it_comes_at_least_as_often_as_the_policy_says(house: House) -> None:
    house.run(lambda unit: _choose(unit, replace(Policy(), stops=StopRules(longest_minutes=30))))
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    told(house)
    assert minutes_told(house, 2)[Role.OWNER] == [10, 15, 25, 45, 75, 105]


def test_what_lies_on_the_stop_shelf_is_put_back_or_its_named_person_hears_and_then_the_next(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)
    house.run(pulls.pull, house.cast.actor(Role.DISPATCHER), house.parcel, house.parcel.warehouse_id or 0)
    told(house)
    (stop,) = house.stops
    assert (stop.named, stop.pulled_by, stop.level) == (
        house.cast.people[Role.PICKER].name,
        house.cast.people[Role.DISPATCHER].name,
        0,
    )
    assert stop.next_at == house.clock[0] + timedelta(minutes=60)
    assert minutes_told(house, 8) == {
        Role.PICKER: [60],
        Role.DISPATCHER: [120],
        Role.CS_LEAD: [180],
        Role.OWNER: [240, 300, 420],
    }
    house.scan(Station.PUT_BACK)
    assert (house.stops[0].state, house.stops[0].next_at) == (StopState.DONE, None)


def test_whom_a_stop_waits_for(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)

    def waited_for() -> set[Role]:
        return {role for role in Role if stop_calls.waits_for(house.stops[0], house.cast.actor(role))}

    assert waited_for() == {Role.PICKER}
    house.pass_time(120)
    house.run(pulls.tick)
    assert waited_for() == {Role.PICKER, Role.DISPATCHER}
    house.pull()
    assert waited_for() == {Role.PICKER}
    house.pass_time(60 * 60)
    house.run(pulls.tick)
    house.pass_time(60 * 60)
    house.run(pulls.tick)
    assert waited_for() == {Role.PICKER, Role.DISPATCHER}
    house.scan(Station.PUT_BACK)
    assert waited_for() == set()


def test_who_only_waits_for_a_decision_has_nothing_left_to_do(house: House) -> None:
    """Where nobody pulls by a second scan, a held box stays where it is."""
    house.run(lambda unit: _choose(unit, replace(Policy(), stops=StopRules(second_scan=False))))
    house.bring_to(ParcelState.PICKED)
    order = house.order
    house.run(review.hold, house.cast.actor(Role.CS), order.id, order.revision, "call first")
    (stop,) = house.stops
    house.run(pulls.acknowledge, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    assert house.stops[0].next_at is None


def test_a_whole_parcel_on_the_stop_shelf_is_fetched_when_the_refund_is_withdrawn(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED)
    house.pull()
    told(house)
    house.refund(RefundState.CANCELLED)
    assert (house.stops[0].state, house.parcel.blocked) == (StopState.RELEASED, False)
    assert told(house) == {Role.PACKER: 1}


def test_a_parcel_that_something_else_keeps_on_the_stop_shelf_is_not_fetched(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.REQUESTED, 0, number="R1")
    house.refund(RefundState.REQUESTED, 0, number="R2")
    house.pull()
    told(house)
    house.refund(RefundState.CANCELLED, 0, number="R1")
    assert told(house) == {}
    house.refund(RefundState.CANCELLED, 0, number="R2")
    assert told(house) == {Role.PACKER: 1}


def test_an_answer_has_one_winner(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    house.run(pulls.acknowledge, house.cast.actor(Role.PICKER), stop.id, stop.revision)
    with pytest.raises(Stale):
        house.run(pulls.acknowledge, house.cast.actor(Role.PACKER), stop.id, stop.revision)
    assert house.stops[0].acked_by == house.cast.people[Role.PICKER].name


def test_a_put_back_waits_for_the_stop_shelf(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    house.refund(RefundState.SUCCESS)
    before = house.parcel, house.stops, house.reserved()
    with pytest.raises(PullFirst) as refusal:
        house.run(pulls.put_back, house.cast.actor(Role.PICKER), house.parcel)
    assert (refusal.value.waybill, refusal.value.shelf) == (house.parcel.waybill, "STOP001")
    assert (house.parcel, house.stops, house.reserved()) == before


def test_a_company_may_do_with_one_scan(house: House) -> None:
    house.run(lambda unit: _choose(unit, replace(Policy(), stops=StopRules(second_scan=False))))
    house.bring_to(ParcelState.WEIGHED)
    house.refund(RefundState.SUCCESS)
    house.run(pulls.put_back, house.cast.actor(Role.PICKER), house.parcel)
    assert house.order.status is OrderStatus.CANCELLED


def _choose(unit: Unit, policy: Policy) -> None:
    unit.catalog_admin.put_policy(policy, "boss")


def test_pulled_once_at_its_own_warehouse_by_who_may(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    picker, here = house.cast.actor(Role.PICKER), house.parcel.warehouse_id or 0
    with pytest.raises(WrongStatus):
        house.run(pulls.pull, picker, house.parcel, here)
    house.refund(RefundState.SUCCESS)
    before = house.stops
    with pytest.raises(BadValue):
        house.run(pulls.pull, picker, house.parcel, here + 1)
    with pytest.raises(NotAllowed):
        house.run(pulls.pull, house.cast.actor(Role.CS), house.parcel, here)
    assert house.stops == before
    stop = house.run(pulls.pull, picker, house.parcel, here)
    assert (stop.state, stop.pulled_by, stop.acked_by) == (StopState.PULLED, picker.name, picker.name)
    with pytest.raises(AlreadyScanned):
        house.run(pulls.pull, picker, house.parcel, here)


def test_two_scans_in_one_message_pull_it_and_a_third_puts_it_back(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    code, picker = house.parcel.waybill, house.cast.actor(Role.PICKER)
    scans = house.run(floor.scan, picker, [(code, None), ("stop001", None), (code, None)], station=Station.PUT_BACK)
    assert [outcome.verdict for outcome in scans.outcomes] == ["shelf", "ok", "ok"]
    assert house.order.status is OrderStatus.CANCELLED
    alone = house.run(floor.scan, house.cast.actor(Role.DISPATCHER), [("STOP001", None)])
    assert [outcome.verdict for outcome in alone.outcomes] == ["refused"]


def test_what_only_waits_is_pulled_by_two_scans_and_not_put_back(house: House) -> None:
    house.bring_to(ParcelState.PACKED)
    order, code, picker = house.order, house.parcel.waybill, house.cast.actor(Role.PICKER)
    house.run(review.hold, house.cast.actor(Role.CS), order.id, order.revision, "call first")
    scans = house.run(floor.scan, picker, [(code, None), ("STOP001", None), (code, None)], station=Station.PUT_BACK)
    assert [outcome.verdict for outcome in scans.outcomes] == ["shelf", "ok", "again"]
    assert [(stop.state, stop.next_at) for stop in house.stops] == [(StopState.PULLED, None)]


def test_a_sheet_nobody_took_is_torn_and_its_goods_are_free(house: House) -> None:
    house.bring_to(ParcelState.READY)
    boris = house.cast.actor(Role.DISPATCHER)
    wave = house.run(release.wave_now, boris, house.parcel.warehouse_id or 0)
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    with pytest.raises(NotAllowed):
        house.run(pulls.torn, house.cast.actor(Role.PACKER), stop.id, stop.revision)
    assert house.reserved() == {"CUP-01": 2, "TEA-01": 1}
    assert house.run(pulls.torn, boris, stop.id, stop.revision).state is StopState.DONE
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}
    assert (house.order.status, house.parcel.state) == (OrderStatus.CANCELLED, ParcelState.CANCELLED)
    assert house.store.read_now(lambda desk: desk.waves.get(wave.id).state) == "done"


def test_once_somebody_picks_a_sheet_is_not_torn_any_more(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    house.run(interception.typed, house.cast.actor(Role.CS), house.order.id, "changed his mind")
    (stop,) = house.stops
    with pytest.raises(WrongStatus):
        house.run(pulls.torn, house.cast.actor(Role.DISPATCHER), stop.id, stop.revision)
    assert house.stops == (stop,)
    assert house.order.refunded == PAID


def test_once_the_pick_list_is_out_a_cart_may_hold_the_goods(house: House) -> None:
    """The open wave's card carries the list: from then on only the put-back scan frees the stock."""
    house.bring_to(ParcelState.READY)
    boris = house.cast.actor(Role.DISPATCHER)
    wave = house.run(release.wave_now, boris, house.parcel.warehouse_id or 0)
    chat = house.cast.people[Role.PICKER].chat_id
    house.run(lambda desk: desk.cards.put(chat, 7, NoticeKind.WAVE, wave.id))
    house.refund(RefundState.SUCCESS)
    (stop,) = house.stops
    with pytest.raises(WrongStatus):
        house.run(pulls.torn, boris, stop.id, stop.revision)
    assert (house.stops, house.reserved()) == ((stop,), {"CUP-01": 2, "TEA-01": 1})
    assert house.run(fulfilment.scan, boris, Station.PUT_BACK, house.parcel.waybill).ok
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}
