"""The dispatch clock: until when an order must have left, and how close that is (rules.md D "Dispatch in 48 h").

Surprising: the deadline is worked out once, when an order is screened, and kept with it (`Order.due_at`); the queue,
the digest and the alerts only compare it, so that a hundred thousand orders are sorted by an index.

Where the hours of the policy come from (looked up in November 2026): 48 of WeChat's shops ("unless agreed otherwise,
ordinary goods within 48 hours", rules.md S28), which Shopee asks as well (two calendar days); TikTok Shop wants parcels
handed over the same working day, those ordered after 14:00 the next (seller-vn.tiktok.com, "Order fulfillment
timelines", August 2024), so 24. Taobao, Pinduoduo, Douyin, JD, Lazada, Amazon and eBay tell the promise with each order
(`Order.promised_ship_at`), which stands above any of these; a shop of one's own (Shopify, WooCommerce) has no clock but
the owner's.
"""

from datetime import datetime, timedelta

from domain.intake.incoming import Platform, PlatformState
from domain.orders.orders import Order
from domain.policy.policy import Policy

MISSED = "missed"
_NO_CLOCK = (PlatformState.UNPAID, PlatformState.CLOSED)


def dispatch_hours(platform: Platform, policy: Policy) -> int:
    """Hours from payment to the courier's first scan that the platform allows."""
    return policy.alerts.dispatch_hours.get(platform, policy.dispatch_hours)


def dispatch_deadline(order: Order, policy: Policy) -> datetime | None:
    """Until when the order must have left: as the platform promised, else so long after payment, or after the day from
    which the buyer wants it; None for an order that waits for its payment. Where nobody told when it was paid (Lazada,
    cash on delivery), the clock runs from when it was placed."""
    if order.paid_at is None and order.platform_state in _NO_CLOCK:
        return None
    if order.promised_ship_at is not None:
        return order.promised_ship_at
    since = order.paid_at or order.placed_at or order.created_at
    return max(since, order.ship_from or since) + timedelta(hours=dispatch_hours(order.platform, policy))


def ends(now: datetime, near_hours: tuple[int, ...]) -> dict[str, datetime]:
    """The ends of the buckets of deadlines by name, the nearest first; each bucket begins where the one before ends.

    The first is MISSED, the others are named by their hours: '2' = the deadline comes within two hours.
    """
    return {MISSED: now} | {str(hours): now + timedelta(hours=hours) for hours in sorted(near_hours)}
