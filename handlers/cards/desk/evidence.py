"""Why an order waits, in words. Why a warehouse or courier won stands in `choices`.

Surprising: what a hold quotes is often the buyer's own text. In a group its long digit runs are masked, since a
phone number in a message is still a phone number.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from domain.addresses.place_names import Why
from domain.orders import boxed
from domain.orders.catalog import Catalog
from domain.review.holds import CATALOGUE, UNMATCHED, Hold, HoldCode
from handlers.wording.customer_terms import key_name, level_name, reason_name, term
from handlers.wording.goods import beside
from handlers.wording.terms import N_, actor_name, hold_name, platform_state_name, role_name, step_name
from handlers.words import Html, Words, mask_name

EVIDENCE = {
    HoldCode.REFUNDED: N_("{amount} went back, but no line says for what"),
    HoldCode.REFUND_REQ: N_("{lines} {lines:line|lines}, first: {first}"),
    HoldCode.BLACKLIST: N_("{level}: {why}, recognised by {by}, until: {until} “{text}”"),
    HoldCode.PLATFORM_SHIPPED: N_("the platform says: {state}"),
    HoldCode.NO_ITEMS: N_("nothing is left to ship"),
    HoldCode.NO_SHIPPING: N_("{lines} {lines:line needs|lines need} no shipping, first: {first}"),
    HoldCode.PICKUP: N_("the platform says: {told}"),
    HoldCode.SKU_UNMATCHED: N_("{lines} {lines:line|lines}, first: «{code}» {title}"),
    HoldCode.SKU_DISABLED: N_("{lines} {lines:line|lines}, first: {sku} {title}"),
    HoldCode.BUNDLE_UNMATCHED: N_(
        "{lines} {lines:line|lines}, first: the bundle «{set}» {title} has no components yet (/bundle)"
    ),
    HoldCode.OUT_OF_STOCK: N_("{sku}: {need} wanted, at most {free} free"),
    HoldCode.EXPIRY: N_("{sku}: {need} wanted, {free} with more than {days} {days:day|days} to live"),
    HoldCode.NO_WAREHOUSE: N_("no warehouse serves {shop}"),
    HoldCode.NO_COURIER: N_("no courier of {tried} can"),
    HoldCode.COURIER_SUSPENDED: N_("{courier} is suspended for {province}: {why}; until: {until}"),
    HoldCode.FUNDS_SHORT: N_("{courier} could take it, but account {account} has no numbers left"),
    HoldCode.WAIT_RETURN: N_("the goods of {order} must come back first"),
    HoldCode.PLATFORM_LOCK: N_("the platform says: {told}"),
    HoldCode.ADDR_INVALID: N_("{faults}"),
    HoldCode.WAYBILL_ERROR: N_("no courier of {tried} gives a number: {error}"),
    HoldCode.ADDR_CHANGED: N_("changed while the order was {at}"),
    HoldCode.GOODS_CHANGED: N_("changed while the order was {at}"),
    HoldCode.DUPLICATE: N_("same goods and address as {order}"),
    HoldCode.AMOUNT_RANGE: N_("{paid}, usual is {low} to {high}"),
    HoldCode.KEYWORD: N_("found: {words}"),
    HoldCode.MESSAGE: N_("“{text}”"),
    HoldCode.SELLER_NOTE: N_("“{text}”"),
    HoldCode.FREEZE: N_("{reason} ({by})"),
    HoldCode.FRAUD: N_("the platform's opinion: {risk}"),
    HoldCode.PAYMENT: N_("{owed} to be collected at the door"),
    HoldCode.PART_PAID: N_("{paid} paid of {payable}"),
    HoldCode.PRESALE_WAIT: N_("to be worked on from {until}"),
    HoldCode.MEMBER_CHANGED: N_("{member}, which travels with it, is stopped or held"),
    HoldCode.INVOICE_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.MESSAGE_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.NOTE_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.COURIER_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.WAREHOUSE_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.SHIP_TIME_CHANGED: N_("now “{now}”, changed while the order was {at}"),
    HoldCode.MERGE_WAIT: N_("could travel with {order}, which is held; waits until {until}"),
    HoldCode.QTY_RANGE: N_("{units} {units:unit|units}, usual is up to {most}"),
    HoldCode.KIND_RANGE: N_("{kinds} {kinds:kind|kinds} of goods, usual is up to {most}"),
    HoldCode.PRICE_LOW: N_("{sku} sold for {price}, the floor is {floor}"),
    HoldCode.MARGIN_LOW: N_("{left} of {paid} would be left after goods {cost} and freight {freight}"),
    HoldCode.FLAG: N_("flag {flag}"),
    HoldCode.PAY_DELAY: N_("the buyer may still change their mind, until {until}"),
    HoldCode.TIME_WINDOW: N_("approvals are open {hours}, next from {until} on"),
}
LISTED = N_("{level}: {why}, recognised by {by}, until: {until}")
FREEZE_UNTIL = N_("{reason} ({by}), until {until}")
FREEZE_STOCK = N_("{reason} ({by}), until the goods are there")
FREEZE_SHIP = N_("{reason} ({by}), until its ship time is near; then it is a rush one")
MARGIN_TOGETHER = N_(
    "{left} of {paid} would be left of {orders} in one parcel, after goods {cost} and one freight {freight}"
)
NO_WAREHOUSE_CAN = N_("no warehouse of {tried} can, the first because: {why}")
NOT_OURS = N_("the platform names warehouse «{named}», which is none of ours")
PRESALE_STOCK = N_("{sku}: {need} wanted, not on sale yet")
SPLIT_STOCK = N_("no single warehouse has everything")
NEW_NUMBER = N_("{asking} is asked for a new number")
GOODS = N_("{goods}; came while the order was: {at}")
SAME_GOODS = N_("the same goods, told anew; came while the order was: {at}")
OWN_RETURN = N_("what the buyer sends back must come first")
UNCLEAR_REFUND = N_("{amount} went back for {lines} (refund {refund}): do all of its goods still ship?")
HIDDEN_MOVED = N_("the platform hides the receiver, and what it shows is not ours: {fields} ({told})")
SPECIAL = (
    (HoldCode.REFUNDED, "refund", UNCLEAR_REFUND),
    (HoldCode.OUT_OF_STOCK, "presale", PRESALE_STOCK),
    (HoldCode.FREEZE, "until", FREEZE_UNTIL),
    (HoldCode.FREEZE, "stock", FREEZE_STOCK),
    (HoldCode.FREEZE, "ship", FREEZE_SHIP),
    (HoldCode.MARGIN_LOW, "orders", MARGIN_TOGETHER),
    (HoldCode.NO_WAREHOUSE, "why", NO_WAREHOUSE_CAN),
    (HoldCode.NO_WAREHOUSE, "named", NOT_OURS),
    (HoldCode.WAIT_RETURN, "own", OWN_RETURN),
    (HoldCode.ADDR_CHANGED, "told", HIDDEN_MOVED),
    (HoldCode.WAYBILL_ERROR, "asking", NEW_NUMBER),
    (HoldCode.GOODS_CHANGED, "goods", GOODS),
)
"""Other words for a code, where this fact was seen."""
SHORT = {
    "elsewhere": N_("the platform asks for another"),
    "ruled_out": N_("a rule of the house"),
    "unreachable": N_("the place is not reached"),
    "too_heavy": N_("too heavy"),
    "too_light": N_("too light"),
}
RISKS = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
UNKNOWN_PARTS = N_(
    "{lines} {lines:line|lines}, first: {unknown} is not a product of ours, in the bundle «{set}» {title}"
)
BY_HAND = N_("a person may release it")
ON_SALE = N_("goes away when they are on sale")
CURES = {
    HoldCode.REFUNDED: N_("a lead says with 💸 which goods stay, if any, then releases it: the others ship"),
    HoldCode.REFUND_REQ: N_("goes away when the refund is paid or withdrawn"),
    HoldCode.PLATFORM_SHIPPED: N_("goes away when the platform no longer says so"),
    HoldCode.PRESALE_WAIT: N_("goes away by itself then"),
    HoldCode.MERGE_WAIT: N_("goes away by itself then"),
    HoldCode.PAY_DELAY: N_("goes away by itself then"),
    HoldCode.TIME_WINDOW: N_("goes away by itself then"),
    HoldCode.NO_ITEMS: N_("goes away when the order gets its goods lines"),
    HoldCode.NO_SHIPPING: N_("a person says that it is done (☑️); or the platform does"),
    HoldCode.PICKUP: N_("goes away when the platform no longer says so; released, it is sent by courier all the same"),
    HoldCode.SKU_UNMATCHED: N_("goes away when the product is matched"),
    HoldCode.SKU_DISABLED: N_(
        "goes away when the product is switched on; the buyer or a lead releases it and it ships"
    ),
    HoldCode.BUNDLE_UNMATCHED: N_("goes away when the bundle's components are complete"),
    HoldCode.OUT_OF_STOCK: N_("goes away when stock arrives"),
    HoldCode.EXPIRY: N_("goes away when a fresher batch comes in"),
    HoldCode.NO_WAREHOUSE: N_("goes away when a warehouse serves the shop, or bears the name that the platform tells"),
    HoldCode.NO_COURIER: N_("goes away when a courier reaches the address"),
    HoldCode.COURIER_SUSPENDED: N_("goes away by itself when the suspension ends"),
    HoldCode.WAYBILL_ERROR: N_("goes away when a courier may be asked again"),
    HoldCode.FUNDS_SHORT: N_("goes away when the account is topped up (/numbers)"),
    HoldCode.WAIT_RETURN: N_("goes away when the return is received in good order; a lead may release it before"),
    HoldCode.PLATFORM_LOCK: N_("goes away when the platform lets it go; a lead may release it before"),
    HoldCode.ADDR_INVALID: N_("goes away when the address is corrected"),
    HoldCode.PART_PAID: N_("goes away when the rest is paid"),
    HoldCode.BLACKLIST: N_("goes away when the entry is lifted or runs out; a lead may release this order"),
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
FAULTS = {
    Why.MISSING: N_("{field} is missing"),
    Why.UNKNOWN: N_("{field}: no place is called {told}"),
    Why.AMBIGUOUS: N_("{field} is missing, and {told} is in several"),
    Why.NOT_IN_PROVINCE: N_("{field}: {told} is not in that province"),
    Why.NOT_IN_CITY: N_("{field}: {told} is not in that city"),
    Why.CONTRADICTED: N_("{field}: the address also says {told}"),
    Why.MALFORMED: N_("{field} is none a courier can call"),
    Why.HIDDEN: N_("{field} is hidden"),
    Why.UNREACHABLE: N_("{field}: we do not deliver to {told}"),
}
_WHOLE = frozenset({"name", "city", "address", "phone"})
"""With all of these missing there is no receiver at all."""
_DIGITS = re.compile(r"\d{7,}")


def veiled(text: str, private: bool, limit: int = 200) -> str:
    """Foreign text cut to a sane length; in a group runs of seven and more digits keep their last four only."""
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text if private else _DIGITS.sub(lambda run: "*" * (len(run[0]) - 4) + run[0][-4:], text)


_MONEY = ("paid", "payable", "low", "high", "amount", "owed", "price", "floor", "left", "cost", "freight")


def _facts(hold: Hold, words: Words, private: bool) -> dict[str, str]:
    facts = {name: veiled(str(fact), private) for name, fact in hold.evidence.items()}
    if "currency" in facts:
        facts |= {name: words.money(int(facts[name]), facts["currency"]) for name in _MONEY if name in facts}
    if hold.code is not HoldCode.BLACKLIST and "until" in facts:
        facts["until"] = words.when(datetime.fromisoformat(facts["until"])) if facts["until"] else "?"
    if "at" in facts:
        facts["at"] = step_name(facts["at"], words)
    if hold.code in UNMATCHED:
        facts["title"] = beside(facts["code"], facts["title"])
    elif hold.code is HoldCode.SKU_DISABLED:
        facts["title"] = beside(facts["sku"], facts["title"])
    elif hold.code is HoldCode.KEYWORD:
        facts["words"] = words.listed(facts["words"].split(","))
    elif hold.code is HoldCode.ADDR_CHANGED and "fields" in facts:
        facts["fields"] = words.listed([words.plain(FIELDS[field]) for field in facts["fields"].split(",")])
    elif hold.code is HoldCode.ADDR_INVALID:
        facts["faults"] = _faults(hold.evidence, words, private)
    elif hold.code is HoldCode.FRAUD:
        known = facts["risk"].casefold()
        facts["risk"] = words.plain(RISKS[known]) if known in RISKS else facts["risk"]
    elif hold.code is HoldCode.PLATFORM_SHIPPED:
        facts["state"] = platform_state_name(facts["state"], words)
    elif hold.code is HoldCode.BLACKLIST:
        facts |= _listed(facts, words)
    elif hold.code is HoldCode.NO_WAREHOUSE and "why" in facts:
        facts["why"] = words.plain(SHORT.get(facts["why"], facts["why"]))
    return facts


def _faults(evidence: Mapping[str, str], words: Words, private: bool) -> str:
    """What is wrong with an address, fault by fault. A word that is in no table may be anything and stays out of
    groups; a hold from before there were reasons names the fields alone."""
    labels = [words.plain(FIELDS[field]) for field in evidence["fields"].split(",")]
    if "why" not in evidence:
        return words.label(N_("missing or wrong: {fields}"), fields=words.listed(labels))
    whys, told = evidence["why"].split(","), evidence["told"].split(",")
    found = list(zip(labels, whys, told, strict=True))
    missing = [label for label, why, _ in found if why == Why.MISSING]
    lines = [words.label(N_("missing: {fields}"), fields=words.listed(missing))] if len(missing) > 1 else []
    if set(whys) == {Why.MISSING} and set(evidence["fields"].split(",")) >= _WHOLE:
        lines = [words.plain(N_("nothing is told of the receiver"))]
    lines += [
        words.label(FAULTS[Why(why)], field=label, told=word if private or why != Why.UNKNOWN else "…")
        for label, why, word in found
        if not (lines and why == Why.MISSING)
    ]
    return words.plain(N_("; ")).join(lines)


def _listed(facts: Mapping[str, str], words: Words) -> dict[str, str]:
    """A list entry's facts; a hold from before entries has none but the buyer."""
    return {
        "level": level_name(facts.get("level", "hold"), words),
        "why": reason_name(facts.get("reason", "other"), words),
        "by": key_name(facts.get("by", "buyer"), words),
        "until": facts.get("until", "") or term(0, words),
        "text": facts.get("text", ""),
    }


