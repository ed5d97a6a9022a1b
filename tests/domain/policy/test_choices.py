"""Choices written as TOML: what is written reads back, and every fault names its line, whatever the text looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.choices import Fault, Reading, choice, read, write
from domain.policy.policy import Policy, document_of, policy_of
from domain.policy.policy_sections import HoldChoice, Limits, Merge, Release, Screening, Split, Suspension
from domain.review.holds import UNTOUCHABLE, HoldCode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
COUNT = st.integers(1, 500)
MONEY = st.dictionaries(TEXT.filter(lambda text: text != "*"), st.integers(0, 10**9), max_size=3).map(
    lambda limits: {**limits, "*": 5}
)


@dataclass(frozen=True)
class Inner:
    """A table of an array."""

    name: str = choice("", "what it is called")
    most: int = choice(3, low=1, high=9)


@dataclass(frozen=True)
class Row:
    """An item of an array, with a table of its own."""

    title: str
    inner: Inner = field(default_factory=Inner)
    more: tuple[Inner, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Every shape a choice has."""

    words: tuple[str, ...] = ()
    on: bool = True
    pair: tuple[int, int] = (1, 2)
    code: Release = Release.NOBODY
    limits: Mapping[str, int] = field(default_factory=dict)
    inner: Inner = field(default_factory=Inner)
    rows: tuple[Row, ...] = ()


def faults(text: str, *, lenient: bool = False) -> list[tuple[int, str, str]]:
    found = read(Sheet, text, lenient=lenient)
    assert (found.value is None) == bool(found.faults)
    return [(fault.line, fault.path, fault.why) for fault in found.faults]


POLICIES = st.builds(
    replace,
    st.just(Policy()),
    keywords=st.lists(TEXT, max_size=4).map(tuple),
    undo_seconds=st.integers(0, 600),
    amount_range=st.dictionaries(TEXT, st.tuples(st.integers(0, 9), st.integers(9, 99)), max_size=2).map(
        lambda ranges: {**ranges, "*": (1, 2)}
    ),
    screening=st.builds(Screening, most_units=COUNT, flags=st.lists(TEXT, max_size=2).map(tuple)),
    merge=st.builds(Merge, auto=st.booleans(), wait_minutes=COUNT, within_hours=COUNT),
    split=st.builds(
        Split,
        apart=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
        most_value=MONEY,
        shortage_least=MONEY,
        presale=st.lists(TEXT, max_size=2).map(tuple),
    ),
    limits=st.builds(Limits, cs_approve=MONEY, two_people=MONEY),
    holds=st.dictionaries(
        st.sampled_from([code for code in HoldCode if code not in UNTOUCHABLE]),
        st.builds(
            HoldChoice, on=st.booleans(), release=st.none() | st.sampled_from(Release), sla_min=st.none() | COUNT
        ),
        max_size=3,
    ),
    suspensions=st.lists(
        st.builds(Suspension, courier=TEXT, province=TEXT, start=st.just("2026-11-20"), reason=TEXT), max_size=3
    ).map(tuple),
)


@given(POLICIES)
def test_any_policy_reads_back_as_it_was_written(policy: Policy) -> None:
    found = policy_of(document_of(policy), policy.version)
    assert found.faults == ()
    assert found.value == policy


@given(
    st.lists(
        st.builds(
            Row,
            TEXT,
            st.builds(Inner, TEXT, st.integers(1, 9)),
            st.lists(st.builds(Inner, TEXT), max_size=2).map(tuple),
        ),
        max_size=3,
    ),
    st.dictionaries(TEXT, st.integers()),
)
def test_arrays_of_tables_in_arrays_of_tables_read_back(rows: list[Row], limits: dict[str, int]) -> None:
    sheet = Sheet(rows=tuple(rows), limits=limits)
    assert read(Sheet, write(sheet)).value == sheet


