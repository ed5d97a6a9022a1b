"""Gaps: a shop that has gone silent. What is normal is learnt per shop and hour from the last two weeks.

Surprising: not the gaps between orders are measured but how long it had been silent at moments spread evenly over
that hour. So the night is long silence and therefore normal at night, whatever came the evening before. Hours of
weekends and of working days are kept apart: 48 bands, since 168 would leave two days to learn each from.
Arrivals count, not payments: a shop whose orders come twice a day as a file is silent in between, and that is normal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.desk import Desk
from domain.policy.policy_sections import Alerts
from domain.records import AlertKind
from domain.watch.lookout import Rhythm

SAMPLE = timedelta(minutes=5)
FEWEST_SAMPLES = 24
SHOPS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence beyond the normal. `heard` is the last sign of the shop other than a new order, if later; `stale`
    when that, too, is too long ago: not the buyers are silent, the intake is."""

    shop_id: int
    silent_minutes: int
    normal_minutes: int
    last: datetime
    heard: datetime | None = None
    stale: bool = True


def band(moment: datetime, zone: ZoneInfo) -> str:
    """`w09` = nine o'clock on a working day there, `e23` = the last hour of a Saturday or Sunday."""
    local = moment.astimezone(zone)
    return f"{'e' if local.weekday() >= 5 else 'w'}{local.hour:02d}"


def percentile(values: Iterable[int], percent: int) -> int:
    """The nearest-rank percentile: the smallest value that at least so many percent stay within."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def learn(
    arrivals: Sequence[datetime], start: datetime, end: datetime, zone: str, share_percent: int
) -> Mapping[str, int]:
    """Band -> usual minutes of silence in [start, end). `arrivals` rising; what lies before the first is not judged,
    nor is a band of which fewer than two hours were seen."""
    place = ZoneInfo(zone)
    silences: dict[str, list[int]] = defaultdict(list)
    at, step = start, -1
    while at < end:
        while step + 1 < len(arrivals) and arrivals[step + 1] <= at:
            step += 1
        if step >= 0:
            silences[band(at, place)].append(int((at - arrivals[step]).total_seconds()) // 60)
        at += SAMPLE
    return {
        name: percentile(found, share_percent)
        for name, found in sorted(silences.items())
        if len(found) >= FEWEST_SAMPLES
    }


def allowed_minutes(normal: int, alerts: Alerts) -> int:
    """How long a silence may be before somebody is told."""
    return max(alerts.gap_floor_minutes, normal * alerts.gap_factor_percent // 100)


def learn_due(desk: Desk) -> int:
    """Learn the rhythm of shops whose last lesson is a day old, a few at a time. Returns how many.

    A shop that is silent beyond its normal learns nothing: an outage must not become the normal.
    """
    alerts = desk.policy.alerts
    old = desk.now - timedelta(days=1)
    silent = {alert.subject_id for alert in desk.alerts.open() if alert.kind is AlertKind.ORDER_GAP}
    known = desk.pulse.rhythms()
    due = [shop for shop in desk.catalog.shops if shop not in silent]
    due = [shop for shop in due if shop not in known or known[shop].learned_at <= old][:SHOPS_AT_ONCE]
    if not due:
        return 0
    start = desk.now - timedelta(days=alerts.gap_days)
    arrivals = desk.pulse.arrivals(due, start)
    desk.pulse.keep([_rhythm(desk, shop, arrivals.get(shop, []), start) for shop in due])
    return len(due)


def _rhythm(desk: Desk, shop_id: int, arrivals: Sequence[datetime], start: datetime) -> Rhythm:
    alerts = desk.policy.alerts
    if len(arrivals) < alerts.gap_min_arrivals:
        return Rhythm(shop_id, desk.now, len(arrivals))
    bands = learn(arrivals, start, desk.now, desk.catalog.shops[shop_id].zone, alerts.gap_share_percent)
    return Rhythm(shop_id, desk.now, len(arrivals), bands)


def found(desk: Desk) -> list[Gap]:
    """Shops that are silent now, beyond what is normal there at this hour."""
    suspects: list[Gap] = []
    last = desk.pulse.last_arrivals()
    for shop_id, rhythm in desk.pulse.rhythms().items():
        normal = normal_now(desk, rhythm)
        if normal is None or shop_id not in last:
            continue
        silent = int((desk.now - last[shop_id]).total_seconds()) // 60
        if silent > allowed_minutes(normal, desk.policy.alerts):
            suspects.append(Gap(shop_id, silent, normal, last[shop_id]))
    heard = desk.pulse.heard([gap.shop_id for gap in suspects]) if suspects else {}
    return [_judged(desk, gap, heard.get(gap.shop_id)) for gap in suspects]


def normal_now(desk: Desk, rhythm: Rhythm) -> int | None:
    """Usual minutes of silence now. The hour that has just ended counts for a while: a day that begins at nine
    may begin at five past. None: nothing is known."""
    zone = ZoneInfo(desk.catalog.shops[rhythm.shop_id].zone)
    before = desk.now - timedelta(minutes=desk.policy.alerts.gap_floor_minutes)
    known = [rhythm.bands[name] for at in (before, desk.now) if (name := band(at, zone)) in rhythm.bands]
    return max(known, default=None)


def _judged(desk: Desk, gap: Gap, heard: datetime | None) -> Gap:
    """Whether buyers are silent, or nothing at all comes in any more."""
    heard = heard if heard is not None and heard > gap.last else None
    since = int((desk.now - (heard or gap.last)).total_seconds()) // 60
    return replace(gap, heard=heard, stale=since > allowed_minutes(gap.normal_minutes, desk.policy.alerts))
