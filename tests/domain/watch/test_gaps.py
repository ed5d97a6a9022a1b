"""Gaps: what is normal, in exact numbers; a quiet night is no gap; an outage does not become the normal."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.orders import OrderStatus
from domain.policy.policy_sections import Alerts
from domain.records import Alert, AlertKind
from domain.watch import gaps, watch
from domain.watch.gaps import allowed_minutes, band, learn, percentile
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import Cast
from tests.filled import filled

CHINA = "Asia/Shanghai"
MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 11, 9, tzinfo=ZoneInfo(CHINA)).astimezone(UTC)
FORTNIGHT = timedelta(days=14)


def busy(start: datetime, days: int, every: int, first: int = 9, last: int = 21) -> list[datetime]:
    """An order every so many minutes from `first` o'clock to before `last`, each day (of the zone)."""
    steps = range(0, (last - first) * 60, every)
    return [start + timedelta(days=day, hours=first) + step * MINUTE for day in range(days) for step in steps]


@pytest.mark.parametrize(
    ("percent", "value"), [(95, 19), (50, 10), (100, 20), (0, 1), (1, 1), (96, 20)], ids=lambda one: str(one)
)
def test_the_percentile_is_the_nearest_rank(percent: int, value: int) -> None:
    assert percentile(range(20, 0, -1), percent) == value


@given(st.lists(st.integers(0, 5000), min_size=1), st.integers(0, 100))
def test_so_many_percent_stay_within_it(values: list[int], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)


def test_what_is_normal_by_day_and_by_night() -> None:
    """Every 4 minutes from 9 to 21: samples at :00, :05 … see 0 to 3 minutes of silence; at 3 in the night it is
    six hours and up to 55 minutes since 20:56."""
    bands = learn(busy(MONDAY, 14, 4), MONDAY, MONDAY + FORTNIGHT, CHINA, 95)
    assert bands["w10"] == 3
    assert bands["e10"] == 3
    assert bands["w03"] == 6 * 60 + 4 + 55
    assert bands["w08"] == 11 * 60 + 4 + 55
    assert len(bands) == 48


def test_what_lies_before_the_first_order_is_not_judged_and_an_hour_seen_once_is_no_rule() -> None:
    day = timedelta(days=1)
    bands = learn(busy(MONDAY, 1, 4), MONDAY, MONDAY + day, CHINA, 95)
    assert bands == {}
    bands = learn(busy(MONDAY, 2, 4), MONDAY, MONDAY + 2 * day, CHINA, 95)
    assert bands["w10"] == 3
    assert "w08" not in bands


def test_bands_know_weekends_and_the_shops_zone() -> None:
    saturday = datetime(2026, 11, 14, 1, 30, tzinfo=UTC)
    assert band(saturday, ZoneInfo(CHINA)) == "e09"
    assert band(saturday, ZoneInfo("America/New_York")) == "w20"


def test_allowed_is_the_floor_or_the_factor() -> None:
    alerts = Alerts(gap_floor_minutes=30, gap_factor_percent=300)
    assert [allowed_minutes(normal, alerts) for normal in (0, 4, 10, 11, 240)] == [30, 30, 30, 33, 720]


@dataclass
class Shop:
    """A shop whose orders came every so often up to `last`, and a clock."""

    store: Store
    cast: Cast
    clock: list[datetime]

    def fill(self, arrivals: list[datetime], shop: int = 0) -> None:
        where = self.cast.shops[shop]
        self.store.run_now(
            lambda unit: factory.put(
                unit,
                *(
                    replace(
                        factory.order(unit, where, f"{where.id}-{one}", status=OrderStatus.SHIPPED),
                        created_at=at,
                        paid_at=at,
                    )
                    for one, at in enumerate(arrivals)
                ),
            )
        )

    def learn(self) -> int:
        count = 0
        while learned := self.store.run_now(gaps.learn_due):
            count += learned
        return count

    def gaps(self) -> list[gaps.Gap]:
        return self.store.read_now(gaps.found)

    def alerts(self) -> list[Alert]:
        while self.store.run_now(watch.tick):
            pass
        return self.store.read_now(lambda unit: unit.alerts.open())


@pytest.fixture
def shop() -> Iterator[Shop]:
    clock = [MONDAY + FORTNIGHT]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    yield Shop(store, filled(store, factory.seed), clock)
    store.close()


