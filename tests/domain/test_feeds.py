"""The gate while a shop is silent: judged by how it is heard, held back or let through as the shop chose."""

from dataclasses import replace

import pytest

from domain import feeds, watch
from domain.errors import FeedStale, NotAllowed
from domain.parcels import ParcelState
from domain.people import SHOP, Role, Station
from domain.policy import Policy
from domain.policy_stops import FeedSource, Gate
from domain.records import AlertKind
from tests.domain.house import House


def hear(house: House, source: FeedSource) -> None:
    house.run(feeds.heard, house.cast.shops[0].id, source)


@pytest.fixture(name="judged")
def fixture_judged(house: House) -> House:
    """A company whose shops are never quiet for three minutes."""
    rule(house, Gate(push_minutes=3))
    return house


def rule(house: House, gate: Gate) -> None:
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), gate=gate), "boss"))


def silent(house: House) -> list[tuple[int, int]]:
    found = house.store.read_now(feeds.stale)
    return [(one.shop.id, one.minutes(house.clock[0])) for one in found]


def test_a_shop_is_stale_once_it_is_silent_beyond_its_limit(judged: House) -> None:
    house = judged
    hear(house, FeedSource.PUSH)
    house.pass_time(180)
    assert silent(house) == []
    house.pass_time(1)
    assert silent(house) == [(house.cast.shops[0].id, 3)]
    hear(house, FeedSource.PUSH)
    assert silent(house) == []


def test_files_and_payloads_are_judged_only_where_the_policy_says_so(house: House) -> None:
    house.receive()
    house.run(feeds.heard_from, SHOP, house.cast.shops[0].id)
    house.pass_time(86_400)
    assert silent(house) == []
    rule(house, Gate(push_minutes=60, file_minutes=600))
    assert silent(house) == [(house.cast.shops[0].id, 1440)]
    hear(house, FeedSource.FILE)
    assert silent(house) == []


def test_a_shut_gate_refuses_every_scan_and_changes_nothing(judged: House) -> None:
    house = judged
    house.bring_to(ParcelState.WEIGHED)
    hear(house, FeedSource.PUSH)
    house.pass_time(300)
    before = house.parcel
    refusal = house.scan(Station.HAND_OVER).refusal
    assert isinstance(refusal, FeedStale)
    assert (refusal.waybill, refusal.shop, refusal.minutes) == (before.waybill, "小满旗舰店", 5)
    assert house.parcel == before
    hear(house, FeedSource.PUSH)
    assert house.scan(Station.HAND_OVER).ok


def test_an_open_gate_lets_it_through_with_a_warning(judged: House) -> None:
    house = judged
    house.bring_to(ParcelState.WEIGHED)
    hear(house, FeedSource.PUSH)
    house.pass_time(300)
    shop = house.cast.shops[0].id
    with pytest.raises(NotAllowed):
        house.run(feeds.choose, house.cast.actor(Role.CS_LEAD), shop, True)
    assert isinstance(house.scan(Station.HAND_OVER).refusal, FeedStale)
    assert house.run(feeds.choose, house.cast.actor(Role.OWNER), shop, True).fail_open
    done = house.scan(Station.HAND_OVER)
    assert (done.ok, done.warn) == (True, "feed_stale")


def test_a_silent_shop_is_an_alert_that_ends_by_itself(judged: House) -> None:
    house = judged
    hear(house, FeedSource.PUSH)
    house.pass_time(240)
    house.run(watch.tick)
    alerts = house.store.read_now(lambda desk: desk.alerts.open())
    (alert,) = [one for one in alerts if one.kind is AlertKind.FEED_STALE]
    assert (alert.subject_id, dict(alert.facts)) == (house.cast.shops[0].id, {"limit": "3"})
    hear(house, FeedSource.PUSH)
    house.run(watch.tick)
    assert AlertKind.FEED_STALE not in {a.kind for a in house.store.read_now(lambda desk: desk.alerts.open())}
