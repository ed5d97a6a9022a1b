"""Customers and the blacklist, and a customer's history counted from the orders.

Surprising: history asks by shop and buyer id, the index the orders have; a platform is only the set of its shops.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from domain.customers.customer_records import Customer, Entry, EntryState
from domain.errors import Unknown
from domain.intake.incoming import Platform
from storage.customer_history import CustomerHistory
from storage.sql import Shape, among
from storage.tables.customers import customer, list_entry, list_key

CUSTOMER = Shape(Customer, customer)
ENTRY = Shape(Entry, list_entry)

_BY_ID = select(*CUSTOMER.columns).where(among(customer.c.id)).order_by(customer.c.id)
_BY_BUYER = select(*CUSTOMER.columns).where(
    customer.c.platform == bindparam("platform", type_=customer.c.platform.type), among(customer.c.buyer_id)
)
_OF_CUSTOMERS = select(*ENTRY.columns).where(among(list_entry.c.customer_id)).order_by(list_entry.c.id.desc())
_KEYS = select(list_key.c.entry_id, list_key.c.key).where(among(list_key.c.entry_id))
_KEYS = _KEYS.order_by(list_key.c.entry_id, list_key.c.position)
_IN_FORCE = (list_entry.c.state == EntryState.ACTIVE) & or_(
    list_entry.c.expires_at.is_(None),
    list_entry.c.expires_at > bindparam("now", type_=list_entry.c.expires_at.type),
)
_LISTED = select(list_key.c.key, *ENTRY.columns).join(list_entry, list_entry.c.id == list_key.c.entry_id)
_LISTED = _LISTED.where(_IN_FORCE, among(list_key.c.key)).order_by(list_entry.c.id)
_WAITING = select(func.count(list_entry.c.id)).where(list_entry.c.state == EntryState.PROPOSED)
_ANY_IN_FORCE = select(list_entry.c.id).where(_IN_FORCE).limit(1)


class Customers(CustomerHistory):
    """Implements domain.customers.customer_desk.Customers."""

    def get(self, customer_id: int) -> Customer:
        """Raises Unknown('customer')."""
        found = self.many([customer_id])
        if not found:
            raise Unknown("customer", str(customer_id))
        return found[customer_id]

    def many(self, customer_ids: Collection[int]) -> dict[int, Customer]:
        """By id; unknown ids are missing."""
        return {row[0]: CUSTOMER.thing(row) for row in self._sql.rows_in(_BY_ID, customer_ids)}

    def known(self, buyers: Collection[tuple[Platform, str]]) -> dict[tuple[Platform, str], Customer]:
        """Those of them that have a row."""
        found: dict[tuple[Platform, str], Customer] = {}
        for platform in sorted({platform for platform, _ in buyers}):
            names = [buyer for one, buyer in buyers if one is platform]
            for row in self._sql.rows_in(_BY_BUYER, names, platform=platform):
                found[(platform, row.buyer_id)] = CUSTOMER.thing(row)
        return found

    def make(self, buyers: Collection[tuple[Platform, str]]) -> None:
        """Give each a row, unless it has one."""
        rows = [CUSTOMER.row(Customer(0, platform, buyer)) for platform, buyer in sorted(buyers)]
        for row in rows:
            del row["id"]
        if rows:
            new = self._sql.upsert(customer).on_conflict_do_nothing(index_elements=["platform", "buyer_id"])
            self._sql.change(new, rows)

    def save(self, customers: Sequence[Customer]) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(customer, [CUSTOMER.row(one) for one in customers])

    def _whole(self, entries: Sequence[Entry]) -> list[Entry]:
        """Entries with their keys."""
        keys: dict[int, list[str]] = defaultdict(list)
        for row in self._sql.rows_in(_KEYS, [entry.id for entry in entries]):
            keys[row.entry_id].append(row.key)
        return [replace(entry, keys=tuple(keys[entry.id])) for entry in entries]

    def _load(self, statement: Select[Any]) -> list[Entry]:
        return self._whole([ENTRY.thing(row) for row in self._sql.rows(statement)])

    def entry(self, entry_id: int) -> Entry:
        """Raises Unknown('entry')."""
        found = self._load(select(*ENTRY.columns).where(list_entry.c.id == entry_id))
        if not found:
            raise Unknown("entry", str(entry_id))
        return found[0]

    def entries(self, customer_ids: Collection[int]) -> dict[int, tuple[Entry, ...]]:
        """customer id -> their entries, newest first; customers without any are missing."""
        rows = list(self._sql.rows_in(_OF_CUSTOMERS, customer_ids))
        found: dict[int, tuple[Entry, ...]] = defaultdict(tuple)
        for entry in self._whole([ENTRY.thing(row) for row in rows]):
            found[entry.customer_id] += (entry,)
        return dict(found)

    def add_entries(self, entries: Sequence[Entry]) -> list[Entry]:
        """Insert (the ids given are ignored) and return them with theirs."""
        ids = self._sql.next_ids(list_entry, len(entries))
        made = [replace(entry, id=new_id) for entry, new_id in zip(entries, ids, strict=True)]
        self._sql.insert(list_entry, [ENTRY.row(entry) for entry in made])
        self._sql.insert(list_key, _key_rows(made))
        return made

    def save_entries(self, entries: Sequence[Entry]) -> None:
        """By revision, keys with them. Raises LostRace."""
        self._sql.save(list_entry, [ENTRY.row(entry) for entry in entries])
        self._sql.replace_children(list_key.c.entry_id, [entry.id for entry in entries], _key_rows(entries))

    def listed(self, keys: Collection[str]) -> dict[str, tuple[Entry, ...]]:
        """key -> the entries in force now that recognise by it. An empty list costs one look."""
        if not keys or self._sql.row(_ANY_IN_FORCE, now=self._sql.now) is None:
            return {}
        rows = list(self._sql.rows_in(_LISTED, keys, now=self._sql.now))
        entries = {
            entry.id: entry for entry in self._whole(list({row.id: ENTRY.thing(row[1:]) for row in rows}.values()))
        }
        found: dict[str, tuple[Entry, ...]] = defaultdict(tuple)
        for row in rows:
            found[row.key] += (entries[row.id],)
        return dict(found)

    def waiting(self) -> int:
        """How many proposals wait for a decision."""
        row = self._sql.row(_WAITING)
        return int(row[0]) if row else 0

    def expired(self, limit: int) -> list[Entry]:
        """ACTIVE entries whose time is over, longest first."""
        over = (list_entry.c.state == EntryState.ACTIVE) & (list_entry.c.expires_at <= self._sql.now)
        return self._load(select(*ENTRY.columns).where(over).order_by(list_entry.c.expires_at).limit(limit))


def _key_rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {"entry_id": entry.id, "position": position, "key": key}
        for entry in entries
        for position, key in enumerate(entry.keys)
    ]
