"""Couriers that stop serving a place for a while: weather, events, strikes (rules.md B2 COURIER_SUSPENDED).

Surprising: a suspension without an end lasts until somebody takes it out of the policy.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.areas import same_place

if TYPE_CHECKING:
    from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Suspension:
    """`courier` (code, * = all) does not go to `province` (empty = anywhere) from `starts` to `ends` (ISO moments
    with a zone, empty = open), because of `reason`."""

    courier: str
    province: str = ""
    starts: str = ""
    ends: str = ""
    reason: str = ""

    def holds(self, now: datetime, courier_code: str, province: str) -> bool:
        """Whether it is on for that courier and place."""
        if self.courier not in ("*", courier_code) or (self.province and not same_place(self.province, province)):
            return False
        begun = not self.starts or datetime.fromisoformat(self.starts) <= now
        return begun and (not self.ends or now < datetime.fromisoformat(self.ends))


def suspended(policy: "Policy", now: datetime, courier_code: str, province: str) -> Suspension | None:
    """The suspension that keeps the courier from the province now, or None."""
    return next((one for one in policy.suspensions if one.holds(now, courier_code, province)), None)
