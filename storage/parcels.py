"""Parcels with their items."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, select, true

from domain.errors import Unknown
from domain.floor.parcels import RESERVING, Item, Owed, Parcel, ParcelState, Sample, Waiting
from domain.orders.orders import OrderStatus
from storage.order_queries import parcel_id_of
from storage.sql import Shape, Sql, among
from storage.tables.orders import orders
from storage.tables.parcels import parcel, parcel_item

PARCEL = Shape(Parcel, parcel)
ITEM = Shape(Item, parcel_item)

_SELECT = select(*PARCEL.columns)
_MANY = _SELECT.where(among(parcel.c.id)).order_by(parcel.c.id)
_ITEMS = select(parcel_item.c.parcel_id, *ITEM.columns).where(among(parcel_item.c.parcel_id))
_ITEMS = _ITEMS.order_by(parcel_item.c.parcel_id, parcel_item.c.position)
_OF_ORDERS = _SELECT.where(
    parcel.c.id.in_(select(parcel_item.c.parcel_id).where(among(parcel_item.c.order_id)))
).order_by(parcel.c.id)
_BY_WAYBILL = _SELECT.where(parcel.c.waybill == bindparam("waybill")).order_by(parcel.c.id.desc()).limit(1)

_WAVE_COUNTS = select(parcel.c.state, func.count(parcel.c.id).label("parcels")).group_by(parcel.c.state)
_WAVE_COUNTS = _WAVE_COUNTS.where(parcel.c.wave_id == bindparam("wave"))


_INSIDE = parcel_item.c.parcel_id == parcel.c.id
_NOT_RELEASED = exists().where(_INSIDE, orders.c.id == parcel_item.c.order_id, orders.c.status != OrderStatus.RELEASED)
_READY = (parcel.c.state == ParcelState.READY, ~parcel.c.blocked, exists().where(_INSIDE), ~_NOT_RELEASED)
_FIRST = select(parcel.c.id).where(*_READY, parcel.c.warehouse_id == bindparam("place"))
_FIRST = _FIRST.order_by(parcel.c.ready_at, parcel.c.id).limit(bindparam("most"))
_WAITING = (
    select(
        parcel.c.id,
        parcel.c.courier_id,
        parcel.c.ready_at,
        parcel_item.c.sku,
        parcel_item.c.quantity,
        orders.c.due_at,
        orders.c.buyer_message,
        orders.c.seller_note,
    )
    .join(parcel_item, _INSIDE)
    .join(orders, orders.c.id == parcel_item.c.order_id)
    .where(parcel.c.id.in_(_FIRST), ~parcel_item.c.dropped)
    .order_by(parcel.c.ready_at, parcel.c.id, parcel_item.c.position)
)


_ALONE = select(
    parcel.c.id,
    func.min(parcel_item.c.sku).label("sku"),
    func.sum(parcel_item.c.quantity).label("units"),
    func.min(parcel.c.weight_g).label("grams"),
    func.min(parcel.c.material).label("material"),
).join(parcel_item, _INSIDE)
_ALONE = _ALONE.where(parcel.c.weight_g > 0, ~parcel_item.c.dropped, parcel.c.state != ParcelState.CANCELLED)
_PURE = _ALONE.group_by(parcel.c.id).having(func.count(parcel_item.c.sku.distinct()) == 1).subquery()
_NEWEST = func.row_number().over(partition_by=_PURE.c.sku, order_by=_PURE.c.id.desc()).label("place")
_NEWEST_ALONE = select(*_PURE.c, _NEWEST).subquery()
_SAMPLES = select(*_NEWEST_ALONE.c).where(_NEWEST_ALONE.c.place <= bindparam("latest"), _NEWEST_ALONE.c.sku != "")
_SAMPLES = _SAMPLES.order_by(_NEWEST_ALONE.c.sku, _NEWEST_ALONE.c.id)


_OWED = (parcel.c.state == ParcelState.OWED, ~parcel.c.blocked, ~_NOT_RELEASED)
_UNITS = (parcel_item.c.sku, func.sum(parcel_item.c.quantity).label("units"))
_OWED_UNITS = select(*_UNITS).join(parcel, _INSIDE).where(parcel.c.state == ParcelState.OWED, ~parcel_item.c.dropped)
_OWED_UNITS = _OWED_UNITS.group_by(parcel_item.c.sku)
_WANTS = exists().where(_INSIDE, ~parcel_item.c.dropped, among(parcel_item.c.sku))
_ONE, _ITS = orders.alias(), parcel_item.alias()
_SINCE = func.min(func.coalesce(_ONE.c.paid_at, _ONE.c.placed_at, _ONE.c.created_at), type_=_ONE.c.created_at.type)
_FIRST_OWED = select(parcel.c.id, _SINCE.label("since"), func.min(_ONE.c.id).label("order_id")).select_from(parcel)
_FIRST_OWED = _FIRST_OWED.join(_ITS, _ITS.c.parcel_id == parcel.c.id).join(_ONE, _ONE.c.id == _ITS.c.order_id)
_FIRST_OWED = _FIRST_OWED.where(*_OWED, _WANTS)
_FIRST_OWED = _FIRST_OWED.group_by(parcel.c.id).order_by("since", "order_id", parcel.c.id).limit(bindparam("most"))
_OWED_ITEMS = select(parcel_item.c.parcel_id, *_UNITS).where(among(parcel_item.c.parcel_id), ~parcel_item.c.dropped)
_OWED_ITEMS = _OWED_ITEMS.group_by(parcel_item.c.parcel_id, parcel_item.c.sku)


def _waiting(rows: Sequence[Row[Any]]) -> Waiting:
    """One parcel of its items' rows."""
    notes = dict.fromkeys(text for row in rows for text in (row.buyer_message, row.seller_note) if text)
    return Waiting(
        rows[0].id,
        rows[0].courier_id,
        rows[0].ready_at,
        min((row.due_at for row in rows if row.due_at), default=None),
        {sku: sum(row.quantity for row in rows if row.sku == sku) for sku in dict.fromkeys(row.sku for row in rows)},
        "\n".join(notes),
    )


