"""Places as couriers and warehouses name them: which entry of a list is the most specific one for a receiver.

Surprising: 浙江 and 浙江省 are the same place. A short name matches the long one either way, since platforms, bills
and contracts never agree on the suffix.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.incoming import Receiver

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
        return (
            (not self.country or self.country == receiver.country)
            and (not self.province or same_place(self.province, receiver.province))
            and (not self.city or same_place(self.city, receiver.city))
            and (not self.district or same_place(self.district, receiver.district))
        )


def same_place(one: str, other: str) -> bool:
    """Whether two names mean one place. An unknown (empty) name is no place."""
    if len(one) > len(other):
        one, other = other, one
    return len(one) > 1 and other.startswith(one)


def most_specific(areas: Iterable[Area], receiver: Receiver) -> Area | None:
    """The entry that decides for the receiver; of two equally specific ones the first. None: no entry speaks of it,
    so it is served (rules.md B5: `arrive` at the most specific level)."""
    covering = [area for area in areas if area.covers(receiver)]
    return max(covering, key=lambda area: area.depth, default=None)


def region(province: str) -> str:
    """The part of China a province lies in; empty when it is none of them."""
    for length in (2, 3):
        if province[:length] in _REGION_OF:
            return _REGION_OF[province[:length]]
    return ""


def distance(province: str, city: str, receiver: Receiver) -> int:
    """0 the same city, 1 the same province, 2 the same part of the country, 3 farther or not known."""
    if same_place(province, receiver.province):
        return 0 if same_place(city, receiver.city) else 1
    there = region(receiver.province)
    return 2 if there and region(province) == there else 3
