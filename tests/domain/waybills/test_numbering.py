"""E-waybill numbers through their states, and couriers changed before the wave (rules.md B1, B6)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.desk import Desk
from domain.errors import NotAllowed, ReasonNeeded, Unknown, WaybillKept
from domain.floor import fulfilment, release
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, RefundState
from domain.orders.catalog import Account
from domain.orders.orders import Order, OrderStatus
from domain.people.people import CLOCK, SHOP, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_sections import Suspension
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.stock.stock import Document
from domain.stops import interception, withdrawal
from domain.waybills import number_watch, numbering
from domain.waybills.ewaybills import Answer, Ewaybill, WaybillState
from storage.store import Store
from storage.unit import Unit
from tests.factory import NOW, Cast, incoming, seed
from tests.filled import filled


class House:
    """A seeded store whose clock the test moves, and orders on their way to a wave."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = Store("sqlite:///:memory:", now=lambda: self.now)
        self.cast: Cast = filled(self.store, seed)

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def do(self, work: Callable[[Unit], object]) -> None:
        self.store.run_now(work)

    def approve(self, *numbers: str) -> None:
        """Take orders of the first shop in, approve them, and let their undo window pass."""
        shop = self.cast.shops[0].id

        def run(desk: Desk) -> None:
            intake.receive(desk, SHOP, shop, [incoming(number) for number in numbers])
            for order in desk.orders.by_number(shop, numbers).values():
                review.approve(desk, CLOCK, order.id, order.revision)

        self.store.run_now(run)
        self.later(seconds=30)
        self.store.run_now(release.release_due)
        self.later(seconds=30)

    def order(self, number: str) -> Order:
        shop = self.cast.shops[0].id
        return self.store.read_now(lambda desk: desk.orders.by_number(shop, [number])[number])

    def parcels(self, number: str) -> tuple[Parcel, ...]:
        order = self.order(number)
        return self.store.read_now(lambda desk: desk.parcels.of_orders([order.id]).get(order.id, ()))

    def parcel(self, number: str) -> Parcel:
        return self.parcels(number)[-1]

    def waybills(self, parcel_id: int) -> list[tuple[WaybillState, str]]:
        rows = self.store.read_now(lambda desk: desk.waybills.of_parcels([parcel_id]).get(parcel_id, ()))
        return [(row.state, row.number) for row in rows]

    def errors(self, order_number: str) -> list[str]:
        parcel_id = self.parcel(order_number).id
        return [row.error for row in self.store.read_now(lambda desk: desk.waybills.of_parcels([parcel_id])[parcel_id])]

    def by_number(self, number: str) -> Ewaybill:
        (row,) = self.store.read_now(lambda desk: desk.waybills.by_number(number))
        return row

    def policy(self, **choices: object) -> None:
        made = replace(Policy(), **choices)  # type: ignore[arg-type]  # test shorthand
        self.do(lambda unit: unit.catalog_admin.put_policy(made, "test"))

    def remote(self) -> Account:
        """The first courier's numbers for the first shop come from a service now."""
        courier = self.cast.couriers[0].id
        account = Account(0, courier, "api", shop_id=self.cast.shops[0].id, source="yto")
        return self.store.run_now(lambda unit: unit.catalog_admin.add_account(account))

    def answers(self, *answers: Callable[[int], Answer]) -> int:
        """The service's answers to what it is asked now, in order."""
        wanted = self.store.read_now(numbering.wanted)
        assert len(wanted) == len(answers)
        told = [make(one.waybill.id) for make, one in zip(answers, wanted, strict=True)]
        return self.store.run_now(numbering.answered, told)


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.store.close()


def number(text: str) -> Callable[[int], Answer]:
    return lambda waybill_id: Answer(waybill_id, text)


def error(text: str, *, retryable: bool = True) -> Callable[[int], Answer]:
    return lambda waybill_id: Answer(waybill_id, error=text, retryable=retryable)


def refunded(house: House, order_number: str, at: datetime) -> None:
    def run(desk: Desk) -> None:
        order = desk.orders.by_number(house.cast.shops[0].id, [order_number])[order_number]
        refund = IncomingRefund(f"R{order_number}", RefundState.SUCCESS, order.paid, at=at)
        desk.orders.save([interception.refund_came(desk, SHOP, order, refund)])

    house.store.run_now(run)


