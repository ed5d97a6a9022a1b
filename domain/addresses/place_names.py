"""Names of places read from the start of a text, left to right, by looking them up in the table.

Surprising: what is known so far is a *set* of places. 吉林 may be the province or the city until the next name
decides; 朝阳区 stays several when no city is told. Names without their suffix are trusted only where no road, building
or other word begins with them. No regular expression per division: two characters tell which lengths to try.
Rule source: formats.md 6.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.addresses.divisions import (
    BARE,
    COUNTRY,
    FILLERS,
    FULL,
    HONG_KONG,
    HONG_KONG_PARTS,
    LOCAL,
    LOOKALIKES,
    LOOSE,
    NAMES,
    OPENERS,
    STARTS,
    SUFFIXES,
    VAGUE,
    Division,
    Level,
    short,
)

FIELDS = ("province", "city", "district")

SEPARATORS = frozenset(" \t\r\n\u3000\xa0,，、。.;；:：/／\\|｜-－—–_·•>＞→~～")
AROUND = "".join(SEPARATORS)
CLOSED = AROUND + ")）]】」"
_BRACKETS = frozenset("()（）[]【】「」")
# After a short name in running text these begin the name of a road, village or building: 西湖大道, 朝阳路, 中山公园.
NOT_A_DIVISION = frozenset("路街道巷弄里村镇乡大东南西北中新小桥站港园苑花公广场商医学酒宾饭店机银")
_OF_THE_CITY = ("市中区", "市南区", "市北区")
# After the suffix 市 and the like these make another word: 市场, 市民, 市郊, 市立, 市区, 县城.
_ANOTHER_WORD = frozenset("场民郊立区政级委域城")
_ZONE = re.compile(
    r"[^\s,，、\d路街道号村栋楼()（）]{0,8}?(?:高新技术产业开发区|经济技术开发区|高新技术开发区|经济开发区|高新区|经开区|政务区|开发区|新区"
    r"|投资区|港务区|新片区|自贸区|工业园区|产业园区|保税区|度假区|管理区|示范区|实验区|试验区|合作区|风景名胜区|风景区)"
)


# What makes roads of one name: 浦东南路, 金沙江西路, 瑞金二路.
SIDES = "东西南北中前后上下内外新老大小一二三四五六七八九十支横纵环第"
_SAME_ROAD = re.compile(rf"[{SIDES}]+(?:路|大道|街|道|巷|弄)")
_NO_NAME = rf"0-9０-９A-Za-z()（）#省市县旗路街镇乡道弄巷号{re.escape(AROUND)}"
# A town, road or village with a name of its own, two characters at least without its side: 玉山镇, 中关村, 稠城街道.
ONWARD = re.compile(
    rf"[{re.escape(AROUND)}]*(?!社区|小区|[新一二三四五六七八九十]村|民族|花园|家园|公园|广场|农场|林场)[^{_NO_NAME}]{{1,4}}?[^{_NO_NAME}{SIDES}][{SIDES}]{{0,3}}"
    r"(?:街道|大道|大街|胡同|镇|乡|路|街|道|村|巷|弄)"
)


_TAKES = frozenset("中南北场镇乡街村庄")
# What makes a town or village of a county's name: 古县镇, 古县渡镇, 大东区村.
_TOWN = re.compile(r"镇|乡|街道|村|庄")
_NEAR_TOWN = re.compile(r".?(?:镇|乡|街道)|村|庄")


_SHORTEST = 2
_HONG_KONG = "香港特别行政区"
_NOWHERE: frozenset[str] = frozenset()


class Why(StrEnum):
    """What is wrong with one field. UNREACHABLE and MALFORMED are found by others (areas, phones)."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NOT_IN_PROVINCE = "not_in_province"
    NOT_IN_CITY = "not_in_city"
    CONTRADICTED = "contradicted"
    MALFORMED = "malformed"
    HIDDEN = "hidden"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of the receiver, why it does not do, and the word that was found instead ('' when none)."""

    field: str
    why: Why
    told: str = ""


class Read(NamedTuple):
    """How far reading came: the places it may be (none = nothing known), up to which character of the text, the
    levels told in full (a bit each), the last name as spelled, a zone in the district's stead, and the name that did
    not fit."""

    places: tuple[Division, ...] = ()
    end: int = 0
    told: int = 0
    last: str = ""
    zone: str = ""
    stranger: Fault | None = None

    @property
    def final(self) -> bool:
        """Whether nothing is missing below."""
        if len(self.places) == 1:
            return self.places[0].final or bool(self.zone)
        return bool(self.zone) or (bool(self.places) and all(place.final for place in self.places))


class _Step(NamedTuple):
    """One name read: the places left, where it ends, the bit of its level when told in full, and whether it counts
    by itself or only if something that fits follows."""

    places: tuple[Division, ...]
    end: int
    told: int
    firm: bool


def _skip(text: str, at: int) -> int:
    """Past what stands between two names: 【河南省】郑州市（金水区）."""
    while at < len(text) and (text[at] in SEPARATORS or text[at] in _BRACKETS):
        at += 1
    return at


def _joined(known: tuple[Division, ...], named: tuple[Division, ...]) -> tuple[Division, ...]:
    """The places that fit what is known and the name: below it, or the same again."""
    if not known:
        return tuple(place for place in named if not place.weak)
    if len(known) == 1:
        (one,) = known
        below = tuple([place for place in named if one in place.above and (one.city or not place.town)])
    else:
        below = tuple([place for place in named if not set(place.above).isdisjoint(known)])
    if below:
        return below
    return tuple(one for one in known if any(one is place or place in one.above for place in named))


def _inside(known: tuple[Division, ...], named: tuple[Division, ...]) -> tuple[Division, ...]:
    """The districts of a zone's city, told behind the zone: 重庆两江新区渝北区 says more than 两江新区."""
    cities = {one.city for one in known if one.zone}
    return tuple(
        [place for place in named if place.district and not (place.zone or place.weak) and place.city in cities]
    )


