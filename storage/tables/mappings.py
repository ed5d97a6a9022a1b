"""How tables without a format are read. One row per shop and kind of table, draft or saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint

from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class TableMappingRow(Base, table=True):
    """Mappings that people made."""

    __tablename__ = "table_mapping"
    __table_args__ = (UniqueConstraint("shop_id", "signature"),)
    id: int = col.key()
    shop_id: int = col.ref("shop.id")
    signature: str = col.text()
    file_id: int = col.ref("file.id")
    file_name: str = col.words()
    header: Any = col.document(tuple)
    samples: Any = col.document(tuple)
    columns: Any = col.document()
    words: Any = col.document()
    per_line: bool = col.flag()
    made_by: str = col.words()
    made_at: datetime = col.moment()
    revision: int = col.number()
    saved_at: datetime | None = col.moment(optional=True)


table_mapping = table_of(TableMappingRow)
