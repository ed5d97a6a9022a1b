"""A courier is asked for a parcel that left: when it may be, what it answers, what it costs, and the way back."""

from datetime import timedelta

import pytest

from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, NotRecallable, ReasonNeeded, SharedParcel, Stale, WrongStatus
from domain.floor.parcels import ParcelState, StopKind, StopState
from domain.intake.incoming import PlatformState, RefundState
from domain.people.people import Role
from domain.policy.policy_stops import RecallKind
from domain.records import Grade, Notice, NoticeKind, ReturnState
from domain.stops import interception, recalls, returns
from domain.stops.recalls import Word
from domain.stops.stop_desk import Recall, RecallState
from tests import factory
from tests.domain.house import House
from tests.domain.yard import Yard, tea


@pytest.fixture
def left(house: House) -> House:
    """Handed over, then refunded: too late."""
    house.bring_to(ParcelState.HANDED_OVER)
    house.refund(RefundState.SUCCESS)
    return house


def waiting_for(desk: Desk, chat_id: int) -> list[Notice]:
    return desk.outbox.waiting(chat_id)


def register(house: House, kind: RecallKind = RecallKind.SENDER) -> Recall:
    return house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, kind)


def now(house: House, recall: Recall) -> Recall:
    return house.store.read_now(lambda desk: desk.recalls.get(recall.id))


def says(house: House, recall: Recall, state: RecallState, why: str = "") -> Recall:
    one = now(house, recall)
    return house.run(recalls.told, house.cast.actor(Role.CS), one.id, one.revision, state, why)


def test_by_telephone_from_registered_to_back_in_stock(left: House) -> None:
    recall = register(left)
    assert (recall.state, recall.waybill, recall.picked_up_at) == (
        RecallState.REGISTERED,
        left.parcel.waybill,
        left.parcel.handed_over_at,
    )
    left.pass_time(60)
    assert says(left, recall, RecallState.ASKING).asked_at == left.clock[0]
    left.pass_time(60)
    accepted = says(left, recall, RecallState.ACCEPTED)
    assert (accepted.answered_at, accepted.closed_at) == (left.clock[0], None)
    receiver, place = left.cast.actor(Role.RECEIVER), left.parcel.warehouse_id or 0
    parcel = left.run(returns.arrive, receiver, left.parcel.waybill, place)
    assert (parcel.state, parcel.reason) == (ReturnState.ARRIVED, "recalled")
    done = now(left, recall)
    assert (done.state, done.return_id, done.closed_at) == (RecallState.RECEIVED, parcel.id, left.clock[0])
    before = left.store.read_now(lambda desk: desk.stock.levels(["TEA-01"]))[place, "TEA-01"]
    for item in parcel.items:
        verdict = Grade.GOOD if item.sku == "TEA-01" else Grade.DEFECTIVE
        parcel = left.run(
            returns.grade, receiver, parcel.id, parcel.revision, item.line_no, verdict, units=item.expected
        )
    after = left.store.read_now(lambda desk: desk.stock.levels(["TEA-01", "CUP-01"]))
    assert after[place, "TEA-01"].good == before.good + 1
    assert after[place, "CUP-01"].defective == 2


def test_it_comes_back_under_another_number_and_is_linked_later(left: House) -> None:
    recall = register(left)
    says(left, recall, RecallState.ACCEPTED)
    left.run(returns.arrive, left.cast.actor(Role.RECEIVER), "ZZ00998877", left.parcel.warehouse_id or 0)
    assert now(left, recall).state is RecallState.ACCEPTED
    linked = left.run(returns.link, left.cast.actor(Role.CS), left.order.id, "ZZ00998877")
    assert (now(left, recall).state, now(left, recall).return_id) == (RecallState.RECEIVED, linked.id)


def test_customer_service_and_finance_hear_of_it_but_not_who_asked(left: House) -> None:
    recall = register(left)
    for role, told in ((Role.CS, []), (Role.CS_LEAD, [recall.id]), (Role.FINANCE, [recall.id])):
        chat = left.cast.people[role].chat_id
        waiting = left.store.read_now(waiting_for, chat)
        assert [one.subject_id for one in waiting if one.kind is NoticeKind.RECALL] == told