def _of_towns(text: str, end: int, places: tuple[Division, ...]) -> tuple[Division, ...]:
    """Of a zone in two cities the part whose town follows, else the part of which no towns are listed."""
    if len(places) < 2 or not all(place.zone for place in places):
        return places
    at = _skip(text, end)
    followed = tuple([place for place in places if text.startswith(place.towns, at)])
    return followed or tuple([place for place in places if not place.towns]) or places


def _bare(
    text: str, at: int, end: int, known: tuple[Division, ...], named: tuple[Division, ...], longer: bool
) -> _Step | None:
    """A name without its suffix. It may be a district where the city is known, or where it stands alone and the
    province is known; it opens an address only as a province's. What is no other word, nor the beginning of a longer
    name, may do either in front of a town or road."""
    alone = end == len(text) or text[end] in SEPARATORS
    named = _meant(text, at, end, known, named)
    there = text[at:end] in HONG_KONG_PARTS and text.startswith(HONG_KONG, _skip(text, end))
    if there:
        named = tuple([place for place in named if place.province == _HONG_KONG])
    places: tuple[Division, ...] = ()
    if named and (there or _is_word(text, end)):
        cities = [one.city for one in known]
        fits = [place for place in named if not place.district or (alone and known) or place.city in cities]
        places = _joined(known, tuple(fits)) if fits else ()
    opens = there or (bool(places) and (places[0].level is Level.PROVINCE or places[0].province == places[0].city))
    if not longer and not (places and (known or opens)):
        led = _leading(text, at, end, known, named)
        if led and (proper := _joined(known, led)):
            places, opens = proper, True
    if not places:
        return None
    first, firm = places[0], places != known if known else opens
    return _Step(places, end, 1 << first.level if alone or not first.district else 0, firm)


def _meant(
    text: str, at: int, end: int, known: tuple[Division, ...], named: tuple[Division, ...]
) -> tuple[Division, ...]:
    """The places it may mean: no district where the word goes on as that of another place of the city (朝阳门 is in
    东城), nor where it may be the city once more (长沙市长沙人民路)."""
    for word in (text[at : end + 1], text[at : end + 2]):
        if elsewhere := LOOKALIKES.get(word):
            named = tuple([place for place in named if not (place.final and place.city in elsewhere)])
    if len(named) > 1 and any(one in named and text[at:end] == short(one.city) for one in known):
        return tuple([place for place in named if not place.district])
    return named


def _leading(
    text: str, at: int, end: int, known: tuple[Division, ...], named: tuple[Division, ...]
) -> tuple[Division, ...]:
    """The places whose name, where so much is known, is no other word, if a town or road with a name of its own
    follows."""
    proper = OPENERS.get(text[at:end])
    if not proper or not ONWARD.match(text, end):
        return ()
    within = {"", *(one.province for one in known), *(one.city for one in known)} & proper
    return tuple([place for place in named if place.final and not within.isdisjoint(("", place.province, place.city))])


def _is_word(text: str, end: int) -> bool:
    """Whether a name without its suffix ends here, as far as one can see."""
    after = text[end : end + 1]
    if after in NOT_A_DIVISION:
        return text[end : end + 2] in STARTS
    return after not in SIDES or _SAME_ROAD.match(text, end) is None


def _step(text: str, at: int, known: tuple[Division, ...]) -> _Step | None:
    """The longest name at that place which fits what is known."""
    if (
        known
        and text[at : at + 1] == "县"
        and (text[at + 1 : at + 2] in SEPARATORS or _lists_counties(text, at, known))
    ):
        return _Step(known, at + 1, 0, firm=False)
    longer = False
    for length in STARTS.get(text[at : at + 2], ()):
        name, end = text[at : at + length], at + length
        if name not in NAMES or end > len(text):
            continue
        if known or name not in VAGUE or (not longer and "" in OPENERS.get(name, _NOWHERE)):
            cut = (text[end : end + 1] in _TAKES or length == _SHORTEST) and _cuts(text, end, name, known)
            full = None if cut else FULL.get(name)
            if full and (places := _joined(known, full) or _inside(known, full)):
                return _Step(_of_towns(text, end, places), end, 1 << full[0].level, firm=True)
            if not cut and (step := _loosely(text, at, end, known, longer)):
                return step
        longer = True
    return None


