"""Remote and unreachable areas."""

from dataclasses import replace

import pytest

from domain.addresses.areas import is_place, lies_in, remote, unreachable
from domain.addresses.place_names import Fault, Why
from domain.intake.incoming import Receiver
from domain.policy.policy import Policy
from domain.policy.policy_sections import Areas

HOME = Receiver("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310000")
POLICY = Policy()


@pytest.mark.parametrize(
    ("province", "city", "far"),
    [
        ("新疆维吾尔自治区", "乌鲁木齐市", True),
        ("新疆", "石河子市", True),
        ("西藏自治区", "拉萨市", True),
        ("内蒙古", "包头市", True),
        ("海南省", "三沙市", True),
        ("海南省", "海口市", False),
        ("浙江省", "杭州市", False),
        ("", "乌鲁木齐市", True),
        ("", "", False),
    ],
)
def test_remote_by_the_usual_policy(province: str, city: str, far: bool) -> None:
    receiver = replace(HOME, province=province, city=city, district="")
    assert remote(receiver, POLICY) is far
    assert remote(replace(receiver, masked=True, address="****"), POLICY) is far
    assert not remote(replace(receiver, country="US"), POLICY)


def areas(*told: str) -> Policy:
    return Policy(areas=Areas(unreachable=told))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("浙江", "province"),
        ("杭州市", "city"),
        ("浙江省杭州市西湖区", "district"),
        ("杭州市西湖区文三路", "address"),
    ],
)
def test_unreachable_names_the_field_that_says_so(told: str, field: str) -> None:
    assert unreachable(HOME, areas("西藏", told)) == Fault(field, Why.UNREACHABLE, told)


@pytest.mark.parametrize("told", ["海南", "杭州市余杭区", "杭州市西湖区文二路", "no such place"])
def test_reachable(told: str) -> None:
    assert unreachable(HOME, areas(told)) is None


def test_hainan_the_province_is_not_hainan_the_prefecture() -> None:
    prefecture = replace(HOME, province="青海省", city="海南藏族自治州", district="共和县")
    assert unreachable(prefecture, areas("海南")) is None
    assert unreachable(prefecture, areas("海南州")) == Fault("city", Why.UNREACHABLE, "海南州")


def test_an_island_by_its_name() -> None:
    island = replace(HOME, province="广西", city="北海市", district="海城区", address="涠洲岛南湾街 1 号")
    assert unreachable(island, areas("北海市海城区涠洲岛")) == Fault("address", Why.UNREACHABLE, "北海市海城区涠洲岛")
    assert unreachable(replace(island, address="北部湾路 1 号"), areas("北海市海城区涠洲岛")) is None


def test_any_list_of_places_may_ask() -> None:
    assert [area for area in ("浙江", "浙江杭州", "余杭区", "江苏", "") if lies_in(HOME, area)] == ["浙江", "浙江杭州"]


def test_every_usual_area_is_known() -> None:
    assert [told for told in POLICY.areas.remote if not is_place(told)] == []
    assert [is_place(told) for told in ("新疆", "火星", "海南州")] == [True, False, True]
