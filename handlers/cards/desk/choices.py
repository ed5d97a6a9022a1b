"""How a warehouse and a courier were chosen, as it was stored with the parcel: rule, inputs, price and every loser.

Surprising: codes of an older version are shown as they are. A decision made before an update stays readable.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from domain.money import read_sums
from handlers.cards.desk.evidence import veiled
from handlers.wording.terms import N_
from handlers.words import Html, Words

BECAUSE = {
    "only": N_("the only one that can"),
    "near_city": N_("same city as the receiver"),
    "near": N_("same province as the receiver"),
    "near_region": N_("nearest to the receiver"),
    "priority": N_("first in the order of preference"),
    "priced": N_("its price is known in full"),
    "cheapest": N_("lowest freight"),
    "not_default": N_("can do it without the stopgap"),
    "promise": N_("leaves in time for the promise"),
    "reachable": N_("a courier collects there"),
    "stock": N_("has the most stock"),
    "service": N_("better service"),
    "platform": N_("the platform asks for it"),
    "upgrade": N_("the buyer paid for it"),
    "note": N_("a note asks for it"),
    "rule": N_("rule «{rule}»"),
}
LOST = {
    "disabled": N_("switched off"),
    "not_serving": N_("does not serve {shop}"),
    "elsewhere": N_("the platform asks for {asked}"),
    "ruled_out": N_("ruled out by «{rule}»"),
    "unreachable": N_("does not reach {province}"),
    "too_heavy": N_("carries at most {max}, the parcel has {grams}"),
    "too_light": N_("carries from {min} on, the parcel has {grams}"),
    "too_long": N_("carries up to {max_side} mm, the longest side has {side} mm"),
    "short": N_("{sku}: {free} free, {need} wanted"),
    "late": N_("its cut-off at {cutoff} misses the promise"),
    "no_courier": N_("no courier carries it from there"),
    "unpriced_from": N_("freight from there: {freight}, and {lacks} in another currency"),
    "dearer_from": N_("freight from there: {freight}"),
    "other_city": N_("in another city (preference {priority})"),
    "farther": N_("in another province (preference {priority})"),
    "less_stock": N_("less stock: {cover} such {cover:order|orders}"),
    "lower_priority": N_("lower preference ({priority})"),
    "is_default": N_("only when no other can"),
    "country": N_("does not serve {country}"),
    "no_pickup": N_("does not collect from this warehouse"),
    "platform_other": N_("the platform asks for {asked}"),
    "refused": N_("a note rules it out"),
    "note_other": N_("a note asks for {asked}"),
    "no_account": N_("no e-waybill account for {shop}"),
    "no_numbers": N_("no numbers left in account {account}"),
    "waybill_error": N_("gave no number: {error}"),
    "refuses": N_("does not carry: {trait}"),
    "no_cod": N_("does not collect money"),
    "suspended": N_("suspended for {province}: {reason}"),
    "no_tariff": N_("its tariff has no price for {province}"),
    "unpriced": N_("costs {freight}, and {lacks} in another currency"),
    "dearer": N_("dearer: {freight}"),
    "worse_service": N_("lower service"),
    "not_favoured": N_("{won} was asked for"),
}
INPUTS = {
    "units": N_("goods {value}"),
    "grams": N_("weight {value}"),
    "volume_mm3": N_("size {value} l"),
    "traits": N_("goods are {value}"),
    "place": N_("to {value}"),
    "platform": N_("platform wants {value}"),
    "warehouse": N_("platform wants {value}"),
    "upgrade": N_("buyer paid for {value}"),
    "note": N_("note wants {value}"),
    "refused": N_("note rules out {value}"),
    "value": N_("goods worth {value}"),
    "collect": N_("collects {value}"),
    "cod": N_("cash on delivery"),
    "promise": N_("promised by {value}"),
}
TRAITS = {
    "liquid": N_("liquid"),
    "battery": N_("battery"),
    "cold": N_("cold"),
    "fragile": N_("fragile"),
    "oversized": N_("oversized"),
    "food": N_("food"),
    "chemical": N_("chemical"),
}
CHARGES = {
    "remote": N_("remote area"),
    "season": N_("season"),
    "fuel": N_("fuel"),
    "cod": N_("COD fee"),
    "insured": N_("insurance"),
    "insurance": N_("insurance"),
    "heavy": N_("overweight"),
    "long": N_("oversize"),
}


_FACT = re.compile(r"\{(\w+)\}")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _facts(raw: object, words: Words) -> dict[str, str]:
    """A decision's facts, with money, weights and traits as people write them."""
    facts = {name: str(fact) for name, fact in _mapping(raw).items()}
    if "freight" in facts:
        facts["freight"] = words.money(int(facts["freight"]), facts["currency"])
    for name in ("grams", "max", "min"):
        if name in facts:
            facts[name] = words.grams(int(facts[name]))
    if "lacks" in facts:
        facts["lacks"] = _lacking(json.loads(facts["lacks"]), words)
    if "error" in facts:  # the courier's own words may quote a phone number
        facts["error"] = veiled(facts["error"], private=False)
    if "trait" in facts:
        facts["trait"] = words.plain(TRAITS.get(facts["trait"], facts["trait"]))
    return facts


