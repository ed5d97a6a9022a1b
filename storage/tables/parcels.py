"""Parcels, waves, stops and refunds."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text

from domain.floor.parcels import ParcelState, Stage, StopKind, StopState, WaveState
from domain.waybills.ewaybills import WaybillState
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class WaveRow(Base, table=True):
    """Waves."""

    __tablename__ = "wave"
    __table_args__ = (Index(None, "state", "warehouse_id"),)
    id: int = col.key()
    warehouse_id: int = col.ref("warehouse.id")
    state: WaveState = col.choice(WaveState)
    made_at: datetime = col.moment()
    revision: int = col.number()
    owner_id: int | None = col.number(optional=True)
    owner: str = col.words()
    parcels: int = col.number()
    units: int = col.number()
    why: Any = col.document()


class ParcelRow(Base, table=True):
    """Parcels."""

    __tablename__ = "parcel"
    __table_args__ = (
        Index(None, "waybill"),
        Index(None, "wave_id"),
        Index(None, "state", "blocked", "ready_at"),
        Index(None, "state", "state_at"),
        Index(None, "handed_over_at"),
    )
    id: int = col.key()
    state: ParcelState = col.choice(ParcelState)
    shop_id: int = col.ref("shop.id")
    revision: int = col.number()
    warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    courier_id: int | None = col.ref("courier.id", optional=True)
    waybill: str = col.text()
    wave_id: int | None = col.ref("wave.id", optional=True)
    slot: int = col.number()
    holder_id: int | None = col.number(optional=True)
    holder: str = col.words()
    blocked: bool = col.flag()
    expected_g: int = col.number()
    weight_g: int = col.number()
    length_mm: int = col.number()
    width_mm: int = col.number()
    height_mm: int = col.number()
    material: str = col.text()
    freight: int = col.number()
    freight_currency: str = col.text()
    tariff_id: int | None = col.number(optional=True)
    ready_at: datetime | None = col.moment(optional=True)
    state_at: datetime | None = col.moment(optional=True)
    handed_over_at: datetime | None = col.moment(optional=True)
    collect: int = col.number()
    collect_currency: str = col.text()
    why: Any = col.document()


class EwaybillRow(Base, table=True):
    """E-waybill numbers and where each stands (rules.md B1: states 0 to 8); a number is empty while it is asked for."""

    __tablename__ = "ewaybill"
    __table_args__ = (
        Index(
            "uq_ewaybill_number",
            "courier_id",
            "number",
            unique=True,
            sqlite_where=text("number <> ''"),
            postgresql_where=text("number <> ''"),
        ),
        Index(None, "state", "next_at"),
        Index(None, "account_id", "state", "changed_at"),
        Index(None, "parcel_id"),
    )
    id: int = col.key()
    account_id: int = col.ref("waybill_account.id")
    courier_id: int = col.ref("courier.id")
    shop_id: int = col.ref("shop.id")
    number: str = col.text()
    sort_code: str = col.words()
    hub: str = col.words()
    state: WaybillState = col.code(WaybillState)
    parcel_id: int | None = col.ref("parcel.id", optional=True)
    taken_at: datetime | None = col.moment(optional=True)
    changed_at: datetime = col.moment()
    next_at: datetime | None = col.moment(optional=True)
    error: str = col.words()
    attempts: int = col.number()
    revision: int = col.number()


class ParcelItemRow(Base, table=True):
    """What is in the box, in the order it stands there."""

    __tablename__ = "parcel_item"
    __table_args__ = (Index(None, "order_id"),)
    parcel_id: int = col.ref("parcel.id", primary=True)
    position: int = col.own_key()
    order_id: int = col.ref("orders.id")
    line_no: int = col.number()
    sku: str = col.text()
    title: str = col.words()
    quantity: int = col.number()
    paid: int = col.number()
    dropped: bool = col.flag()


class RefundRow(Base, table=True):
    """Refunds by platform number."""

    __tablename__ = "refund"
    __table_args__ = (UniqueConstraint("order_id", "external_id"), Index(None, "at"))
    id: int = col.key()
    order_id: int = col.ref("orders.id")
    external_id: str = col.words()
    state: str = col.text()
    amount: int = col.number()
    currency: str = col.text()
    at: datetime = col.moment()
    line_nos: Any = col.document(tuple)
    reason: str = col.words()
    stage: str = col.text()
    stopped: bool | None = col.flag(optional=True)
    revision: int = col.number()


class StopRow(Base, table=True):
    """Interceptions."""

    __tablename__ = "stop"
    __table_args__ = (
        Index(None, "parcel_id"),
        Index(None, "state", "next_at"),
        Index(None, "opened_at"),
        Index(
            "ix_stop_unanswered",
            "state",
            "opened_at",
            sqlite_where=text("acked_at IS NULL"),
            postgresql_where=text("acked_at IS NULL"),
        ),
    )
    id: int = col.key()
    parcel_id: int = col.ref("parcel.id")
    order_id: int = col.ref("orders.id")
    kind: StopKind = col.choice(StopKind)
    state: StopState = col.choice(StopState)
    stage: Stage = col.choice(Stage)
    opened_at: datetime = col.moment()
    reason: str = col.words()
    revision: int = col.number()
    refund_id: int | None = col.ref("refund.id", optional=True)
    line_nos: Any = col.document(tuple)
    told_at: datetime | None = col.moment(optional=True)
    named_id: int | None = col.number(optional=True)
    named: str = col.words()
    level: int = col.number()
    next_at: datetime | None = col.moment(optional=True)
    acked_by: str = col.words()
    acked_at: datetime | None = col.moment(optional=True)
    pulled_by: str = col.words()
    pulled_at: datetime | None = col.moment(optional=True)
    closed_by: str = col.words()
    closed_at: datetime | None = col.moment(optional=True)


wave = table_of(WaveRow)
parcel = table_of(ParcelRow)
ewaybill = table_of(EwaybillRow)
parcel_item = table_of(ParcelItemRow)
refund = table_of(RefundRow)
stop = table_of(StopRow)
