"""What /why says of a choice, in both languages, also of decisions older than the program."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import domain
from domain.planning.match import Loser, Match
from domain.planning.matching import _units
from domain.planning.tariffs import Charge, Quote, Unpriced
from handlers.cards.desk import choices
from handlers.cards.desk.choices import choice_lines
from handlers.words import Words
from tests.domain.asks import match_courier
from tests.domain.planning.test_matching import ORDER, WH, YTO, ZTO, hinted, world

EN, ZH = Words("en", "Asia/Shanghai"), Words("zh", "Asia/Shanghai")
QUOTE = Quote(
    tariff_id=3,
    version=2,
    currency="CNY",
    area="浙江",
    grams=1200,
    volumetric_g=3000,
    billable_g=3000,
    base=320,
    step_fee=200,
    charges=(Charge("remote", 500), Charge("<b>", 0)),
)


def test_rule_inputs_price_and_losers_are_readable() -> None:
    match = Match(
        1,
        "中通",
        "rule",
        (Loser("圆通", "suspended", {"province": "浙江省", "reason": "<台风>"}), Loser("顺丰", "no_cod", {})),
        {"rule": "near <goes> by 中通"},
        {"grams": "1200", "volume_mm3": "24000000", "traits": "liquid,sharp", "place": "浙江省/杭州市"},
        QUOTE,
    )
    before = {"name": "圆通", "reason": "waybill_error", "facts": {"error": "call 13800001234"}}
    data = {**match.as_data(), "before": before}
    assert choice_lines("Courier", data, EN) == [
        "<b>Courier: 中通</b>, rule «near &lt;goes&gt; by 中通»",
        "   weight 1.2 kg · size 24.0 l · goods are liquid, sharp · to 浙江省/杭州市",
        "   💴 ¥10.20 = first weight ¥3.20 + further ¥2.00 + remote area ¥5.00 + &lt;b&gt; ¥0.00 · billed as 3 kg"
        " (size counts as 3 kg) · tariff v2, 浙江",
        "↺ first chosen: 圆通, then: gave no number: call *******1234",
        "✗ 圆通: suspended for 浙江省: &lt;台风&gt;",
        "✗ 顺丰: does not collect money",
    ]
    assert choice_lines("快递", data, ZH)[0] == "<b>快递：中通</b>，规则「near &lt;goes&gt; by 中通」"


def test_what_the_warehouse_was_chosen_by_is_not_told_again_of_the_courier() -> None:
    place = Match(1, "杭州仓", "nearest", (), {}, {"grams": "1200", "place": "浙江省/杭州市"}).as_data()
    courier = Match(1, "中通", "only", (), {}, {"grams": "1400", "place": "浙江省/杭州市", "cod": "1"}).as_data()
    assert choice_lines("Courier", courier, EN, after=place)[1:] == ["   weight 1.4 kg · cash on delivery"]
    assert choice_lines("Courier", {**courier, "inputs": place["inputs"]}, EN, after=place)[1:] == []
    assert choice_lines("Courier", courier, EN)[1:] == ["   weight 1.4 kg · to 浙江省/杭州市 · cash on delivery"]


def test_what_a_price_lacks_is_told_of_the_winner_and_of_whom_it_cost_the_parcel() -> None:
    lacking = replace(QUOTE, charges=(), left_out=(Unpriced("insured", (("USD", 4900),)),))
    losers = (Loser("圆通", "unpriced", lacking.told()),)
    inputs = {"value": "CNY 1050, USD 4900", "collect": "USD 4900"}
    data = Match(1, "中通", "priced", losers, {}, inputs, lacking).as_data()
    assert choice_lines("Courier", data, EN) == [
        "<b>Courier: 中通</b>, its price is known in full",
        "   goods worth ¥10.50, $49.00 · collects $49.00",
        "   💴 ¥5.20 = first weight ¥3.20 + further ¥2.00 · billed as 3 kg (size counts as 3 kg)"
        " · ⚠️ without insurance on $49.00: another currency · tariff v2, 浙江",
        "✗ 圆通: costs ¥5.20, and insurance on $49.00 in another currency",
    ]
    assert choice_lines("快递", data, ZH) == [
        "<b>快递：中通</b>，运费可完整计算",
        "   货值 ¥10.50、$49.00 · 代收 $49.00",
        "   💴 ¥5.20 = 首重 ¥3.20 + 续重 ¥2.00 · 计费重 3 kg（体积重 3 kg）"
        " · ⚠️ 未含 保价费（按 $49.00 计）：币种不同 · 报价 v2，浙江",
        "✗ 圆通：运费 ¥5.20，另有 保价费（按 $49.00 计），币种不同无法计算",
    ]


def test_a_decision_of_another_version_stays_readable() -> None:
    old = {"won": "圆通", "because": "the stars", "lost": [{"name": "X", "reason": "dearer_from", "facts": {}}]}
    assert choice_lines("Courier", old, EN) == ["<b>Courier: 圆通</b>, the stars", "✗ X: dearer_from"]
    assert choice_lines("Courier", None, EN) == []
    assert (
        choice_lines("Courier", {"won": "圆通", "lost": [{}], "quote": {"total": 1}}, EN)[0] == "<b>Courier: 圆通</b>, "
    )


@pytest.mark.parametrize("words", [EN, ZH])
def test_every_reason_matching_gives_has_words(words: Words) -> None:
    """The codes as the domain's source names them."""
    couriers = world(couriers=(YTO, ZTO), places=(WH,))
    for order in (ORDER, hinted(cod=1), hinted(courier_hint="DHL")):
        for loser in match_courier(order, 2, 360, couriers).losers:
            assert loser.reason in choices.LOST
    codes = reasons()
    assert {"short", "late", "dearer", "no_numbers", "ruled_out"} <= codes
    assert codes <= set(choices.LOST)


def reasons() -> set[str]:
    """Every literal a fault or a point of matching loses by."""
    found: set[str] = set()
    for name in ("planning/matching", "planning/couriers", "planning/match", "review/recheck"):
        tree = ast.parse((Path(domain.__file__).parent / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict):
                found |= _texts(node.elts[:1])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Point", "Loser"):
                found |= _texts(node.args[1:2])
    return found


def _texts(nodes: Sequence[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_the_goods_of_a_box_are_parted_as_the_language_does() -> None:
    data = {"won": "杭州仓", "inputs": {"units": "BOX-S×1, FLASK×1"}}
    assert [choice_lines("X", data, words)[1].strip() for words in (EN, ZH)] == [
        "goods BOX-S×1, FLASK×1",
        "商品 BOX-S×1、FLASK×1",
    ]


def test_more_goods_than_are_named_are_counted() -> None:
    units = _units({f"S{n}": 2 for n in range(1, 8)})
    assert (units, _units({"S1": 2})) == ("S1×2, S2×2, S3×2, S4×2, S5×2, +2", "S1×2")
    data = {"won": "杭州仓", "inputs": {"units": units}}
    assert choice_lines("X", data, EN)[1].strip() == "goods S1×2, S2×2, S3×2, S4×2, S5×2 and 2 more"
