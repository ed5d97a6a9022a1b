"""The waybill round: what couriers are asked for numbers, and to take back, outside every transaction.

Surprising: no adapter is built in, since every service wants a contract first. An account whose source has none here
fails at once and for good, so that its parcels go to the next courier instead of waiting. An account that is used up
is asked for its balance every minute, for nobody asks it for a number any more.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from domain.desk import Desk
from domain.orders.catalog import Account
from domain.waybills import numbering
from domain.waybills.ewaybills import Answer, Ewaybill, Wanted, WaybillPort
from storage.store import Store

_EMPTY_SECONDS = 60.0
log = logging.getLogger(__name__)
Voids = Sequence[tuple[Account, Ewaybill]]


def _questions(desk: Desk) -> tuple[list[Wanted], Voids]:
    return numbering.wanted(desk), numbering.to_void(desk)


class WaybillRound:
    """One round over the couriers' services; `ports` by an account's source."""

    def __init__(
        self, store: Store, ports: Mapping[str, WaybillPort], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._ports = ports
        self._now = now
        self._asked_empty = -_EMPTY_SECONDS

    async def __call__(self) -> int:
        """Ask, and write the answers down. Returns how many numbers changed; twice at once does no harm."""
        changed = await self._store.run(numbering.tick)
        wanted, voids = await self._store.read(_questions)
        if wanted or voids:
            answers = await asyncio.to_thread(self._ask, wanted, voids)
            changed += await self._store.run(numbering.answered, answers)
        asked = {one.account.id: one.account for one in wanted} | {account.id: account for account, _ in voids}
        if self._ports and self._now() - self._asked_empty >= _EMPTY_SECONDS:
            self._asked_empty = self._now()
            asked |= {account.id: account for account in await self._store.read(numbering.empty)}
        if asked:
            balances = await asyncio.to_thread(self._balances, list(asked.values()))
            await self._store.run(numbering.balances_told, balances)
        return changed

    def _balances(self, accounts: Sequence[Account]) -> dict[int, int]:
        """What the services say is left, after every round that asked them something."""
        found: dict[int, int] = {}
        for source in {account.source for account in accounts} & self._ports.keys():
            try:
                found.update(self._ports[source].balances([one for one in accounts if one.source == source]))
            except Exception:
                log.exception("waybill service %s tells no balance", source)
        return found

    def _ask(self, wanted: Sequence[Wanted], voids: Voids) -> list[Answer]:
        requests: dict[str, list[Wanted]] = defaultdict(list)
        for one in wanted:
            requests[one.account.source].append(one)
        backs: dict[int, tuple[Account, list[Ewaybill]]] = {}
        for account, row in voids:
            backs.setdefault(account.id, (account, []))[1].append(row)
        answers: list[Answer] = []
        for source, group in requests.items():
            answers += self._answers(source, [one.waybill for one in group], group, None)
        for account, rows in backs.values():
            answers += self._answers(account.source, rows, (), account)
        return answers

    def _answers(
        self, source: str, rows: Sequence[Ewaybill], wanted: Sequence[Wanted], account: Account | None
    ) -> Sequence[Answer]:
        """A port should not raise; one that does has failed for all it was asked, and may be asked again."""
        port = self._ports.get(source)
        if port is None:
            return [Answer(row.id, error=f"no adapter for {source}", retryable=False) for row in rows]
        try:
            return port.request(wanted) if account is None else port.void(account, rows)
        except Exception as error:
            log.exception("waybill service %s failed", source)
            return [Answer(row.id, error=type(error).__name__) for row in rows]
