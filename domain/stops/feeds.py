"""When each shop was last heard, and what the gate makes of its silence (rules.md B7, the gate rule).

Surprising: a shop is judged by its main way alone: once its platform has told something by itself, a file is no sign
that it still does. A limit of the policy shuts the gate; without one a shop that tells by itself is held against its
own rhythm (`domain.watch.gaps`), and as that is a guess the gate only warns.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.orders.catalog import Shop
from domain.people.people import Actor, ActorKind, Right, require
from domain.policy.policy_stops import FeedSource
from domain.stops.stop_calls import redraw_boards
from domain.stops.stop_desk import Feed
from domain.watch import gaps

_COARSE = timedelta(seconds=20)  # fifty payloads a second are not fifty writes of one row


@dataclass(frozen=True, slots=True)
class Silence:
    """A shop whose news may be missing: since when, and the limit it is over; a `guess` when it is what is usual there
    and not what the company said."""

    shop: Shop
    heard_at: datetime
    limit_minutes: int
    guess: bool = False

    @property
    def shut(self) -> bool:
        """Whether its parcels are held back."""
        return not self.guess and not self.shop.fail_open

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
    last = _main(feeds)
    source = last.source
    if source is FeedSource.ADDED:  # it will be heard as it is set up to be
        source = FeedSource.PUSH if shop.secret else FeedSource.FILE
    limit = desk.policy.gate.minutes(source)
    if limit:
        over = last.heard_at < desk.now - timedelta(minutes=limit)
        return Silence(shop, last.heard_at, limit) if over else None
    return _unusual(desk, shop, last) if last.source is FeedSource.PUSH else None


def _main(feeds: Sequence[Feed]) -> Feed:
    """The way that counts: the platform's own, once there was any, else people's files."""
    by_source = {feed.source: feed for feed in feeds}
    return next(by_source[source] for source in FeedSource if source in by_source)


def _unusual(desk: Desk, shop: Shop, last: Feed) -> Silence | None:
    """Silent beyond what is normal there at this hour, where enough of it is known."""
    silent = desk.now - last.heard_at
    if silent <= timedelta(minutes=desk.policy.alerts.gap_floor_minutes):  # nearly always: nothing more is read
        return None
    rhythm = desk.pulse.rhythms().get(shop.id)
    normal = gaps.normal_now(desk, rhythm) if rhythm else None
    if normal is None:
        return None
    limit = gaps.allowed_minutes(normal, desk.policy.alerts)
    return Silence(shop, last.heard_at, limit, guess=True) if silent > timedelta(minutes=limit) else None


def choose(desk: Desk, actor: Actor, shop_id: int, fail_open: bool) -> Shop:
    """Whether the gate lets the shop's parcels through while its news are stale. Raises NotAllowed."""
    require(actor, Right.POLICY, shop=shop_id)
    desk.set_fail_open(shop_id, fail_open)
    history.note(desk, actor, "shop", shop_id, "gate_open" if fail_open else "gate_shut")
    redraw_boards(desk)
    return desk.catalog.shops[shop_id]
