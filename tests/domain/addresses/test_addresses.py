"""Addresses taken apart: a table of real shapes, every division in many spellings, and text of any kind."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.addresses.addresses import Place, Sureness, divide, filled, merge_key, parse, place_of, plain, same_place
from domain.addresses.divisions import FULL, Division, short
from domain.addresses.place_names import FIELDS, Why
from domain.intake.incoming import Receiver
from tests.domain.addresses.address_cases import COLUMNS, ONE_STRING

HOME = Receiver("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310000")
DIVISIONS = sorted(
    {place for places in FULL.values() for place in places if place.final and place.district and not place.weak},
    key=lambda place: (place.province, place.city, place.district),
)


def shown(place: Place) -> str:
    """A place as the table writes it."""
    parts = [place.province, place.city, place.district, place.detail]
    text = " / ".join([*(part or "-" for part in parts), *([place.zip] if place.zip else [])])
    text += f" ~ {','.join(place.inferred)}" if place.inferred else ""
    faults = " ".join(f"{fault.field}:{fault.why}:{fault.told}" for fault in place.faults)
    return f"{text} ! {faults}" if faults else text


def cases(table: str) -> list[tuple[str, str]]:
    """(text, what it is) of each line."""
    return [(text, place) for line in table.splitlines() for text, _, place in [line.partition(" → ")]]


@pytest.mark.parametrize(("text", "place"), cases(ONE_STRING))
def test_one_string(text: str, place: str) -> None:
    assert shown(parse(text)) == place


@pytest.mark.parametrize(("text", "place"), cases(COLUMNS))
def test_columns(text: str, place: str) -> None:
    province, city, district, street = text.split("|")
    assert shown(divide(province, city, district, street)) == place


STYLES = {
    "run together": lambda p, c, d: f"{p}{c if c != p else ''}{d}文三路1号",
    "with spaces": lambda p, c, d: f"{p} {c} {d} 文三路1号",
    "with commas": lambda p, c, d: f"{p}，{c}，{d}，文三路1号",
    "prefix twice": lambda p, c, d: f"{p} {c} {p}{c}{d}文三路1号",
    "short upper names": lambda p, c, d: f"{short(p)} {short(c)} {d}文三路1号",
    "with the country": lambda p, c, d: f"中国{p}/{c}/{d}/文三路1号",
    "all of it twice": lambda p, c, d: f"{p}{c}{d} {p}{c}{d}文三路1号",
    "without the province": lambda p, c, d: f"{c}{d}文三路1号",
}


@pytest.mark.parametrize("style", STYLES)
def test_every_division_comes_back_from_every_style(style: str) -> None:
    wrong = []
    for one in DIVISIONS:
        place = parse(STYLES[style](one.province, one.city, one.district))
        told = (place.province, place.city, place.district, place.detail, place.faults)
        if told != (one.province, one.city, one.district, "文三路1号", ()):
            wrong.append((one.province, one.city, one.district, place))
    assert len(DIVISIONS) > 2900
    assert wrong == []


def test_every_division_comes_back_from_its_columns() -> None:
    wrong = [
        (one.city, one.district)
        for one in DIVISIONS
        if divide(one.province, one.city, one.district, "文三路1号")
        != Place(one.province, one.city, one.district, "文三路1号")
    ]
    assert wrong == []


@given(st.sampled_from(DIVISIONS), st.text(max_size=30))
def test_the_street_is_never_lost(one: Division, street: str) -> None:
    """Whatever stands behind a digit is kept to the letter, but for what surrounds it and a postcode."""
    place = parse(f"{one.province}{one.city}{one.district}8号{street}九")
    assert place.detail == f"8号{street}九"


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_text_is_too_odd(text: str, province: str, city: str, district: str) -> None:
    for place in (parse(text), divide(province, city, district, text)):
        assert place.detail or any(fault.field == "address" for fault in place.faults)
        assert all(getattr(place, field) or place.faults for field in ("province", "city"))


@given(
    st.lists(
        st.sampled_from([*"省市区县 ，、", "浙江", "杭州市", "西湖区", "朝阳", "上海", "海南", "市辖区", "路", "1"])
    )
)
def test_names_in_any_order_end_in_a_place_or_a_fault(words: list[str]) -> None:
    place = parse("".join(words))
    assert place.faults or (place.province and place.city and place.detail)


def test_how_sure_it_is() -> None:
    assert parse("浙江省杭州市西湖区文三路1号").sure is Sureness.TOLD
    assert parse("西湖区文三路1号").sure is Sureness.UNSURE
    assert parse("越城区解放路1号").sure is Sureness.INFERRED


def test_an_address_alone_fills_the_fields() -> None:
    bare = replace(HOME, province="", city="", district="", address="浙江杭州西湖区文三路 1 号(310000)", zip="")
    assert filled(bare) == HOME
    assert filled(replace(bare, zip="310012")) == replace(HOME, zip="310012")


def test_what_a_column_told_stays_as_told() -> None:
    short_names = replace(HOME, province="浙江", city="杭州", district="", address="西湖区文三路 1 号")
    assert filled(short_names) == replace(HOME, province="浙江", city="杭州")
    county = replace(HOME, city="义乌市", district="", address="北苑街道 1 号")
    assert filled(county) == county


@pytest.mark.parametrize(
    "receiver",
    [
        HOME,
        replace(HOME, province="", city=""),
        replace(HOME, province="", district="", address="西湖区文三路 1 号", masked=True),
        replace(HOME, district="", address="鼓楼区 1 号"),
        Receiver("Ann", "", "US", "", "", "", "浙江省杭州市西湖区文三路1号"),
        Receiver(),
    ],
)
def test_nothing_is_filled_where_it_would_be_a_guess(receiver: Receiver) -> None:
    assert filled(receiver) is receiver


def test_filling_twice_changes_nothing() -> None:
    once = filled(replace(HOME, province="", city="", district="", address="东莞市虎门镇太沙路1号"))
    assert (once.province, once.city, once.district, once.address) == ("广东省", "东莞市", "虎门镇", "太沙路1号")
    assert filled(once) is once


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("文三路1号", True),
        ("文三路１号。", True),
        ("浙江省杭州市西湖区文三路 1 号", True),
        ("文三路11号", False),
        ("文三路1-1号", False),
    ],
)
def test_one_place_in_other_words(address: str, same: bool) -> None:
    other = replace(HOME, province="浙江", city="杭州", zip="", address=address)
    assert same_place(HOME, other) is same
    assert (merge_key(HOME) == merge_key(other)) is same


def test_a_former_name_is_the_same_place() -> None:
    old = replace(HOME, district="下城区", address="武林路1号")
    assert same_place(old, replace(old, district="拱墅区"))


def test_house_numbers_stay_apart() -> None:
    assert plain("1-2-303 室") == "1-2-303室"
    assert plain("12-303 室") != plain("1-2303室")
    assert plain("Ａ座（２）楼") == plain("a座 (2)楼")


def test_hidden_or_faulty_addresses_are_no_place() -> None:
    for unknown in (
        replace(HOME, masked=True),
        replace(HOME, address="****"),
        replace(HOME, address="##7hK2##"),
        replace(HOME, district="鼓楼区"),
        replace(HOME, address=""),
    ):
        assert not same_place(unknown, unknown)
        assert merge_key(unknown) is None


def test_the_key_of_a_merge() -> None:
    assert merge_key(HOME) == "王小明|13812345678|CN|浙江省|杭州市|西湖区|文三路1号"
    ann = Receiver("Ann Lee", "+1 512 555 0199", "US", "TX", "Austin", "", "1 Main St", "73301")
    assert merge_key(ann) == "annlee|15125550199|US|tx|austin||1mainst"
    hong_kong = Receiver("陈大文", "+852 9123 4567", "CN", "香港", "九龙", "油尖旺区", "弥敦道1号")
    assert merge_key(hong_kong) == "陈大文|85291234567|CN|香港特别行政区|九龙|油尖旺区|弥敦道1号"


def test_the_extension_of_a_privacy_number_is_the_person() -> None:
    one, other = (replace(HOME, phone=f"18877771111-{extension}") for extension in ("123", "124"))
    assert merge_key(one) == merge_key(replace(HOME, phone="18877771111转123")) != merge_key(other)
    assert merge_key(one) != merge_key(replace(HOME, phone="18877771111"))


def test_of_several_phones_the_first_is_the_key() -> None:
    """It is the one that is called. Any that two orders share would not do for a key: A, A/B and B would be one box."""
    one, two, other = (
        merge_key(replace(HOME, phone=phone))
        for phone in (HOME.phone, f"{HOME.phone}/13900005678", "13900005678/13812345678")
    )
    assert one == two == merge_key(HOME)
    assert one != other == merge_key(replace(HOME, phone="13900005678"))
    assert merge_key(replace(HOME, phone=f"{HOME.phone}-12/13900005678")) == merge_key(
        replace(HOME, phone=f"{HOME.phone}-12")
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "138****1234"},
        {"phone": ""},
        {"phone": "12345"},
        {"name": ""},
        {"name": "王**"},
        {"name": "##aB3==##"},
        {"phone": "$$xY$$"},
    ],
)
def test_no_key_without_a_whole_person(changes: dict[str, str]) -> None:
    assert merge_key(replace(HOME, **changes)) is None  # type: ignore[arg-type]  # test shorthand
    assert same_place(HOME, replace(HOME, **changes))  # type: ignore[arg-type]  # test shorthand


def test_what_the_table_cannot_judge_is_taken_as_it_is() -> None:
    ann = Receiver("Ann", "", "US", "TX", "Austin", "", "1 Main St", "73301")
    assert place_of(ann) == Place("TX", "Austin", "", "1 Main St", "73301")
    latin = Receiver("Ann", "", "CN", "Zhejiang", "Hangzhou", "", "1 Wensan Rd")
    assert place_of(latin) == Place("Zhejiang", "Hangzhou", "", "1 Wensan Rd")
    assert filled(latin) is latin


def test_a_code_for_the_province_says_nothing() -> None:
    place = place_of(Receiver("安", "", "CN", "CN30", "杭州市", "", "西湖区文三路1号"))
    assert shown(place) == "浙江省 / 杭州市 / 西湖区 / 文三路1号 ~ province"


def test_fields_are_the_receivers() -> None:
    assert set(FIELDS) < set(Receiver.__dataclass_fields__)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (("贵州省", "毕节地区", "毕节市", "麻园路1号"), ("贵州省", "毕节市", "毕节市", "麻园路1号")),
        (("西藏自治区", "日喀则地区", "日喀则市", "上海路1号"), ("西藏自治区", "日喀则市", "日喀则市", "上海路1号")),
        (("", "", "", "新疆哈密地区哈密市迎宾路1号"), ("新疆维吾尔自治区", "哈密市", "哈密市", "迎宾路1号")),
        (("贵州省", "毕节地区", "毕节市", "毕节市七星关区1号"), ("贵州省", "毕节市", "七星关区", "1号")),
        (("贵州省", "毕节地区", "纳雍县", "1号"), ("贵州省", "毕节市", "纳雍县", "1号")),
        (("新疆", "昌吉回族自治州", "米泉市", "1号"), ("新疆维吾尔自治区", "乌鲁木齐市", "米东区", "1号")),
        (("陕西省", "杨凌示范区", "杨陵区", "1号"), ("陕西省", "咸阳市", "杨陵区", "1号")),
        (("陕西省", "杨凌区", "杨凌区", "1号"), ("陕西省", "咸阳市", "杨陵区", "1号")),
    ],
)
def test_a_former_prefecture_and_its_seat(columns: tuple[str, str, str, str], told: tuple[str, ...]) -> None:
    """Its seat is a district today, which one only the couriers know: it stands in the district's stead."""
    place = divide(*columns)
    assert ((place.province, place.city, place.district, place.detail), place.faults) == (told, ())


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (("贵州省", "毕节市", "毕节市", "1号"), Why.MISSING),  # the city said twice
        (("贵州省", "毕节地区", "", "1号"), Why.MISSING),
        (("贵州省", "毕节地区", "毕节市", "遵义市1号"), Why.CONTRADICTED),
        (("贵州省", "遵义市", "毕节市", "1号"), Why.CONTRADICTED),
    ],
)
def test_a_seat_excuses_nothing_else(columns: tuple[str, str, str, str], why: Why) -> None:
    assert why in {fault.why for fault in divide(*columns).faults}
