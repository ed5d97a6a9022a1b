"""The tables, one module per subject. Importing this package registers them all in METADATA."""

from storage.tables import (
    catalog,
    checks,
    customers,
    mappings,
    messages,
    orders,
    papers,
    parcels,
    people,
    records,
    scan_page,
    stock,
    stops,
)
from storage.tables.columns import Base

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "catalog",
    "checks",
    "customers",
    "mappings",
    "messages",
    "orders",
    "papers",
    "parcels",
    "people",
    "records",
    "scan_page",
    "stock",
    "stops",
]