def _charge_name(code: str, words: Words) -> str:
    return words.plain(CHARGES[code]) if code in CHARGES else code


def _lacking(left_out: object, words: Words) -> str:
    """The fees a price does without, each with what it is a part of."""
    fees = left_out if isinstance(left_out, (list, tuple)) else ()
    named = ((_charge_name(str(code), words), words.money(_number(of), str(currency))) for code, currency, of in fees)
    return words.listed(words.label("{what} on {amount}", what=what, amount=amount) for what, amount in named)


def told(table: Mapping[str, str], code: str, raw: object, words: Words) -> str:
    """The code's text; the bare code when it is unknown or its facts are not those of today."""
    text, facts = table.get(code, ""), _facts(raw, words)
    if text and set(_FACT.findall(text)) <= facts.keys():
        return words(text, **facts)
    return words("{code}", code=code)


def loser_line(loser: Mapping[str, object], words: Words) -> str:
    """One candidate that lost, with its reason."""
    why = told(LOST, str(loser.get("reason", "")), loser.get("facts"), words)
    return words("✗ {name}: ", name=str(loser.get("name", ""))) + why


def _input(name: str, value: str, words: Words) -> str:
    if name == "grams":
        value = words.grams(int(value))
    elif name == "volume_mm3":
        value = f"{int(value) / 1_000_000:.1f}"
    elif name == "traits":
        value = words.listed(words.plain(TRAITS.get(trait, trait)) for trait in value.split(","))
    elif name == "units":
        named, _, more = value.partition(", +")
        value = words.listed(named.split(", "), int(more or 0))
    elif name in ("value", "collect"):
        value = words.listed(words.money(amount, currency) for currency, amount in read_sums(value))
    elif name == "promise":
        value = words.when(datetime.fromisoformat(value))
    return words(INPUTS.get(name, "{value}"), value=value)


def price_line(quote: Mapping[str, object], words: Words) -> str:
    """How the freight came about: parts, billed weight, the contract's version."""
    currency = str(quote.get("currency", ""))

    def money(amount: object) -> str:
        return words.money(_number(amount), currency)

    parts = [words("first weight {amount}", amount=money(quote.get("base")))]
    if quote.get("steps"):
        parts.append(words("further {amount}", amount=money(quote["steps"])))
    parts += charge_parts(quote, words)
    billed = words.grams(_number(quote.get("billable_g")))
    total, sum_of = money(quote.get("total")), Html(" + ".join(parts))
    text = words("💴 {total} = {parts} · billed as {grams}", total=total, parts=sum_of, grams=billed)
    if _number(quote.get("volumetric_g")) > _number(quote.get("grams")):
        text += words(" (size counts as {grams})", grams=words.grams(_number(quote["volumetric_g"])))
    if quote.get("left_out"):
        text += words(" · ⚠️ without {lacks}: another currency", lacks=_lacking(quote["left_out"], words))
    if quote.get("tariff"):
        area = words.plain("other places") if quote.get("area") == "*" else quote.get("area")
        return text + words(" · tariff v{version}, {area}", version=quote.get("version"), area=area)
    return text


def charge_parts(quote: Mapping[str, object], words: Words) -> list[str]:
    """What a price has on top of the freight, each with its amount."""
    charges, currency = quote.get("charges"), str(quote.get("currency", ""))
    return [
        words("{what} {amount}", what=_charge_name(str(code), words), amount=words.money(_number(amount), currency))
        for code, amount in (charges if isinstance(charges, (list, tuple)) else ())
    ]


def choice_lines(title: str, choice: object, words: Words, *, after: object = None) -> list[str]:
    """A decision of matching as it was stored with the parcel; what it went by only where the decision `after` which
    it is told did not go by the same."""
    data = _mapping(choice)
    if not data:
        return []
    because = told(BECAUSE, str(data.get("because", "")), data.get("facts"), words)
    lines = [words("<b>{title}: {name}</b>, ", title=title, name=str(data.get("won", ""))) + because]
    known = _mapping(_mapping(after).get("inputs")).items()
    news = [one for one in _mapping(data.get("inputs")).items() if one not in known]
    inputs = [_input(name, str(value), words) for name, value in news]
    if inputs:
        lines.append("   " + " · ".join(inputs))
    if data.get("quote"):
        lines.append("   " + price_line(_mapping(data["quote"]), words))
    before = _mapping(data.get("before"))
    if before:
        why = told(LOST, str(before.get("reason", "")), before.get("facts"), words)
        lines.append(words("↺ first chosen: {name}, then: ", name=str(before.get("name", ""))) + why)
    lost = data.get("lost")
    return lines + [loser_line(_mapping(one), words) for one in (lost if isinstance(lost, (list, tuple)) else ())]