def _loosely(text: str, at: int, end: int, known: tuple[Division, ...], longer: bool) -> _Step | None:
    """A name in a loose spelling, or a word that says nothing. `longer`: it begins a longer name that does not fit."""
    name = text[at:end]
    if name in FILLERS and (known or name in COUNTRY):
        return _Step(known, end, 0, firm=False)
    named = LOOSE.get(name)
    if not named:
        return None
    if name in BARE:
        return _bare(text, at, end, known, named, longer)
    places = _joined(known, named)
    return _Step(places, end, 1 << places[0].level, firm=True) if places else None


def _lists_counties(text: str, at: int, known: tuple[Division, ...]) -> bool:
    """The 县 of 重庆市县酉阳…, which stands where another province has its city."""
    return known[0].province == known[0].city and text[at + 1 : at + 3] in STARTS


def _cuts(text: str, end: int, name: str, known: tuple[Division, ...]) -> bool:
    """Whether its last character belongs to what follows: 济南市中区 is 济南 and 市中区, 中山市场 a market, and 古县镇,
    where no city is told, a town."""
    if name[-1] in "县区":
        if known and (known[0].city or known[-1].city):
            return False
        return (_TOWN if len(name) > _SHORTEST else _NEAR_TOWN).match(text, end) is not None
    if name[-1] != "市":
        return False
    after = text[end - 1 : end + 2]
    if after in _OF_THE_CITY:
        return any(one in place.above for one in FULL.get(name, ()) for place in FULL[after])
    return after.startswith("市场")


def walk(text: str, before: Read) -> Read:
    """Read names from the start of the text, on from what is known. What was read only on trial counts when
    something that fits follows, or nothing at all."""
    places, told = before.places, before.told
    end, span, counts, counts_told = 0, slice(0), places, told
    at, spelled, zone = _skip(text, 0), before.last, before.zone
    while step := _step(text, at, places):
        begin, end_of_name = at, step.end
        if _is_seat(spelled, text[at : step.end], places, step.places):
            zone = text[at : step.end]
        spelled = text[at : step.end]
        at = _skip(text, end_of_name)
        told |= step.told
        if step.firm or at >= len(text):
            span = slice(begin, end_of_name) if step.places is not counts else span
            end, counts, counts_told = end_of_name, step.places, told
        places = step.places
    if len(places) == 1 and places[0].level is Level.CITY and places != counts and _ZONE.match(text, at):
        span, end, counts, counts_told = slice(begin, end_of_name), end_of_name, places, told  # 成都高新区
    read = Read(counts, end, counts_told, text[span] or before.last, zone)
    seat = zone and counts and zone == counts[0].city
    return read if not counts or (read.zone and not seat) else _beyond(text, read)


def _is_seat(spelled: str, name: str, known: tuple[Division, ...], named: tuple[Division, ...]) -> bool:
    """The 毕节市 of 毕节地区毕节市: the seat of a prefecture that bore its name and does today (思茅地区 had no
    普洱市). Which district that became no table says, and its couriers know; it stands in the district's stead."""
    same = len(named) == 1 and named == known and named[0].level is Level.CITY
    return same and spelled.removesuffix("地区") == name[:-1] != spelled and name == named[0].city


def _beyond(text: str, read: Read) -> Read:
    """What stands where the next name should: a name of elsewhere, or a zone that is in no table."""
    at = _skip(text, read.end)
    stranger = _stranger(text, at, read)
    if stranger:
        return read._replace(stranger=stranger)
    if not read.final and all(place.city for place in read.places) and (zone := _ZONE.match(text, at)):
        return read._replace(zone=zone[0], end=zone.end())
    return read


def _stranger(text: str, at: int, read: Read) -> Fault | None:
    """A full name that contradicts what is known. Below a district only cities, provinces and its neighbours count:
    城区 and the like are also plain words."""
    for length in STARTS.get(text[at : at + 2], ()):
        name, after = text[at : at + length], text[at + length : at + length + 1]
        named = [place for place in FULL.get(name, ()) if not (place.weak or place.zone)]
        if not named or name in LOCAL or len(name) <= 2 or name[-1] not in SUFFIXES or after in _ANOTHER_WORD:
            continue
        cities = {place.city for place in read.places}
        level = min(place.level for place in named)
        if read.final and level is Level.DISTRICT and not any(place.city in cities for place in named):
            provinces = {place.province for place in read.places if place.zone and name not in VAGUE}
            if not any(place.province in provinces for place in named):
                continue
        if any(one is place or place in one.above for place in named for one in read.places):
            continue
        return Fault(FIELDS[level - 1], _why(level, read), name)
    return None


def _why(level: Level, read: Read) -> Why:
    if any(level <= place.level for place in read.places):
        return Why.CONTRADICTED
    return Why.NOT_IN_CITY if any(place.city for place in read.places) else Why.NOT_IN_PROVINCE
