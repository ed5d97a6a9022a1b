"""One transaction's connection and the few kinds of statement every repository is made of.

Surprising: whole sets travel as one statement (executemany, IN in chunks); nothing here runs a query per row.
Statements of the busy paths are built once, at import: building one costs three times what running it does. Where
only one writes at a time, a command that asks for the same rows again gets them as it read them, until it writes there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import (
    BinaryExpression,
    ColumnElement,
    Connection,
    CursorResult,
    Delete,
    Dialect,
    Executable,
    Insert,
    Row,
    Select,
    Table,
    Update,
    UpdateBase,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import func as sql_function
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from domain.errors import LostRace

CHUNK = 500
T = TypeVar("T")
V = TypeVar("V", int, str)


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column is one of the values that `Sql.rows_in` passes."""
    return column.in_(bindparam("among", expanding=True, type_=column.type))


@lru_cache(256)
def _for_one(statement: Select[Any]) -> Select[Any]:
    """The statement with `=` where it says `among`: an IN is written anew for every number of values, and most
    commands ask for one."""

    def equal(element: object, **_: object) -> ColumnElement[bool] | None:
        if isinstance(element, BinaryExpression) and getattr(element.right, "key", "") == "among":
            return element.left == bindparam("among", type_=element.left.type)
        return None

    return cast(Select[Any], replacement_traverse(statement, {}, equal))


@lru_cache(256)
def _tables(statement: Select[Any]) -> frozenset[Table]:
    """What a statement looks at, subqueries included."""
    return frozenset(part for part in iterate(statement) if isinstance(part, Table))


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


class _Bulk:
    """An INSERT of many rows of the same keys, in the driver's own words: SQLAlchemy would ask for each row anew what
    its columns make of a value."""

    def __init__(self, table: Table, keys: tuple[str, ...], dialect: Dialect) -> None:
        compiled = insert(table).compile(dialect=dialect, column_keys=list(keys))
        self.text = str(compiled)
        self._keys = tuple(compiled.positiontup or keys) if compiled.positional else keys
        makers = {key: table.c[key].type.dialect_impl(dialect).bind_processor(dialect) for key in keys}
        self._made = [(place, make) for place, key in enumerate(self._keys) if (make := makers[key])]
        self._values = itemgetter(*self._keys)
        self._positional = compiled.positional

    def row(self, row: Mapping[str, Any]) -> Any:
        """What the driver takes."""
        values = list(self._values(row))
        for place, make in self._made:
            values[place] = make(values[place])
        return tuple(values) if self._positional else dict(zip(self._keys, values, strict=True))


@lru_cache(256)
def _bulk(table: Table, keys: tuple[str, ...], dialect: Dialect) -> _Bulk:
    return _Bulk(table, keys, dialect)


@cache
def _save(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("_id"), table.c.revision == bindparam("_read"))


@cache
def _delete_among(column: ColumnElement[Any]) -> Delete:
    table: Table = column.table
    return delete(table).where(among(column))


def upsert(table: Table, postgres: bool) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT."""
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def chunks(values: Collection[V]) -> Iterator[list[V]]:
    """The distinct values, sorted, in pieces that fit one IN."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


class Shape(Generic[T]):
    """A dataclass and the columns of the same names: how a record becomes a row and back.

    `prefix` is for a part that lies flat in its owner's table (the receiver of an order).
    """

    def __init__(self, kind: type[T], table: Table, prefix: str = "") -> None:
        names = [field.name for field in fields(kind) if prefix + field.name in table.c]  # type: ignore[arg-type]  # T is a dataclass
        self.kind = kind
        self.names = tuple(names)
        self.keys = tuple(prefix + name for name in names)
        self.columns = tuple(table.c[key] for key in self.keys)
        self._values = attrgetter(*names)
        self._revision = names.index("revision") if "revision" in names else -1

    def row(self, thing: T) -> dict[str, Any]:
        """The row of a record."""
        return dict(zip(self.keys, self._values(thing), strict=True))

    def changes(self, new: T, old: T) -> dict[str, Any]:
        """The columns in which they differ."""
        both = zip(self.keys, self._values(new), self._values(old), strict=True)
        return {key: value for key, value, before in both if value is not before and value != before}

    def to_save(self, new: T, read: T | None) -> dict[str, Any]:
        """What `Sql.save` needs of a record with a revision, where `read` is what is stored (None: not known).

        Only what differs: a written column costs the database every index it stands in, changed or not.
        """
        row = self.row(new)
        if read is None or self._values(read)[self._revision] != row["revision"]:
            return row
        return {"id": row["id"], "revision": row["revision"], **self.changes(new, read)}

    def thing(self, values: Sequence[Any], **rest: Any) -> T:
        """The record of a row's values, in the order of `columns`; `rest` fills what has no column."""
        return self.kind(**dict(zip(self.names, values, strict=True)), **rest)