def taken_out(house: House, parcel: Parcel) -> None:
    """Its goods are put back; nothing is left in it."""

    def run(desk: Desk) -> None:
        withdrawal.take_out(desk, CLOCK, parcel, parcel.order_ids[0], {1}, Document.PUT_BACK)

    house.store.run_now(run)


def test_a_local_range_numbers_the_wave_in_its_own_transaction(house: House) -> None:
    house.approve("1", "2")
    assert house.store.run_now(release.waves_due) == 2
    parcels = [house.parcel("1"), house.parcel("2")]
    assert sorted(parcel.waybill for parcel in parcels) == ["YT0000001001", "YT0000001002"]
    for parcel in parcels:
        assert house.waybills(parcel.id) == [(WaybillState.ASSIGNED, parcel.waybill)]
    assert house.store.run_now(numbering.tick) == 0


def test_a_number_is_done_when_its_parcel_has_left(house: House) -> None:
    house.approve("1")
    house.do(release.waves_due)
    parcel = house.parcel("1")
    left = replace(parcel, state=ParcelState.HANDED_OVER, handed_over_at=house.now)
    house.do(lambda unit: unit.parcels.save([left]))
    assert house.store.run_now(numbering.tick) == 1
    assert house.waybills(parcel.id) == [(WaybillState.DONE, parcel.waybill)]


def test_a_cancelled_parcels_number_is_given_back_and_used_again_for_the_same_shop(house: House) -> None:
    """Not before its old label had time to vanish."""
    house.approve("1")
    house.do(release.waves_due)
    parcel = house.parcel("1")
    taken_out(house, parcel)
    assert house.store.run_now(numbering.tick) == 2
    assert house.by_number(parcel.waybill).state is WaybillState.VOIDED
    assert house.waybills(parcel.id) == [(WaybillState.VOIDED, parcel.waybill)]  # its old label may lie about
    house.approve("2")
    house.do(release.waves_due)
    assert house.parcel("2").waybill == "YT0000001002"
    house.later(hours=73)
    house.approve("3")
    house.do(release.waves_due)
    assert house.parcel("3").waybill == parcel.waybill
    assert house.waybills(house.parcel("3").id) == [(WaybillState.ASSIGNED, parcel.waybill)]


def test_an_account_that_runs_out_sends_the_rest_with_the_next_courier(house: House) -> None:
    account = Account(0, house.cast.couriers[0].id, "paid", shop_id=house.cast.shops[0].id)
    made = house.store.run_now(lambda unit: unit.catalog_admin.add_account(account, 500, 1))
    house.approve("1", "2")
    assert house.store.run_now(release.waves_due) == 1
    assert house.parcel("1").waybill == "YT0000000500"
    assert house.store.read_now(number_watch.low) == [number_watch.Low(made.id, 0, 1)]
    assert house.store.run_now(release.waves_due) == 1
    second = house.parcel("2")
    assert (second.courier_id, second.waybill) == (house.cast.couriers[1].id, "SF000000001001")
    why = second.why["courier"]
    assert isinstance(why, dict)
    assert (why["won"], why["before"]["reason"]) == ("顺丰", "no_numbers")
    assert second.freight == 1200


def test_a_service_is_asked_and_the_parcel_waits_for_its_answer(house: House) -> None:
    house.remote()
    house.approve("1")
    assert house.store.run_now(release.waves_due) == 0
    assert house.parcel("1").state is ParcelState.READY
    assert house.waybills(house.parcel("1").id) == [(WaybillState.WAITING, "")]
    (wanted,) = house.store.read_now(numbering.wanted)
    assert (wanted.order.number, wanted.parcel.id, wanted.account.source) == ("1", house.parcel("1").id, "yto")
    assert house.store.run_now(release.waves_due) == 0  # asked once
    assert house.answers(number("YT9")) == 1
    assert house.store.run_now(release.waves_due) == 1
    assert house.parcel("1").waybill == "YT9"


