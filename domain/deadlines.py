"""The dispatch clock: until when an order must have left, and how close that is (rules.md D "Dispatch in 48 h").

Surprising: the same rule stands twice, as `dispatch_deadline` here and as SQL in `storage.piles`, because thousands of
orders are sorted into buckets by one statement. A property test holds the two against each other.
"""

from datetime import datetime, timedelta

from domain.incoming import Platform
from domain.lineup import Waiting
from domain.lookout import Bucket
from domain.orders import Order
from domain.policy import Policy

MISSED = "missed"


def dispatch_hours(platform: Platform, policy: Policy) -> int:
    """Hours from payment to the courier's first scan that the platform allows."""
    return policy.alerts.dispatch_hours.get(platform, policy.dispatch_hours)


def dispatch_deadline(order: Order | Waiting, policy: Policy) -> datetime | None:
    """Until when the order must have left: as the platform promised, else so long after payment; None for an order
    that is not paid."""
    if order.paid_at is None:
        return None
    if order.promised_ship_at is not None:
        return order.promised_ship_at
    return order.paid_at + timedelta(hours=dispatch_hours(order.platform, policy))


def buckets(policy: Policy, now: datetime, near_hours: tuple[int, ...]) -> dict[str, Bucket]:
    """The buckets of deadlines by name; each also reaches what lies in those before it.

    The first is MISSED, the others are named by their hours: '2' = the deadline comes within two hours.
    """
    ends = {MISSED: now} | {str(hours): now + timedelta(hours=hours) for hours in sorted(near_hours)}
    return {
        name: Bucket(end, {platform: end - timedelta(hours=dispatch_hours(platform, policy)) for platform in Platform})
        for name, end in ends.items()
    }
