"""The table of divisions: that it is what its source says, and how names are spelled."""

import json
from pathlib import Path

import pytest

import domain
from domain.addresses.divisions import FULL, LOOSE, Level, short
from tests.domain.addresses import division_table

TABLE = Path(domain.__file__).parent / "addresses" / "divisions.txt"
SOURCE = Path(__file__).parents[4] / "shared" / "samples" / "addresses" / "modood_pca-code.json"


@pytest.mark.skipif(not SOURCE.is_file(), reason="the shared samples are not on this machine")
def test_the_file_is_what_the_script_makes_of_the_source() -> None:
    assert division_table.table(json.loads(SOURCE.read_bytes())) == TABLE.read_text("utf-8")


def test_the_file_names_its_source_and_licence() -> None:
    head = "".join(line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("#"))
    assert "modood/Administrative-divisions-of-China" in head
    assert "WTFPL" in head


def test_how_many_there_are() -> None:
    places = {place for named in (*FULL.values(), *LOOSE.values()) for place in named}
    provinces = {place.province for place in places}
    assert len(provinces) == 34
    assert len({(place.province, place.city) for place in places if place.level is not Level.PROVINCE}) == 396
    assert sum(place.level is Level.PROVINCE for place in places) == 34 - 4


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("浙江省", "浙江"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("香港特别行政区", "香港"),
        ("延边朝鲜族自治州", "延边"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"),
        ("鄂温克族自治旗", "鄂温克族"),
        ("神农架林区", "神农架"),
        ("浦东新区", "浦东"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("城区", "城区"),
        ("郧县", "郧县"),
        ("石家庄高新技术产业开发区", "石家庄高新技术产业开发区"),
    ],
)
def test_short_names(name: str, bare: str) -> None:
    assert short(name) == bare


def test_former_names_lead_to_the_place_of_today() -> None:
    (place,) = FULL["绍兴县"]
    assert (place.province, place.city, place.district) == ("浙江省", "绍兴市", "柯桥区")
    (moved,) = FULL["公主岭市"]
    assert [above.city for above in moved.above] == ["长春市", "", "四平市"]
    assert {place.city for place in FULL["桥东区"]} == {"石家庄市", "张家口市", "邢台市"}
