"""The gate while a shop is silent: judged by how it is heard, held back or let through as the shop chose."""

from dataclasses import replace

import pytest

from domain.errors import FeedStale, NotAllowed
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.people.people import SHOP, Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_stops import FeedSource, Gate
from domain.records import AlertKind
from domain.stops import feeds
from domain.watch import watch
from domain.watch.lookout import Rhythm
from storage.unit import Unit
from tests.domain.house import House


def hear(house: House, source: FeedSource) -> None:
    house.run(feeds.heard, house.cast.shops[0].id, source)


@pytest.fixture(name="judged")
def fixture_judged(house: House) -> House:
    """A company whose shops are never quiet for three minutes."""
    rule(house, Gate(push_minutes=3))
    return house


def late(house: House, *shops: int) -> list[tuple[int, int]]:
    """Those of these shops (by place) that are stale, as (place, minutes)."""
    ids = [shop.id for shop in house.cast.shops]
    return [(ids.index(shop), minutes) for shop, minutes in silent(house) if ids.index(shop) in shops]


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
    assert late(house, 0) == [(0, 3)]
    hear(house, FeedSource.PUSH)
    assert late(house, 0) == []


def test_a_shop_that_told_by_itself_is_not_alive_by_a_file(house: House) -> None:
    house.receive()
    house.run(feeds.heard_from, SHOP, house.cast.shops[0].id)
    house.pass_time(86_400)
    assert silent(house) == []
    rule(house, Gate(push_minutes=60, file_minutes=2880))
    assert late(house, 0) == [(0, 1440)]
    hear(house, FeedSource.FILE)
    assert late(house, 0) == [(0, 1440)]
    hear(house, FeedSource.PUSH)
    assert late(house, 0) == []


def test_a_shop_fed_by_files_has_their_limit_and_a_file_without_refunds_is_no_news_of_them(house: House) -> None:
    rule(house, Gate(push_minutes=3, file_minutes=600))
    house.receive()
    house.pass_time(36_001)
    assert late(house, 0) == [(0, 600)]
    cs, shop = house.cast.actor(Role.CS), house.cast.shops[0].id
    house.run(intake.receive, cs, shop, [house.told()], tells_refunds=False)
    assert late(house, 0) == [(0, 600)]
    house.run(intake.receive, cs, shop, [house.told()])
    assert late(house, 0) == []


def test_a_shop_never_heard_is_silent_since_it_was_added_by_the_limit_of_how_it_is_set_up(house: House) -> None:
    """The third shop has a secret, so its platform should call."""
    house.pass_time(660)
    assert silent(house) == []
    rule(house, Gate(push_minutes=10))
    assert late(house, 0, 1, 2) == [(2, 11)]
    rule(house, Gate(file_minutes=10))
    assert late(house, 0, 1, 2) == [(0, 11), (1, 11)]


def rhythm(unit: Unit, shop_id: int) -> None:
    """Twenty minutes of silence are usual there at any hour, so sixty are allowed."""
    bands = {f"{kind}{hour:02d}": 20 for kind in "we" for hour in range(24)}
    unit.pulse.keep([Rhythm(shop_id, unit.now, 99, bands)])


def test_without_a_limit_an_unusual_silence_is_a_warning_at_the_scan_and_holds_nothing_back(house: House) -> None:
    shop = house.cast.shops[0].id
    house.bring_to(ParcelState.PACKED)
    house.pass_time(3600)
    hear(house, FeedSource.FILE)
    house.run(rhythm, shop)
    house.pass_time(86_400)
    assert silent(house) == []  # a shop fed by files has no rhythm
    hear(house, FeedSource.PUSH)
    house.pass_time(3600)
    assert silent(house) == []
    house.pass_time(60)
    assert silent(house) == [(shop, 61)]
    done = house.scan(Station.WEIGH, house.parcel.expected_g)
    assert (done.ok, done.warn) == (True, "feed_stale")
    house.run(watch.tick)
    kinds = {alert.kind for alert in house.store.read_now(lambda desk: desk.alerts.open())}
    assert AlertKind.FEED_STALE not in kinds


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
    told = {one.subject_id: dict(one.facts) for one in alerts if one.kind is AlertKind.FEED_STALE}
    assert told == {house.cast.shops[0].id: {"limit": "3"}, house.cast.shops[2].id: {"limit": "3"}}
    hear(house, FeedSource.PUSH)
    house.run(watch.tick)
    left = [a for a in house.store.read_now(lambda desk: desk.alerts.open()) if a.kind is AlertKind.FEED_STALE]
    assert [one.subject_id for one in left] == [house.cast.shops[2].id]  # never heard since it was added
