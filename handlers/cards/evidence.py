"""Why an order waits, in words. Why a warehouse or courier won stands in `choices`.

Surprising: what a hold quotes is often the buyer's own text. In a group its long digit runs are masked, since a
phone number in a message is still a phone number.
"""

import re

from domain.catalog import Catalog
from domain.holds import CATALOGUE, Hold, HoldCode
from handlers.terms import N_, hold_name, platform_state_name, role_name, step_name
from handlers.words import Html, Words, mask_name

EVIDENCE = {
    HoldCode.REFUNDED: N_("{amount} went back, but no line says for what"),
    HoldCode.REFUND_REQ: N_("lines concerned: {lines}, first: {first}"),
    HoldCode.BLACKLIST: N_("buyer {buyer}"),
    HoldCode.PLATFORM_SHIPPED: N_("the platform says: {state}"),
    HoldCode.NO_ITEMS: N_("nothing is left to ship"),
    HoldCode.SKU_UNMATCHED: N_("lines concerned: {lines}, first: «{code}» {title}"),
    HoldCode.OUT_OF_STOCK: N_("{sku}: {need} wanted, at most {free} free"),
    HoldCode.NO_WAREHOUSE: N_("no warehouse serves {shop}"),
    HoldCode.NO_COURIER: N_("none of {tried} couriers can"),
    HoldCode.WAYBILL_ERROR: N_("none of {tried} couriers gives a number: {error}"),
    HoldCode.ADDR_INVALID: N_("missing or wrong: {fields}"),
    HoldCode.ADDR_CHANGED: N_("came while the order was: {at}"),
    HoldCode.GOODS_CHANGED: N_("came while the order was: {at}"),
    HoldCode.DUPLICATE: N_("same goods and address as {order}"),
    HoldCode.AMOUNT_RANGE: N_("{paid} paid, usual is {low} to {high}"),
    HoldCode.KEYWORD: N_("found: {words}"),
    HoldCode.MESSAGE: N_("“{text}”"),
    HoldCode.SELLER_NOTE: N_("“{text}”"),
    HoldCode.FREEZE: N_("{reason} ({by})"),
}
NO_WAREHOUSE_CAN = N_("none of {tried} warehouses can, the first because: {why}")
SPLIT_STOCK = N_("no single warehouse has everything")
SHORT = {
    "elsewhere": N_("the platform asks for another"),
    "ruled_out": N_("a rule of the house"),
    "unreachable": N_("the place is not reached"),
    "too_heavy": N_("too heavy"),
    "too_light": N_("too light"),
}
CURES = {
    HoldCode.REFUND_REQ: N_("goes away when the refund is paid or withdrawn"),
    HoldCode.PLATFORM_SHIPPED: N_("goes away when the platform says so"),
    HoldCode.NO_ITEMS: N_("goes away when the order gets its goods lines"),
    HoldCode.SKU_UNMATCHED: N_("goes away when the product is matched"),
    HoldCode.OUT_OF_STOCK: N_("goes away when stock arrives"),
    HoldCode.NO_WAREHOUSE: N_("goes away when a warehouse serves the shop"),
    HoldCode.NO_COURIER: N_("goes away when a courier reaches the address"),
    HoldCode.WAYBILL_ERROR: N_("goes away when a courier may be asked again"),
    HoldCode.ADDR_INVALID: N_("goes away when the address is corrected"),
}
FIELDS = {
    "name": N_("name"),
    "phone": N_("phone"),
    "country": N_("country"),
    "province": N_("province"),
    "city": N_("city"),
    "district": N_("district"),
    "address": N_("street"),
    "zip": N_("postcode"),
}


_DIGITS = re.compile(r"\d{7,}")


def veiled(text: str, private: bool, limit: int = 200) -> str:
    """Foreign text cut to a sane length; in a group runs of seven and more digits keep their last four only."""
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text if private else _DIGITS.sub(lambda run: "*" * (len(run[0]) - 4) + run[0][-4:], text)


def _facts(hold: Hold, words: Words, private: bool) -> dict[str, str]:
    facts = {name: veiled(str(fact), private) for name, fact in hold.evidence.items()}
    if hold.code is HoldCode.AMOUNT_RANGE:
        currency = facts["currency"]
        facts |= {name: words.money(int(facts[name]), currency) for name in ("paid", "low", "high")}
    elif hold.code is HoldCode.REFUNDED:
        facts["amount"] = words.money(int(facts["amount"]), facts["currency"])
    elif hold.code is HoldCode.ADDR_INVALID:
        facts["fields"] = ", ".join(words.plain(FIELDS[field]) for field in facts["fields"].split(","))
    elif hold.code in (HoldCode.ADDR_CHANGED, HoldCode.GOODS_CHANGED):
        facts["at"] = step_name(facts.get("at", ""), words)
    elif hold.code is HoldCode.PLATFORM_SHIPPED:
        facts["state"] = platform_state_name(facts["state"], words)
    elif hold.code is HoldCode.NO_WAREHOUSE and "why" in facts:
        facts["why"] = words.plain(SHORT.get(facts["why"], facts["why"]))
    elif hold.code is HoldCode.BLACKLIST and not private:
        facts["buyer"] = mask_name(facts["buyer"])
    return facts


def hold_line(hold: Hold, words: Words, private: bool) -> str:
    """One hold: its name and what was seen."""
    text = EVIDENCE[hold.code]
    if hold.code is HoldCode.OUT_OF_STOCK and hold.evidence.get("sku") == "*":
        text = SPLIT_STOCK
    elif hold.code is HoldCode.NO_WAREHOUSE and "why" in hold.evidence:
        text = NO_WAREHOUSE_CAN
    seen = words(text, **_facts(hold, words, private))
    return words("• <b>{hold}</b>: {seen}", hold=hold_name(hold.code, words), seen=Html(seen))


def cure(code: HoldCode, words: Words) -> str:
    """What ends the hold, and whose it is."""
    rule = CATALOGUE[code]
    how = words(CURES[code]) if code in CURES else words("a person may release it")
    return words("{how}; belongs to {owner}", how=how, owner=role_name(rule.owner, words))


def shop_name(catalog: Catalog, shop_id: int) -> str:
    """A shop's name as people know it."""
    return catalog.shops[shop_id].name
