"""Flag, cash on delivery and what was paid, changed after somebody decided: each holds, also in the house."""

from dataclasses import replace

import pytest

from domain.errors import HoldNotReleasable, NotAllowed, ParcelStopped
from domain.floor.parcels import ParcelState
from domain.intake.incoming import IncomingRefund, Platform, RefundState
from domain.orders.orders import OrderStatus
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import Screening
from domain.review import review
from domain.review.holds import Hold, HoldCode, Source
from tests.domain.house import LATER, LINES, PAID, SCAN, House

OFFERS: dict[str, object] = {"platform": Platform.JST}  # whose files tell what is owed and what was paid
FLAG = ({"seller_flag": "红色"}, HoldCode.FLAG, Source.SCREENING, {"flag": "红色"}, Role.CS)
COLLECT = (
    *({"cod": True, "paid": 0}, HoldCode.PAYMENT, Source.SCREENING),
    *({"owed": str(PAID), "currency": "CNY"}, Role.FINANCE),
)
LESS = (
    *({"paid": 9_000, **OFFERS}, HoldCode.PART_PAID, Source.SCREENING),
    *({"paid": "9000", "payable": str(PAID), "currency": "CNY"}, Role.FINANCE),
)
LESS_ALL = (
    *({"paid": 9_000, "total": 9_000}, HoldCode.PART_PAID, Source.PLATFORM),
    *({"paid": "9000", "payable": str(PAID), "currency": "CNY"}, Role.FINANCE),
)
CASES = [FLAG, COLLECT, LESS, LESS_ALL]


def release(house: House, role: Role, code: HoldCode) -> None:
    order = house.order
    house.run(review.release_hold, house.cast.actor(role), order.id, order.revision, code, sure=True)


def held(house: House) -> list[Hold]:
    return [hold for hold in house.order.holds if hold.open]


def first(change: dict[str, object]) -> dict[str, object]:
    return dict(OFFERS) if "platform" in change else {}


@pytest.mark.parametrize(("change", "code", "source", "evidence", "role"), CASES)
def test_an_approved_order_goes_back_to_review(
    house: House, change: dict[str, object], code: HoldCode, source: Source, evidence: dict[str, str], role: Role
) -> None:
    house.receive(**first(change))
    house.approve()
    house.receive(**change)
    at = {"at": "approved"} if source is Source.PLATFORM else {}
    assert [(hold.code, hold.source, dict(hold.evidence)) for hold in held(house)] == [(code, source, at | evidence)]
    assert (house.order.status, house.parcel.state) == (OrderStatus.REVIEW, ParcelState.PLANNED)
    assert house.reserved() == {"CUP-01": 0, "TEA-01": 0}
    release(house, role, code)
    house.approve()
    assert house.order.status is OrderStatus.APPROVED


@pytest.mark.parametrize(("change", "code", "source", "evidence", "role"), CASES)
@pytest.mark.parametrize("stage", LATER)
def test_a_box_in_the_house_stops_until_its_owner_lets_it_go(
    house: House,
    stage: ParcelState,
    change: dict[str, object],
    code: HoldCode,
    source: Source,
    evidence: dict[str, str],
    role: Role,
) -> None:
    house.bring_to(stage, **first(change))
    house.receive(**change)
    assert [hold.code for hold in held(house)] == [code]
    assert (house.order.status, house.parcel.state, house.parcel.blocked) == (OrderStatus.RELEASED, stage, True)
    station = list(SCAN.values())[LATER.index(stage)]
    assert isinstance(house.scan(station, house.parcel.expected_g).refusal, ParcelStopped)
    before = house.order
    with pytest.raises((HoldNotReleasable, NotAllowed)):
        release(house, Role.PACKER if role is Role.CS else Role.CS, code)
    assert (house.order, house.parcel.blocked) == (before, True)
    release(house, role, code)
    assert (held(house), house.parcel.blocked) == ([], False)
    house.receive(**change, placed_at=None)
    assert (held(house), house.parcel.blocked) == ([], False)