class Sql:
    """A connection in its transaction. `now` is the time of the whole command."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.postgres = connection.dialect.name == "postgresql"
        self._last_id: dict[str, int] = {}
        self._answers: dict[tuple[Any, ...], tuple[Sequence[Row[Any]], int]] = {}
        self._written: dict[Table, int] = {}
        self._writes = 0

    def rows(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """All rows; `values` fill the statement's named parameters."""
        return self._execute(statement, values).fetchall()

    def row(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row."""
        return self._execute(statement, values).first()

    def rows_in(self, statement: Select[Any], among: Collection[V], **values: Any) -> Iterator[Row[Any]]:
        """Rows of a statement that says `among(column)`, in its order within a chunk."""
        for chunk in chunks(among):
            if len(chunk) == 1:
                yield from self._of_one(statement, among=chunk[0], **values)
            else:
                yield from self.rows(statement, among=chunk, **values)

    def _of_one(self, statement: Select[Any], **values: Any) -> Sequence[Row[Any]]:
        """One order, one parcel: most commands ask for theirs again and again, from one rule to the next. On
        PostgreSQL each time anew, because others write meanwhile."""
        if self.postgres:
            return self.rows(_for_one(statement), **values)
        question = (statement, *values.items())
        found, at = self._answers.get(question, ((), -1))
        if at < max((self._written.get(table, 0) for table in _tables(statement)), default=0):
            found = self.rows(_for_one(statement), **values)
            self._answers[question] = found, self._writes
        return found

    def _execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Whatever it is, noted where it writes."""
        if isinstance(statement, UpdateBase):
            self._wrote(cast(Table, statement.table))
        return self.connection.execute(statement, values)

    def _wrote(self, table: Table) -> None:
        self._writes += 1
        self._written[table] = self._writes

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows whose keys are complete."""
        if rows:
            bulk = _bulk(table, tuple(rows[0]), self.connection.dialect)
            self._wrote(table)
            self.connection.exec_driver_sql(bulk.text, [bulk.row(row) for row in rows])

    def insert_new(self, table: Table, row: Mapping[str, Any]) -> int:
        """Add one row under a fresh id, which is returned."""
        values = {key: value for key, value in row.items() if key != "id"}
        new_id: int = self._execute(_insert(table).returning(table.c.id), values).scalar_one()
        return new_id

    def upsert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT, in this database's dialect."""
        return upsert(table, self.postgres)

    def change(self, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> int:
        """Run an UPDATE, DELETE or upsert, for each of the rows when given; how many rows it hit."""
        return self._execute(statement, rows).rowcount

    def save(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Update rows by id and the revision they were read with, which goes up; columns a row does not name stay as
        they are. Raises LostRace."""
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: int(row["id"])):
            values = {**row, "revision": row["revision"] + 1, "_id": row["id"], "_read": row["revision"]}
            del values["id"]
            groups[tuple(values)].append(values)
        if sum(self.change(_save(table), group) for group in groups.values()) != len(rows):
            raise LostRace(table.name)

    def replace_children(self, column: ColumnElement[Any], parents: Collection[int], rows: Sequence[Any]) -> None:
        """Delete the parents' child rows and write these."""
        for chunk in chunks(parents):
            self._execute(_delete_among(column), {"among": chunk})
        self.insert(column.table, rows)

    def mark(self) -> None:
        """A point in the transaction to come back to; the innermost open one counts."""
        self.connection.exec_driver_sql("SAVEPOINT attempt")

    def keep(self) -> None:
        """The innermost mark is not needed any more."""
        self.connection.exec_driver_sql("RELEASE SAVEPOINT attempt")

    def undo(self) -> None:
        """Everything written since the innermost mark is gone, and so is the mark."""
        self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT attempt")
        self._last_id.clear()
        self._answers.clear()
        self.keep()

    def next_ids(self, table: Table, count: int) -> Sequence[int]:
        """Fresh ids: a sequence on PostgreSQL, max + 1 (kept for the transaction) where one writer writes."""
        if self.postgres:
            found = self.connection.execute(
                text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)"),
                {"name": f"{table.name}_id_seq", "count": count},
            )
            return [row[0] for row in found]
        if table.name not in self._last_id:
            top = self.connection.execute(select(sql_function.max(table.c.id))).scalar()
            self._last_id[table.name] = top or 0
        first = self._last_id[table.name] + 1
        self._last_id[table.name] += count
        return range(first, first + count)
