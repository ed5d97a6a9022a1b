"""What a slip of the finger looks like: every one of them leads back to what was meant, at a bounded price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.alike import LONGEST, is_number, likeness, parts, slips, words_of

NUMBERS = st.text(alphabet="0123456789", min_size=4, max_size=LONGEST - 1)


@given(NUMBERS, st.data())
def test_any_one_slip_leads_back(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    typed = data.draw(
        st.sampled_from(
            [
                number[:at] + number[at + 1 :],
                number[:at] + digit + number[at:],
                number[:at] + digit + number[at + 1 :],
                number[:at] + number[at + 1 : at + 2] + number[at] + number[at + 2 :],
            ]
        )
    )
    assert typed == number or number in slips(typed)


@given(NUMBERS)
def test_slips_are_few(number: str) -> None:
    found = slips(number)
    assert number not in found
    assert len(found) <= 22 * len(number) + 10


@given(st.text(alphabet="abcdefghij", min_size=8, max_size=20), st.data())
def test_a_slip_leaves_a_part_of_the_word_whole(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert any(part in word for part in parts(typed))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261123001", True),
        ("YT1001", True),
        ("123", False),
        ("a1b2c3d4e5f", False),
        ("12 345", False),
        ("一二三四", False),
    ],
)
def test_what_looks_like_a_number(text: str, expected: bool) -> None:
    assert is_number(text) is expected


def test_words_and_likeness() -> None:
    assert words_of("张三 a 陶瓷杯 白 张三") == ["陶瓷杯", "张三"]
    assert (parts("abc"), parts("abcd"), parts("张三")) == ((), ("ab", "cd"), ("张", "三"))
    assert likeness("xiaomnig", "77\nxiaoming\n张三") == 0.875
