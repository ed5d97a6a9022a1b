"""Column types that speak the domain's language: aware moments, enums by value, small documents as JSON.

Surprising: a moment is text on SQLite (UTC, microseconds, no zone suffix) so that it sorts and compares as it
should, and `timestamptz` on PostgreSQL. A naive datetime is refused at the door on both.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. Raises ValueError on a naive one."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where the database has no zone-aware time of its own."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC; text on SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None).isoformat(" ", "microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back, aware."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # not the very last: one is shown in zones ahead of UTC


class Deadline(Moment):
    """A moment that may be missing and then sorts behind all others, on both databases: it is kept as the last one."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """None as the last moment there is."""
        return super().process_bind_param(value or NEVER, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to None."""
        moment = super().process_result_value(value, dialect)
        return None if moment == NEVER else moment


class Words(TypeDecorator[str]):
    """Text from outside. PostgreSQL cannot keep NUL, so it is dropped there; SQLite keeps it."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None] | None:
        """No work at all on SQLite: this is the widest column of the bulk import."""
        if dialect.name != "postgresql":
            return None
        return lambda value: None if value is None else value.replace("\0", "")


class Choice(TypeDecorator[StrEnum]):
    """An enum stored by value."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._members = {member.value: member for member in kind}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Its value. Raises ValueError when it is none of the kind."""
        return None if value is None else self._members[value].value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        """The member."""
        return None if value is None else self._members[value]


class Code(TypeDecorator[IntEnum]):
    """An enum of numbers somebody else chose, stored as they are."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, kind: type[IntEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: IntEnum | None, dialect: Dialect) -> int | None:
        """Its number."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | None:
        """The member."""
        return None if value is None else self.kind(value)


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not for JSON: {type(value).__name__}")


class Document(TypeDecorator[Any]):
    """A small JSON document in a text column; `shape` is what it comes back as (dict, tuple, frozenset …)."""

    impl = Words
    cache_ok = True

    def __init__(self, shape: Callable[[Any], Any] = dict) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """As compact JSON."""
        if value is None:
            return None
        if value == {}:
            return "{}"
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """As the shape."""
        return None if value is None else self.shape(json.loads(value))
