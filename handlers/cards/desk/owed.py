"""What goes now and what follows, on an order's card; in /why what was looked at, and why an order is not parted.

Surprising: why it was not parted is evidence of the hold for the missing stock, so it is told as it was decided; only
that the house rules never ask is read from them.
"""

from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState
from domain.orders.orders import Order
from domain.planning.shortage import PRESALE
from domain.review.holds import Hold, HoldCode
from handlers.wording.customer_terms import platform_name
from handlers.wording.terms import N_, hold_name
from handlers.words import Words

SHOWN = 8
NOT_PARTED = {
    "nothing": N_("nothing of it is there but gifts, if anything"),
    "cod": N_("cash on delivery is collected at the door once"),
    "together": N_("a person merged it, so it stays whole"),
    "exchange": N_("an exchange goes whole, against what came back"),
    "auto": N_("the house rules never split by themselves"),
    "platform": N_("{platform} cannot be told of a part"),
    "gifts": N_("only gifts are missing, and they do not travel alone"),
    "little": N_("{value} of {total} is there, at least {least} must be"),
    "share": N_("{value} of {total} is there, at least {percent}% must be"),
    "pieces": N_("what is there lies in too many places"),
}
OFF = N_("the house rules do not ask for it")
_STOCK = (HoldCode.OUT_OF_STOCK, HoldCode.EXPIRY)
_FIRST = (ParcelState.PLANNED, ParcelState.READY)


def owed_lines(boxes: Sequence[Parcel], words: Words) -> list[str]:
    """What goes now and what follows when; nothing for an order that is owed nothing. `boxes` are its live ones."""
    lines = []
    owed = [box for box in boxes if box.warehouse_id is None]
    first = [box for box in boxes if box not in owed and box.state in _FIRST]
    if owed and first:
        lines.append(words("📦 Goes now: {goods}", goods=_goods(first, words)))
    for box in owed:
        part = box.why.get("part")
        later = isinstance(part, Mapping) and part.get("rule") == PRESALE
        text = N_("⏳ Follows when it is on sale: {goods}") if later else N_("⏳ Follows when it is there: {goods}")
        lines.append(words(text, goods=_goods([box], words)))
        if stuck := box.why.get("stuck"):
            lines.append(words("⚠️ The goods are there, but: {why}", why=hold_name(str(stuck), words)))
    return lines


def _goods(boxes: Sequence[Parcel], words: Words) -> str:
    units: dict[str, int] = {}
    for item in (item for box in boxes for item in box.live_items):
        units[item.sku] = units.get(item.sku, 0) + item.quantity
    told = [f"{count} × {sku}" for sku, count in units.items()]
    return words.listed(told[:SHOWN], len(told) - SHOWN)


def part_lines(parcel: Parcel, words: Words) -> list[str]:
    """What was looked at when the order was parted."""
    part = parcel.why.get("part")
    if not isinstance(part, Mapping):
        return []
    facts = _facts(part, str(part["currency"]), words)
    text = N_("✂️ Missing: {missing}. {value} of {total} goes first, at least {least} and {percent}% were wanted")
    if part.get("rule") == PRESALE:
        text = N_("✂️ Not on sale yet: {missing}. {value} of {total} goes first")
    return [words(text, **facts) + words("; {platform} can be told of parts", platform=facts["platform"])]


def not_parted(desk: Desk, order: Order, hold: Hold, words: Words) -> list[str]:
    """Why an order that lacks goods is not sent in part."""
    if hold.code not in _STOCK:
        return []
    why = str(hold.evidence.get("part", ""))
    if why in NOT_PARTED:
        told = words.label(NOT_PARTED[why], **_facts(hold.evidence, order.currency, words))
    elif not desk.policy.split.shortage:
        told = words.plain(OFF)
    else:
        return []
    return [words("   ✂️ Not sent in part: {why}", why=told)]


def _facts(told: Mapping[str, object], currency: str, words: Words) -> dict[str, str]:
    money = {name: words.money(int(str(told[name])), currency) for name in ("value", "total", "least")}
    platform = platform_name(str(told["platform"]), words)
    return {
        "percent": str(told["percent"]),
        "missing": words.listed(str(told["missing"]).split(", ")),
        "platform": platform,
        **money,
    }
