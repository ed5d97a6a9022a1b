"""Phones: what is one, its extension, and masks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.phones import Kind, Phone, dialable, read


@pytest.mark.parametrize(
    "told",
    [
        "13800001234",
        "+8613800001234",
        "+86 138 0000 1234",
        "86-13800001234",
        "008613800001234",
        "138-0000-1234",
        "138 0000 1234",
        "１３８００００１２３４",
    ],
)
def test_one_mobile_number(told: str) -> None:
    assert read(told) == Phone(Kind.MOBILE, "13800001234")


@pytest.mark.parametrize("sign", ["/", " / ", "；", "、", ",", " ", "或", "|"])
def test_of_two_numbers_the_first_is_called(sign: str) -> None:
    assert read(f"13800001234{sign}13900005678") == Phone(Kind.MOBILE, "13800001234")
    assert read(f"0571-87654321{sign}13900005678") == Phone(Kind.LANDLINE, "057187654321")


@pytest.mark.parametrize(
    "told", ["13800001234/1390000567", "13800001234/-", "1380000123/1390000567", "13800001234/张三"]
)
def test_what_is_not_two_numbers_is_none(told: str) -> None:
    assert read(told).kind is Kind.OTHER


@pytest.mark.parametrize("sign", ["-", ",", "，", "转", "转 ", "#", "ext", " 转", "－"])
def test_an_extension_is_kept(sign: str) -> None:
    phone = read(f"18877771111{sign}123")
    assert phone == Phone(Kind.MOBILE, "18877771111", "123")
    assert phone.text == "18877771111-123"


@pytest.mark.parametrize(
    "tail", ["（转123）", "(转123)", "[123]", "【123】", "分机123", "（分机号：123）", ",,123", "(123)"]
)
def test_an_extension_as_people_paste_it(tail: str) -> None:
    assert read(f"18877771111{tail}") == Phone(Kind.MOBILE, "18877771111", "123")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("0571-87654321", "057187654321"),
        ("(0571)87654321", "057187654321"),
        ("010-8765 4321", "01087654321"),
        ("+86 571 8765 4321", "057187654321"),
        ("+861087654321", "01087654321"),
        ("0571-87654321转8001", "057187654321-8001"),
        ("400-800-1234", "4008001234"),
    ],
)
def test_landlines(told: str, text: str) -> None:
    assert (read(told).kind, read(told).text) == (Kind.LANDLINE, text)


@pytest.mark.parametrize(
    "told", ["138****1234", "1********20", "*******1035", "182****01", "$$a1B2==$$", "~xY/", "##q##"]
)
def test_masks_are_no_numbers(told: str) -> None:
    assert read(told) == Phone(Kind.MASKED, told)
    assert not read(told).callable


@pytest.mark.parametrize(
    "told",
    [
        "",
        "12345",
        "23800001234",
        "1380000123",
        "138000012345",
        "12800001234",
        "call me",
        "87654321",
        "*",
        "张三",
        "١٣٨٠٠٠٠١٢٣٤",
    ],
)
def test_what_nobody_in_china_can_call(told: str) -> None:
    assert read(told) == Phone(Kind.OTHER, told)
    assert not read(told).callable


@pytest.mark.parametrize("told", ["+1 (512) 555-0199 ext. 12", "+852 9123 4567", "(512) 555-0199", "0912-345-678"])
def test_dialable_anywhere(told: str) -> None:
    assert dialable(told)


def test_not_dialable() -> None:
    assert not any(dialable(told) for told in ("", "call me", "12", "138****1234"))


@given(st.text(max_size=40))
def test_reading_is_stable(told: str) -> None:
    """No text is too odd, and what was read reads as itself."""
    phone = read(told)
    assert read(phone.text).text == phone.text
