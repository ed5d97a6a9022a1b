"""When each shop was last heard, and what the gate makes of its silence (rules.md B7, the gate rule).

Surprising: a shop is judged by the ways it has been heard at all and that have a limit in the policy, and one fresh
way is enough. No shop is ever stale unless the policy says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import history
from domain.catalog import Shop
from domain.desk import Desk
from domain.people import Actor, ActorKind, Right, require
from domain.policy_stops import FeedSource
from domain.stop_desk import Feed
from domain.stopping import redraw_boards

_COARSE = timedelta(seconds=20)  # fifty payloads a second are not fifty writes of one row


@dataclass(frozen=True, slots=True)
class Silence:
    """A shop whose news may be missing: since when, and the limit it is over."""

    shop: Shop
    heard_at: datetime
    limit_minutes: int

    def minutes(self, now: datetime) -> int:
        """How long it has been silent."""
        return int((now - self.heard_at).total_seconds()) // 60


def heard(desk: Desk, shop_id: int, source: FeedSource) -> None:
    """The shop told us something."""
    known = [feed for feed in desk.feeds.all() if feed.shop_id == shop_id and feed.source is source]
    if known and known[0].heard_at > desk.now - _COARSE:
        return
    desk.feeds.heard(Feed(shop_id, source, desk.now))


def heard_from(desk: Desk, actor: Actor, shop_id: int) -> None:
    """The shop's own call, or a person's file."""
    heard(desk, shop_id, FeedSource.PUSH if actor.kind is ActorKind.SHOP else FeedSource.FILE)


def stale(desk: Desk, shops: Collection[int] | None = None) -> list[Silence]:
    """The shops (of these) whose refunds may be missing, by id."""
    return [
        silence
        for shop_id, feeds in _by_shop(desk).items()
        if (shops is None or shop_id in shops) and shop_id in desk.catalog.shops
        if (silence := _silence(desk, desk.catalog.shops[shop_id], feeds)) is not None
    ]


def _by_shop(desk: Desk) -> dict[int, list[Feed]]:
    found: dict[int, list[Feed]] = {}
    for feed in desk.feeds.all():
        found.setdefault(feed.shop_id, []).append(feed)
    return found


def _silence(desk: Desk, shop: Shop, feeds: Sequence[Feed]) -> Silence | None:
    gate = desk.policy.gate
    judged = [(feed, gate.minutes(feed.source)) for feed in feeds if gate.minutes(feed.source)]
    over = [(feed, limit) for feed, limit in judged if feed.heard_at < desk.now - timedelta(minutes=limit)]
    if not judged or len(over) < len(judged):
        return None
    last, limit = max(over, key=lambda one: one[0].heard_at)
    return Silence(shop, last.heard_at, limit)


def choose(desk: Desk, actor: Actor, shop_id: int, fail_open: bool) -> Shop:
    """Whether the gate lets the shop's parcels through while its news are stale. Raises NotAllowed."""
    require(actor, Right.POLICY, shop=shop_id)
    desk.set_fail_open(shop_id, fail_open)
    history.note(desk, actor, "shop", shop_id, "gate_open" if fail_open else "gate_shut")
    redraw_boards(desk)
    return desk.catalog.shops[shop_id]
