"""Checks of parcels, and the units scanned into them."""

from datetime import datetime

from sqlalchemy import Index, text

from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class CheckRow(Base, table=True):
    """Who checks a parcel, and the notes that were read."""

    __tablename__ = "parcel_check"
    parcel_id: int = col.ref("parcel.id", primary=True)
    at: datetime = col.moment()
    person_id: int | None = col.number(optional=True)
    person: str = col.words()
    notes_read: str = col.words()


class UnitRow(Base, table=True):
    """Units by scan; two live ones never bear one serial number."""

    __tablename__ = "checked_unit"
    __table_args__ = (
        Index(None, "parcel_id"),
        Index(
            "uq_checked_unit_serial",
            "sku",
            "serial",
            unique=True,
            sqlite_where=text("serial <> '' AND live"),
            postgresql_where=text("serial <> '' AND live"),
        ),
        *(
            Index(f"ix_checked_unit_{name}", name, sqlite_where=text(told), postgresql_where=text(told))
            for name, told in (("serial", "serial <> ''"), ("batch", "batch <> ''"))
        ),
    )
    id: int = col.key()
    parcel_id: int = col.ref("parcel.id")
    sku: str = col.text()
    at: datetime = col.moment()
    serial: str = col.words()
    batch: str = col.words()
    live: bool = col.flag()


parcel_check = table_of(CheckRow)
checked_unit = table_of(UnitRow)
