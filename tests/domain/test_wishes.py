"""What a note asks for, and the rules the company writes itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.field_rules import CODES, FIELDS, FieldRule, Op, applies
from domain.incoming import Receiver
from domain.policy_sections import Matching
from domain.wishes import parse_note, wishes_of
from tests.domain.test_matching import ORDER, hinted

RULES = Matching()
EVIL = "a" * 60 + "!"


@pytest.mark.parametrize(
    ("text", "asked", "refused"),
    [
        ("发顺丰", "SF", set()),
        ("请发 SF 快递，谢谢", "SF", set()),
        ("顺丰", "SF", set()),
        ("麻烦走中通", "ZTO", set()),
        ("不要中通", "", {"ZTO"}),
        ("不要发中通和圆通，发顺丰", "SF", {"ZTO", "YTO"}),
        ("别发韵达、申通", "", {"YD", "STO"}),
        ("不需要顺丰", "", {"SF"}),
        ("please ship with SF", "SF", set()),
        ("please use dhl, not ems", "DHL", {"EMS"}),
        ("transfer the usfed package", "", set()),
        ("上次顺丰弄坏了", "", set()),
        ("发顺丰 不要顺丰", "", {"SF"}),
        ("发顺丰，顺丰没有就发中通", "SF", set()),
        ("不能发中通", "", {"ZTO"}),
        ("不可以用圆通，顺丰发", "SF", {"YTO"}),
        ("勿发申通", "", {"STO"}),
        ("中通不到", "", {"ZTO"}),
        ("我们村中通快递不派，发圆通", "YTO", {"ZTO"}),
        ("没有中通", "", {"ZTO"}),
        ("除了顺丰都行", "", {"SF"}),
        ("除了顺丰都不要", "SF", set()),
        ("能不能发顺丰", "SF", set()),
        ("要不要走中通？", "ZTO", set()),
        ("不急，发顺丰", "SF", set()),
        ("顺丰发错了", "", set()),
        ("", "", set()),
    ],
)
def test_a_note_is_read(text: str, asked: str, refused: set[str]) -> None:
    assert parse_note(text, RULES) == (asked, frozenset(refused))


@given(st.text(alphabet="不要发走用顺丰中通圆和、，sfz to\n", max_size=80))
def test_no_note_breaks_the_reading(text: str) -> None:
    asked, refused = parse_note(text, RULES)
    assert asked not in refused
    assert refused | {asked or "SF"} <= set(RULES.names.values())


def test_the_sellers_word_comes_before_the_buyers() -> None:
    order = replace(ORDER, seller_note="发中通", buyer_message="发顺丰")
    assert wishes_of(order, RULES).note == "ZTO"


def test_a_platforms_word_that_names_nobody_asks_for_nobody() -> None:
    assert [wishes_of(hinted(courier_hint=hint), RULES).platform for hint in ("快递", "SF", "顺丰速运", "")] == [
        "",
        "SF",
        "SF",
        "",
    ]


@pytest.mark.parametrize(
    ("field", "op", "value", "true"),
    [
        ("paid", Op.MORE, "2899", True),
        ("paid", Op.MORE, "2900", False),
        ("paid", Op.LESS, "2901", True),
        ("platform", Op.IS, "Taobao", True),
        ("platform", Op.NOT, "taobao", False),
        ("receiver.city", Op.CONTAINS, "杭州", True),
        ("number", Op.REGEX, "^t[0-9]$", True),
        ("receiver.district", Op.REGEX, "^(西湖|上城)", False),  # people write it
        ("line.sku", Op.IS, "CUP", True),
        ("line.sku", Op.NOT, "CUP", False),
        ("line.quantity", Op.MORE, "1", False),
        ("seller_note", Op.CONTAINS, "", False),
        ("number", Op.LESS, "5", False),  # T1 is no number
        ("nonsense", Op.NOT, "x", False),
        ("receiver.nonsense", Op.IS, "", False),
        ("number", Op.REGEX, "(", False),
    ],
)
def test_a_field_rule(field: str, op: Op, value: str, true: bool) -> None:
    assert applies(FieldRule("r", field, op, value, ("HZ",)), ORDER) is true


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (FieldRule("r", "paid", Op.MORE, "10", ("HZ",)), []),
        (FieldRule("r", "nonsense", Op.IS, "1", ("HZ",)), [("field", "no_field", "")]),
        (FieldRule("r", "receiver.citty", Op.IS, "1", ("HZ",)), [("field", "no_field", "receiver.city")]),
        (FieldRule("r", "line.holds", Op.IS, "1", ("HZ",)), [("field", "no_field", "line.sku")]),
        (FieldRule("r", "paid", Op.MORE, "ten", ()), [("value", "no_number", ""), ("to", "empty", "")]),
        (FieldRule("r", "number", Op.REGEX, "(", ("HZ",)), [("value", "no_pattern", "")]),
        (FieldRule("r", "buyer_message", Op.REGEX, "(", ("HZ",)), [("op", "written_text", "")]),
        (FieldRule("r", "receiver.address", Op.REGEX, "(a+)+$", ("HZ",)), [("op", "written_text", "")]),
    ],
)
def test_what_is_wrong_with_a_rule(rule: FieldRule, found: list[tuple[str, str, str]]) -> None:
    assert [(name, why, facts.get("near", "")) for name, why, facts in rule.faults()] == found


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_no_pattern_is_ever_tried_on_what_people_write(field: str) -> None:
    """It would not come back while the test runs."""
    lines = (replace(ORDER.lines[0], title=EVIL, variant=EVIL),)
    order = replace(ORDER, buyer_message=EVIL, seller_note=EVIL, buyer_id=EVIL, invoice=EVIL, reason=EVIL, lines=lines)
    order = replace(order, receiver=Receiver(EVIL, EVIL, "CN", EVIL, EVIL, EVIL, EVIL, EVIL))
    if field in CODES:
        order = ORDER
    assert not applies(FieldRule("r", field, Op.REGEX, "(a+)+$", ("HZ",)), order) or field in CODES
