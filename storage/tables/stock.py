"""Stock levels and the ledger they must agree with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index

from domain.stock import Bucket, Document
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class StockLevelRow(Base, table=True):
    """What is there now. The check is the last wall behind the guards in code."""

    __tablename__ = "stock_level"
    __table_args__ = (CheckConstraint("reserved >= 0 AND defective >= 0 AND good >= reserved", name="never_negative"),)
    warehouse_id: int = col.ref("warehouse.id", primary=True)
    sku: str = col.code_ref("sku.code")
    good: int = col.number()
    reserved: int = col.number()
    defective: int = col.number()


class StockLedgerRow(Base, table=True):
    """Every movement; never changed, never deleted."""

    __tablename__ = "stock_ledger"
    __table_args__ = (Index(None, "sku", "id"), Index(None, "at"))
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


stock_level = table_of(StockLevelRow)
stock_ledger = table_of(StockLedgerRow)