def test_a_silence_beyond_the_normal_is_told_with_both_numbers(shop: Shop) -> None:
    """Monday, orders every 4 minutes until 10:00; at 10:37 it is a gap of 37 minutes where 3 are normal."""
    today = MONDAY + FORTNIGHT
    shop.fill([*busy(MONDAY, 14, 4), *busy(today, 1, 4, 9, 10), today + timedelta(hours=10)])
    shop.clock[0] = today + timedelta(hours=9)
    assert shop.learn() == 3  # every shop is looked at, the two without orders too
    assert shop.learn() == 0
    shop.clock[0] = today + timedelta(hours=10, minutes=30)
    assert shop.gaps() == []
    assert shop.alerts() == []
    shop.clock[0] = today + timedelta(hours=10, minutes=37)
    last = today + timedelta(hours=10)
    shop_id = shop.cast.shops[0].id
    assert shop.gaps() == [gaps.Gap(shop_id, 37, 3, last, None, stale=True)]
    (alert,) = shop.alerts()
    assert (alert.kind, alert.subject_id, alert.oldest_at) == (AlertKind.ORDER_GAP, shop_id, last)
    assert alert.facts == {"normal": "3", "heard": ""}


def test_the_quiet_of_every_night_is_no_gap(shop: Shop) -> None:
    shop.fill(busy(MONDAY, 14, 4))
    shop.learn()
    for hours in (1, 5, 8):
        shop.clock[0] = MONDAY + FORTNIGHT + timedelta(hours=hours)
        assert shop.gaps() == []
    shop.clock[0] = MONDAY + FORTNIGHT + timedelta(hours=9, minutes=29)
    assert shop.gaps() == []  # a day may begin a little later
    shop.clock[0] += MINUTE
    assert [(gap.silent_minutes, gap.normal_minutes) for gap in shop.gaps()] == [(12 * 60 + 34, 3)]


def test_a_tiny_shop_has_no_normal(shop: Shop) -> None:
    """Nineteen orders in two weeks: nothing is learnt, so nothing is missed."""
    shop.fill([MONDAY + timedelta(hours=17 * step) for step in range(19)])
    shop.learn()
    rhythm = shop.store.read_now(lambda unit: unit.pulse.rhythms()[shop.cast.shops[0].id])
    assert (rhythm.arrivals, rhythm.bands) == (19, {})
    shop.clock[0] += timedelta(days=3)
    assert shop.gaps() == []


def test_news_of_orders_tell_silent_buyers_from_a_dead_connection(shop: Shop) -> None:
    today = MONDAY + FORTNIGHT
    shop.fill([*busy(MONDAY, 14, 4), *busy(today, 1, 4, 9, 10)])
    shop.clock[0] = today + timedelta(hours=9)
    shop.learn()
    shop.clock[0] = today + timedelta(hours=11)
    heard = today + timedelta(hours=10, minutes=50)
    (alert,) = shop.alerts()
    assert alert.facts["heard"] == ""

    def shipped(unit: Unit) -> None:
        order = unit.orders.by_number(shop.cast.shops[0].id, [f"{shop.cast.shops[0].id}-2520"])
        unit.orders.save([replace(one, platform_updated_at=heard) for one in order.values()])

    shop.store.run_now(shipped)
    (same,) = shop.alerts()
    assert (same.id, same.facts["heard"]) == (alert.id, heard.isoformat())
    assert [(gap.heard, gap.stale) for gap in shop.gaps()] == [(heard, False)]
    shop.clock[0] = heard + 31 * MINUTE
    assert [(gap.heard, gap.stale) for gap in shop.gaps()] == [(heard, True)]


def test_an_outage_is_not_learnt_and_a_new_order_ends_the_alert(shop: Shop) -> None:
    shop.fill(busy(MONDAY, 14, 4))
    shop.learn()
    shop.clock[0] = MONDAY + FORTNIGHT + timedelta(hours=12)
    assert len(shop.alerts()) == 1
    shop.clock[0] += timedelta(days=2)
    assert shop.learn() == 2  # the other shops
    (alert,) = shop.alerts()
    assert alert.facts["normal"] == "3"
    where = shop.cast.shops[0]
    new = {"created_at": shop.clock[0], "status": OrderStatus.SHIPPED}
    shop.store.run_now(lambda unit: factory.put(unit, factory.order(unit, where, "new", **new)))
    shop.clock[0] += MINUTE
    assert shop.alerts() == []
