"""Which places the parcels of a wave are sent to.

Surprising: nothing is cleared at the pick. A parcel's places count while it waits to be picked, and count again when
its pick is taken back.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, func, select

from domain.floor.parcels import ParcelState
from domain.stock.stock import Place
from storage.sql import Sql, among
from storage.tables.parcels import parcel, parcel_item
from storage.tables.stock import pick_place

_AT = pick_place.c
_COLUMNS = (_AT.parcel_id, parcel.c.warehouse_id, _AT.sku, _AT.bin, _AT.batch, _AT.units)
_OF = select(*_COLUMNS).join(parcel, parcel.c.id == _AT.parcel_id)
_OF_PARCELS = _OF.where(among(_AT.parcel_id)).order_by(_AT.parcel_id, _AT.position)
_ITS = (parcel_item.c.parcel_id == _AT.parcel_id, parcel_item.c.sku == _AT.sku, ~parcel_item.c.dropped)
_WANTED = select(func.coalesce(func.sum(parcel_item.c.quantity), 0)).where(*_ITS).scalar_subquery()
_OPEN = select(*_COLUMNS, _WANTED.label("wanted")).join(parcel, parcel.c.id == _AT.parcel_id)
_OPEN = _OPEN.where(parcel.c.state == ParcelState.IN_WAVE, parcel.c.warehouse_id == bindparam("place"), among(_AT.sku))
_OPEN = _OPEN.order_by(_AT.parcel_id, _AT.position)


class Walks:
    """Implements domain.stock.stock_book.Walks."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def put(self, places: Mapping[int, Sequence[Place]]) -> None:
        """From now on these parcels are sent to these places."""
        rows = [
            {"parcel_id": parcel_id, "position": number, "sku": p.sku, "bin": p.bin, "batch": p.batch, "units": p.units}
            for parcel_id, found in places.items()
            for number, p in enumerate(found)
        ]
        self._sql.replace_children(_AT.parcel_id, list(places), rows)

    def of(self, parcel_ids: Collection[int]) -> dict[int, tuple[Place, ...]]:
        """parcel id -> where it was sent, in the order of the walk; parcels sent nowhere are missing."""
        found: dict[int, tuple[Place, ...]] = {}
        for row in self._sql.rows_in(_OF_PARCELS, parcel_ids):
            where = Place(row.warehouse_id, row.sku, row.bin, row.batch, row.units)
            found[row.parcel_id] = (*found.get(row.parcel_id, ()), where)
        return found

    def open_in(self, warehouse_id: int, skus: Collection[str]) -> dict[int, tuple[Place, ...]]:
        """The same of the parcels that wait there to be picked, for these skus and no more units than each still
        wants of them."""
        found: dict[int, tuple[Place, ...]] = {}
        told: Counter[tuple[int, str]] = Counter()
        for row in self._sql.rows_in(_OPEN, skus, place=warehouse_id):
            units = min(row.units, row.wanted - told[row.parcel_id, row.sku])
            told[row.parcel_id, row.sku] += units
            if units > 0:
                place = Place(row.warehouse_id, row.sku, row.bin, row.batch, units)
                found[row.parcel_id] = (*found.get(row.parcel_id, ()), place)
        return found
