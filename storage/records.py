"""The records around orders: history, imports, files, alerts, returns."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union, update

from domain.errors import LostRace, Unknown
from domain.records import Alert, AlertKind, Event, ImportRun, Return, ReturnItem, ReturnState, StoredFile
from storage.sql import Shape, Sql, among
from storage.tables.records import alert, blobs, event, file, import_run, return_item, return_parcel

EVENT = Shape(Event, event)
IMPORT = Shape(ImportRun, import_run)
FILE = Shape(StoredFile, file)
ALERT = Shape(Alert, alert)
RETURN = Shape(Return, return_parcel)
RETURN_ITEM = Shape(ReturnItem, return_item)

_ITEMS = select(return_item.c.return_id, *RETURN_ITEM.columns).where(among(return_item.c.return_id))
_ITEMS = _ITEMS.order_by(return_item.c.return_id, return_item.c.position)

_GOOD = select(return_item.c.order_id).join(return_parcel, return_parcel.c.id == return_item.c.return_id)
_GOOD = _GOOD.where(return_parcel.c.state == bindparam("done"), among(return_item.c.order_id))
_GOOD = _GOOD.group_by(return_item.c.return_id, return_item.c.order_id)
_GOOD = _GOOD.having(func.sum(return_item.c.good) == func.sum(return_item.c.expected))

_TIMES = select(event.c.subject_id, func.count().label("times"))
_TIMES = _TIMES.where(event.c.subject == bindparam("subject"), event.c.verb == bindparam("verb"))
_TIMES = _TIMES.where(among(event.c.subject_id)).group_by(event.c.subject_id)


class History:
    """The events behind Desk.record and Desk.history."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, events: Sequence[Event]) -> None:
        """Append; ids given are ignored."""
        rows = [EVENT.row(item) for item in events]
        for row in rows:
            del row["id"]
        self._sql.insert(event, rows)

    def of(self, subject: str, subject_id: int, limit: int) -> list[Event]:
        """Newest first."""
        about = (event.c.subject == subject) & (event.c.subject_id == subject_id)
        rows = self._sql.rows(select(*EVENT.columns).where(about).order_by(event.c.id.desc()).limit(limit))
        return [EVENT.thing(row) for row in rows]

    def count(self, subject: str, ids: Collection[int], verb: str) -> dict[int, int]:
        """subject id -> events of that verb."""
        found = self._sql.rows_in(_TIMES, ids, subject=subject, verb=verb)
        return {row.subject_id: row.times for row in found}


class Imports:
    """Implements domain.desk.Imports."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def find(self, sha256: str, shop_id: int) -> ImportRun | None:
        """The last run of these bytes for this shop."""
        same = (import_run.c.sha256 == sha256) & (import_run.c.shop_id == shop_id)
        row = self._sql.row(select(*IMPORT.columns).where(same).order_by(import_run.c.id.desc()).limit(1))
        return None if row is None else IMPORT.thing(row)

    def get(self, import_id: int) -> ImportRun:
        """Raises Unknown('import')."""
        row = self._sql.row(select(*IMPORT.columns).where(import_run.c.id == import_id))
        if row is None:
            raise Unknown("import", str(import_id))
        return IMPORT.thing(row)

    def add(self, run: ImportRun) -> ImportRun:
        """Insert (the id given is ignored) and return it with its id."""
        return replace(run, id=self._sql.insert_new(import_run, IMPORT.row(run)))

    def save(self, run: ImportRun) -> None:
        """The run belongs to who started it, so there is no revision. Raises Unknown('import')."""
        values = IMPORT.row(run)
        if not self._sql.change(update(import_run).where(import_run.c.id == values.pop("id")).values(values)):
            raise Unknown("import", str(run.id))


class Files:
    """Implements domain.desk.Files. The bytes are kept once however many names they came under."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def put(self, name: str, data: bytes, at: datetime) -> StoredFile:
        """Keep bytes; the same bytes under the same name are the same file."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._sql.change(self._sql.upsert(blobs).values(sha256=sha256, data=data).on_conflict_do_nothing())
        row = FILE.row(StoredFile(0, name, sha256, len(data), at))
        del row["id"]
        self._sql.change(self._sql.upsert(file).values(row).on_conflict_do_nothing())
        same = (file.c.sha256 == sha256) & (file.c.name == row["name"])
        kept = self._sql.row(select(*FILE.columns).where(same))
        assert kept is not None
        return FILE.thing(kept)

    def get(self, file_id: int) -> tuple[StoredFile, bytes]:
        """Raises Unknown('file')."""
        statement = select(*FILE.columns, blobs.c.data).join(blobs, blobs.c.sha256 == file.c.sha256)
        row = self._sql.row(statement.where(file.c.id == file_id))
        if row is None:
            raise Unknown("file", str(file_id))
        return FILE.thing(row[:-1]), bytes(row.data)


class Alerts:
    """Implements domain.desk.Alerts."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def open(self) -> list[Alert]:
        """Open worries, oldest first."""
        rows = self._sql.rows(select(*ALERT.columns).where(alert.c.closed_at.is_(None)).order_by(alert.c.id))
        return [ALERT.thing(row) for row in rows]

    def get(self, alert_id: int) -> Alert:
        """Raises Unknown('alert')."""
        row = self._sql.row(select(*ALERT.columns).where(alert.c.id == alert_id))
        if row is None:
            raise Unknown("alert", str(alert_id))
        return ALERT.thing(row)

    def find_open(self, kind: AlertKind, subject_id: int, part: str = "") -> Alert | None:
        """The open worry of this kind about this part of the subject."""
        about = (alert.c.kind == kind) & (alert.c.subject_id == subject_id) & (alert.c.part == part)
        row = self._sql.row(select(*ALERT.columns).where(about, alert.c.closed_at.is_(None)))
        return None if row is None else ALERT.thing(row)

    def add(self, new: Alert) -> Alert:
        """Insert (the id given is ignored) and return it with its id. Raises LostRace when one is open already:
        another worker's clock was faster."""
        values = {key: value for key, value in ALERT.row(new).items() if key != "id"}
        row = self._sql.row(self._sql.upsert(alert).values(values).on_conflict_do_nothing().returning(alert.c.id))
        if row is None:
            raise LostRace("alert")
        return replace(new, id=row.id)

    def save(self, changed: Alert) -> None:
        """By revision. Raises LostRace."""
        self._sql.save(alert, [ALERT.row(changed)])


