"""Checks of parcels with the units scanned into them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import LostRace
from domain.floor.check_records import Check, Unit
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
_OF_NUMBER = select(*UNIT.columns).where(checked_unit.c.serial == bindparam("told"), checked_unit.c.serial != "")
_OF_NUMBER = _OF_NUMBER.order_by(checked_unit.c.id)
_MARKS = select(*UNIT.columns).where(checked_unit.c.parcel_id == bindparam("parcel")).order_by(checked_unit.c.id)
_MARKS = _MARKS.where((checked_unit.c.serial != "") | (checked_unit.c.batch != ""))
_BOX = (checked_unit.c.sku, checked_unit.c.parcel_id)
_OF_BATCH = select(*_BOX, func.count().label("units")).group_by(*_BOX).order_by(checked_unit.c.parcel_id.desc())
_OF_BATCH = _OF_BATCH.where(checked_unit.c.batch == bindparam("told"), checked_unit.c.batch != "")


class Checks:
    """Implements domain.floor.check_records.Checks."""

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

    def of_number(self, serial: str) -> list[Unit]:
        """Every unit that ever bore this number, of whatever product."""
        return [UNIT.thing(row) for row in self._sql.rows(_OF_NUMBER, told=serial)]

    def marks(self, parcel_id: int) -> list[Unit]:
        """The parcel's units that bear a number or a batch, also those whose number went out again since."""
        return [UNIT.thing(row) for row in self._sql.rows(_MARKS, parcel=parcel_id)]

    def of_batch(self, batch: str, limit: int) -> dict[str, dict[int, int]]:
        """sku -> parcel id -> units of which the check was told this batch, of the newest parcels."""
        found: dict[str, dict[int, int]] = {}
        for row in self._sql.rows(_OF_BATCH.limit(limit), told=batch):
            found.setdefault(row.sku, {})[row.parcel_id] = int(row.units)
        return found
