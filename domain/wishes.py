"""What platform, buyer and customer service want of matching: read out of an order in this one place (rules.md B6).

Surprising: a platform's hint binds only when it names a courier we know; 快递 or "standard shipping" asks for nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from domain.orders import Order
from domain.policy_sections import Matching

_BETWEEN = re.compile(r"[\s、，,和或跟/&+]*(?:or|and)?\s*$")
_READ = 500
_FILLER = r"[\s:：请给我个只走发寄用要能可以想需许准得止绝收选再]{0,4}"
_QUESTION = r"(?<![能可要是好行])"  # 能不能发顺丰 asks for it
_SENDS = re.compile(r"(?:快递|快运)?(?:发货|发|寄)(?:吧|哦|哈|谢谢)?(?=$|[\s，,。.!！；;、])")
_ALL_BUT = re.compile(r"[^，,。.!！；;\n]*(?:不|别|勿)")  # 除了顺丰都不要 asks for it


@dataclass(frozen=True, slots=True)
class Wishes:
    """Couriers by code, empty when nobody asks. `platform` and `warehouse` bind; `upgrade` and `note` prefer (unless
    the policy's `note_must`); `refused` bind. `cod` is what the courier collects (minor units), `ship_by` a promise."""

    platform: str = ""
    upgrade: str = ""
    note: str = ""
    refused: frozenset[str] = frozenset()
    warehouse: str = ""
    cod: int = 0
    ship_by: datetime | None = None


_NONE = Wishes()


def wishes_of(order: Order, rules: Matching) -> Wishes:
    """The order's wishes."""
    texts = order.seller_note or order.buyer_message
    told = texts or order.courier_hint or order.warehouse_hint or order.cod or order.promised_ship_at
    if not (told or rules.upgrades):
        return _NONE
    note, refused = "", frozenset[str]()
    if texts:  # the seller's word comes first
        note, refused = parse_note(f"{order.seller_note[:_READ]}\n{order.buyer_message[:_READ]}", rules)
    paid = [up for up in rules.upgrades if up.currency == order.currency and order.shipping >= up.shipping]
    return Wishes(
        platform=_code(order.courier_hint.strip(), rules),
        upgrade=max(paid, key=lambda up: up.shipping).courier if paid else "",
        note=note,
        refused=refused,
        warehouse=order.warehouse_hint.strip(),
        cod=order.total if order.cod else 0,
        ship_by=order.promised_ship_at,
    )


def _code(hint: str, rules: Matching) -> str:
    """The courier a platform's word means: the longest name in it, or the word itself where it is a known code.
    A word that names nobody (快递, standard shipping) asks for nobody."""
    if not hint:
        return ""
    text = hint.casefold()
    named = [name for name in rules.names if name.casefold() in text]
    if named:
        return rules.names[max(named, key=len)]
    return hint if hint in rules.names.values() else ""


def parse_note(text: str, rules: Matching) -> tuple[str, frozenset[str]]:
    """(the courier asked for, the couriers ruled out) in a free text: 发顺丰, 不要中通和圆通."""
    asked = ""
    refused: set[str] = set()
    for kind, name in _mentions(text.casefold(), rules):
        code = rules.names[name]
        if kind == "refuse":
            refused.add(code)
        elif kind == "ask":
            asked = asked or code
    return ("" if asked in refused else asked), frozenset(refused)


def _mentions(text: str, rules: Matching) -> Iterator[tuple[str, str]]:
    """(ask | refuse, the name) for each courier named with such a word before it, or else behind it. A list (不要中通、
    圆通) goes on as it began; a text that is nothing but the name asks."""
    names, before, absent = _patterns(tuple(rules.names), rules.ask, rules.refuse, rules.absent)
    last, kind = 0, ""
    for found in names.finditer(text):
        lead, behind = text[last : found.start()], text[found.end() :]
        word = before.search(lead)
        if word:
            kind = word.lastgroup or ""
            if word[0].startswith("除") and _ALL_BUT.match(behind):
                kind = "ask"
        elif absent.match(behind):
            kind = "refuse"
        elif _SENDS.match(behind) and not (kind and "、" in lead):
            kind = "ask"
        elif not (kind and _BETWEEN.fullmatch(lead)):
            kind = "ask" if text.strip() == found[0] else ""
        last = found.end()
        if kind:
            yield kind, _spelled(found[0], rules)


def _spelled(name: str, rules: Matching) -> str:
    return next(known for known in rules.names if known.casefold() == name)


@lru_cache(maxsize=16)
def _patterns(
    names: tuple[str, ...], ask: tuple[str, ...], refuse: tuple[str, ...], absent: tuple[str, ...]
) -> tuple["re.Pattern[str]", "re.Pattern[str]", "re.Pattern[str]"]:
    """The names (longest first, a Latin one only as a whole word), and the words that may stand before and behind."""

    def any_of(texts: tuple[str, ...]) -> str:
        return "|".join(_whole(text.casefold()) for text in sorted(texts, key=len, reverse=True)) or "(?!)"

    before = rf"(?:(?P<refuse>{_QUESTION}(?:{any_of(refuse)}))|(?P<ask>{any_of(ask)})){_FILLER}$"
    return re.compile(any_of(names)), re.compile(before), re.compile(rf"(?:快递|这里|我们这|那边)?(?:{any_of(absent)})")


def _whole(text: str) -> str:
    pattern = re.escape(text)
    return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])" if text.isascii() else pattern