class Returns:
    """Implements domain.desk.Returns."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def load(self, statement: Select[Any]) -> list[Return]:
        """Returns of a statement over RETURN.columns, items with them."""
        heads = self._sql.rows(statement)
        items: dict[int, list[ReturnItem]] = defaultdict(list)
        for row in self._sql.rows_in(_ITEMS, [head.id for head in heads]):
            items[row[0]].append(RETURN_ITEM.thing(row[1:]))
        return [RETURN.thing(head, items=tuple(items[head.id])) for head in heads]

    def _item_rows(self, parcel: Return) -> list[dict[str, Any]]:
        return [
            {"return_id": parcel.id, "position": place, **RETURN_ITEM.row(item)}
            for place, item in enumerate(parcel.items)
        ]

    def get(self, return_id: int) -> Return:
        """Raises Unknown('return')."""
        found = self.load(select(*RETURN.columns).where(return_parcel.c.id == return_id))
        if not found:
            raise Unknown("return", str(return_id))
        return found[0]

    def by_waybill(self, waybill: str) -> Return | None:
        """The newest with this waybill."""
        newest = select(*RETURN.columns).where(return_parcel.c.waybill == waybill.strip())
        found = self.load(newest.order_by(return_parcel.c.id.desc()).limit(1)) if waybill.strip() else []
        return found[0] if found else None

    def of_order(self, order_id: int) -> tuple[Return, ...]:
        """Those with goods of the order in them, and those linked to it, by id."""
        linked = select(return_parcel.c.id).where(return_parcel.c.order_id == order_id)
        holding = select(return_item.c.return_id).where(return_item.c.order_id == order_id)
        mine = select(*RETURN.columns).where(return_parcel.c.id.in_(union(linked, holding)))
        return tuple(self.load(mine.order_by(return_parcel.c.id)))

    def whole_and_good(self, order_ids: Collection[int]) -> set[int]:
        """Those with a return that is done and has all their units, good."""
        return {row.order_id for row in self._sql.rows_in(_GOOD, order_ids, done=ReturnState.DONE)}

    def add(self, parcel: Return) -> Return:
        """Insert (the id given is ignored) and return it with its id."""
        made = replace(parcel, id=self._sql.insert_new(return_parcel, RETURN.row(parcel)))
        self._sql.insert(return_item, self._item_rows(made))
        return made

    def save(self, parcel: Return) -> None:
        """By revision, items with it. Raises LostRace."""
        self._sql.save(return_parcel, [RETURN.row(parcel)])
        self._sql.replace_children(return_item.c.return_id, [parcel.id], self._item_rows(parcel))

    def unclaimed(self, before: datetime, limit: int) -> list[Return]:
        """UNCLAIMED returns that came before, oldest first."""
        came = func.coalesce(return_parcel.c.arrived_at, return_parcel.c.created_at)
        waiting = (return_parcel.c.state == ReturnState.UNCLAIMED) & (came < before)
        return self.load(select(*RETURN.columns).where(waiting).order_by(came, return_parcel.c.id).limit(limit))
