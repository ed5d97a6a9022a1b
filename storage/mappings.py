"""How tables without a format are read, per shop."""

from sqlalchemy import select

from domain.errors import Unknown
from domain.intake.table_mapping import TableMapping
from storage.sql import Shape, Sql
from storage.tables.mappings import table_mapping

MAPPING = Shape(TableMapping, table_mapping)

_SAVED = select(*MAPPING.columns).where(table_mapping.c.saved_at.is_not(None)).order_by(table_mapping.c.id)


class Mappings:
    """Implements domain.desk.Mappings."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def saved(self) -> list[TableMapping]:
        """Those in force, of all shops, oldest first."""
        return [MAPPING.thing(row) for row in self._sql.rows(_SAVED)]

    def of_shop(self, shop_id: int) -> list[TableMapping]:
        """Drafts and saved ones, the last made first."""
        mine = select(*MAPPING.columns).where(table_mapping.c.shop_id == shop_id)
        last_first = mine.order_by(table_mapping.c.made_at.desc(), table_mapping.c.id.desc())
        return [MAPPING.thing(row) for row in self._sql.rows(last_first)]

    def of(self, shop_id: int, signature: str) -> TableMapping | None:
        """The shop's only one for this kind of table, draft or saved."""
        same = (table_mapping.c.shop_id == shop_id) & (table_mapping.c.signature == signature)
        row = self._sql.row(select(*MAPPING.columns).where(same))
        return None if row is None else MAPPING.thing(row)

    def get(self, mapping_id: int) -> TableMapping:
        """Raises Unknown('mapping')."""
        row = self._sql.row(select(*MAPPING.columns).where(table_mapping.c.id == mapping_id))
        if row is None:
            raise Unknown("mapping", str(mapping_id))
        return MAPPING.thing(row)

    def add(self, mapping: TableMapping) -> TableMapping:
        """Insert (the id given is ignored) and return it with its id."""
        return self.get(self._sql.insert_new(table_mapping, MAPPING.row(mapping)))

    def save(self, mapping: TableMapping) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(table_mapping, [MAPPING.row(mapping)])
