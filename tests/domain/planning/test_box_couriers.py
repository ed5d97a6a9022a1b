"""Who carries a box decides how heavy it is and whom its orders rule out: when it is planned and before the wave."""

from dataclasses import replace
from typing import Any

import pytest

from domain.addresses.reach import Area
from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.orders.catalog import Sku
from domain.orders.orders import OrderStatus
from domain.planning.plans import leader_of, plan
from domain.planning.splitting import units_of
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice, Split, Suspension
from domain.review.holds import HoldCode
from domain.review.screening import Facts
from tests.domain.house import House
from tests.domain.planning.test_splitting import order_of
from tests.domain.review.test_screening import CATALOG, NOW, SF, YTO
from tests.domain.yard import PAIR, Yard, cups, tea

ANVIL = {"S9": Sku("S9", "", "anvil", 10_000, 100, 200)}
STRONG: dict[str, Any] = {"max_g": 90_000}


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


@pytest.mark.parametrize(
    ("strong", "expected"),
    [
        (STRONG, [{"S9": 3}]),
        ({**STRONG, "enabled": False}, [{"S9": 2}, {"S9": 1}]),
        ({**STRONG, "excluded": frozenset({"浙江"})}, [{"S9": 2}, {"S9": 1}]),
        ({**STRONG, "areas": (Area("CN", "浙江省", max_g=15_000),)}, [{"S9": 2}, {"S9": 1}]),
        ({**STRONG, "areas": (Area("CN", "浙江省", arrives=False),)}, [{"S9": 2}, {"S9": 1}]),
        ({**STRONG, "areas": (Area("CN", "江苏省", max_g=15_000),)}, [{"S9": 3}]),
    ],
    ids=["carries", "disabled", "excluded", "light there", "not there", "light elsewhere"],
)
def test_the_heaviest_box_is_what_somebody_carries_to_that_place(
    strong: dict[str, Any], expected: list[dict[str, int]]
) -> None:
    couriers = {1: YTO, 2: replace(SF, **strong)}
    catalog = replace(CATALOG, skus=ANVIL, couriers=couriers)
    facts = Facts(catalog, Policy(split=Split(most_g=90_000)), {(1, "S9"): 3}, {}, NOW)
    made = plan([order_of([("S9", 3, 300)], 2900)], facts)
    assert [units_of(parcel.items) for parcel in made.parcels] == expected


def test_what_the_weakest_carry_everybody_does_and_a_place_out_of_reach_is_told_as_that() -> None:
    nowhere = {n: replace(one, excluded=frozenset({"浙江"})) for n, one in ((1, YTO), (2, SF))}
    facts = Facts(replace(CATALOG, skus=ANVIL, couriers=nowhere), Policy(), {(1, "S9"): 9}, {}, NOW)
    made = plan([order_of([("S9", 9, 300)], 2900)], facts)
    assert ([fault.code for fault in made.faults], made.parcels) == ([HoldCode.NO_COURIER], ())


def test_a_box_is_spoken_for_by_all_who_share_it() -> None:
    first, second = order_of([("S0", 1, 1)]), replace(order_of([("S0", 1, 1)]), buyer_message="不要中通")
    assert leader_of([first]) is first
    assert leader_of([first, second]).buyer_message == "不要中通"
    assert leader_of([replace(first, buyer_message="快点"), second]).buyer_message == "快点\n不要中通"


def _silent(yard: Yard, **choices: Any) -> None:
    """Messages hold nothing here."""
    chosen = replace(Policy(), holds={HoldCode.MESSAGE: HoldChoice(on=False)}, **choices)
    yard.run(lambda unit: unit.catalog_admin.put_policy(chosen, "test"))


def _courier(yard: Yard) -> str:
    courier = yard.box("1").courier_id
    return next(one.code for one in yard.house.cast.couriers if one.id == courier)


@pytest.mark.parametrize(("wish", "code"), [("", "YTO"), ("不要圆通", "SF")])
def test_a_wish_of_the_second_order_rules_a_courier_out_for_both(yard: Yard, wish: str, code: str) -> None:
    _silent(yard)
    yard.receive(cups("1"), tea("2", buyer_message=wish))
    assert yard.box("1").order_ids == yard.box("2").order_ids
    assert _courier(yard) == code


def test_before_the_wave_it_still_rules_it_out(yard: Yard) -> None:
    """The courier it was given to stopped collecting; the only other one is the one they do not want."""
    _silent(yard)
    yard.receive(cups("1"), tea("2", buyer_message="不要圆通"))
    yard.approve("1")
    _silent(yard, suspensions=(Suspension("SF", "浙江", reason="台风"),))
    yard.house.pass_time(60)
    yard.run(release.release_due)
    yard.house.pass_time(60)
    yard.run(release.waves_due)
    assert [yard.order(n).status for n in PAIR] == [OrderStatus.REVIEW] * 2
    assert yard.codes("2") == (HoldCode.COURIER_SUSPENDED,)
    left = yard.box("1")  # alone it may go with it
    assert (left.order_ids, left.state, _courier(yard)) == ((yard.order("1").id,), ParcelState.PLANNED, "YTO")
    assert yard.boxes("2") == []
    assert yard.house.reserved() == {"CUP-01": 0, "TEA-01": 0}