def _item_rows(box: Parcel) -> list[dict[str, Any]]:
    return [{"parcel_id": box.id, "position": place, **ITEM.row(item)} for place, item in enumerate(box.items)]


def _holds(sku: str) -> ColumnElement[bool]:
    return exists().where(
        (parcel_item.c.parcel_id == parcel.c.id) & (parcel_item.c.sku == sku) & ~parcel_item.c.dropped
    )


def _at(warehouse_id: int | None) -> ColumnElement[bool]:
    return true() if warehouse_id is None else parcel.c.warehouse_id == warehouse_id


class Parcels:
    """Implements domain.desk.Parcels. Only what differs from what was read is written."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._read: dict[int, Parcel] = {}

    def _with_items(self, heads: Iterable[Row[Any]]) -> list[Parcel]:
        heads = list(heads)
        items: dict[int, list[Item]] = defaultdict(list)
        for row in self._sql.rows_in(_ITEMS, [head.id for head in heads]):
            items[row[0]].append(ITEM.thing(row[1:]))
        found = [PARCEL.thing(head, items=tuple(items[head.id])) for head in heads]
        self._read.update((box.id, box) for box in found)
        return found

    def load(self, statement: Select[Any]) -> list[Parcel]:
        """Parcels of a statement over PARCEL.columns, items with them."""
        return self._with_items(self._sql.rows(statement))

    def get(self, parcel_id: int) -> Parcel:
        """Raises Unknown('parcel')."""
        found = self.many([parcel_id])
        if not found:
            raise Unknown("parcel", str(parcel_id))
        return found[parcel_id]

    def many(self, parcel_ids: Collection[int]) -> dict[int, Parcel]:
        """By id; unknown ids are missing."""
        return {box.id: box for box in self._with_items(self._sql.rows_in(_MANY, parcel_ids))}

    def of_orders(self, order_ids: Collection[int]) -> dict[int, tuple[Parcel, ...]]:
        """order id -> its parcels by id, cancelled ones too; orders without any are missing."""
        wanted = set(order_ids)
        boxes = {box.id: box for box in self._with_items(self._sql.rows_in(_OF_ORDERS, wanted))}
        result: dict[int, tuple[Parcel, ...]] = defaultdict(tuple)
        for _, box in sorted(boxes.items()):
            for order_id in wanted.intersection(box.order_ids):
                result[order_id] += (box,)
        return dict(result)

    def by_waybill(self, waybill: str) -> Parcel | None:
        """By waybill (the newest, should a courier reuse one) or parcel number."""
        code = waybill.strip()
        if not code:
            return None
        found = self._with_items(self._sql.rows(_BY_WAYBILL, waybill=code)) or list(
            self.many([parcel_id_of(code)]).values()
        )
        return found[0] if found else None

    def next_ids(self, count: int) -> Sequence[int]:
        """Fresh ids for `add`."""
        return self._sql.next_ids(parcel, count)

    def add(self, parcels: Sequence[Parcel]) -> None:
        """Insert with items."""
        self._sql.insert(parcel, [PARCEL.row(box) for box in parcels])
        self._sql.insert(parcel_item, [row for box in parcels for row in _item_rows(box)])
        self._read.update((box.id, box) for box in parcels)

    def save(self, parcels: Sequence[Parcel]) -> None:
        """By revision, items with it. Raises LostRace."""
        self._sql.save(parcel, [PARCEL.to_save(box, self._read.get(box.id)) for box in parcels])
        moved = [box for box in parcels if not self._items_as_read(box)]
        if moved:
            rows = [row for box in moved for row in _item_rows(box)]
            self._sql.replace_children(parcel_item.c.parcel_id, [box.id for box in moved], rows)
        self._read.update((box.id, replace(box, revision=box.revision + 1)) for box in parcels)

    def _items_as_read(self, box: Parcel) -> bool:
        read = self._read.get(box.id)
        return read is not None and read.revision == box.revision and read.items == box.items

    def ready(self, warehouse_id: int | None, limit: int) -> list[Parcel]:
        """READY and not blocked, every order in it RELEASED; oldest first."""
        statement = _SELECT.where(*_READY, _at(warehouse_id))
        return self.load(statement.order_by(parcel.c.ready_at, parcel.c.id).limit(limit))

    def waiting(self, warehouse_id: int, limit: int) -> list[Waiting]:
        """The same parcels, lightly: one statement, one row per item."""
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self._sql.rows(_WAITING, place=warehouse_id, most=limit):
            found[row.id].append(row)
        return [_waiting(rows) for rows in found.values()]

    def owed_units(self) -> dict[str, int]:
        """Units that OWED parcels wait for, by sku."""
        return {row.sku: row.units for row in self._sql.rows(_OWED_UNITS)}

    def owed(self, skus: Collection[str], limit: int) -> list[Owed]:
        """OWED and not blocked parcels with one of these skus in them whose order is RELEASED, oldest order first."""
        found = set(self._sql.rows_in(_FIRST_OWED, skus, most=limit))
        rows = sorted(found, key=lambda row: (row.since, row.order_id, row.id))
        first = {row.id: row.order_id for row in rows[:limit]}
        units: dict[int, dict[str, int]] = defaultdict(dict)
        for row in self._sql.rows_in(_OWED_ITEMS, first):
            units[row.parcel_id][row.sku] = row.units
        return [Owed(parcel_id, order_id, units[parcel_id]) for parcel_id, order_id in first.items()]

    def of_wave(self, wave_id: int) -> list[Parcel]:
        """The wave's parcels by slot."""
        return self.load(_SELECT.where(parcel.c.wave_id == wave_id).order_by(parcel.c.slot, parcel.c.id))

    def wave_counts(self, wave_id: int) -> dict[ParcelState, int]:
        """The wave's parcels by state; states with none are missing."""
        return {row.state: row.parcels for row in self._sql.rows(_WAVE_COUNTS, wave=wave_id)}

    def weighed_alone(self, latest: int) -> list[Sample]:
        """Weighed parcels that hold one product alone, of each product the latest."""
        return [Sample(row.sku, row.units, row.grams, row.material) for row in self._sql.rows(_SAMPLES, latest=latest)]

    def stuck(self, states: Collection[ParcelState], before: datetime, limit: int) -> list[int]:
        """Parcels that came into one of these states before, longest there first."""
        statement = select(parcel.c.id).where(parcel.c.state.in_(sorted(states)), parcel.c.state_at < before)
        return [row.id for row in self._sql.rows(statement.order_by(parcel.c.state_at, parcel.c.id).limit(limit))]

    def claiming(self, sku: str, limit: int) -> list[Parcel]:
        """Parcels that units of this sku are promised to, oldest first."""
        statement = _SELECT.where(parcel.c.state.in_(sorted(RESERVING)), _holds(sku))
        return self.load(statement.order_by(parcel.c.id).limit(limit))

    def promised(self, sku: str, warehouse_id: int, state: ParcelState, limit: int) -> list[Parcel]:
        """Parcels of this state there with units of this sku in them, newest first."""
        statement = _SELECT.where(parcel.c.state == state, parcel.c.warehouse_id == warehouse_id, _holds(sku))
        return self.load(statement.order_by(parcel.c.id.desc()).limit(limit))

    def counts(self, warehouse_id: int | None) -> dict[ParcelState, int]:
        """Parcels from READY to WEIGHED by state; states with none are missing."""
        statement = select(parcel.c.state, func.count(parcel.c.id).label("parcels")).where(
            parcel.c.state.in_(sorted(RESERVING)), _at(warehouse_id)
        )
        found = {row.state: row.parcels for row in self._sql.rows(statement.group_by(parcel.c.state))}
        return {state: found[state] for state in ParcelState if state in found}