def test_once_only_and_never_twice_at_a_time(left: House) -> None:
    recall = register(left)
    with pytest.raises(NotRecallable) as refusal:
        register(left, RecallKind.STATION)
    assert refusal.value.why == "asked"
    says(left, recall, RecallState.FAILED, "out for delivery")
    with pytest.raises(NotRecallable):
        register(left)
    assert left.store.read_now(lambda desk: [one.id for one in desk.recalls.since(factory.NOW, None)]) == [recall.id]


@pytest.mark.parametrize(
    ("hours", "state", "why"), [(241, PlatformState.SHIPPED, "late"), (1, PlatformState.DONE, "delivered")]
)
def test_not_after_its_time(left: House, hours: int, state: PlatformState, why: str) -> None:
    left.receive(state=state)
    left.pass_time(hours * 3600)
    with pytest.raises(NotRecallable) as refusal:
        register(left)
    assert refusal.value.why == why


def test_not_before_it_left_nor_by_who_may_not(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    with pytest.raises(NotRecallable) as refusal:
        register(house)
    assert refusal.value.why == "not_left"
    with pytest.raises(NotAllowed):
        house.run(recalls.register, house.cast.actor(Role.PICKER), house.parcel.id, RecallKind.SENDER)
    assert house.store.read_now(lambda desk: desk.recalls.since(factory.NOW, None)) == []


def test_what_people_tell_is_judged(left: House) -> None:
    recall = register(left)
    with pytest.raises(ReasonNeeded):
        says(left, recall, RecallState.FAILED, " ")
    with pytest.raises(WrongStatus):
        says(left, recall, RecallState.RECEIVED)
    says(left, recall, RecallState.ASKING)
    with pytest.raises(Stale):
        left.run(recalls.told, left.cast.actor(Role.CS), recall.id, recall.revision, RecallState.ACCEPTED)
    assert now(left, recall).state is RecallState.ASKING


def test_the_fee_is_said_by_finance(left: House) -> None:
    recall = register(left)
    assert left.run(recalls.set_fee, left.cast.actor(Role.FINANCE), recall.id, 1200).fee == 1200
    with pytest.raises(BadValue):
        left.run(recalls.set_fee, left.cast.actor(Role.FINANCE), recall.id, -1)
    with pytest.raises(NotAllowed):
        left.run(recalls.set_fee, left.cast.actor(Role.PACKER), recall.id, 1)
    assert now(left, recall).fee == 1200


def test_the_buyer_keeps_it_after_all(left: House) -> None:
    recall = register(left)
    left.refund(RefundState.CANCELLED)
    dropped = now(left, recall)
    assert (dropped.state, dropped.closed_at) == (RecallState.DROPPED, left.clock[0])
    assert register(left).state is RecallState.REGISTERED  # what was never asked does not count


def test_an_adapter_answers_and_is_asked_again(left: House) -> None:
    recall = register(left)
    (wish,) = left.store.read_now(recalls.to_ask)
    assert (wish.recall.id, wish.courier.code, wish.order.number) == (recall.id, "YTO", "1001")
    assert left.run(recalls.answered, [Word(recall.id, error="timeout")]) == 1
    assert now(left, recall).next_at == left.clock[0] + timedelta(minutes=1)
    assert left.run(recalls.answered, [Word(recall.id, RecallState.ASKING, reference="LJ1")]) == 1
    assert (now(left, recall).state, now(left, recall).reference, now(left, recall).error) == (
        RecallState.ASKING,
        "LJ1",
        "",
    )
    left.run(recalls.answered, [Word(recall.id, RecallState.ACCEPTED, fee=800)])
    assert (now(left, recall).fee, now(left, recall).next_at) == (800, left.clock[0] + timedelta(minutes=30))
    left.pass_time(1800)
    assert [wish.recall.id for wish in left.store.read_now(recalls.to_ask)] == [recall.id]
    assert left.run(recalls.answered, [Word(recall.id, RecallState.RECEIVED)]) == 1  # only our own scan says so
    assert now(left, recall).state is RecallState.ACCEPTED
    assert left.run(recalls.answered, [Word(recall.id, RecallState.FAILED, why="delivered")]) == 1
    assert (now(left, recall).state, now(left, recall).why, now(left, recall).next_at) == (
        RecallState.FAILED,
        "delivered",
        None,
    )
    assert left.run(recalls.answered, [Word(recall.id, RecallState.ACCEPTED)]) == 0


def test_fee_and_number_count_whenever_the_courier_says_them(left: House) -> None:
    recall = register(left)
    words = [Word(recall.id, fee=800, reference="Q1"), Word(recall.id, RecallState.FAILED, why="too late", fee=300)]
    assert left.run(recalls.answered, words) == 2
    assert (now(left, recall).fee, now(left, recall).reference) == (300, "Q1")
    assert left.run(recalls.answered, [Word(recall.id, fee=0)]) == 1
    assert (now(left, recall).fee, now(left, recall).state) == (0, RecallState.FAILED)
    assert left.run(recalls.answered, [Word(recall.id)]) == 0


def test_in_a_merged_box_the_order_that_moved_is_meant_and_the_others_are_told(house: House) -> None:
    yard = Yard(house)
    box = yard.bring(ParcelState.HANDED_OVER)
    yard.receive(
        tea("2", receiver=factory.receiver(province="广东省", city="深圳市", district="南山区", address="9 号"))
    )
    with pytest.raises(SharedParcel) as refused:
        house.run(recalls.register, yard.cs, box.id, RecallKind.ADDRESS)
    assert (refused.value.order, refused.value.others) == ("2", ("1",))
    assert house.store.read_now(lambda desk: desk.recalls.of_parcels([box.id])) == {}
    recall = house.run(recalls.register, yard.cs, box.id, RecallKind.ADDRESS, sure=True)
    assert (recall.order_id, recall.target) == (yard.order("2").id, "广东省 深圳市 南山区 9 号")
    other = yard.order("1").id
    told = house.store.read_now(waiting_for, house.cast.people[Role.CS].chat_id)
    assert [one.subject_id for one in told if one.key == f"recall:{recall.id}:{other}"] == [other]
    assert house.store.read_now(lambda desk: desk.history("order", other, 1))[0].verb == "recall_shared"


def test_a_new_address_after_it_left_asks_for_another_delivery(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.receive(receiver=factory.receiver(address="文三路 9 号"))
    assert [(stop.kind, stop.state) for stop in house.stops] == [(StopKind.HOLD, StopState.TOO_LATE)]
    recall = register(house, RecallKind.ADDRESS)
    assert recall.target == "浙江省 杭州市 西湖区 文三路 9 号"
    accepted = says(house, recall, RecallState.ACCEPTED)
    assert accepted.closed_at == house.clock[0]


def test_success_by_courier_and_hours_since_the_pick_up(left: House) -> None:
    left.pass_time(7 * 3600)
    recall = register(left)
    assert left.store.read_now(recalls.successes, factory.NOW, None) == {}
    says(left, recall, RecallState.ACCEPTED)
    courier = left.parcel.courier_id
    assert left.store.read_now(recalls.successes, factory.NOW, None) == {(courier, 1): (1, 1)}
    assert left.store.read_now(recalls.successes, factory.NOW, frozenset({99})) == {}
    with pytest.raises(Stale):
        left.run(interception.typed, left.cast.actor(Role.CS), left.order.id, "again")


def test_what_comes_back_is_counted_once_it_is_on_its_way(left: House) -> None:
    def coming() -> tuple[int, int]:
        return left.store.read_now(lambda desk: desk.recalls.coming_back("CUP-01"))

    recall = register(left)
    assert coming() == (0, 0)
    says(left, recall, RecallState.ACCEPTED)
    assert coming() == (2, 0)
    left.run(returns.link, left.cast.actor(Role.CS), left.order.id, "ZZ00998877")
    assert coming() == (2, 0)  # the same goods, announced as well
    says(left, recall, RecallState.FAILED, "delivered")
    assert coming() == (0, 2)
    left.run(returns.arrive, left.cast.actor(Role.RECEIVER), "ZZ00998877", left.parcel.warehouse_id or 0)
    assert coming() == (0, 0)
