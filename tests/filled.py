"""A new store with something in it, for tests that all begin with the same: made once, copied for each of them.

Surprising: only SQLite's are copied, and only where the clock is the test's. Otherwise it is made anew each time.
"""

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

from storage.store import Store, utc_now

T = TypeVar("T")
_made: dict[tuple[Any, ...], tuple[sqlite3.Connection, Any]] = {}


def filled(store: Store, fill: Callable[..., T], *args: object) -> T:
    """What `store.run_now(fill, *args)` gives in a store nobody has written to."""
    if store._pen.dialect.name == "postgresql" or store._now is utc_now:
        return store.run_now(fill, *args)
    question = (fill, *args, store._now())
    if question in _made:
        kept, found = _made[question]
        _copy(store, kept.backup)
        again: T = deepcopy(found)
        return again
    made = store.run_now(fill, *args)
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    _copy(store, lambda mine: mine.backup(kept))
    _made[question] = kept, deepcopy(made)
    return made


def _copy(store: Store, how: Callable[[sqlite3.Connection], None]) -> None:
    with store._pen.connect() as connection:
        mine = connection.connection.driver_connection
        assert isinstance(mine, sqlite3.Connection)
        how(mine)


def forget() -> None:
    """The copies are let go of."""
    while _made:
        _made.popitem()[1][0].close()
