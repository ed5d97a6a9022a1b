"""A company with a clock for the tests of alerts: what is late, who has heard what.

Surprising: delivery is a claim marked as sent, so what waits for the morning shows only once the clock is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.people.people import Chat, Person, Role
from domain.policy.policy import Policy
from domain.records import Alert, ClaimedNotice, NoticeKind
from domain.review.holds import Hold, HoldCode, Source
from domain.watch import watch
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW, Cast
from tests.filled import filled

MINUTE = timedelta(minutes=1)
LATE_EVENING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 08:00


@dataclass
class House:
    """The seeded company with a clock, and who has heard what."""

    store: Store
    cast: Cast
    clock: list[datetime]

    def put(self, number: str, shop: int = 0, **changes: Any) -> int:
        unhurried = {} if "paid_at" in changes else {"due_at": None}

        def add(unit: Any) -> int:
            order = factory.order(unit, self.cast.shops[shop], number, **{"paid_at": None, **unhurried, **changes})
            factory.put(unit, order)
            return order.id

        return self.store.run_now(add)

    def hold(self, number: str, code: HoldCode, shop: int = 0, **evidence: str) -> int:
        """An order held since now."""
        held = Hold(code, Source.SCREENING, self.clock[0], evidence)
        return self.put(number, shop, holds=(held,), created_at=self.clock[0])

    def policy(self, **changes: Any) -> None:
        self.store.run_now(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), **changes), "owner"))

    def to(self, moment: datetime) -> None:
        self.clock[0] = moment

    def tick(self, minutes: float = 0) -> int:
        """Time passes, then the clock's round until nothing is due."""
        self.clock[0] += minutes * MINUTE
        changed = 0
        while count := self.store.run_now(watch.tick):
            changed += count
        return changed

    def open(self) -> list[Alert]:
        return self.store.read_now(lambda unit: unit.alerts.open())

    def heard(self, *, redraws: bool = False) -> list[tuple[str, str, int]]:
        """(name, kind, subject) of what is delivered now."""
        staff = {p.chat_id: p for p in self.store.read_now(lambda unit: unit.people.staff()).people}
        found: list[ClaimedNotice] = []
        while taken := self.store.run_now(_delivered):
            found += taken
        told = [one.notice for one in found if one.notice.redraw is redraws]
        names = {person.id: role for role, person in self.cast.people.items()}
        return sorted(
            (str(names.get(staff[n.chat_id].id, "cs")), str(n.kind), n.subject_id)
            for n in told
            if n.chat_id in staff and n.kind in (NoticeKind.ALERT, NoticeKind.ALERTS, NoticeKind.SHIFT)
        )

    def person(self, role: Role) -> Person:
        return self.cast.people[role]

    def chat(self, role: Role) -> Chat:
        return self.store.read_now(lambda unit: unit.people.chat(self.person(role).chat_id))


def _delivered(unit: Unit) -> list[ClaimedNotice]:
    taken = unit.deliveries.claim("test", unit.now, 50, 60)
    for one in taken:
        unit.deliveries.sent(one.id, one.version, unit.now)
    return taken


def opened() -> Iterator[House]:
    """The fixture of these tests: `house = pytest.fixture(opened)`."""
    clock = [NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    yield House(store, filled(store, factory.seed), clock)
    store.close()