def hold_line(hold: Hold, words: Words, private: bool) -> str:
    """One hold: its name and what was seen."""
    seen = seen_text(hold, words, private)
    return words("• <b>{hold}</b>: {seen}", hold=hold_name(hold.code, words), seen=Html(seen))


def seen_text(hold: Hold, words: Words, private: bool) -> str:
    """What was seen, as HTML."""
    special = (text for code, fact, text in SPECIAL if code is hold.code and fact in hold.evidence)
    text = next(special, EVIDENCE[hold.code])
    if hold.code is HoldCode.BUNDLE_UNMATCHED and hold.evidence["unknown"]:
        text = UNKNOWN_PARTS
    if hold.code is HoldCode.BLACKLIST and not hold.evidence.get("text"):
        text = LISTED
    if hold.code is HoldCode.OUT_OF_STOCK and hold.evidence.get("sku") == "*":
        text = SPLIT_STOCK
    if hold.code is HoldCode.GOODS_CHANGED and hold.evidence.get("goods") == boxed.SAME:
        text = SAME_GOODS
    return words(text, **_facts(hold, words, private)).rstrip() + _moved(hold.evidence, words, private)


def _moved(evidence: Mapping[str, str], words: Words, private: bool) -> str:
    """Of a new address both, and who said so: nobody should have to believe it unseen."""
    if "said_by" not in evidence:
        return ""
    said = {
        "who": actor_name(evidence["said_by"], words),
        "at": words.when(datetime.fromisoformat(evidence["said_at"])),
    }
    return f"{from_to(evidence, words, private)}\n   {words('told by {who} at {at}', **said)}"


def from_to(told: Mapping[str, str], words: Words, private: bool) -> str:
    """The old address and the new one; in a group without names and streets."""
    was, now = (_receiver(told[name], private) for name in ("was", "now"))
    lines = (words("was: {address}", address=was or "-"), words("now: {address}", address=now or "-"))
    return "".join(f"\n   {line}" for line in lines)


def _receiver(told: str, private: bool) -> str:
    name, phone, place, street = told.split("\n")
    parts = (name, phone, place, street) if private else (mask_name(name), phone, place)
    return veiled(" ".join(part for part in parts if part), private)


def cure(hold: Hold, words: Words) -> str:
    """What ends the hold, and whose it is."""
    rule = CATALOGUE[hold.code]
    how = words(ON_SALE if "presale" in hold.evidence else CURES.get(hold.code, BY_HAND))
    return words("{how}; belongs to {owner}", how=how, owner=role_name(rule.owner, words))


def shop_name(catalog: Catalog, shop_id: int) -> str:
    """A shop's name as people know it."""
    return catalog.shops[shop_id].name
