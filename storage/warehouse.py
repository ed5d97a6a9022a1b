"""Waves, stops and refunds: small aggregates that are one row each."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from domain.errors import Unknown
from domain.parcels import OPEN_STOPS, Refund, Stop, StopState, Wave, WaveState
from storage.sql import Shape, Sql, among
from storage.tables.parcels import parcel, refund, stop, wave

WAVE = Shape(Wave, wave)
STOP = Shape(Stop, stop)
REFUND = Shape(Refund, refund)

_STOPS_OF = select(*STOP.columns).where(among(stop.c.parcel_id)).order_by(stop.c.id)


class Waves:
    """Implements domain.desk.Waves."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, wave_id: int) -> Wave:
        """Raises Unknown('wave')."""
        row = self._sql.row(select(*WAVE.columns).where(wave.c.id == wave_id))
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


class Stops:
    """Implements domain.desk.Stops."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _load(self, statement: Select[Any]) -> list[Stop]:
        return [STOP.thing(row) for row in self._sql.rows(statement)]

    def get(self, stop_id: int) -> Stop:
        """Raises Unknown('stop')."""
        found = self._load(select(*STOP.columns).where(stop.c.id == stop_id))
        if not found:
            raise Unknown("stop", str(stop_id))
        return found[0]

    def add(self, new: Stop) -> Stop:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(new, id=self._sql.insert_new(stop, STOP.row(new)))

    def save(self, changed: Stop) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(stop, [STOP.row(changed)])

    def of_parcels(self, parcel_ids: Collection[int]) -> dict[int, tuple[Stop, ...]]:
        """parcel id -> its stops by id; parcels without any are missing."""
        result: dict[int, tuple[Stop, ...]] = defaultdict(tuple)
        for row in self._sql.rows_in(_STOPS_OF, parcel_ids):
            result[row.parcel_id] += (STOP.thing(row),)
        return dict(result)

    def open_of(self, warehouse_id: int | None) -> list[Stop]:
        """OPEN and ACKED stops, oldest first."""
        statement = select(*STOP.columns).where(stop.c.state.in_(sorted(OPEN_STOPS)))
        if warehouse_id is not None:
            here = select(parcel.c.id).where(parcel.c.warehouse_id == warehouse_id)
            statement = statement.where(stop.c.parcel_id.in_(here))
        return self._load(statement.order_by(stop.c.opened_at, stop.c.id))

    def due(self, now: datetime, limit: int) -> list[Stop]:
        """OPEN stops whose next_at has come, longest due first."""
        statement = select(*STOP.columns).where(stop.c.state == StopState.OPEN, stop.c.next_at <= now)
        return self._load(statement.order_by(stop.c.next_at, stop.c.id).limit(limit))


class Refunds:
    """Implements domain.desk.Refunds."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, refund_id: int) -> Refund:
        """Raises Unknown('refund')."""
        row = self._sql.row(select(*REFUND.columns).where(refund.c.id == refund_id))
        if row is None:
            raise Unknown("refund", str(refund_id))
        return REFUND.thing(row)

    def of_order(self, order_id: int) -> tuple[Refund, ...]:
        """The order's refunds by id."""
        rows = self._sql.rows(select(*REFUND.columns).where(refund.c.order_id == order_id).order_by(refund.c.id))
        return tuple(REFUND.thing(row) for row in rows)

    def add(self, new: Refund) -> Refund:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(new, id=self._sql.insert_new(refund, REFUND.row(new)))

    def save(self, changed: Refund) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(refund, [REFUND.row(changed)])
