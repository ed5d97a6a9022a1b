"""What people write as TOML (the policy, the set-up file): read into frozen dataclasses with the line of every fault,
and written back. Plain data out of the store is read by the same rules.

Surprising: the dataclass is the schema. Its types say what is accepted, its defaults what is meant by silence, and a
`faults()` method of its own may say what does not fit together. Reading never stops at the first fault.
"""

import re
import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Path = tuple[str, ...]
Given = Mapping[type, Mapping[str, object]]
_NOTHING: Given = {}
_BAD: Any = object()
"""In the place of a value that does not do."""
_SYNTAX_LINE = re.compile(r"\(at line (\d+)")
_TWICE = re.compile(r"Cannot (?:mutate immutable namespace|declare) \(([^)]*)\)")
_NAMES = re.compile(r"'([^']*)'")
_HEADING = re.compile(r"^\s*(\[\[?)([^\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_QUOTED = re.compile(r"""\"{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|("{3}|'{3}).*|"(?:\\.|[^"\\])*"|'[^']*'|#.*""")
"""Strings and comments within a line; of a string that goes on in the next line the marks are group 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where (line 0 = nowhere in particular; dotted path) and a code of why with its facts.

    Codes: syntax, unknown, type, range, value, missing, empty, twice and those of `faults()` methods.
    """

    line: int
    path: str
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was read: the value, None when anything is wrong, and everything that is wrong in order of lines."""

    value: T | None
    faults: tuple[Fault, ...] = ()


def choice(default: Any, text: str = "", *, low: int | None = None, high: int | None = None, some: bool = False) -> Any:
    """A dataclass field: its default, a comment for the written document, the range of its numbers, and whether its
    list may not be empty."""
    told = {"text": text, "low": low, "high": high, "some": some}
    if isinstance(default, (Mapping, list)):
        return field(default_factory=lambda: default, metadata=told)
    return field(default=default, metadata=told)


def read(
    kind: type[T], text: str, *, lenient: bool = False, given: Given = _NOTHING, least: int | None = None
) -> Reading[T]:
    """The choices a TOML text makes. `lenient` is for a document of another version, which counted once: keys nobody
    knows are passed over, and what does not do any more is told, but as if it had not been chosen; of a list the item.
    `given` is what the text cannot say, by dataclass; `least` the lower bound of numbers that have none of their
    own."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        if twice := _TWICE.search(str(error)):
            name = ".".join(_NAMES.findall(twice[1]))
            return Reading(None, (Fault(line, name, "twice", {"name": name}),))
        return Reading(None, (Fault(line, "", "syntax", {"told": str(error)}),))
    reader = _Reader(_lines(text), lenient, given, least)
    value = reader.made(kind, data, ())
    faults = tuple(sorted(reader.faults, key=lambda fault: fault.line))
    return Reading(None if value is _BAD or (faults and not lenient) else value, faults)


def built_all(kind: type[T], data: object) -> tuple[T, ...]:
    """A list of plain tables (JSON out of the store) as these. Raises ValueError for the first fault."""
    reader = _Reader({}, lenient=False)
    found: tuple[T, ...] = reader.value(tuple[kind, ...], data, (), {})  # type: ignore[valid-type]  # a type at run time
    for fault in reader.faults:
        raise ValueError(f"{kind.__name__} {fault.path}: {fault.why} {dict(fault.facts)}")
    return found


class _Reader:
    def __init__(
        self, lines: Mapping[Path, int], lenient: bool, given: Given = _NOTHING, least: int | None = None
    ) -> None:
        self._lines = lines
        self._lenient = lenient
        self._given = given
        self._least = least
        self.faults: list[Fault] = []

    def fault(self, path: Path, why: str, **facts: str) -> None:
        line = next((self._lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._lines), 0)
        self.faults.append(Fault(line, ".".join(path), why, facts))

    def made(self, kind: type[T], data: object, path: Path) -> T:
        """An instance, with the defaults in place of what does not do, so that what does not fit together is told in
        the same go. _BAD where there is no default."""
        if not isinstance(data, dict):
            self.fault(path, "type", want="table", told=_shown(data))
            return cast(T, _BAD)
        given = self._given.get(kind, {})
        known = {one.name: one for one in choices_of(kind) if one.name not in given}
        if not self._lenient:
            for name in data.keys() - known.keys():
                near = get_close_matches(name, known, 1)
                self.fault((*path, name), "unknown", near=near[0] if near else "")
        values: dict[str, Any] = {}
        hints = _hints(cast(type, kind))
        for name, one in known.items():
            if name in data:
                values[name] = self.value(hints[name], data[name], (*path, name), one.metadata)
            elif _needed(one):
                self.fault(path, "missing", name=name)
                values[name] = _BAD
        bad = {name for name, one in values.items() if one is _BAD}
        if any(_needed(known[name]) for name in bad):
            return cast(T, _BAD)
        made = kind(**{name: one for name, one in values.items() if name not in bad}, **given)
        blind = any(_of_tables(hints[name]) for name in bad)  # what would not fit to missing tables is no news
        return made if blind else self._fitting(made, bad, path)

    def _fitting(self, made: T, bad: set[str], path: Path) -> T:
        """What does not fit together, unless it is of a field that is told already. Read leniently, such a field has
        its default as well."""
        odd = set[str]()
        for name, why, facts in getattr(made, "faults", tuple)():
            parts = name.split(".") if name else []
            if bad.isdisjoint(parts[:1]):
                self.fault((*path, *parts), why, **facts)
                odd.update(parts[:1])
        if not (self._lenient and odd):
            return made
        kept = {one.name: getattr(made, one.name) for one in choices_of(made) if one.name not in odd}
        needed = any(_needed(one) for one in choices_of(made) if one.name in odd)
        return cast(T, _BAD) if needed else type(made)(**kept)

    def value(self, hint: Any, told: object, path: Path, limits: Mapping[str, Any]) -> Any:
        """What the hint asks for, or _BAD."""
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            if told is None:
                return None
            return self.value(next(one for one in inner if one is not type(None)), told, path, limits)
        if is_dataclass(hint):
            return self.made(hint, told, path)  # type: ignore[arg-type]  # a dataclass type
        if origin in (tuple, frozenset):
            return self._many(origin, inner, told, path, limits)
        if origin is not None:
            return self._mapping(inner, told, path, limits)
        return self._single(hint, told, path, limits)

    def _many(self, origin: Any, inner: tuple[Any, ...], told: object, path: Path, limits: Mapping[str, Any]) -> Any:
        fixed = origin is tuple and inner[-1] is not Ellipsis
        if not isinstance(told, list) or (fixed and len(told) != len(inner)):
            several = "list of tables, [[…]]" if is_dataclass(inner[0]) else "list"
            self.fault(path, "type", want=f"list of {len(inner)}" if fixed else several, told=_shown(told))
            return _BAD
        if limits.get("some") and not told:
            self.fault(path, "empty")
            return _BAD
        kinds = inner if fixed else (inner[0],) * len(told)
        place = [(*path, str(n)) for n in range(1, len(told) + 1)]
        found = [self._whole(kind, one, at, limits) for kind, one, at in zip(kinds, told, place, strict=True)]
        good = [one for one in found if one is not _BAD]
        dropped = len(good) < len(found)
        return _BAD if dropped and (fixed or not self._lenient or (limits.get("some") and not good)) else origin(good)

    def _whole(self, hint: Any, told: object, path: Path, limits: Mapping[str, Any]) -> Any:
        """One of several: read leniently, one that is wrong in any part is left out."""
        before = len(self.faults)
        value = self.value(hint, told, path, limits)
        return _BAD if self._lenient and len(self.faults) > before else value

    def _mapping(self, inner: tuple[Any, ...], told: object, path: Path, limits: Mapping[str, Any]) -> Any:
        if not isinstance(told, dict):
            self.fault(path, "type", want="table", told=_shown(told))
            return _BAD
        found = [
            (self.value(inner[0], key, (*path, key), {}), self._whole(inner[1], one, (*path, key), limits))
            for key, one in told.items()
        ]
        return {key: one for key, one in found if key is not _BAD and one is not _BAD}

    def _single(self, hint: Any, told: object, path: Path, limits: Mapping[str, Any]) -> Any:
        if hint is date:
            return self._day(told, path)
        if issubclass(hint, StrEnum):
            if not isinstance(told, str) or told not in set(hint):
                self.fault(path, "value", told=_shown(told), choices=", ".join(hint))
                return _BAD
            return hint(told)
        if hint is str and isinstance(told, (date, time)):
            told = told.isoformat()
        if not isinstance(told, hint) or (isinstance(told, bool) and hint is not bool):
            self.fault(
                path, "type", want={int: "whole number", bool: "true or false"}.get(hint, "text"), told=_shown(told)
            )
            return _BAD
        low, high = limits.get("low", self._least), limits.get("high")
        if isinstance(told, int) and ((low is not None and told < low) or (high is not None and told > high)):
            self.fault(path, "range", told=str(told), low=_or_none(low), high=_or_none(high))
            return _BAD if self._lenient else told
        return told

    def _day(self, told: object, path: Path) -> Any:
        if type(told) is date:
            return told
        try:
            return date.fromisoformat(told if isinstance(told, str) else "")
        except ValueError:
            self.fault(path, "value", told=_shown(told), choices="2026-11-20")
            return _BAD


def fault_at(text: str, path: str, why: str, **facts: str) -> Fault:
    """A fault that is found only beside other things (a catalog), at the line its dotted path has in a valid text."""
    reader = _Reader(_lines(text), lenient=False)
    reader.fault(tuple(path.split(".")), why, **facts)
    return reader.faults[0]


def hidden(default: Any) -> Any:
    """A dataclass field that is no choice: neither read nor written."""
    return field(default=default, metadata={"hidden": True})


def choices_of(kind: Any) -> list[Field[Any]]:
    """The fields people choose, of a dataclass or an instance."""
    return [one for one in fields(kind) if one.init and not one.metadata.get("hidden")]


def _of_tables(hint: Any) -> bool:
    """Whether it is a list of tables, or one."""
    return any(is_dataclass(one) for one in (hint, *get_args(hint)))


def _needed(one: Field[Any]) -> bool:
    """Whether it has no default."""
    return one.default is MISSING and one.default_factory is MISSING


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _or_none(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def _shown(told: object) -> str:
    return str(told)[:60]


def _lines(text: str) -> dict[Path, int]:
    """Where each key stands; of an array of tables the items count from 1. Assumes that the text is valid TOML."""
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        rest = line
        if quote:
            if quote not in line:
                continue
            rest = line.split(quote, 1)[1]
        elif depth == 0 and (heading := _HEADING.match(line)):
            table = _numbered(_parts(heading[2]), counts, new=heading[1] == "[[")
            _place(places, table, number)
            continue
        elif depth == 0 and (key := _KEY.match(line)):
            _place(places, (*table, *_parts(key[1])), number)
            rest = key[2]
        bare = _QUOTED.sub(r"\1", rest)
        quote = next((mark for mark in ('"""', "'''") if mark in bare), "")
        depth += bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
    return places


def _numbered(heading: Path, counts: dict[Path, int], *, new: bool) -> Path:
    """The path a heading means: under an array of tables, its last item. `counts` is array -> items so far."""
    path: Path = ()
    for n, part in enumerate(heading, 1):
        path = (*path, part)
        if new and n == len(heading):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, str(counts[path]))
    return path


def _place(places: dict[Path, int], path: Path, number: int) -> None:
    """Where a key first stands, and so the tables around it that have no heading of their own."""
    for n in range(1, len(path) + 1):
        places.setdefault(path[:n], number)


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def write(value: object) -> str:
    """The document that reads back as this value, every choice with its comment."""
    return "\n".join(_table(value, ())).strip() + "\n"


def _table(value: Any, path: Path) -> Iterator[str]:
    inner: list[tuple[Path, Any]] = []
    for one in choices_of(value):
        told = getattr(value, one.name)
        if is_dataclass(told):
            inner.append(((*path, one.name), told))
        elif isinstance(told, tuple) and told and is_dataclass(told[0]):
            inner += [((*path, one.name, ""), item) for item in told]
        elif told is not None:
            yield from _comment(one.metadata.get("text", ""))
            yield f"{one.name} = {literal(told)}"
    for where, told in inner:
        dotted = ".".join(map(_key, where if where[-1] else where[:-1]))
        yield ""
        yield f"[{dotted}]" if where[-1] else f"[[{dotted}]]"
        yield from _table(told, where if where[-1] else where[:-1])


def _comment(text: str) -> Iterable[str]:
    return [f"# {text}"] if text else []


def literal(value: object) -> str:
    """The value as TOML writes it in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (tuple, frozenset)):
        items = sorted(value) if isinstance(value, frozenset) else value
        return f"[{', '.join(map(literal, items))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(str(key))} = {literal(one)}' for key, one in value.items())}}}"
    if is_dataclass(value):
        told = {one.name: getattr(value, one.name) for one in fields(value)}
        return literal({name: one for name, one in told.items() if one is not None})
    return _quoted(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 32 or ord(char) == 127 else char
        for char in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
