"""One order, two orders: every noun beside a count follows it."""

import re

import pytest

from handlers.words import Words
from tests.handlers.messages import texts

_COUNTED = re.compile(r"\{(\w+)\} (?:more |new |paid |such )?([a-z]{2,}s)\b(?!\|)")
_VERBS = {
    "is",
    "was",
    "has",
    "this",
    "does",
    "us",
    "its",
    "looks",
    "misses",
    "names",
    "minutes",
    "gives",
    "goes",
    "stays",
    "needs",
}


@pytest.mark.parametrize(
    ("text", "facts", "told"),
    [
        ("{count} {count:order|orders}", {"count": 1}, "1 order"),
        ("{count} {count:order|orders}", {"count": 2}, "2 orders"),
        ("{count} {count:order|orders}", {"count": 0}, "0 orders"),
        ("{count} {count:order|orders}", {"count": "1"}, "1 order"),
        ("{a} {a:order|orders}, {b} {b:unit|units} of {c}", {"a": 1, "b": 5, "c": "a|b"}, "1 order, 5 units of a|b"),
        ("{count} {count:order was|orders were} there", {"count": 1}, "1 order was there"),
    ],
)
def test_a_noun_follows_its_count(text: str, facts: dict[str, object], told: str) -> None:
    words = Words("en", "UTC")
    assert (words.label(text, **facts), words(text, **facts)) == (told, told)


def test_the_number_in_chinese_needs_no_word() -> None:
    words = Words("zh", "UTC")
    assert [words("«{text}»: {count} {count:order|orders}", text="x", count=count) for count in (1, 2)] == [
        "「x」：1 个订单",
        "「x」：2 个订单",
    ]


@pytest.mark.parametrize(
    ("grams", "told"), [(800, "800 g"), (1250, "1.25 kg"), (45_000, "45 kg"), (1_234_567, "1234.567 kg")]
)
def test_a_weight_is_told_to_the_gram(grams: int, told: str) -> None:
    assert Words("en", "UTC").grams(grams) == told


def test_no_text_counts_without_its_noun_following() -> None:
    left = [
        (where, text)
        for package in ("handlers", "exports")
        for where, text in texts(package)
        if any(noun not in _VERBS for _, noun in _COUNTED.findall(text))
    ]
    assert left == []
