"""What a note asks for, and the rules the company writes itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intake.incoming import Receiver
from domain.planning.field_rules import CODES, FIELDS, FieldRule, Op, applies
from domain.planning.wishes import Note, parse_note, unsure_of, wishes_of
from domain.policy.policy_sections import Matching
from domain.review.holds import HoldCode
from domain.review.screening import screen
from tests.domain.planning.test_matching import FACTS, ORDER, hinted

RULES = Matching()
EVIL = "a" * 60 + "!"


@pytest.mark.parametrize(
    ("text", "asked", "refused"),
    [
        ("发顺丰", "SF", set()),
        ("请勿使用中通", "", {"ZTO"}),
        ("不要使用中通", "", {"ZTO"}),
        ("拒绝使用中通快递", "", {"ZTO"}),
        ("不接受中通", "", {"ZTO"}),
        ("不建议用中通", "", {"ZTO"}),
        ("建议使用顺丰", "SF", set()),
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
        ("不发顺丰就退货", "SF", set()),
        ("不是顺丰我就退", "SF", set()),
        ("不发顺丰的话我直接拒收", "SF", set()),
        ("没有顺丰就别发了", "SF", set()),
        ("非顺丰不收", "SF", set()),
        ("不是顺丰快递一律不签", "SF", set()),
        ("没有顺丰就发中通", "SF", set()),
        ("顺丰不到就发中通", "SF", set()),
        ("发圆通我就退", "", {"YTO"}),
        ("是圆通的话就拒收", "", {"YTO"}),
        ("如果发圆通快递，我就差评", "", {"YTO"}),
        ("发顺丰，不然就退货", "SF", set()),
        ("发顺丰否则拒收", "SF", set()),
        ("不发顺丰也行", "", set()),
        ("不一定要顺丰", "", set()),
        ("能不发圆通吗", "", {"YTO"}),
        ("可以不发圆通吗", "", {"YTO"}),
        ("能不能不要圆通", "", {"YTO"}),
        ("只要不发中通", "", {"ZTO"}),
        ("不要中通不要圆通", "", {"ZTO", "YTO"}),
        ("圆通别发", "", {"YTO"}),
        ("圆通不要，谢谢", "", {"YTO"}),
        ("必须顺丰", "SF", set()),
        ("最好顺丰", "SF", set()),
        ("最好是顺丰", "SF", set()),
        ("顺丰优先", "SF", set()),
        ("顺丰快递优先，谢谢", "SF", set()),
        ("指定中通", "ZTO", set()),
        ("指定圆通快递", "YTO", set()),
        ("只收顺丰", "SF", set()),
        ("不收顺丰", "", {"SF"}),
        ("不指定顺丰", "", {"SF"}),
        ("要京东", "JD", set()),
        ("在京东买的", "", set()),
        ("运费补顺丰", "SF", set()),
        ("补差价发顺丰", "SF", set()),
        ("顺丰到付", "SF", set()),
        ("顺丰谢谢", "SF", set()),
        ("SF please", "SF", set()),
        ("sf express please", "SF", set()),
        ("please use sf express", "SF", set()),
        ("no DHL please", "", {"DHL"}),
        ("please don't use DHL", "", {"DHL"}),
        ("do not ship with DHL", "", {"DHL"}),
        ("anything but EMS", "", {"EMS"}),
        ("not by SF and I return it", "SF", set()),
        ("SF only", "SF", set()),
        ("送京东快递员一份礼物", "", set()),
        ("圆通停运了，换韵达", "YD", {"YTO"}),
        ("收货人在顺丰上班", "", set()),
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
    assert parse_note(text, RULES) == Note(asked, frozenset(refused))


@given(st.text(alphabet="不要发走用顺丰中通圆和、，sfz to\n", max_size=80))
def test_no_note_breaks_the_reading(text: str) -> None:
    note = parse_note(text, RULES)
    assert note.asked not in note.refused | note.unsure
    assert not note.refused & note.unsure
    assert note.refused | note.unsure | {note.asked or "SF"} <= set(RULES.names.values())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("发顺丰 不要顺丰", Note(unsure=frozenset({"SF"}))),
        ("不要顺丰！！发顺丰，不要中通", Note("", frozenset({"ZTO"}), frozenset({"SF"}))),
        ("发顺丰，别发中通，算了发中通", Note("SF", frozenset(), frozenset({"ZTO"}))),
    ],
)
def test_what_says_both_asks_for_nobody_and_a_person_reads_it(text: str, note: Note) -> None:
    order = replace(ORDER, buyer_message=text)
    assert parse_note(text, RULES) == note
    assert (wishes_of(order, RULES).refused, unsure_of(order, RULES)) == (note.refused, note.unsure)
    found = {one.code: one.evidence for one in screen(order, FACTS)}
    assert found[HoldCode.KEYWORD] == {"words": ",".join(f"{code}?" for code in sorted(note.unsure))}
    calm = {one.code for one in screen(replace(order, buyer_message="发顺丰"), FACTS)}
    assert HoldCode.KEYWORD not in calm


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
