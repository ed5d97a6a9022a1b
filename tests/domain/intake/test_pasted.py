"""Receivers as customers send them, in any order; and what is rather asked again than guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.addresses.addresses import Place
from domain.intake.pasted import LONGEST, Pasted, looks_like_name, read, told_fields

STREET = "文三路1号3幢303室"
PLACE = Place("浙江省", "杭州市", "西湖区", STREET)
WHOLE = Pasted("张三", "13800001234", PLACE)


@pytest.mark.parametrize(
    "text",
    [
        f"张三 13800001234 浙江省杭州市西湖区{STREET}",
        f"张三 浙江省杭州市西湖区{STREET} 13800001234",
        f"13800001234 张三 浙江省杭州市西湖区{STREET}",
        f"13800001234 浙江省杭州市西湖区{STREET} 张三",
        f"浙江省杭州市西湖区{STREET} 张三 13800001234",
        f"浙江省杭州市西湖区{STREET} 13800001234 张三",
        f"张三，86-13800001234，浙江省 杭州市 西湖区 {STREET}",
        f"张三,13800001234,浙江省,杭州市,西湖区,{STREET}",
        f"张三13800001234浙江省杭州市西湖区{STREET}",
        f"浙江省杭州市西湖区{STREET}张三13800001234",
        f"张三\n138 0000 1234\n浙江 杭州 西湖 {STREET}",
        f"收货人：张三\n手机号码：138-0000-1234\n所在地区：浙江省杭州市西湖区\n详细地址：{STREET}",
        f"姓名张三 电话 13800001234 地址 浙江省杭州市西湖区{STREET}",
        f"张三 电话13800001234 地址浙江省杭州市西湖区{STREET}",
        f"收货地址 浙江省杭州市西湖区{STREET} 张三 手机13800001234",
        f"收件人: 张三; 电话: 13800001234; 地址: 浙江省杭州市西湖区{STREET}",
        f"地址：浙江省杭州市西湖区{STREET} 姓名：张三 电话：＋８６１３８００００１２３４",
        f"【张三】13800001234（浙江省杭州市西湖区{STREET}）".translate(str.maketrans("【】（）", "    ")),
    ],
)
def test_any_order(text: str) -> None:
    assert read(text) == WHOLE


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        (f"浙江省杭州市西湖区{STREET}", "", ""),
        (f"王小明 浙江省杭州市西湖区{STREET}", "王小明", ""),
        (f"欧阳修文 浙江省杭州市西湖区{STREET}", "欧阳修文", ""),
        (f"陈女士 18877771111转1234 浙江省杭州市西湖区{STREET}", "陈女士", "18877771111-1234"),
        (f"李四[5678] 18877771111-5678 浙江省杭州市西湖区{STREET}", "李四[5678]", "18877771111-5678"),
        (f"Ann Lee\n0571-87654321\n浙江省杭州市西湖区{STREET}", "Ann Lee", "057187654321"),
        (f"张三 138****1234 浙江省杭州市西湖区{STREET}", "张三", "138****1234"),
        (f"张三 13800001234/13900005678 浙江省杭州市西湖区{STREET}", "张三", "13800001234/13900005678"),
        (f"浙江省杭州市西湖区{STREET}张三13800001234或 0571-87654321", "张三", "13800001234/057187654321"),
    ],
)
def test_who_is_in_it(text: str, name: str, phone: str) -> None:
    assert read(text) == Pasted(name, phone, PLACE)


def test_a_street_that_sounds_like_a_name_stays_street() -> None:
    found = read("北京市东城区，王府井，1号 13800001234 李四")
    assert found == Pasted("李四", "13800001234", Place("北京市", "北京市", "东城区", "王府井 1号"))


def test_a_postcode() -> None:
    assert read(f"张三 13800001234 浙江省杭州市西湖区{STREET}\n邮编：310012") == Pasted(
        "张三", "13800001234", Place("浙江省", "杭州市", "西湖区", STREET, "310012")
    )


def test_an_address_with_faults_is_told_with_them() -> None:
    found = read("张三 13800001234 浙江省杭州市鼓楼区中山路1号")
    assert found is not None
    assert [(fault.field, fault.told) for fault in found.place.faults] == [("district", "鼓楼区")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13800001234",
        "张三",
        "张三 13800001234",
        "phnoe: 13800001234",
        "文三路1号",
        "浙江省杭州市西湖区",
        f"张三 13800001234 13900005678 浙江省杭州市西湖区{STREET}",
        f"张三\n李四\n浙江省杭州市西湖区{STREET}",
        f"麻烦改到 浙江省杭州市西湖区{STREET}",
        f"phnoe: 13800001234\n浙江省杭州市西湖区{STREET}",
        f"浙江省杭州市西湖区{STREET}" + "长" * LONGEST,
    ],
)
def test_what_is_rather_asked_again(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text", ["张三", "王小明", "欧阳修文", "李女士", "Ann Lee", "O'Neil", "赵四[1234]", "小王", "老李"]
)
def test_names(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize(
    "text",
    ["文三路", "阳光小区", "麻烦改到", "谢谢", "", "303", "高新区", "王家村", "物业", "古镇口门", "小区", "老街"],
)
def test_no_names(text: str) -> None:
    assert not looks_like_name(text)


def test_the_fields_it_replaces() -> None:
    assert told_fields(WHOLE) == {
        "name": "张三",
        "phone": "13800001234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "address": STREET,
        "zip": "",
    }
    assert "name" not in told_fields(Pasted("", "", PLACE))


@given(
    st.lists(
        st.sampled_from([*"张三李四，。：: \n01-转*", "13800001234", "浙江省杭州市西湖区", "文三路1号", "电话", "地址"])
    )
)
def test_no_message_is_too_odd(words: list[str]) -> None:
    found = read("".join(words))
    assert found is None or (found.place.city and found.place.detail)
