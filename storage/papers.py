"""Printed copies, and the couriers' manifests."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, func, or_, select
from sqlalchemy.exc import IntegrityError

from domain.errors import LostRace, Unknown
from domain.floor.parcels import Parcel, ParcelState
from domain.paper.paper_records import Manifest, Printed
from storage.parcels import PARCEL, Parcels
from storage.sql import Shape, Sql, among
from storage.tables.papers import manifest, manifest_parcel, printed
from storage.tables.parcels import parcel

PRINTED = Shape(Printed, printed)
MANIFEST = Shape(Manifest, manifest)
_OF_PARCELS = select(*PRINTED.columns).where(among(printed.c.parcel_id)).order_by(printed.c.id)
_LIST_OF = select(manifest_parcel.c.parcel_id.label("of_parcel"), *MANIFEST.columns)
_LIST_OF = _LIST_OF.join(manifest, manifest.c.id == manifest_parcel.c.manifest_id)
_LIST_OF = _LIST_OF.where(among(manifest_parcel.c.parcel_id))
_STRIKE = delete(manifest_parcel).where(manifest_parcel.c.parcel_id == bindparam("_parcel"))
_LISTED = exists().where(manifest_parcel.c.parcel_id == parcel.c.id)


_FIRST_LIST = select(func.min(manifest.c.made_at, type_=manifest.c.made_at.type)).where(
    manifest.c.warehouse_id == parcel.c.warehouse_id, manifest.c.courier_id == parcel.c.courier_id
)
MISSED = (
    parcel.c.state == ParcelState.HANDED_OVER,
    ~_LISTED,
    parcel.c.handed_over_at >= _FIRST_LIST.scalar_subquery(),
)
"""Handed over to a courier that signs lists, and on none."""


def _unlisted(since: datetime) -> tuple[ColumnElement[bool], ...]:
    at = parcel.c.handed_over_at
    return parcel.c.state == ParcelState.HANDED_OVER, ~_LISTED, or_(at >= since, at >= _FIRST_LIST.scalar_subquery())


class Prints:
    """Implements domain.paper.printing.Prints."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Printed, ...]]:
        """parcel id -> its copies, oldest first; parcels without any are missing."""
        found: dict[int, list[Printed]] = defaultdict(list)
        for row in self._sql.rows_in(_OF_PARCELS, parcel_ids):
            found[row.parcel_id].append(PRINTED.thing(row))
        return {key: tuple(copies) for key, copies in found.items()}

    def add(self, copies: Sequence[Printed]) -> None:
        """Insert (ids given are ignored)."""
        rows = [PRINTED.row(copy) for copy in copies]
        self._sql.insert(printed, [{key: value for key, value in row.items() if key != "id"} for row in rows])


class Manifests:
    """Implements domain.floor.manifests.Manifests."""

    def __init__(self, sql: Sql, parcels: Parcels) -> None:
        self._sql = sql
        self._parcels = parcels

    def get(self, manifest_id: int) -> Manifest:
        """Raises Unknown('manifest')."""
        row = self._sql.row(select(*MANIFEST.columns).where(manifest.c.id == manifest_id))
        if row is None:
            raise Unknown("manifest", str(manifest_id))
        return MANIFEST.thing(row)

    def add(self, new: Manifest, parcel_ids: Sequence[int]) -> Manifest:
        """Insert (the id given is ignored) with its parcels. Raises LostRace when one stands on another list."""
        made = replace(new, id=self._sql.insert_new(manifest, MANIFEST.row(new)))
        rows = [{"parcel_id": parcel_id, "manifest_id": made.id} for parcel_id in parcel_ids]
        try:
            self._sql.insert(manifest_parcel, rows)
        except IntegrityError as error:
            raise LostRace("manifest_parcel") from error
        return made

    def save(self, changed: Manifest) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(manifest, [MANIFEST.row(changed)])

    def recent(self, warehouse_ids: Sequence[int], limit: int) -> list[Manifest]:
        """The newest first."""
        statement = select(*MANIFEST.columns).where(manifest.c.warehouse_id.in_(warehouse_ids))
        return [MANIFEST.thing(row) for row in self._sql.rows(statement.order_by(manifest.c.id.desc()).limit(limit))]

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, Manifest]:
        """parcel id -> the list it stands on; parcels on none are missing."""
        found = self._sql.rows_in(_LIST_OF, parcel_ids)
        return {row.of_parcel: MANIFEST.thing(row[1:]) for row in found}

    def last(self, warehouse_id: int, courier_id: int) -> Manifest | None:
        """The newest list of this courier there."""
        statement = select(*MANIFEST.columns).where(
            manifest.c.warehouse_id == warehouse_id, manifest.c.courier_id == courier_id
        )
        row = self._sql.row(statement.order_by(manifest.c.id.desc()).limit(1))
        return None if row is None else MANIFEST.thing(row)

    def strike(self, parcel_id: int) -> None:
        """The parcel stands on no list any more."""
        self._sql.change(_STRIKE, [{"_parcel": parcel_id}])

    def parcels(self, manifest_id: int) -> list[Parcel]:
        """What stands on it, as it was handed over."""
        on_it = select(manifest_parcel.c.parcel_id).where(manifest_parcel.c.manifest_id == manifest_id)
        return self._parcels.load(_by_time(select(*PARCEL.columns).where(parcel.c.id.in_(on_it))))

    def to_collect(self, manifest_id: int) -> dict[str, tuple[int, int]]:
        """currency -> (parcels, minor units) that the courier collects at the doors of those that stand on it."""
        money = parcel.c.collect_currency
        counted = select(money, func.count().label("parcels"), func.sum(parcel.c.collect).label("amount"))
        mine = counted.join(manifest_parcel, manifest_parcel.c.parcel_id == parcel.c.id).where(
            manifest_parcel.c.manifest_id == manifest_id, parcel.c.collect > 0
        )
        rows = self._sql.rows(mine.group_by(money).order_by(money))
        return {row.collect_currency: (row.parcels, int(row.amount)) for row in rows}

    def unlisted(self, warehouse_id: int, courier_id: int, since: datetime, limit: int) -> list[Parcel]:
        """Handed over since, or since the courier's first list, and on no manifest; oldest first."""
        mine = (parcel.c.warehouse_id == warehouse_id, parcel.c.courier_id == courier_id)
        return self._parcels.load(_by_time(select(*PARCEL.columns).where(*_unlisted(since), *mine)).limit(limit))

    def unlisted_counts(self, warehouse_ids: Sequence[int], since: datetime) -> dict[tuple[int, int], int]:
        """(warehouse, courier) -> how many of those."""
        groups = (parcel.c.warehouse_id, parcel.c.courier_id)
        statement = select(*groups, func.count(parcel.c.id).label("parcels")).where(
            *_unlisted(since), parcel.c.warehouse_id.in_(warehouse_ids), parcel.c.courier_id.is_not(None)
        )
        rows = self._sql.rows(statement.group_by(*groups).order_by(*groups))
        return {(row.warehouse_id, row.courier_id): row.parcels for row in rows}


def _by_time(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(parcel.c.handed_over_at, parcel.c.id)
