"""The table of provinces, cities and districts (divisions.txt, renamed.txt, zones.txt), and every way to spell their
names.

Surprising: it reads files when it is imported. They are part of the code as a literal table of 3,200 names would
be, only readable; they never change while the process runs. A municipality is its own city, a province-run county
(济源, 仙桃, 石河子) is a city without districts. Rule source: formats.md 6, docs/decisions/0008.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from importlib.resources import files
from typing import Final


class Level(IntEnum):
    """How far down a division is."""

    PROVINCE = 1
    CITY = 2
    DISTRICT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One place of the table, compared by identity: (province), (province, city) or all three.

    `above` are the places it lies in, also those it lay in formerly. `final` says that nothing is missing below it:
    it is a district, a city that has none, or Hong Kong. The name of a `weak` one alone proves nothing: a town of a
    city that has them in the place of districts (东莞, 中山; the towns of other cities are not in the table), or a
    former district that was divided among several (江干区). A `zone` is a functional area that stands in a district's
    place (两江新区); with one line of it among several, `towns` are what stands behind its name there.
    """

    province: str
    city: str
    district: str
    above: tuple["Division", ...]
    final: bool
    weak: bool = False
    zone: bool = False
    towns: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Which of the three it is."""
        return Level.DISTRICT if self.district else Level.CITY if self.city else Level.PROVINCE

    @property
    def town(self) -> bool:
        """Whether it is a town in a district's place, or a zone called like one: others there bear its name."""
        return self.weak and (self.zone or self.district[-1] not in "区县市")


Spelled = Mapping[str, tuple[Division, ...]]

SUFFIXES: Final = frozenset("省市区县旗州盟镇道")
COUNTRY: Final = frozenset({"中国", "中华人民共和国"})
# Words that say nothing: what stands in a column where there is no city.
FILLERS: Final = COUNTRY | frozenset(
    {
        "市辖区",
        "市辖县",
        "省直辖县级行政区划",
        "省直辖县级行政单位",
        "省直辖行政单位",
        "省直辖县",
        "省直辖",
        "直辖县级",
        "直辖县",
        "自治区直辖县级行政区划",
        "自治区直辖县级行政单位",
        "自治区直辖",
        "直辖县级行政区划",
        "直辖县级行政单位",
        "北京城区",
        "天津城区",
        "上海城区",
        "重庆城区",
        "重庆郊县",
    }
)
# What people there say, which no rule makes of the name.
_BRIEFLY = {
    "内蒙古自治区": "内蒙",
    "呼和浩特市": "呼市",
    "乌鲁木齐市": "乌市",
    "巴音郭楞蒙古自治州": "巴州",
    "克孜勒苏柯尔克孜自治州": "克州",
    "博尔塔拉蒙古自治州": "博州",
}
_PEOPLES = (
    "维吾尔|蒙古族|蒙古|回族|藏族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族"
    "|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|阿昌族|普米族"
    "|塔吉克|怒族|鄂温克族|保安族|裕固族|独龙族|各族"
)
_OWN = ("自治区", "自治州", "自治县", "自治旗")
_AUTONOMOUS = re.compile(rf"(?:{_PEOPLES})+(?:{'|'.join(_OWN)}|区)$")
_PLAIN = ("特别行政区", "地区", "林区", "新区", "街道", "省", "市", "区", "县", "镇", "盟")
_SHORT = range(2, 7)
_SHORTEST = 2
_PLAIN_WORDS = frozenset("东南西北中上下前后新老城市郊矿港江河湖海山路桥口岛关工农区")
_LONGEST_BARE = 4  # 九龙, 澳门半岛, 松山湖: official, but as easily a road's name as one without its suffix
_ZONES = (("高新技术产业开发区", "高新区"), ("经济技术开发区", "经开区"))


def short(name: str) -> str:
    """The name without what says its kind: 浙江省 -> 浙江, 延边朝鲜族自治州 -> 延边. As it is where too little would be
    left (城区) and for economic zones."""
    tails = [_AUTONOMOUS.sub("", name), *(name[:-3] for kind in _OWN if name.endswith(kind))]
    tails += [name.removesuffix(suffix) for suffix in _PLAIN if name.endswith(suffix)][:1]
    return next((bare for bare in tails if bare != name and len(bare) in _SHORT), name)


