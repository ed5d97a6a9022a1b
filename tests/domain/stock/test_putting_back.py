"""Stopped goods go back bin by bin where the policy asks for it; one scan is enough elsewhere."""

from dataclasses import replace

from domain.floor import floor
from domain.floor.floor import Outcome
from domain.floor.parcels import ParcelState
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.policy.policy_stops import StopRules
from domain.stock.stock import Bucket
from storage.unit import Unit
from tests.domain.house import House

NONE = {"CUP-01": 0, "TEA-01": 0}
BOTH = {"CUP-01": 2, "TEA-01": 1}


def stopped(house: House) -> None:
    """Bins are asked for, and a refunded parcel lies on the stop shelf."""
    rules = StopRules(put_back_bins=True)
    house.run(lambda u: u.catalog_admin.put_policy(replace(u.policy, stops=rules), "t"))
    house.bring_to(ParcelState.PACKED)
    house.refund(RefundState.SUCCESS)
    house.pull()


def scans(house: House, *codes: str) -> list[Outcome]:
    """One picker, one code after the other."""
    found = list[Outcome]()
    for code in codes:
        said = house.run(floor.scan, house.cast.actor(Role.PICKER), [(code, None)], station=Station.PUT_BACK)
        found += said.outcomes
    return found


def own(house: House) -> tuple[str, str]:
    """The two products' own bins."""
    skus = house.store.read_now(lambda desk: desk.catalog.skus)
    return skus["CUP-01"].bin, skus["TEA-01"].bin


def lying(desk: Unit) -> dict[tuple[str, str], int]:
    return {(place.sku, place.bin): place.units for place in desk.stock.places(["CUP-01", "TEA-01"], 1)}


def test_each_bin_is_scanned_and_only_then_the_stock_is_free(house: House) -> None:
    stopped(house)
    cups, tea = own(house)
    (first,) = scans(house, house.parcel.waybill)
    assert (first.verdict, getattr(first.refusal, "bins", ())) == ("bin", tuple(sorted((cups, tea))))
    (second,) = scans(house, cups.lower())
    assert (second.verdict, getattr(second.refusal, "bins", ())) == ("bin", (tea,))
    assert house.reserved() == BOTH
    (third,) = scans(house, tea)
    assert (third.verdict, house.reserved()) == ("ok", NONE)
    assert house.parcel.state is ParcelState.CANCELLED
    assert all(bin_ == "" for _, bin_ in house.store.read_now(lying))


def test_another_bin_takes_what_is_left(house: House) -> None:
    stopped(house)
    cups, _ = own(house)
    before = house.store.read_now(lying)
    said = scans(house, house.parcel.waybill, cups, "NOWHERE-1", "in")
    assert [outcome.verdict for outcome in said] == ["bin", "bin", "bin", "ok"]
    assert getattr(said[2].refusal, "unknown", "") == "NOWHERE-1"
    now = house.store.read_now(lying)
    assert now[("TEA-01", "IN")] == 1
    assert now[("CUP-01", "")] == before[("CUP-01", "")] + 2
    assert house.reserved() == NONE
    sums = house.store.read_now(lambda desk: desk.stock.ledger_sums())
    levels = house.store.read_now(lambda desk: desk.stock.levels(["TEA-01"]))
    assert all(level.good == sums[(*key, Bucket.GOOD)] for key, level in levels.items())


def test_a_bin_before_its_parcel_says_nothing(house: House) -> None:
    stopped(house)
    cups, _ = own(house)
    house.run(lambda u: u.people.save(replace(u.people.get(house.cast.people[Role.PICKER].id), last_parcel=None)))
    (alone,) = scans(house, cups)
    assert (alone.verdict, house.reserved()) == ("refused", BOTH)


def test_without_the_switch_or_without_bins_one_scan_is_enough(house: House) -> None:
    stopped(house)
    house.run(lambda u: u.catalog_admin.put_skus([replace(sku, bin="") for sku in u.catalog.skus.values()]))
    (only,) = scans(house, house.parcel.waybill)
    assert (only.verdict, house.reserved()) == ("ok", NONE)