def test_the_couriers_sort_code_stays_with_the_number_until_it_is_given_back(house: House) -> None:
    house.remote()
    house.approve("1")
    assert house.store.run_now(release.waves_due) == 0
    told = " 571W-A12-008 \n"
    assert house.answers(lambda row_id: Answer(row_id, "YT9", sort_code=told, hub="杭州中心")) == 1
    (row,) = house.store.read_now(lambda unit: unit.waybills.by_number("YT9"))
    assert (row.sort_code, row.hub) == ("571W-A12-008", "杭州中心")
    refunded(house, "1", house.now)
    house.do(numbering.tick)
    (voids,) = house.store.read_now(numbering.to_void)
    assert house.store.run_now(numbering.answered, [Answer(voids[1].id)]) == 1
    (row,) = house.store.read_now(lambda unit: unit.waybills.by_number("YT9"))
    assert (row.state, row.sort_code, row.hub) == (WaybillState.VOIDED, "", "")


def test_three_errors_and_the_next_courier_carries_it(house: House) -> None:
    house.remote()
    house.approve("1")
    house.do(release.waves_due)
    for minutes in (1, 3, 10):
        assert house.answers(error("timeout")) == 1
        assert house.store.read_now(numbering.wanted) == []  # not before its time
        house.later(minutes=minutes)
    assert house.store.run_now(release.waves_due) == 1
    parcel = house.parcel("1")
    assert (parcel.courier_id, parcel.waybill) == (house.cast.couriers[1].id, "SF000000001001")
    why = parcel.why["courier"]
    assert isinstance(why, dict)
    assert {"name": "圆通", "reason": "waybill_error", "facts": {"error": "timeout"}} in why["lost"]
    verbs = [event.verb for event in house.store.read_now(lambda desk: desk.history("parcel", parcel.id))]
    assert verbs == ["in_wave", "rematched", "waybill_error"]


def test_an_error_that_stays_needs_no_second_try_and_a_number_given_twice_is_one(house: House) -> None:
    house.remote()
    house.approve("1", "2")
    house.do(release.waves_due)
    assert house.answers(number("YT9"), error("contract over", retryable=False)) == 2
    assert house.store.run_now(release.waves_due) == 2
    assert {house.parcel(one).waybill for one in "12"} == {"YT9", "SF000000001001"}
    house.approve("3")
    house.do(release.waves_due)
    assert house.answers(number("YT9")) == 1
    assert house.errors("3") == ["YT9: given twice or empty"]


def test_when_no_courier_gives_a_number_the_order_waits_and_is_tried_again(house: House) -> None:
    house.remote()
    refuse = replace(house.cast.couriers[1], enabled=False)
    house.do(lambda unit: unit.catalog_admin.save_courier(refuse))
    house.approve("1")
    house.do(release.waves_due)
    house.answers(error("contract over", retryable=False))
    reserved = house.store.read_now(lambda desk: desk.stock.levels(["CUP-01"]))
    assert [level.reserved for level in reserved.values()] == [2, 0]
    assert house.store.run_now(release.waves_due) == 0
    order = house.order("1")
    assert (order.status, open_codes(order.holds)) == (OrderStatus.REVIEW, (HoldCode.WAYBILL_ERROR,))
    freed = house.store.read_now(lambda desk: desk.stock.levels(["CUP-01"]))
    assert [level.reserved for level in freed.values()] == [0, 0]
    house.later(minutes=59)
    house.do(numbering.tick)
    assert house.order("1").held
    house.later(minutes=2)
    house.do(numbering.tick)
    assert not house.order("1").held
    assert house.parcel("1").state is ParcelState.PLANNED


def test_a_courier_suspended_since_the_approval_is_replaced_before_the_wave(house: House) -> None:
    house.approve("1")
    assert house.parcel("1").courier_id == house.cast.couriers[0].id
    house.policy(suspensions=(Suspension("YTO", "浙江", reason="台风"),))
    assert house.store.run_now(release.waves_due) == 1
    parcel = house.parcel("1")
    assert parcel.courier_id == house.cast.couriers[1].id
    why = parcel.why["courier"]
    assert isinstance(why, dict)
    assert why["before"] == {"name": "圆通", "reason": "suspended", "facts": {"province": "浙江省", "reason": "台风"}}


