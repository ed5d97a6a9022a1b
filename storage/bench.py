"""What the database alone would cost: the same rows and the same writes through raw sqlite3, for `run.py bench`.

Surprising: the rows are read back from a store that was really filled, so the comparison cannot flatter us by
writing less than we do.
"""

import sqlite3
import time
from pathlib import Path


def raw_copy_seconds(filled: Path, empty: Path) -> tuple[float, int]:
    """(seconds, rows): every row of the filled store inserted into a fresh file with the same tables and indexes."""
    source = sqlite3.connect(filled)
    target = sqlite3.connect(empty)
    try:
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        wanted = "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
        tables = source.execute(wanted, ("table",)).fetchall()
        for _, statement in [*tables, *source.execute(wanted, ("index",)).fetchall()]:
            target.execute(statement)
        target.commit()
        rows = {name: source.execute(f'SELECT * FROM "{name}"').fetchall() for name, _ in tables}  # noqa: S608
        started = time.perf_counter()
        for name, found in rows.items():
            if found:
                marks = ",".join("?" * len(found[0]))
                target.executemany(f'INSERT INTO "{name}" VALUES ({marks})', found)  # noqa: S608
        target.commit()
        return time.perf_counter() - started, sum(len(found) for found in rows.values())
    finally:
        source.close()
        target.close()


def raw_approvals_seconds(filled: Path, order_ids: list[int]) -> float:
    """Seconds for the writes of one approval each, one durable commit per order: order, parcel, stock level and
    ledger, event. Nothing is read first and nothing decided."""
    base = sqlite3.connect(filled, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        event = base.execute("SELECT * FROM event LIMIT 1").fetchone()
        ledger = base.execute("SELECT * FROM stock_ledger LIMIT 1").fetchone()
        most = base.execute("SELECT rowid FROM stock_level ORDER BY good - reserved DESC LIMIT 1").fetchone()
        into_event = f"INSERT INTO event VALUES (NULL{',?' * (len(event) - 1)})"  # noqa: S608
        into_ledger = f"INSERT INTO stock_ledger VALUES (NULL{',?' * (len(ledger) - 1)})"  # noqa: S608
        started = time.perf_counter()
        for order_id in order_ids:
            base.execute("BEGIN IMMEDIATE")
            base.execute("UPDATE orders SET status = 'approved', revision = revision + 1 WHERE id = ?", (order_id,))
            base.execute(
                "UPDATE parcel SET state = 'ready', revision = revision + 1 WHERE id IN "
                "(SELECT parcel_id FROM parcel_item WHERE order_id = ?)",
                (order_id,),
            )
            base.execute("UPDATE stock_level SET reserved = reserved + 1 WHERE rowid = ?", most)
            base.execute(into_ledger, ledger[1:])
            base.execute(into_event, event[1:])
            base.execute("COMMIT")
        return time.perf_counter() - started
    finally:
        base.close()
