"""The rounds that talk to platforms and couriers about stopped parcels, outside every transaction.

Surprising: no adapter is built in, since every service wants a contract first. An answer without one says so on its
card and is a person's to give; a recall without one waits for somebody to call the courier.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.intake.incoming import Platform
from domain.orders.catalog import Shop
from domain.stops import recalls, replies
from domain.stops.recalls import RecallPort, Wish, Word
from domain.stops.replies import NO_CONNECTION, Receipt, ReplyPort
from domain.stops.stop_desk import Reply
from storage.store import Store

log = logging.getLogger(__name__)


class ReplyRound:
    """Tells platforms what became of their refunds; `ports` by platform."""

    def __init__(self, store: Store, ports: Mapping[Platform, ReplyPort]) -> None:
        self._store = store
        self._ports = ports

    async def __call__(self) -> int:
        """Tell what is due, and write down what was taken. Returns how many; twice at once does no harm."""
        due, shops = await self._store.read(_due)
        if not due:
            return 0
        told = await asyncio.to_thread(self._tell, due, shops)
        return await self._store.run(replies.received, told)

    def _tell(self, due: Sequence[Reply], shops: Mapping[int, Shop]) -> list[tuple[Reply, Receipt]]:
        groups: dict[int, list[Reply]] = defaultdict(list)
        for reply in due:
            groups[reply.shop_id].append(reply)
        told: list[tuple[Reply, Receipt]] = []
        for shop_id, group in groups.items():
            found = {receipt.reply_id: receipt for receipt in self._receipts(shops[shop_id], group)}
            told += [(reply, found.get(reply.id, Receipt(reply.id, "no receipt"))) for reply in group]
        return told

    def _receipts(self, shop: Shop, group: Sequence[Reply]) -> Sequence[Receipt]:
        """A port should not raise; one that does has failed for all it was told, and may be told again."""
        port = self._ports.get(shop.platform)
        if port is None:
            return [Receipt(reply.id, NO_CONNECTION, retryable=False) for reply in group]
        try:
            return port.tell(shop, group)
        except Exception as error:
            log.exception("platform %s cannot be told", shop.platform)
            return [Receipt(reply.id, type(error).__name__) for reply in group]


def _due(desk: Desk) -> tuple[list[Reply], Mapping[int, Shop]]:
    return replies.to_say(desk), desk.catalog.shops


class RecallRound:
    """Asks couriers for parcels back; `ports` by a courier's code."""

    def __init__(self, store: Store, ports: Mapping[str, RecallPort]) -> None:
        self._store = store
        self._ports = ports

    async def __call__(self) -> int:
        """Ask what is due, and write the answers down. Returns how many recalls changed."""
        wishes = await self._store.read(recalls.to_ask)
        mine = [wish for wish in wishes if wish.courier.code in self._ports]
        others = [wish.recall.id for wish in wishes if wish.courier.code not in self._ports]
        changed = await self._store.run(recalls.nobody_to_ask, others) if others else 0
        if mine:
            words = await asyncio.to_thread(self._ask, mine)
            changed += await self._store.run(recalls.answered, words)
        return changed

    def _ask(self, wishes: Sequence[Wish]) -> list[Word]:
        groups: dict[str, list[Wish]] = defaultdict(list)
        for wish in wishes:
            groups[wish.courier.code].append(wish)
        return [word for code, group in groups.items() for word in self._words(code, group)]

    def _words(self, code: str, group: Sequence[Wish]) -> Sequence[Word]:
        try:
            return self._ports[code].ask(group)
        except Exception as error:
            log.exception("courier %s cannot be asked", code)
            return [Word(wish.recall.id, error=type(error).__name__) for wish in group]