def _variants(name: str, level: Level, town: bool) -> set[str]:
    """How people, and older tables, spell a name besides the official one: without its suffix, or with the suffix
    of before (崇明县, 临安市, 那曲地区, 广西省) or of the short form (延边州, 石柱县)."""
    bare = short(name)
    if bare == name:
        return set()
    if name.endswith("自治州"):
        suffixes: tuple[str, ...] = ("州",)
    elif level is Level.PROVINCE:
        suffixes = ("省", "市")
    elif level is Level.CITY:
        suffixes = ("市", "地区", "县") if name.endswith("县") else ("市", "地区")
    else:
        suffixes = ("区", "镇", "街道") if town else ("县", "市", "区")
    return {bare, *(bare + suffix for suffix in suffixes), _BRIEFLY.get(name, bare)} - {name}


def _zone(name: str, city: str) -> set[str]:
    """An economic zone as it is called within its city: 苏州工业园区 -> 工业园区, 合肥高新技术产业开发区 -> 高新区."""
    bare = name.removeprefix(short(city)).removeprefix("市")
    if bare == name or len(bare) < 4:
        return set()
    return {bare, *(brief for official, brief in _ZONES if bare == official)}


def _records(name: str) -> list[list[str]]:
    text = files("domain.addresses").joinpath(name).read_text("utf-8")
    return [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]


def _table() -> list[Division]:
    """Every division, provinces first in their province."""
    provinces: dict[str, Division] = {}
    result: list[Division] = []
    for code, province, city, districts in _records("divisions.txt"):
        if province != city and province not in provinces:
            provinces[province] = Division(province, "", "", (), final=code[:2] in _WHOLE)
            result.append(provinces[province])
        names = districts.split(",") if districts else []
        towns = code in _TOWNS
        above = (provinces[province],) if province in provinces else ()
        optional = towns or not names or code[:2] in _BEYOND
        whole = Division(province, city, "", above, final=optional)
        result.append(whole)
        result += [Division(province, city, name, (whole, *above), final=True, weak=towns) for name in names]
    return result


_TOWNS = frozenset({"4419", "4420", "4603", "4604", "6202"})  # 东莞 中山 三沙 儋州 嘉峪关: towns, no districts
_BEYOND = frozenset({"71", "81", "82"})  # Taiwan, Hong Kong, Macau
_WHOLE = frozenset({"81", "82"})  # nobody there writes on which island a street is
HONG_KONG: Final = (
    *("中环", "西环", "北角", "大坑", "大围", "大角咀", "大屿山", "大澳", "西营盘", "西湾河", "小西湾", "新蒲岗"),
    *("东涌", "南丫岛", "花墟"),
    *("旺角", "尖沙咀", "尖沙嘴", "油麻地", "佐敦", "红磡", "土瓜湾", "何文田", "深水埗", "长沙湾", "荔枝角", "石硖尾"),
    *("观塘", "牛头角", "九龙湾", "九龙城", "九龙塘", "黄大仙", "钻石山", "慈云山", "蓝田", "油塘", "美孚", "启德"),
    *("沙田", "元朗", "屯门", "荃湾", "大埔", "上水", "粉岭", "将军澳", "西贡", "葵涌", "青衣", "天水围", "葵芳"),
    *("上环", "金钟", "湾仔", "铜锣湾", "鲗鱼涌", "筲箕湾", "柴湾", "跑马地", "香港仔", "薄扶林", "坚尼地城"),
)
"""Areas there. Some begin as a road's name would: 香港中环 is in Hong Kong, 香港中路 in Qingdao; and 九龙 is a county
as well, but 九龙旺角 is not."""
HONG_KONG_PARTS: Final = frozenset({"香港", "香港岛", "九龙", "新界"})


def _add(names: dict[str, list[Division]], name: str, place: Division) -> None:
    known = names.setdefault(name, [])
    if place not in known:
        known.append(place)