def test_silence_is_the_default_and_comments_are_written() -> None:
    assert read(Sheet, "").value == Sheet()
    assert '# what it is called\nname = ""' in write(Sheet())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("on = true\nwords = [", (2, "", "syntax")),
        ("\nwodrs = []", (2, "wodrs", "unknown")),
        ('words = "one"', (1, "words", "type")),
        ("words = [\n  1,\n]", (1, "words.1", "type")),
        ("on = 1", (1, "on", "type")),
        ("pair = [1]", (1, "pair", "type")),
        ("pair = [1, true]", (1, "pair.2", "type")),
        ('code = "anybody"', (1, "code", "value")),
        ("limits = 3", (1, "limits", "type")),
        ('limits = {CNY = "3"}', (1, "limits.CNY", "type")),
        ('[limits]\nCNY = 1\n"日 元" = "3"', (3, "limits.日 元", "type")),
        ("[inner]\nmost = 10", (2, "inner.most", "range")),
        ("inner.most = 0", (1, "inner.most", "range")),
        ("on = false\ninner = {most = 0}", (2, "inner.most", "range")),
        ('[[rows]]\ntitle = "a"\n[[rows]]\n', (3, "rows.2", "missing")),
        ('[[rows]]\ntitle = "a"\n[rows.inner]\nmost = 0', (4, "rows.1.inner.most", "range")),
        ('[[rows]]\ntitle = "a"\n[[rows.more]]\n[[rows.more]]\nmost = 0', (5, "rows.1.more.2.most", "range")),
    ],
)
def test_each_kind_of_fault_names_its_line(text: str, fault: tuple[int, str, str]) -> None:
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    "before",
    [
        'words = ["""a [ {\nb = 3\n[inner]\n"""]',
        "words = ['''[\n''', \"x\"]",
        "words = [\"a # [\", '{']  # [ {",
        'words = [\n  "a",  # ]\n  """b""",\n]',
        'limits = {a = 1, "b[" = 2}',
        "# a line of \u2028 unicode \x85 [",
        'words = [""]',
    ],
)
def test_lines_are_counted_past_strings_and_arrays_of_every_kind(before: str) -> None:
    line = before.count("\n") + 2
    assert faults(before + "\ncode = 3\n[inner]\nmost = 99") == [
        (line, "code", "value"),
        (line + 2, "inner.most", "range"),
    ]


def test_every_fault_is_told_in_order_of_lines() -> None:
    text = "on = 3\nx = 1\n[inner]\nmost = 0\n[[rows]]\n"
    assert faults(text) == [
        (1, "on", "type"),
        (2, "x", "unknown"),
        (4, "inner.most", "range"),
        (5, "rows.1", "missing"),
    ]


def test_a_lenient_reading_passes_over_unknown_keys_and_tells_the_rest_beside_the_value() -> None:
    assert read(Sheet, "later = 1\n[inner]\nnew = 2", lenient=True) == Reading(Sheet())
    found = read(Sheet, 'later = 1\non = 3\nwords = ["a"]', lenient=True)
    assert (found.value, [(fault.line, fault.path) for fault in found.faults]) == (Sheet(words=("a",)), [(2, "on")])
    assert read(Sheet, "on = ", lenient=True).value is None


def test_a_misspelt_key_is_told_the_nearest() -> None:
    assert read(Sheet, "wrods = []").faults == (Fault(1, "wrods", "unknown", {"near": "words"}),)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("[holds]\nREFUNDED = {on = false}", (2, "holds.REFUNDED.on", "untouchable")),
        ('[holds.NO_ITEMS]\nrelease = "approve"', (2, "holds.NO_ITEMS.release", "untouchable")),
        ("[amount_range]\nCNY = [2, 1]", (1, "amount_range", "missing")),
        ("[split]\nshortage_least = {CNY = 1}", (2, "split.shortage_least", "missing")),
        ("[split]\nshortage_percent = 101", (2, "split.shortage_percent", "range")),
        ('[screening]\nhours = "8-23"', (2, "screening.hours", "value")),
        ('report_time = "25:00"', (1, "report_time", "value")),
    ],
)
def test_what_does_not_fit_together_is_a_fault_of_its_line(document: str, fault: tuple[int, str, str]) -> None:
    first = policy_of(document, 1).faults[0]
    assert (first.line, first.path, first.why) == fault
