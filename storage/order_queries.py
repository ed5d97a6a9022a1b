"""Questions about many orders: the review queue, what is due, and search.

Surprising: every shop filter takes None for "all" and an empty set for "none".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, true, union

from domain.addresses import phones
from domain.floor.parcels import ParcelState
from domain.orders.orders import LIVE, Order, OrderStatus
from domain.review.holds import HoldCode
from domain.stock.stock_book import Wanted
from storage import alike, order_rows
from storage.sql import Sql, among
from storage.tables.orders import SHIPS, hold, order_line, orders
from storage.tables.parcels import parcel, parcel_item

_IN_REVIEW = orders.c.status == OrderStatus.REVIEW

_PLACED = func.coalesce(orders.c.placed_at, orders.c.created_at)
_RECENT = select(orders.c.id).where(
    orders.c.shop_id == bindparam("shop"),
    orders.c.status.in_(sorted(LIVE)),
    bindparam("since", type_=orders.c.placed_at.type) <= _PLACED,
    among(orders.c.buyer_id),
)

_SOME_KEY = orders.c.merge_key != literal_column("''")
"""Written out: SQLite takes a partial index only when the statement says its condition in the same words."""
_SOME_TAILS = orders.c.more_tails != literal_column("''")
_ORDER_ID = select(orders.c.id)
_AT_PLACE = select(orders.c.id).where(
    orders.c.status.in_(sorted(LIVE)),
    bindparam("since", type_=orders.c.placed_at.type) <= _PLACED,
    _SOME_KEY,
    among(orders.c.merge_key),
)
_DECIDED = orders.c.status.in_([OrderStatus.APPROVED, OrderStatus.RELEASED])
_KEYED = select(orders.c.id, orders.c.merge_key, orders.c.buyer_id).where(_SOME_KEY, among(orders.c.merge_key))
_GROUPED = select(orders.c.id).where(orders.c.together != 0, among(orders.c.together))
_OF_KEY = {False: _KEYED.where(_IN_REVIEW), True: _KEYED.where(_DECIDED)}
_OF_GROUP = {False: _GROUPED.where(_IN_REVIEW), True: _GROUPED.where(_DECIDED)}

_WANTED = select(order_line.c.sku, orders.c.status, func.sum(order_line.c.quantity).label("units"))
_WANTED = _WANTED.join(orders, orders.c.id == order_line.c.order_id).group_by(order_line.c.sku, orders.c.status)
_WANTED = _WANTED.where(orders.c.status.in_([OrderStatus.REVIEW, OrderStatus.UNPAID]), SHIPS)
_WANTED = _WANTED.where(order_line.c.sku != "")
_WANTED_OF = _WANTED.where(among(order_line.c.sku))
_OWED = select(parcel_item.c.sku, func.sum(parcel_item.c.quantity).label("units")).group_by(parcel_item.c.sku)
_OWED = _OWED.join(parcel, parcel.c.id == parcel_item.c.parcel_id)
_OWED = _OWED.where(~parcel_item.c.dropped, parcel.c.state == ParcelState.OWED)
_OWED_OF = _OWED.where(among(parcel_item.c.sku))


def in_shops(shops: frozenset[int] | None) -> ColumnElement[bool]:
    """The shop filter."""
    return true() if shops is None else orders.c.shop_id.in_(sorted(shops))


class OrderQueries:
    """The reading half of domain.desk.Orders."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._read: dict[int, Order] = {}

    def _ids(self, statement: Select[Any], limit: int) -> list[int]:
        return [row[0] for row in self._sql.rows(statement.limit(limit))]

    def recent_of_buyers(
        self, shop_id: int, buyer_ids: Collection[str], since: datetime
    ) -> dict[str, tuple[Order, ...]]:
        """Live orders of these buyers placed (or, when that is not told, created) since, by buyer."""
        rows = self._sql.rows_in(_RECENT, [buyer for buyer in buyer_ids if buyer], shop=shop_id, since=since)
        result: dict[str, tuple[Order, ...]] = defaultdict(tuple)
        for order in order_rows.load(self._sql, [row.id for row in rows]).values():
            result[order.buyer_id] += (order,)
        return dict(result)

    def recent_at_places(self, keys: Collection[str], since: datetime) -> dict[str, tuple[Order, ...]]:
        """Live orders to these places (`Order.merge_key`) placed since, by place."""
        rows = self._sql.rows_in(_AT_PLACE, [key for key in keys if key], since=since)
        result: dict[str, tuple[Order, ...]] = defaultdict(tuple)
        for order in order_rows.load(self._sql, [row.id for row in rows]).values():
            result[order.merge_key] += (order,)
        return dict(result)

    def in_review(
        self, *, shops: frozenset[int] | None, held: bool | None, up_to: int | None = None, limit: int = 1000
    ) -> list[tuple[int, int]]:
        """(id, revision) of orders in REVIEW, oldest first."""
        statement = select(orders.c.id, orders.c.revision).where(_IN_REVIEW, in_shops(shops))
        if held is not None:
            statement = statement.where(orders.c.held == held)
        if up_to is not None:
            statement = statement.where(orders.c.id <= up_to)
        rows = self._sql.rows(statement.order_by(orders.c.id).limit(limit))
        return [(row.id, row.revision) for row in rows]

    def wanted(self, skus: Collection[str] | None) -> dict[str, Wanted]:
        """sku -> units orders want that no warehouse has claimed; of these skus (None = all), none = missing."""
        find = (_WANTED, _OWED) if skus is None else (_WANTED_OF, _OWED_OF)
        lines, owed = (self._sql.rows(one) if skus is None else self._sql.rows_in(one, skus) for one in find)
        found: dict[str, Wanted] = {}
        for row in lines:
            name = "review" if row.status is OrderStatus.REVIEW else "unpaid"
            found[row.sku] = replace(found.get(row.sku, Wanted()), **{name: int(row.units)})
        for row in owed:
            found[row.sku] = replace(found.get(row.sku, Wanted()), owed=int(row.units))
        return found

    def review_counts(self, shops: frozenset[int] | None) -> dict[int, tuple[int, int]]:
        """shop id -> (clean, held) in REVIEW; shops with none are missing."""
        statement = (
            select(orders.c.shop_id, orders.c.held, func.count(orders.c.id).label("orders"))
            .where(_IN_REVIEW, in_shops(shops))
            .group_by(orders.c.shop_id, orders.c.held)
        )
        counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for row in self._sql.rows(statement):
            counts[row.shop_id][int(row.held)] = row.orders
        return {shop_id: (clean, held) for shop_id, (clean, held) in sorted(counts.items())}

    def open_hold_counts(self, shops: frozenset[int] | None) -> dict[HoldCode, int]:
        """Orders in REVIEW by open hold code, in catalogue order."""
        statement = (
            select(hold.c.code, func.count(hold.c.order_id.distinct()).label("orders"))
            .join(orders, orders.c.id == hold.c.order_id)
            .where(_IN_REVIEW, hold.c.resolved_at.is_(None), in_shops(shops))
            .group_by(hold.c.code)
        )
        counts = {row.code: row.orders for row in self._sql.rows(statement)}
        return {code: counts[code] for code in HoldCode if code in counts}

    def held_with(self, codes: Collection[HoldCode], limit: int) -> list[int]:
        """Ids of orders in REVIEW with one of these open holds, oldest first."""
        statement = (
            select(orders.c.id)
            .distinct()
            .join(hold, hold.c.order_id == orders.c.id)
            .where(_IN_REVIEW, hold.c.resolved_at.is_(None), hold.c.code.in_(sorted(codes)))
        )
        return self._ids(statement.order_by(orders.c.id), limit)

    def company(self, buyers: Mapping[str, Collection[str]], groups: Collection[int], later: bool = False) -> list[int]:
        """Ids of orders in REVIEW (`later`: APPROVED or RELEASED) with one of these merge keys and one of the key's
        buyers, or in one of these groups, oldest first."""
        rows = self._sql.rows_in(_OF_KEY[later], buyers)
        found = {row.id for row in rows if row.buyer_id in buyers[row.merge_key]}
        found |= {row.id for row in self._sql.rows_in(_OF_GROUP[later], groups)}
        return sorted(found)

    def at_one_place(self, key: str, statuses: Collection[OrderStatus], limit: int) -> list[int]:
        """Ids of the newest orders in these statuses with this merge key, oldest first."""
        alike = select(orders.c.id).where(_SOME_KEY, orders.c.merge_key == key, orders.c.status.in_(sorted(statuses)))
        return sorted(self._ids(alike.order_by(orders.c.id.desc()), limit))

    def due_for_release(self, now: datetime, limit: int) -> list[int]:
        """APPROVED orders whose release_at has come, longest due first."""
        statement = select(orders.c.id).where(orders.c.status == OrderStatus.APPROVED, orders.c.release_at <= now)
        return self._ids(statement.order_by(orders.c.release_at, orders.c.id), limit)

    def approved_at(self, at: datetime, by: str) -> list[int]:
        """APPROVED orders that this person decided at this moment and whose release_at has not come."""
        waiting = (orders.c.status == OrderStatus.APPROVED) & (orders.c.release_at > self._sql.now)
        statement = select(orders.c.id).where(waiting, orders.c.decided_at == at, orders.c.decided_by == by)
        return [row.id for row in self._sql.rows(statement.order_by(orders.c.id))]

    def to_look_at(self, now: datetime, version: int, limit: int) -> list[int]:
        """Ids whose time has come, whatever their status, longest due first; then those in REVIEW that were screened
        under an older policy, then those decided on but not gone that were."""
        timed = select(orders.c.id).where(orders.c.look_at <= now).order_by(orders.c.look_at, orders.c.id)
        older = select(orders.c.id).where(_IN_REVIEW, orders.c.screened < version)
        found = dict.fromkeys(self._ids(timed, limit))
        if len(found) < limit:
            found |= dict.fromkeys(self._ids(older.order_by(orders.c.screened, orders.c.id), limit))
        if not found:
            decided = orders.c.status.in_([OrderStatus.APPROVED, OrderStatus.RELEASED])
            found = dict.fromkeys(self._ids(select(orders.c.id).where(decided, orders.c.screened < version), limit))
        return list(found)[:limit]

    def by_buyer(self, statuses: Collection[OrderStatus]) -> list[tuple[int, tuple[int, str]]]:
        """Ids of orders in these statuses with shop and buyer, sorted by both."""
        statement = select(orders.c.id, orders.c.shop_id, orders.c.buyer_id)
        statement = statement.where(orders.c.status.in_(sorted(statuses)))
        rows = self._sql.rows(statement.order_by(orders.c.shop_id, orders.c.buyer_id, orders.c.id))
        return [(row.id, (row.shop_id, row.buyer_id)) for row in rows]

    def screened_before(self, version: int) -> int:
        """How many orders in REVIEW were screened under an older policy."""
        row = self._sql.row(select(func.count(orders.c.id)).where(_IN_REVIEW, orders.c.screened < version))
        return row[0] if row else 0

    def waiting_since(self, status: OrderStatus, before: datetime, limit: int) -> list[int]:
        """Orders in that status created before, oldest first."""
        statement = select(orders.c.id).where(orders.c.status == status, orders.c.created_at < before)
        return self._ids(statement.order_by(orders.c.created_at, orders.c.id), limit)

    def search(self, text: str, shops: frozenset[int] | None, limit: int) -> list[Order]:
        """The orders of `hits`, loaded."""
        ids = self.hits(text, shops, limit)
        loaded = order_rows.load(self._sql, ids)
        return [loaded[order_id] for order_id in ids]

    def hits(self, text: str, shops: frozenset[int] | None, limit: int, upto: int | None = None) -> list[int]:
        """Exact numbers and waybills first, then phone tails (4+ digits), then anything that contains the text;
        newest first within each. Looking inside texts reads the whole table when there are few hits."""
        wanted = order_rows.folded(text)
        if not wanted or limit <= 0:
            return []
        these = _among(shops, upto)
        found: dict[int, None] = {}
        for step in (self._exactly, self._by_phone, self._inside):
            found.update(dict.fromkeys(step(wanted, these, limit)))
            if len(found) >= limit:
                break
        return list(found)[:limit]

    def _exactly(self, wanted: str, these: ColumnElement[bool], limit: int) -> list[int]:
        forms = sorted({wanted, wanted.upper(), wanted.removeprefix("#"), f"#{wanted}"})
        numbered = or_(orders.c.number.in_(forms), orders.c.external_id.in_(forms))
        boxes = (
            select(parcel_item.c.order_id)
            .join(parcel, parcel.c.id == parcel_item.c.parcel_id)
            .where(or_(parcel.c.waybill.in_(forms), parcel.c.id == parcel_id_of(wanted)))
        )
        statement = select(orders.c.id).where(or_(numbered, orders.c.id.in_(boxes)), these)
        return self._ids(statement.order_by(orders.c.id.desc()), limit)

    def _by_phone(self, wanted: str, these: ColumnElement[bool], limit: int) -> list[int]:
        digits = order_rows.digits_of(wanted)
        if len(digits) < 4 or any(letter.isalpha() for letter in wanted):
            return []
        more = orders.c.more_tails.contains(f" {digits[-4:]} ")
        either = union(_ORDER_ID.where(orders.c.phone_tail == digits[-4:]), _ORDER_ID.where(_SOME_TAILS, more))
        found = either.subquery()  # two looks into two indexes: of an OR the planner reads the whole table
        statement = select(orders.c.id, orders.c.receiver_phone).join(found, found.c.id == orders.c.id).where(these)
        rows = self._sql.rows(statement.order_by(orders.c.id.desc()))
        return [row.id for row in rows if phones.ends_in(row.receiver_phone, digits)][:limit]

    def _inside(self, wanted: str, these: ColumnElement[bool], limit: int) -> list[int]:
        statement = select(orders.c.id).where(and_(orders.c.needle.contains(wanted, autoescape=True), these))
        return self._ids(statement.order_by(orders.c.id.desc()), limit)

    def alike(self, text: str, shops: frozenset[int] | None, limit: int, upto: int | None = None) -> list[int]:
        """What may be meant where `search` finds nothing; see storage/alike.py. Best first, `limit` at most."""
        wanted, these = order_rows.folded(text), _among(shops, upto)
        ids = self._slipped(wanted, these, limit) if alike.is_number(wanted) else []
        return (ids or self._worded(wanted, these) or self._like(wanted, these))[:limit]

    def _slipped(self, wanted: str, these: ColumnElement[bool], limit: int) -> list[int]:
        """Numbers and waybills one slip away, newest first."""
        forms = sorted({form for slip in alike.slips(wanted) for form in (slip, slip.upper())})
        boxes = select(parcel_item.c.order_id).join(parcel, parcel.c.id == parcel_item.c.parcel_id)
        meant = or_(orders.c.number.in_(forms), orders.c.id.in_(boxes.where(parcel.c.waybill.in_(forms))))
        return self._ids(select(orders.c.id).where(meant, these).order_by(orders.c.id.desc()), limit)

    def _worded(self, wanted: str, these: ColumnElement[bool]) -> list[int]:
        """Texts with all the words, in any order; of one word there is nothing new to say."""
        words = alike.words_of(wanted)
        if len(words) < 2:
            return []
        every = (orders.c.needle.contains(word, autoescape=True) for word in words)
        statement = select(orders.c.id).where(*every, these).order_by(orders.c.id.desc())
        return self._ids(statement, alike.CANDIDATES)

    def _like(self, wanted: str, these: ColumnElement[bool]) -> list[int]:
        """Of the newest texts with a part of one of the words, those that are like it, the likest first."""
        parts = {part for word in alike.words_of(wanted) for part in alike.parts(word)}
        if not parts:
            return []
        some = or_(*(orders.c.needle.contains(part, autoescape=True) for part in sorted(parts)))
        statement = select(orders.c.id, orders.c.needle).where(some, these)
        rows = self._sql.rows(statement.order_by(orders.c.id.desc()).limit(alike.CANDIDATES))
        like = [(alike.likeness(wanted, row.needle), row.id) for row in rows]
        return [order_id for score, order_id in sorted(like, reverse=True) if score >= alike.LEAST_LIKE]


def parcel_id_of(text: str) -> int:
    """The id in a parcel number (P000012, any case); 0 when it is not one."""
    digits = text[1:]
    fits = text[:1] in ("p", "P") and digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(digits) if fits else 0


def _among(shops: frozenset[int] | None, upto: int | None) -> ColumnElement[bool]:
    """Orders of these shops, and no newer than that one."""
    return in_shops(shops) if upto is None else and_(in_shops(shops), orders.c.id <= upto)
