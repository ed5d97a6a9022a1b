"""Printed copies and couriers' manifests."""

from datetime import datetime

from sqlalchemy import Index

from domain.paper.paper_records import Paper
from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class PrintedRow(Base, table=True):
    """Copies of papers that name a receiver."""

    __tablename__ = "printed"
    __table_args__ = (Index(None, "parcel_id"),)
    id: int = col.key()
    parcel_id: int = col.ref("parcel.id")
    paper: Paper = col.choice(Paper)
    number: int = col.number()
    at: datetime = col.moment()
    by: str = col.words()
    by_id: int | None = col.number(optional=True)
    mark: str = col.text()


class ManifestRow(Base, table=True):
    """Couriers' manifests."""

    __tablename__ = "manifest"
    __table_args__ = (Index(None, "warehouse_id", "id"),)
    id: int = col.key()
    warehouse_id: int = col.ref("warehouse.id")
    courier_id: int = col.ref("courier.id")
    made_at: datetime = col.moment()
    made_by: str = col.words()
    parcels: int = col.number()
    grams: int = col.number()
    revision: int = col.number()
    taken_by: str = col.words()
    signed_by: str = col.words()
    signed_at: datetime | None = col.moment(optional=True)
    file_id: int | None = col.ref("file.id", optional=True)


class ManifestParcelRow(Base, table=True):
    """Which list a parcel stands on: one at most."""

    __tablename__ = "manifest_parcel"
    __table_args__ = (Index(None, "manifest_id"),)
    parcel_id: int = col.ref("parcel.id", primary=True)
    manifest_id: int = col.ref("manifest.id")


printed = table_of(PrintedRow)
manifest = table_of(ManifestRow)
manifest_parcel = table_of(ManifestParcelRow)