def _rename(full: dict[str, list[Division]], table: Iterable[Division]) -> None:
    """Put the names of before into `full`, each in the city it belonged to."""
    at = {(place.city, place.district): place for place in table if place.city}
    for city, old, new in _records("renamed.txt"):
        if not city:
            _add(full, old, at[new, ""])
        elif new == "-":
            home = at[city, ""]
            _add(full, old, Division(home.province, city, old, (home, *home.above), final=True, weak=True))
        elif "/" in new:
            to_city, _, district = new.partition("/")
            now = at[to_city, district]
            moved = Division(now.province, to_city, district, (*now.above, at[city, ""]), final=True)
            full[old] = [moved if place is now else place for place in full.get(old, [now])]
        else:
            _add(full, old, at[city, new])


def _zones(full: dict[str, list[Division]], table: Iterable[Division]) -> frozenset[str]:
    """Put the functional areas into `full`. Returns the names that say nothing alone."""
    at = {(place.city, place.district): place for place in table if place.city}
    local: set[str] = set()
    for city, district, told, *behind in _records("zones.txt"):
        home, *names = at[city, ""], *told.split(",")
        first, towns = names[0].rstrip("!~"), tuple(behind[0].split(",")) if behind else ()
        zone = Division(home.province, city, first, (home, *home.above), final=True, zone=True, towns=towns)
        place = at[city, district] if district else zone
        for name in (one.rstrip("!") for one in names if not one.endswith("~")):
            _add(full, name, place)
        if names[0].endswith("~"):
            _add(full, first, replace(zone, weak=True))
        for name in (one.rstrip("!~") for one in names):
            _add(full, name if name.startswith(short(city)) else short(city) + name, place)
        local |= {one for one in names if one[-1] not in "!~" and not one.startswith(short(city))}
    return frozenset(local)


def _spellings() -> tuple[Spelled, Spelled, frozenset[str]]:
    """(official and former names, loose spellings), each name with every place that bears it, and the names of zones
    that say nothing alone."""
    full: dict[str, list[Division]] = {}
    loose: dict[str, list[Division]] = {}
    table = _table()
    for place in table:
        name = place.district or place.city or place.province
        _add(full if name[-1] in SUFFIXES or len(name) > _LONGEST_BARE else loose, name, place)
    _rename(full, table)
    for name, places in full.items():
        for place in places:
            for spelling in _variants(name, place.level, place.town) | _zone(name, place.city):
                if place not in full.get(spelling, ()):
                    _add(loose, spelling, place)
    local = _zones(full, table)
    return _frozen(full), _frozen(loose), local


def _frozen(names: Mapping[str, Iterable[Division]]) -> Spelled:
    return {name: tuple(places) for name, places in names.items()}


def _is_vague(name: str) -> bool:
    """Whether the name of a district is as well a plain word (东区, 港口区), or only seems to be a name (工业园区)."""
    places = FULL.get(name) or LOOSE[name]
    if name[-1] in "县市" or not all(place.district for place in places):
        return False
    plain = len(name) <= _SHORTEST or set(name) <= _PLAIN_WORDS
    return name not in FULL or (plain and sum(not place.weak for place in places) == 1)


def _starts(names: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """By the first two characters of a name, the lengths of all that begin so, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}


def _openers() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """(bare name -> where it is no other word, beginning of a name -> cities none of whose districts it is)."""
    openers: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for where, names in _records("openers.txt"):
        for name in names.split(","):
            (others if where.startswith("!") else openers).setdefault(name, set()).add(where.removeprefix("!"))
    openers_of, others_of = ({name: frozenset(at) for name, at in found.items()} for found in (openers, others))
    return openers_of, others_of


FULL, LOOSE, LOCAL = _spellings()
# Where (nothing, a province, a city) must be known for a name without its suffix to be believed before a town or road,
# and what begins like such a name and is another (朝阳门).
OPENERS, LOOKALIKES = _openers()
# Loose spellings that do not say what they are. Not the same as having no suffix: 杭州 and 景德镇 seem to have one.
BARE: Final = frozenset(LOOSE) & ({short(name) for name in FULL} | {name for name in LOOSE if name[-1] not in SUFFIXES})
# No address begins with these: they count only where the city or province is known.
VAGUE: Final = frozenset(name for name in (*FULL, *LOOSE) if _is_vague(name)) | LOCAL
NAMES: Final = frozenset({*FULL, *LOOSE, *FILLERS})
STARTS: Final = _starts(NAMES)
