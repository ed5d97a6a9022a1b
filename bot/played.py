"""The platforms' and couriers' sides of a stop, played for the sandbox: they take answers, and bring parcels back.

Surprising: now and then they fail on purpose, the same one every time it is asked first, so that a newcomer sees a
retry on the card without waiting for bad luck.
"""

import logging
from collections.abc import Sequence

from bot.clock import Ports
from domain.intake.incoming import Platform
from domain.orders.catalog import Shop
from domain.stops.recalls import Wish, Word
from domain.stops.replies import Receipt
from domain.stops.stop_desk import RecallState, Reply
from storage.store import Store

log = logging.getLogger(__name__)
_FAILS_ONE_IN = 4


class PlayedPlatform:
    """Implements domain.stops.replies.ReplyPort."""

    def tell(self, shop: Shop, replies: Sequence[Reply]) -> Sequence[Receipt]:
        """Every fourth answer is lost once."""
        return [self._one(shop, reply) for reply in replies]

    def _one(self, shop: Shop, reply: Reply) -> Receipt:
        lost = reply.id % _FAILS_ONE_IN == 0 and reply.attempts == 0
        took = ((reply.decided_at or reply.asked_at) - reply.asked_at).total_seconds()
        told = "lost it" if lost else f"heard {reply.verdict}"
        log.info("traffic: %s %s for refund %s after %d s", shop.platform, told, reply.refund_no, took)
        return Receipt(reply.id, "timeout" if lost else "")


class PlayedCourier:
    """Implements domain.stops.recalls.RecallPort."""

    def ask(self, wishes: Sequence[Wish]) -> Sequence[Word]:
        """Asked first it takes note; then it accepts, but for every fourth parcel."""
        return [self._one(wish) for wish in wishes]

    def _one(self, wish: Wish) -> Word:
        recall = wish.recall
        if recall.state is RecallState.REGISTERED:
            return Word(recall.id, RecallState.ASKING, reference=f"LJ{recall.id:06d}")
        if recall.id % _FAILS_ONE_IN == 0:
            return Word(recall.id, RecallState.FAILED, why="out for delivery")
        return Word(recall.id, RecallState.ACCEPTED)


def played_ports(store: Store) -> Ports:
    """Every platform and courier, played."""
    couriers = store.read_now(lambda desk: [courier.code for courier in desk.catalog.couriers.values()])
    return Ports(replies=dict.fromkeys(Platform, PlayedPlatform()), recalls=dict.fromkeys(couriers, PlayedCourier()))
