"""Places in lists of couriers and contracts, held against receivers as every platform spells them."""

from dataclasses import replace

import pytest

from domain.addresses.reach import Area, distance, spot
from domain.intake.incoming import Receiver
from domain.planning.tariffs import Load, Rate, Surcharge, Tariff, Tier, quote

CHAOYANG = Area("CN", "北京", "北京市", "朝阳区", arrives=False)


def to(
    province: str, city: str = "", district: str = "", country: str = "CN", address: str = "建国路 1 号"
) -> Receiver:
    return Receiver(country=country, province=province, city=city, district=district, address=address)


@pytest.mark.parametrize(
    "receiver",
    [
        to("北京", "北京市", "朝阳区"),
        to("北京", "朝阳区", "四环到五环之间"),
        to("北京市", "市辖区", "朝阳区"),
        to("北京市", "", "朝阳区"),
        to("", "", "", address="北京市朝阳区建国路1号"),
        to("北京", "北京", "", address="朝阳区建国路1号"),
    ],
)
def test_one_district_however_it_is_told(receiver: Receiver) -> None:
    assert CHAOYANG.covers(receiver)
    assert not replace(CHAOYANG, district="海淀区").covers(receiver)
    assert not replace(CHAOYANG, province="上海", city="上海市", district="").covers(receiver)


@pytest.mark.parametrize(
    ("area", "receiver", "hit"),
    [
        (Area(province="广西壮族自治区"), to("广西省", "南宁市", "青秀区"), True),
        (Area(province="新疆维吾尔自治区"), to("新疆省", "喀什地区", "喀什市"), True),
        (Area(province="内蒙古"), to("内蒙", "包头市", "昆都仑区"), True),
        (Area(province="浙江省", city="嘉兴"), to("浙江", "嘉兴市", "南湖区"), True),
        (Area(city="嘉兴"), to("浙江", "嘉兴市", "南湖区"), True),
        (Area(city="嘉兴"), to("浙江", "杭州市", "西湖区"), False),
        (Area(province="山东", city="莱芜"), to("山东省", "莱芜市", "莱城区"), True),
        (Area(province="海南"), to("青海省", "海南藏族自治州", "共和县"), False),
        (Area(province="重庆", district="酉阳"), to("重庆", "县", "酉阳土家族苗族自治县"), True),
        (Area(), to("浙江", "杭州市"), True),
        (Area(country="CN"), to("CA", "Los Angeles", country="US"), False),
        (Area("US", "California"), to("California", "Los Angeles", country="US"), True),
        (Area("US", "California"), to("Texas", "Austin", country="US"), False),
        (Area(province="浙江"), to("", "", country="US"), False),
        (Area(province="浙江省", city="杭州市", district="钱江世纪城"), to("浙江省", "杭州市", "钱江世纪城"), True),
    ],
)
def test_an_area_covers_its_receivers(area: Area, receiver: Receiver, hit: bool) -> None:
    assert area.covers(receiver) is hit


def test_contracts_price_places_as_places() -> None:
    far = Surcharge("remote", amount=500, areas=("新疆/喀什", "北京市/朝阳区"))
    rates = (Rate((Tier(1000, 100),)), Rate((Tier(1000, 200),), "北京"), Rate((Tier(1000, 300),), "浙江", "嘉兴"))
    tariff = Tariff(1, 1, 1, rates, surcharges=(far,))
    told = [
        ("北京", "朝阳区"),
        ("北京市", "市辖区"),
        ("浙江", "嘉兴市"),
        ("新疆维吾尔自治区", "喀什地区"),
        ("新疆", "阿克苏地区"),
    ]
    found = [quote(tariff, Load(), spot(province, city)) for province, city in told]
    assert [one.total if one else 0 for one in found] == [700, 200, 300, 600, 100]


def test_near_is_near_in_any_spelling() -> None:
    beijing = to("北京", "朝阳区", "四环到五环之间")
    assert [distance("北京市", "", beijing), distance("北京", "北京市", beijing)] == [0, 0]
    baotou = to("内蒙", "包头市", "昆都仑区")
    assert [distance("内蒙古自治区", "", baotou), distance("河北", "石家庄", beijing)] == [1, 2]
    assert [distance("", "", beijing), distance("浙江省", "", to("", ""))] == [3, 3]
