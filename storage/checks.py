"""Checks of parcels with the units scanned into them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from domain.check_records import Check, Unit
from domain.errors import LostRace
from storage.sql import Shape, Sql
from storage.tables.checks import checked_unit, parcel_check

CHECK = Shape(Check, parcel_check)
UNIT = Shape(Unit, checked_unit)
_GET = select(*CHECK.columns).where(parcel_check.c.parcel_id == bindparam("parcel"))
_UNITS = select(*UNIT.columns).where(checked_unit.c.parcel_id == bindparam("parcel"), checked_unit.c.live)
_UNITS = _UNITS.order_by(checked_unit.c.id)
_OF_SERIAL = select(*UNIT.columns).where(
    checked_unit.c.sku == bindparam("item"), checked_unit.c.serial == bindparam("told"), checked_unit.c.live
)


class Checks:
    """Implements domain.check_records.Checks."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, parcel_id: int) -> Check | None:
        """With its live units in the order of their scans."""
        row = self._sql.row(_GET, parcel=parcel_id)
        if row is None:
            return None
        units = tuple(UNIT.thing(unit) for unit in self._sql.rows(_UNITS, parcel=parcel_id))
        return CHECK.thing(row, units=units)

    def put(self, check: Check) -> None:
        """Insert or replace by parcel."""
        statement = self._sql.upsert(parcel_check)
        row = CHECK.row(check)
        values = {name: statement.excluded[name] for name in row if name != "parcel_id"}
        self._sql.change(statement.on_conflict_do_update(index_elements=["parcel_id"], set_=values), [row])

    def add_unit(self, unit: Unit) -> None:
        """Insert (the id given is ignored)."""
        self._sql.insert_new(checked_unit, UNIT.row(unit))

    def save_unit(self, unit: Unit) -> None:
        """By id. Raises LostRace when another transaction gave the serial number to another unit."""
        row = UNIT.row(unit)
        statement = update(checked_unit).where(checked_unit.c.id == row.pop("id")).values(row)
        try:
            self._sql.change(statement)
        except IntegrityError as error:
            raise LostRace("checked_unit") from error

    def drop_units(self, unit_ids: Sequence[int]) -> None:
        """They were never in the box."""
        self._sql.change(delete(checked_unit).where(checked_unit.c.id.in_(list(unit_ids))))

    def drop(self, parcel_id: int) -> None:
        """The check with its units."""
        self._sql.change(delete(checked_unit).where(checked_unit.c.parcel_id == parcel_id))
        self._sql.change(delete(parcel_check).where(parcel_check.c.parcel_id == parcel_id))

    def of_serial(self, sku: str, serial: str) -> Unit | None:
        """The live unit with this number."""
        row = self._sql.row(_OF_SERIAL, item=sku, told=serial)
        return None if row is None else UNIT.thing(row)
