"""Suspensions: a courier or a region that takes nothing for a while (rules.md B2 COURIER_SUSPENDED).

Surprising: nothing has to be ended by hand. A suspension is over at its `until`, and whoever asks then hears so.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.policy import Policy
from domain.policy_sections import Suspension


def moment(text: str, zone: str) -> datetime | None:
    """An ISO date (its beginning) or time; in `zone` when it names none. None for ''. Raises ValueError."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def runs(suspension: Suspension, now: datetime, zone: str) -> bool:
    """Whether it is in force: from `start`, up to and without `until`."""
    start, until = moment(suspension.start, zone), moment(suspension.until, zone)
    return (start is None or start <= now) and (until is None or now < until)


def covers(suspension: Suspension, courier_code: str, province: str) -> bool:
    """Whether a parcel with that courier ('' = none chosen) to that province is meant. One that names neither a
    courier nor a province means nothing."""
    if not suspension.courier and not suspension.province:
        return False
    by_courier = not suspension.courier or suspension.courier.casefold() == courier_code.casefold()
    return by_courier and province.startswith(suspension.province)


def suspended(
    policy: Policy, now: datetime, courier_code: str, province: str, zone: str = "Asia/Shanghai"
) -> Suspension | None:
    """The first suspension in force that forbids this courier to carry to this province."""
    for suspension in policy.suspensions:
        if covers(suspension, courier_code, province) and runs(suspension, now, zone):
            return suspension
    return None
