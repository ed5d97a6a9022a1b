"""Every text for people speaks Chinese, with the same facts in it."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from handlers.wording import terms
from handlers.words import Words, catalogue
from tests.handlers.messages import ROOT, texts

_PLACE = re.compile(r"\{(\w+)\}")


@cache
def _spoken() -> list[tuple[str, str]]:
    return [found for package in ("handlers", "exports") for found in texts(package)]


def _translated() -> list[str]:
    known: list[str] = []
    for path in sorted((Path(ROOT) / "handlers/locale/zh").glob("*.po")):
        with path.open("rb") as file:
            known += [str(message.id) for message in read_po(file) if message.id and message.string]
    return known


def test_every_text_has_a_chinese_translation() -> None:
    known = set(_translated())
    assert [f"{where} {text!r}" for where, text in _spoken() if text not in known] == []


def test_every_translation_is_of_a_text_that_is_said_and_stands_once() -> None:
    spoken = {text for _, text in _spoken()}
    assert [text for text in _translated() if text not in spoken] == []
    assert [text for text, count in Counter(_translated()).items() if count > 1] == []


def test_a_translation_names_the_same_facts() -> None:
    told = catalogue("zh").gettext
    wrong = [text for _, text in _spoken() if set(_PLACE.findall(told(text))) != set(_PLACE.findall(text))]
    assert wrong == []


def test_every_code_of_the_domain_has_a_name() -> None:
    from domain.floor.parcels import ParcelState, StopState
    from domain.intake.incoming import Platform
    from domain.orders.orders import OrderStatus
    from domain.people.people import Role
    from domain.review.holds import CATALOGUE, HoldCode
    from handlers.cards.desk.evidence import CURES, EVIDENCE
    from handlers.wording.customer_terms import PLATFORMS

    assert set(terms.ROLES) >= set(Role)
    assert set(terms.HOLDS) == set(HoldCode)
    assert set(terms.STEPS) >= {*OrderStatus, *ParcelState, *StopState}
    assert set(EVIDENCE) == set(HoldCode)
    assert set(PLATFORMS) == set(Platform)
    assert {code for code, rule in CATALOGUE.items() if rule.release is None} <= set(CURES)


def test_every_reason_of_a_channel_has_words() -> None:
    from channels.reasons import Reason
    from handlers.cards.desk.intake import FILES, ROWS

    assert set(ROWS) | set(FILES) == set(Reason)
    assert not set(ROWS) & set(FILES)


def test_every_right_and_every_wanted_value_has_a_name() -> None:
    from domain.people.people import Right

    assert set(terms.RIGHTS) == set(Right)


def test_a_right_is_an_act_where_history_tells_the_same_as_done() -> None:
    words = Words("zh", "UTC")
    told = [words(name["put_back"]) for name in (terms.VERBS, terms.RIGHTS)]
    assert told == ["已放回", "放回被拦截的包裹"]


def test_an_empty_filter_does_not_speak_of_held_orders() -> None:
    assert Words("zh", "UTC")("<b>📥 None of these waits</b>") == "<b>📥 没有符合条件的新订单</b>"


def test_things_in_a_row_are_parted_as_the_language_does() -> None:
    assert [Words(language, "UTC").listed(("a", "b", "c")) for language in ("en", "zh")] == ["a, b, c", "a、b、c"]


def test_what_is_not_shown_of_a_row_is_counted_behind_it() -> None:
    told = [Words(language, "UTC").listed(("a", "b"), more) for language in ("en", "zh") for more in (3, 0)]
    assert told == ["a, b and 3 more", "a, b", "a、b 等，另有 3 个", "a、b"]