def test_a_number_that_is_not_needed_any_more_goes_back_to_its_service(house: House) -> None:
    """A refund before the wave: the answer may come after it."""
    house.remote()
    house.approve("1")
    house.do(release.waves_due)
    house.answers(number("YT9"))
    refunded(house, "1", house.now)
    assert house.store.run_now(numbering.tick) == 1
    ((account, row),) = house.store.read_now(numbering.to_void)
    assert (account.source, row.number, row.state) == ("yto", "YT9", WaybillState.TO_VOID)
    for minutes in (1, 3, 10):
        house.do(lambda unit: numbering.answered(unit, [Answer(row.id, error="busy")]))
        house.later(minutes=minutes)
    failed = house.by_number("YT9")
    assert (failed.state, failed.attempts, failed.error) == (WaybillState.VOID_FAILED, 3, "busy")
    assert house.store.read_now(numbering.to_void) == []


def test_a_service_takes_a_number_back(house: House) -> None:
    house.remote()
    house.approve("1")
    house.do(release.waves_due)
    house.answers(number("YT9"))
    refunded(house, "1", house.now)
    house.do(numbering.tick)
    ((_, row),) = house.store.read_now(numbering.to_void)
    assert house.store.run_now(numbering.answered, [Answer(row.id), Answer(10**6)]) == 1
    assert house.by_number("YT9").state is WaybillState.VOIDED
    assert house.store.run_now(numbering.answered, [Answer(row.id, error="late")]) == 0


def test_a_wish_whose_parcel_is_gone_is_forgotten(house: House) -> None:
    house.remote()
    house.approve("1")
    house.do(release.waves_due)
    parcel = house.parcel("1")
    refunded(house, "1", house.now)
    assert house.store.run_now(numbering.tick) == 1
    assert house.waybills(parcel.id) == []
    assert house.store.read_now(numbering.wanted) == []


def test_a_number_voided_by_hand_never_comes_again(house: House) -> None:
    house.approve("1")
    house.do(release.waves_due)
    parcel, dispatcher = house.parcel("1"), house.cast.actor(Role.DISPATCHER)
    with pytest.raises(WaybillKept) as worn:
        house.do(lambda unit: numbering.void_by_hand(unit, dispatcher, parcel.waybill, "torn"))
    assert worn.value.why == "worn"
    assert house.by_number(parcel.waybill).state is WaybillState.ASSIGNED
    house.do(lambda unit: unit.parcels.save([replace(parcel, state=ParcelState.CANCELLED)]))
    house.do(numbering.tick)
    with pytest.raises(NotAllowed):
        house.do(lambda unit: numbering.void_by_hand(unit, house.cast.actor(Role.PICKER), parcel.waybill, "torn"))
    elsewhere = replace(dispatcher, warehouses=frozenset({999}))
    with pytest.raises(NotAllowed):
        house.do(lambda unit: numbering.void_by_hand(unit, elsewhere, parcel.waybill, "torn"))
    with pytest.raises(ReasonNeeded):
        house.do(lambda unit: numbering.void_by_hand(unit, dispatcher, parcel.waybill, " "))
    with pytest.raises(Unknown):
        house.do(lambda unit: numbering.void_by_hand(unit, dispatcher, "", "torn"))
    assert house.by_number(parcel.waybill).state is WaybillState.VOIDED
    house.do(lambda unit: numbering.void_by_hand(unit, dispatcher, parcel.waybill, "torn"))
    with pytest.raises(WaybillKept) as again:
        house.do(lambda unit: numbering.void_by_hand(unit, dispatcher, parcel.waybill, "for fun"))
    assert (again.value.why, house.by_number(parcel.waybill).error) == ("voided", "torn")
    house.later(hours=100)
    house.approve("2")
    house.do(release.waves_due)
    assert house.parcel("2").waybill == "YT0000001002"
    assert house.by_number(parcel.waybill).state is WaybillState.VOID_BY_HAND


def test_what_it_weighs_is_what_it_costs(house: House) -> None:
    """The scale's grams go through the same contract as the estimate."""
    house.approve("1")
    house.do(release.waves_due)
    code = house.parcel("1").waybill
    house.do(lambda unit: fulfilment.scan(unit, CLOCK, Station.PICK, code))
    house.do(lambda unit: fulfilment.scan(unit, CLOCK, Station.PACK, code))
    light = replace(Policy(), weight_tolerance_g=5000)
    house.do(lambda unit: unit.catalog_admin.put_policy(light, "test"))
    house.do(lambda unit: fulfilment.scan(unit, CLOCK, Station.WEIGH, code, 1200))
    parcel = house.parcel("1")
    assert (parcel.weight_g, parcel.freight, parcel.tariff_id) == (1200, 700, None)
