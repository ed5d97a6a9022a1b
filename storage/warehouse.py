"""Waves and refunds: small aggregates that are one row each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from domain.errors import Unknown
from domain.floor.parcels import Refund, Wave, WaveState
from storage.sql import Shape, Sql, among
from storage.tables.parcels import refund, wave

WAVE = Shape(Wave, wave)
REFUND = Shape(Refund, refund)

_WAVE = select(*WAVE.columns).where(among(wave.c.id))
_REFUND = select(*REFUND.columns).where(among(refund.c.id))
_REFUNDS_OF = select(*REFUND.columns).where(among(refund.c.order_id)).order_by(refund.c.id)


class Waves:
    """Implements domain.desk.Waves."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, wave_id: int) -> Wave:
        """Raises Unknown('wave')."""
        row = next(self._sql.rows_in(_WAVE, [wave_id]), None)
        if row is None:
            raise Unknown("wave", str(wave_id))
        return WAVE.thing(row)

    def add(
        self, warehouse_id: int, made_at: datetime, parcels: int, units: int, why: Mapping[str, str] | None = None
    ) -> Wave:
        """A new OPEN wave."""
        made = Wave(0, warehouse_id, WaveState.OPEN, made_at, parcels=parcels, units=units, why=why or {})
        return replace(made, id=self._sql.insert_new(wave, WAVE.row(made)))

    def save(self, changed: Wave) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(wave, [WAVE.row(changed)])

    def open_of(self, warehouse_id: int | None) -> list[Wave]:
        """Waves that are not DONE, oldest first."""
        statement = select(*WAVE.columns).where(wave.c.state.in_([WaveState.OPEN, WaveState.TAKEN]))
        if warehouse_id is not None:
            statement = statement.where(wave.c.warehouse_id == warehouse_id)
        return [WAVE.thing(row) for row in self._sql.rows(statement.order_by(wave.c.id))]


class Refunds:
    """Implements domain.desk.Refunds."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, refund_id: int) -> Refund:
        """Raises Unknown('refund')."""
        row = next(self._sql.rows_in(_REFUND, [refund_id]), None)
        if row is None:
            raise Unknown("refund", str(refund_id))
        return REFUND.thing(row)

    def of_order(self, order_id: int) -> tuple[Refund, ...]:
        """The order's refunds by id."""
        return tuple(REFUND.thing(row) for row in self._sql.rows_in(_REFUNDS_OF, [order_id]))

    def add(self, new: Refund) -> Refund:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(new, id=self._sql.insert_new(refund, REFUND.row(new)))

    def save(self, changed: Refund) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(refund, [REFUND.row(changed)])
