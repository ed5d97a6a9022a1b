"""Addresses of all provinces in the shapes that exports and buyers use."""

import pytest

from domain.addresses.addresses import parse
from domain.addresses.phones import Kind
from domain.addresses.phones import read as read_phone
from domain.intake import pasted
from tests.domain.addresses.address_shapes import SHAPES


@pytest.mark.parametrize("shape", SHAPES.splitlines())
def test_shape(shape: str) -> None:
    text, *told = shape.split("|")
    place = parse(text)
    assert [place.province, place.city, place.district, place.detail] == told
    assert place.faults == ()


@pytest.mark.parametrize("text", ["甘肃西咸新区1号", "长安区中山东路100号", "鼓楼区五四路1号", "文三路90号"])
def test_what_nobody_can_place_has_faults(text: str) -> None:
    assert parse(text).faults != ()


@pytest.mark.parametrize(
    ("message", "name", "phone", "where"),
    [
        (
            "张三13800001234浙江省杭州市西湖区文三路90号",
            "张三",
            "13800001234",
            ("浙江省", "杭州市", "西湖区", "文三路90号"),
        ),
        (
            "张三丨13800001234丨浙江省杭州市西湖区文三路90号",
            "张三",
            "13800001234",
            ("浙江省", "杭州市", "西湖区", "文三路90号"),
        ),
        ("广东省东莞市长安镇1号王小二13800001234", "王小二", "13800001234", ("广东省", "东莞市", "长安镇", "1号")),
        (
            "王小二 18877771111—1234 上海浦东新区世纪大道1号",
            "王小二",
            "18877771111-1234",
            ("上海市", "上海市", "浦东新区", "世纪大道1号"),
        ),
        (
            "内蒙包头市昆都仑区钢铁大街1号，王芳，13800001234",
            "王芳",
            "13800001234",
            ("内蒙古自治区", "包头市", "昆都仑区", "钢铁大街1号"),
        ),
        (
            "香港九龙观塘区开源道1号 陈大文 +852 9123 4567",
            "陈大文",
            "+852 9123 4567",
            ("香港特别行政区", "九龙", "观塘区", "开源道1号"),
        ),
        (
            "买买提·艾合买提 13800001234 新疆喀什地区喀什市1号",
            "买买提·艾合买提",
            "13800001234",
            ("新疆维吾尔自治区", "喀什地区", "喀什市", "1号"),
        ),
        ("新地址：浙江省杭州市西湖区文三路90号", "", "", ("浙江省", "杭州市", "西湖区", "文三路90号")),
    ],
)
def test_a_message_in_one_line(message: str, name: str, phone: str, where: tuple[str, ...]) -> None:
    found = pasted.read(message)
    assert found is not None
    place = found.place
    assert (found.name, found.phone) == (name, phone)
    assert (place.province, place.city, place.district, place.detail) == where


@pytest.mark.parametrize("mark", ["-", "—", "–", "_", "转", "#", ",", " 转 "])
def test_every_mark_of_an_extension(mark: str) -> None:
    phone = read_phone(f"18877771111{mark}1234")
    assert (phone.kind, phone.text) == (Kind.MOBILE, "18877771111-1234")
