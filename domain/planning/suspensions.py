"""Suspensions: a courier or a region that takes nothing for a while (rules.md B2 COURIER_SUSPENDED).

Surprising: nothing has to be ended by hand. A suspension is over at its `until`, and whoever asks then hears so.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.addresses.addresses import CHINA
from domain.addresses.reach import lies_in, spot, spot_of
from domain.intake.incoming import Receiver
from domain.policy.policy import Policy
from domain.policy.policy_sections import Suspension


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


def covers(suspension: Suspension, courier_code: str, to: Receiver) -> bool:
    """Whether a parcel with that courier ('' = none chosen) to that place is meant. One that names neither a courier
    nor a place means nothing."""
    anywhere = not (suspension.province or suspension.city)
    if anywhere and not suspension.courier:
        return False
    if suspension.courier and suspension.courier.casefold() != courier_code.casefold():
        return False
    return anywhere or (to.country == CHINA and lies_in(spot_of(to), suspension.province, suspension.city))


def below_province(suspension: Suspension) -> bool:
    """Whether it means a part of a province, in whichever field that is told."""
    there = spot(suspension.province, suspension.city)
    return bool(suspension.city) or there.city not in ("", there.province)


def suspended(
    policy: Policy, now: datetime, courier_code: str, to: Receiver, zone: str = "Asia/Shanghai"
) -> Suspension | None:
    """The first suspension in force that forbids this courier to carry to this place."""
    for suspension in policy.suspensions:
        if covers(suspension, courier_code, to) and runs(suspension, now, zone):
            return suspension
    return None
