"""Phones: what is one, its extension, and masks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.addresses.phones import Kind, Phone, dialable, digits, ends_in, kept, masked, numbers, read


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


@pytest.mark.parametrize("sign", ["/", " / ", "；", "、", ",", " ", "或", " 或者 ", "|", "-", "\n"])
def test_two_numbers_are_kept_and_the_first_is_called(sign: str) -> None:
    mobile, other = Phone(Kind.MOBILE, "13800001234"), Phone(Kind.MOBILE, "13900005678")
    assert numbers(f"13800001234{sign}13900005678") == (mobile, other)
    assert read(f"13800001234{sign}13900005678") == mobile
    assert numbers(f"0571-87654321{sign}13900005678") == (Phone(Kind.LANDLINE, "057187654321"), other)
    assert kept(f"13800001234{sign}13900005678") == "13800001234/13900005678"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("138 0000 1234 / 139 0000 5678", "13800001234/13900005678"),
        ("+86 138 0000 1234；+86 13900005678", "13800001234/13900005678"),
        ("13800001234转123/13900005678-456", "13800001234-123/13900005678-456"),
        ("手机13800001234 座机0512-57550000转8001", "13800001234/051257550000-8001"),
        ("13800001234（分机12）或13900005678", "13800001234-12/13900005678"),
        ("138****1234/139****5678", "138****1234/139****5678"),
        ("13800001234、13900005678、13700009999", "13800001234/13900005678/13700009999"),
        ("13800001234/13900005678", "13800001234/13900005678"),
        ("13800001234/13800001234", "13800001234/13800001234"),
        ("0571-87654321", "0571-87654321"),
        ("138 0000 1234", "138 0000 1234"),
        ("13800001234/13900005678/13700009999/13600000000", "13800001234/13900005678/13700009999/13600000000"),
        ("", ""),
    ],
)
def test_as_it_is_kept(told: str, text: str) -> None:
    assert kept(told) == text


def test_a_label_is_no_part_of_a_number() -> None:
    assert read("座机 0512-57550000 转 8001") == Phone(Kind.LANDLINE, "051257550000", "8001")
    assert read("手机：138 0000 1234-3456") == Phone(Kind.MOBILE, "13800001234", "3456")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("13800001234", "*******1234"),
        ("13800001234/13900005678", "*******1234/*******5678"),
        ("13800001234 13900005678", "*******1234/*******5678"),
        ("13800001234-123/0512-57550000转8001", "*******1234/********0000"),
        ("138****1234", "*******1234"),
        ("0571-87654321", "********4321"),
        ("13800001234/1390000567", "*******1234/******0567"),
        ("13800001234/张三", "*******1234/**"),
        ("+1 512 555 0199/+1 512 555 0200", "********0199/********0200"),
        ("", ""),
    ],
)
def test_each_of_several_is_masked_by_itself(told: str, shown: str) -> None:
    assert masked(told) == shown


def test_each_of_several_is_found_by_its_end() -> None:
    told = "13800001234/0512-57550000转8001"
    assert digits(told) == ("13800001234", "0512575500008001")
    assert [ends_in(told, end) for end in ("1234", "8001", "13800001234", "34", "0000", "00001234/", "12348001")] == [
        *(True, True, True, True, False, False, False)
    ]
    assert digits("张三") == ()
    assert digits("13800001234/1390000567") == ("13800001234", "1390000567")


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
    assert dialable(f"{told}/+1 512 555 0200")


def test_not_dialable() -> None:
    assert not any(dialable(told) for told in ("", "call me", "12", "138****1234", "(512) 555-0199/call me"))


@pytest.mark.parametrize(
    "told", ["1" * 5000, f"1{'*' * 5000}x", f"{'1*' * 3000}x", "手机" * 3000, " 13800001111" * 500]
)
def test_a_long_text_is_no_phone_and_takes_no_time(told: str) -> None:
    """5,000 stars took two minutes."""
    assert numbers(told) == (Phone(Kind.OTHER, told.strip()),)


@given(st.text(max_size=40))
def test_reading_is_stable(told: str) -> None:
    """No text is too odd, and what was read reads as itself."""
    phone = read(told)
    assert read(phone.text).text == phone.text
    assert kept(kept(told)) == kept(told)
    assert masked(told).count("/") >= len(numbers(told)) - 1
