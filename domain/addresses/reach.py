"""Places as couriers and warehouses name them: which entry of a list is the most specific one for a receiver.

Surprising: nothing here compares spellings. Entries and receivers are read by the reader of addresses, so 浙江 and
浙江省, 内蒙 and 内蒙古自治区, 北京/朝阳区 and 北京市/北京市/朝阳区 are one; only what it does not know (abroad, a zone)
is compared as text, where the short name matches the long one. Each spelling is read once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from domain.addresses.addresses import CHINA, divide, place_of
from domain.intake.incoming import Receiver

_REGIONS = {
    "north": "北京 天津 河北 山西 内蒙古",
    "northeast": "辽宁 吉林 黑龙江",
    "east": "上海 江苏 浙江 安徽 福建 江西 山东",
    "centre": "河南 湖北 湖南",
    "south": "广东 广西 海南",
    "southwest": "重庆 四川 贵州 云南 西藏",
    "northwest": "陕西 甘肃 青海 宁夏 新疆",
}
_REGION_OF: Mapping[str, str] = {name: region for region, names in _REGIONS.items() for name in names.split()}


class Spot(NamedTuple):
    """A place by the names of today; what the table does not know stays as it was told."""

    province: str = ""
    city: str = ""
    district: str = ""


@lru_cache(maxsize=16384)
def read(province: str, city: str = "", district: str = "") -> Spot:
    """What the table makes of such names, in whichever column they stand; '' for what it does not know."""
    place = divide(province, city, district, "")
    return Spot(place.province, place.city, place.district)


def _or_told(known: Spot, told: tuple[str, str, str]) -> Spot:
    return Spot(*(name or text for name, text in zip(known, told, strict=True)))


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of a list of places: empty fields mean any. `arrives` says whether it is served at all; parcels
    there weigh `min_g` to `max_g` grams (0 = no limit)."""

    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    arrives: bool = True
    min_g: int = 0
    max_g: int = 0
    _known: Spot = field(default=Spot(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", read(self.province, self.city, self.district))

    @property
    def depth(self) -> int:
        """How specific it is."""
        return 8 * bool(self.district) + 4 * bool(self.city) + 2 * bool(self.province) + bool(self.country)

    @property
    def name(self) -> str:
        """As people write it; * for everywhere."""
        return "/".join(part for part in (self.country, self.province, self.city, self.district) if part) or "*"

    def covers(self, receiver: Receiver) -> bool:
        """Whether the receiver lives there."""
        return self.holds(receiver.country, spot_of(receiver))

    def holds(self, country: str, there: Spot) -> bool:
        """Whether the place in that country lies in it."""
        if self.country and self.country != country:
            return False
        return _lies(there, self._known, (self.province, self.city, self.district))


def spot(province: str, city: str = "", district: str = "") -> Spot:
    """The place that columns name."""
    return _or_told(read(province, city, district), (province, city, district))


def spot_of(receiver: Receiver) -> Spot:
    """Where the receiver lives. The street is read only where the columns leave something open."""
    told = (receiver.province, receiver.city, receiver.district)
    if receiver.country != CHINA:
        return Spot(*told)
    known = read(*told)
    if not all(known):
        place = place_of(receiver)
        known = Spot(place.province, place.city, place.district)
    return _or_told(known, told)


def lies_in(there: Spot, province: str, city: str = "", district: str = "") -> bool:
    """Whether the place lies in the one these names mean; empty ones mean any."""
    told = (province, city, district)
    return _lies(there, read(*told), told)


def _lies(there: Spot, known: Spot, told: tuple[str, str, str]) -> bool:
    for theirs, name, text in zip(there, known, told, strict=True):
        if theirs != name if name else text and not same_place(text, theirs):
            return False
    return True


def same_place(one: str, other: str) -> bool:
    """Whether two names that no table knows mean one place. An empty name is no place."""
    if len(one) > len(other):
        one, other = other, one
    return len(one) > 1 and other.startswith(one)


def most_specific(areas: Iterable[Area], receiver: Receiver) -> Area | None:
    """The entry that decides for the receiver; of two equally specific ones the first. None: no entry speaks of it,
    so it is served (rules.md B5: `arrive` at the most specific level)."""
    there = spot_of(receiver)
    covering = [area for area in areas if area.holds(receiver.country, there)]
    return max(covering, key=lambda area: area.depth, default=None)


def region(province: str) -> str:
    """The part of China a province lies in; empty when it is none of them."""
    for length in (2, 3):
        if province[:length] in _REGION_OF:
            return _REGION_OF[province[:length]]
    return ""


def distance(province: str, city: str, receiver: Receiver) -> int:
    """0 the same city, 1 the same province, 2 the same part of the country, 3 farther or not known."""
    here, there = spot(province, city), spot_of(receiver)
    if here.province and lies_in(there, here.province):
        return 0 if here.city and lies_in(there, here.province, here.city) else 1
    part = region(there.province)
    return 2 if part and region(here.province) == part else 3
