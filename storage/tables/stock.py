"""Stock levels and the ledger they must agree with."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field

from domain.stock.stock import Bucket, Document
from domain.stock.stock_docs import DocKind, DocState
from storage.tables import columns as col
from storage.tables.columns import Base, table_of
from storage.types import Choice


class StockLevelRow(Base, table=True):
    """What is there now. The check is the last wall behind the guards in code."""

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND defective >= 0 AND good >= reserved", name="never_negative"),
        CheckConstraint("in_transit >= 0", name="in_transit"),
    )
    warehouse_id: int = col.ref("warehouse.id", primary=True)
    sku: str = col.code_ref("sku.code")
    good: int = col.number()
    reserved: int = col.number()
    defective: int = col.number()
    in_transit: int = col.number()


class StockPlaceRow(Base, table=True):
    """Where the good units lie; a place without units has no row."""

    __tablename__ = "stock_place"
    __table_args__ = (Index(None, "warehouse_id", "bin"), CheckConstraint("units > 0", name="units"))
    sku: str = col.code_ref("sku.code")
    warehouse_id: int = col.ref("warehouse.id", primary=True)
    bin: str = col.text_key()
    batch: str = col.text_key()
    units: int = col.number()


class PickPlaceRow(Base, table=True):
    """Where a parcel of a wave is sent: units of a sku out of one place, in the order of the walk."""

    __tablename__ = "pick_place"
    __table_args__ = (CheckConstraint("units > 0", name="units"),)
    parcel_id: int = col.ref("parcel.id", primary=True)
    position: int = col.own_key()
    sku: str = col.text()
    bin: str = col.text()
    batch: str = col.text()
    units: int = col.number()


class StockValueRow(Base, table=True):
    """What a bucket's units have cost, all together, minor units of the sku's currency."""

    __tablename__ = "stock_value"
    sku: str = col.code_ref("sku.code")
    warehouse_id: int = col.ref("warehouse.id", primary=True)
    bucket: Bucket = Field(sa_column=Column(Choice(Bucket), primary_key=True))
    value: int = col.number()


class BatchRow(Base, table=True):
    """Batches."""

    __tablename__ = "batch"
    sku: str = col.code_ref("sku.code")
    code: str = col.text_key()
    expires: date | None = col.day(optional=True)


class StockDocRow(Base, table=True):
    """Documents of the stock room."""

    __tablename__ = "stock_doc"
    __table_args__ = (Index(None, "state", "id"), Index(None, "holder_id", "state"))
    id: int = col.key()
    kind: DocKind = col.choice(DocKind)
    state: DocState = col.choice(DocState)
    warehouse_id: int = col.ref("warehouse.id")
    to_warehouse_id: int | None = col.ref("warehouse.id", optional=True)
    made_at: datetime = col.moment()
    made_by: str = col.words()
    made_by_id: int | None = col.number(optional=True)
    holder_id: int | None = col.ref("person.id", optional=True)
    holder: str = col.words()
    bin: str = col.words()
    scope: str = col.words()
    reason: str = col.words()
    first_id: int | None = col.ref("person.id", optional=True)
    first: str = col.words()
    hands: Any = col.document(tuple)
    decided_by: str = col.words()
    decided_at: datetime | None = col.moment(optional=True)
    revision: int = col.number()


class StockDocLineRow(Base, table=True):
    """Their lines."""

    __tablename__ = "stock_doc_line"
    doc_id: int = col.ref("stock_doc.id", primary=True)
    position: int = col.own_key()
    sku: str = col.text()
    bin: str = col.words()
    batch: str = col.words()
    expires: date | None = col.day(optional=True)
    planned: int = col.number()
    done: int = col.number()
    posted: int = col.number()
    costed: int = col.number()
    value: int | None = col.number(optional=True)
    mark: int = col.number()
    again: bool = col.flag()


class StockDocSerialRow(Base, table=True):
    """The serial numbers that were read of a line's units, in the order of their scans."""

    __tablename__ = "stock_doc_serial"
    __table_args__ = (Index(None, "serial"),)
    doc_id: int = col.ref("stock_doc.id", primary=True)
    position: int = col.own_key()
    place: int = col.own_key()
    serial: str = col.text()


class StockLedgerRow(Base, table=True):
    """Every movement; never changed, never deleted."""

    __tablename__ = "stock_ledger"
    __table_args__ = (
        Index(None, "sku", "id"),
        Index(None, "at"),
        Index(None, "document", "document_id"),
        Index(
            "ix_stock_ledger_defective",
            "sku",
            "warehouse_id",
            "batch",
            sqlite_where=text("bucket = 'defective'"),
            postgresql_where=text("bucket = 'defective'"),
        ),
    )
    id: int = col.key()
    at: datetime = col.moment()
    warehouse_id: int = col.ref("warehouse.id")
    sku: str = col.text()
    bucket: Bucket = col.choice(Bucket)
    before: int = col.number()
    delta: int = col.number()
    after: int = col.number()
    document: Document = col.choice(Document)
    document_id: int = col.number()
    actor: str = col.words()
    bin: str = col.text()
    batch: str = col.text()
    value: int = col.number()


stock_level = table_of(StockLevelRow)
stock_ledger = table_of(StockLedgerRow)
stock_place = table_of(StockPlaceRow)
pick_place = table_of(PickPlaceRow)
stock_value = table_of(StockValueRow)
batch = table_of(BatchRow)
stock_doc = table_of(StockDocRow)
stock_doc_line = table_of(StockDocLineRow)
stock_doc_serial = table_of(StockDocSerialRow)
