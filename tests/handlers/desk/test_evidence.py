"""What is wrong with an address, in words."""

from datetime import UTC, datetime

import pytest

from domain.addresses.place_names import Why
from domain.review.holds import Hold, HoldCode, Source
from handlers.cards.desk.evidence import FAULTS, hold_line
from handlers.words import Words

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def line(language: str, evidence: dict[str, str], private: bool = True) -> str:
    hold = Hold(HoldCode.ADDR_INVALID, Source.SCREENING, AT, evidence)
    return hold_line(hold, Words(language, "UTC"), private).partition("</b>")[2]


@pytest.mark.parametrize(
    ("why", "english", "chinese"),
    [
        ("missing", "city is missing", "缺少市"),
        ("unknown", "city: no place is called <x>", "市：没有叫「<x>」的地方"),
        ("ambiguous", "city is missing, and <x> is in several", "缺少市，「<x>」不止一处"),
        ("not_in_province", "city: <x> is not in that province", "市：「<x>」不在所填的省内"),
        ("not_in_city", "city: <x> is not in that city", "市：「<x>」不在所填的市内"),
        ("contradicted", "city: the address also says <x>", "市：地址里又写了「<x>」，前后矛盾"),
        ("malformed", "city is none a courier can call", "市无法拨打"),
        ("hidden", "city is hidden", "市被隐藏"),
        ("unreachable", "city: we do not deliver to <x>", "市：「<x>」不在配送范围内"),
    ],
)
def test_every_fault_in_both_languages(why: str, english: str, chinese: str) -> None:
    evidence = {"fields": "city", "why": why, "told": "<x>"}
    assert line("en", evidence) == f": {english}".replace("<x>", "&lt;x&gt;")
    assert line("zh", evidence) == f"：{chinese}".replace("<x>", "&lt;x&gt;")


def test_every_reason_has_words() -> None:
    assert set(FAULTS) == set(Why)


def test_several_faults() -> None:
    evidence = {"fields": "name,city,phone", "why": "missing,not_in_province,malformed", "told": ",南京市,"}
    assert line("en", evidence) == (
        ": name is missing; city: 南京市 is not in that province; phone is none a courier can call"
    )
    assert line("zh", evidence) == "：缺少姓名；市：「南京市」不在所填的省内；电话无法拨打"


def test_a_word_of_no_table_stays_out_of_groups() -> None:
    named = {"fields": "city", "why": "not_in_province", "told": "南京市"}
    assert line("en", named, private=False) == ": city: 南京市 is not in that province"
    evidence = {"fields": "district", "why": "unknown", "told": "王小明家13800001234"}
    assert line("en", evidence, private=False) == ": district: no place is called …"


def test_a_hold_from_before_there_were_reasons() -> None:
    assert line("en", {"fields": "name,phone"}) == ": missing or wrong: name, phone"


def test_missing_fields_are_told_in_one_breath() -> None:
    evidence = {"fields": "name,city,phone", "why": "missing,malformed,missing", "told": ",x,"}
    assert line("en", evidence) == ": missing: name, phone; city is none a courier can call"
    assert line("zh", evidence) == "：缺少姓名、电话；市无法拨打"
    whole = {"fields": "name,province,city,address,phone", "why": ",".join(["missing"] * 5), "told": ",,,,"}
    assert line("en", whole) == ": nothing is told of the receiver"
    assert line("zh", whole) == "：没有收件人信息"


def test_keywords_are_listed_as_the_language_does() -> None:
    hold = Hold(HoldCode.KEYWORD, Source.SCREENING, AT, {"words": "加急,送人"})
    assert [hold_line(hold, Words(language, "UTC"), True).partition("</b>")[2] for language in ("en", "zh")] == [
        ": found: 加急, 送人",
        "：命中：加急、送人",
    ]


@pytest.mark.parametrize(
    ("evidence", "english", "chinese"),
    [
        ({"order": "T0"}, "the goods of T0 must come back first", "须先收到订单 T0 退回的商品"),
        ({"own": "X1"}, "what the buyer sends back must come first", "须先收到买家退回的商品"),
    ],
)
def test_whose_goods_an_exchange_waits_for(evidence: dict[str, str], english: str, chinese: str) -> None:
    hold = Hold(HoldCode.WAIT_RETURN, Source.PLATFORM, AT, evidence)
    assert hold_line(hold, Words("en", "UTC"), True).endswith(f": {english}")
    assert hold_line(hold, Words("zh", "UTC"), True).endswith(f"：{chinese}")


def test_a_list_entry_without_words_quotes_nothing() -> None:
    facts = {"level": "hold", "reason": "refunds", "by": "buyer", "until": "2027-02-21", "text": ""}
    hold = Hold(HoldCode.BLACKLIST, Source.SCREENING, AT, facts)
    english, chinese = (hold_line(hold, Words(language, "UTC"), True) for language in ("en", "zh"))
    assert english.endswith(", until: 2027-02-21")
    assert chinese.endswith("，至：2027-02-21")
