"""A platform's file names a warehouse: ours binds, one that is none of ours holds the order (rules.md B5)."""

from dataclasses import replace

import pytest

from domain.errors import HoldNotReleasable
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.planning.match import Loser
from domain.planning.wishes import warehouse_of
from domain.policy.policy import Policy, document_of
from domain.policy.policy_names import strange
from domain.policy.policy_sections import Matching
from domain.review import looking, review
from domain.review.holds import HoldCode, open_codes
from domain.review.screening import screen
from storage.unit import Unit
from tests.domain.asks import match_warehouse
from tests.domain.house import House
from tests.domain.planning.test_matching import CATALOG, FACTS, HZ, WH, choices, hinted

OURS = (HZ, WH)
NAMES = Matching(warehouse_names={"抖音云仓": "HZ", "OMS-LAZADA-1": "WH"})


@pytest.mark.parametrize(
    ("hint", "code"),
    [
        ("HZ", "HZ"),
        (" hz ", "HZ"),
        ("武汉仓", "WH"),
        ("武漢倉", "WH"),
        ("抖音云仓", "HZ"),
        ("oms-lazada-1", "WH"),
        ("", ""),
        ("-", ""),
        ("无", ""),
        ("默认仓库", ""),
        ("Default warehouse", ""),
        ("云仓", None),
        ("OMS-LAZADA-2", None),
        ("杭州", None),
        ("杭州仓2", None),
    ],
)
def test_what_a_platforms_word_means(hint: str, code: str | None) -> None:
    assert warehouse_of(hint, OURS, NAMES) == code


@pytest.mark.parametrize("hint", ["武汉仓", "wh", "云仓B"])
def test_ours_binds_by_code_name_and_alias(hint: str) -> None:
    found = match_warehouse(hinted(warehouse_hint=hint), choices(warehouse_names={"云仓B": "WH"}))
    assert (found.winner, found.losers) == (2, (Loser("杭州仓", "elsewhere", {"asked": hint}),))


def test_one_that_is_none_of_ours_holds_with_its_name_and_binds_nobody() -> None:
    order = hinted(warehouse_hint="抖音云仓")
    found = {one.code: one.evidence for one in screen(order, FACTS)}
    assert found == {HoldCode.NO_WAREHOUSE: {"named": "抖音云仓"}}
    assert match_warehouse(order, FACTS).winner == 1
    assert screen(order, choices(warehouse_names={"抖音云仓": "HZ"})) == ()
    assert screen(order, replace(FACTS, catalog=replace(CATALOG, warehouses={1: replace(HZ, name="抖音云仓")}))) == ()


def test_that_nobody_serves_the_shop_comes_first() -> None:
    nobody = {1: replace(HZ, shops=frozenset({9}))}
    facts = replace(FACTS, catalog=replace(CATALOG, warehouses=nobody))
    found = [one.evidence for one in screen(hinted(warehouse_hint="云仓"), facts) if one.code is HoldCode.NO_WAREHOUSE]
    assert [sorted(evidence) for evidence in found] == [["named"], ["lost", "shop"]]


def test_a_warehouse_of_that_name_ends_it(house: House) -> None:
    house.receive(warehouse_hint="云仓")
    assert open_codes(house.order.holds) == (HoldCode.NO_WAREHOUSE,)
    house.run(_set_up)
    house.pass_time(1)
    house.run(looking.look_again)
    assert open_codes(house.order.holds) == ()
    assert [hold.resolution for hold in house.order.holds] == ["auto"]


def _set_up(unit: Unit) -> None:
    old = unit.catalog.warehouses[1]
    unit.catalog_admin.save_warehouse(replace(old, name="云仓"))
    unit.orders.look_again(unit.now)


def test_only_a_lead_releases_it_and_it_ships_from_ours(house: House) -> None:
    house.receive(warehouse_hint="云仓")
    order = house.order
    with pytest.raises(HoldNotReleasable):
        house.release(HoldCode.NO_WAREHOUSE)
    assert house.order == order
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, order.id, order.revision, HoldCode.NO_WAREHOUSE)
    house.receive(warehouse_hint="云仓", seller_flag="")
    assert (open_codes(house.order.holds), house.parcel.warehouse_id) == ((), house.cast.warehouses[0].id)
    house.approve()
    assert house.order.status is OrderStatus.APPROVED


def test_another_name_holds_anew(house: House) -> None:
    house.receive(warehouse_hint="云仓")
    order = house.order
    lead = house.cast.actor(Role.CS_LEAD)
    house.run(review.release_hold, lead, order.id, order.revision, HoldCode.NO_WAREHOUSE)
    house.receive(warehouse_hint="抖音云仓")
    assert [hold.evidence for hold in house.order.holds if hold.open] == [{"named": "抖音云仓"}]


def test_nobody_releases_that_no_warehouse_serves_the_shop(house: House) -> None:
    house.run(_nobody)
    house.receive()
    order = house.order
    assert open_codes(order.holds) == (HoldCode.NO_WAREHOUSE,)
    with pytest.raises(HoldNotReleasable):
        house.run(review.release_hold, house.cast.actor(Role.CS_LEAD), order.id, order.revision, HoldCode.NO_WAREHOUSE)
    assert house.order == order


def _nobody(unit: Unit) -> None:
    for one in unit.catalog.warehouses.values():
        unit.catalog_admin.save_warehouse(replace(one, enabled=False))


def test_a_policy_names_only_warehouses_of_ours() -> None:
    document = document_of(replace(Policy(), matching=Matching(warehouse_names={"云仓": "XX"})))
    (fault,) = strange(document, CATALOG)
    assert (fault.path, fault.why) == ("matching.warehouse_names.云仓", "no_warehouse")