@pytest.mark.parametrize(
    ("change", "code"), [(FLAG[0], FLAG[1]), (COLLECT[0], COLLECT[1]), (LESS[0], LESS[1])], ids=["flag", "cod", "less"]
)
def test_it_ends_by_itself_in_review_when_the_platform_says_so_no_more(
    house: House, change: dict[str, object], code: HoldCode
) -> None:
    house.receive(**first(change))
    house.approve()
    house.receive(**change)
    house.receive(**first(change))
    assert [(hold.code, hold.resolution) for hold in house.order.holds] == [(code, "auto")]


def test_a_flag_that_means_nothing_in_this_house_holds_nothing(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.receive(seller_flag="green")
    assert (held(house), house.parcel.blocked, house.order.seller_flag) == ([], False, "green")


def test_a_flag_released_before_the_approval_is_no_news(house: House) -> None:
    house.receive(seller_flag="red")
    house.release(HoldCode.FLAG)
    house.approve()
    house.receive(seller_flag="red", risk="low")
    assert (held(house), house.order.status) == ([], OrderStatus.APPROVED)


def test_cash_on_delivery_needs_a_courier_that_collects_and_a_new_label(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    old = house.parcel
    couriers = {one.id: one for one in house.cast.couriers}
    assert couriers[old.courier_id or 0].cod is False
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), old.waybill, [Paper.LABEL])
    house.receive(cod=True, paid=0)
    release(house, Role.FINANCE, HoldCode.PAYMENT)
    assert couriers[house.parcel.courier_id or 0].cod is True
    assert house.parcel.waybill != old.waybill
    now = house.parcel
    assert house.store.read_now(lambda desk: printing.outdated(desk, now))


@pytest.mark.parametrize("stage", LATER)
def test_what_is_collected_no_more_stops_the_box_with_its_old_label(house: House, stage: ParcelState) -> None:
    house.run(
        lambda unit: unit.catalog_admin.put_policy(replace(Policy(), screening=Screening(confirm_cod=False)), "t")
    )
    house.bring_to(stage, cod=True, paid=0)
    old = house.parcel
    house.run(printing.print_parcel, house.cast.actor(Role.PICKER), old.waybill, [Paper.LABEL])
    house.receive(cod=False)
    assert [(hold.code, dict(hold.evidence)) for hold in held(house)] == [
        (HoldCode.PAYMENT, {"at": "released", "owed": "0", "currency": "CNY"})
    ]
    assert house.parcel.blocked
    release(house, Role.FINANCE, HoldCode.PAYMENT)
    assert (house.parcel.blocked, house.parcel.waybill) == (False, old.waybill)
    now = house.parcel
    assert house.store.read_now(lambda desk: printing.outdated(desk, now))


def test_what_goes_back_is_not_owed(house: House) -> None:
    house.bring_to(ParcelState.PICKED, **OFFERS)
    refund = IncomingRefund("R1", RefundState.SUCCESS, 700)
    house.receive(**OFFERS, paid=PAID - 700, refunds=(refund,))
    assert HoldCode.PART_PAID not in {hold.code for hold in house.order.holds}


def test_fewer_goods_for_less_money_are_other_goods(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    house.receive(lines=LINES[:1], goods=7_800, total=7_800, paid=7_800)
    assert [hold.code for hold in held(house)] == [HoldCode.GOODS_CHANGED]


@pytest.mark.parametrize("told", [{"paid": PAID + 100}, {"paid": 0}, {"goods": 0, "total": 0, "paid": 0, "cod": True}])
def test_more_money_or_none_told_holds_nothing(house: House, told: dict[str, object]) -> None:
    house.receive()
    house.approve()
    house.receive(**told)
    assert (held(house), house.order.status, house.order.cod) == ([], OrderStatus.APPROVED, False)
