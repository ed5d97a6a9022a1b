"""Plain data (JSON, TOML) into our frozen dataclasses, checked against their own field types.

Surprising: there is no schema beside the dataclass. What a field's type says is what is accepted (no number of ours
is ever negative), and a mistake is named with the path to it.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_NOTHING: Mapping[str, object] = {}
_PLAIN: Mapping[object, str] = {int: "a whole number", str: "a text", bool: "true or false"}


class BadShape(Exception):
    """The data does not fit; the message names the path and what is wanted there."""


def build(kind: type[T], data: object, where: str, given: Mapping[str, object] = _NOTHING) -> T:
    """`data` (a mapping) as that dataclass; what is `given` is not the data's to say. Raises BadShape."""
    if not isinstance(data, Mapping):
        raise BadShape(f"{where} must be a table, not {data!r}")
    hints, needed = _hints(cast(type, kind)), _needed(cast(type, kind))
    known = {name: hint for name, hint in hints.items() if name not in given}
    for name in data:
        if name not in known:
            raise BadShape(f"{where}: unknown key {name}; known are {', '.join(known)}")
    for name in known:
        if name not in data and name in needed:
            raise BadShape(f"{where}: {name} is missing")
    values = {name: _value(known[name], value, where, name) for name, value in data.items()}
    return kind(**values, **given)


def build_all(kind: type[T], data: object, where: str) -> tuple[T, ...]:
    """A list of them. Raises BadShape."""
    return cast(tuple[T, ...], _items(kind, data, where, ""))


@cache
def _hints(kind: type) -> dict[str, object]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


@cache
def _needed(kind: type) -> frozenset[str]:
    return frozenset(f.name for f in fields(kind) if f.init and f.default is MISSING and f.default_factory is MISSING)


def _bad(where: str, name: str, wanted: str, value: object) -> BadShape:
    place = f"{where}: {name}" if name else where
    return BadShape(f"{place} must be {wanted}, not {value!r}")


def _value(hint: object, value: object, where: str, name: str) -> object:
    """One value as its type asks."""
    if hint in _PLAIN:
        if not isinstance(value, cast(type, hint)) or (hint is int and isinstance(value, bool)):
            raise _bad(where, name, _PLAIN[hint], value)
        if isinstance(value, int) and value < 0:
            raise BadShape(f"{where}: {name} must not be negative")
        return value
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        values = [member.value for member in hint]
        if value not in values:
            raise _bad(where, name, f"one of {', '.join(values)}", value)
        return hint(str(value))
    if hint is date:
        return _day(value, where, name)
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, value, f"{where}: {name}" if name else where)
    return _many(hint, value, where, name)


def _day(value: object, where: str, name: str) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _bad(where, name, "a day like 2026-11-23", value) from None


def _many(hint: object, value: object, where: str, name: str) -> object:
    """Optional values, lists, sets and tables of values."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in args if arg is not type(None))
        return None if value is None else _value(inner, value, where, name)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return _items(args[0], value, where, name)
    if origin is tuple:
        found = value if isinstance(value, (list, tuple)) else ()
        if len(found) != len(args):
            raise _bad(where, name, f"a list of {len(args)}", value)
        return tuple(_value(arg, one, where, name) for arg, one in zip(args, found, strict=True))
    if origin is frozenset:
        return frozenset(_items(args[0], value, where, name))
    if origin is not None and issubclass(cast(type, origin), Mapping):
        if not isinstance(value, Mapping):
            raise _bad(where, name, "a table", value)
        return {str(key): _value(args[1], one, where, f"{name}.{key}") for key, one in value.items()}
    raise TypeError(f"{where}: {name} has a type that plain data cannot fill: {hint}")


def _items(hint: object, value: object, where: str, name: str) -> tuple[object, ...]:
    if not isinstance(value, (list, tuple)):
        raise _bad(where, name, "a list", value)
    return tuple(_value(hint, one, where, f"{name} {number}".strip()) for number, one in enumerate(value, 1))
