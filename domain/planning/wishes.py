"""What platform, buyer and customer service want of matching: read out of an order in this one place (rules.md B6).

Surprising: a platform's hint binds only when it names a courier we know; 快递 or "standard shipping" asks for nobody.
A note that can be read both ways asks for nobody either: `unsure` names whom it is about, and a person reads it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from domain.addresses.characters import simplified
from domain.orders.catalog import Warehouse
from domain.orders.orders import Order
from domain.planning import note_words as words
from domain.policy.policy_sections import Matching

_BETWEEN = re.compile(r"[\s、，,和或跟与及者/&+]*(?:还有|以及|or|and)?\s*$")
_READ = 500
_UNCLEAR = "unclear"
_NO_WORD = frozenset({"", "-", "--", "/", "无", "暂无", "未指定", "none", "null", "n/a"})
_DEFAULT = ("默认", "default")


class _Patterns(NamedTuple):
    names: "re.Pattern[str]"
    before: "re.Pattern[str]"
    absent: "re.Pattern[str]"


@dataclass(frozen=True, slots=True)
class Wishes:
    """Couriers by code, empty when nobody asks. `platform` and `warehouse` bind; `upgrade` and `note` prefer (unless
    the policy's `note_must`); `refused` bind. `ship_by` is a promise."""

    platform: str = ""
    upgrade: str = ""
    note: str = ""
    refused: frozenset[str] = frozenset()
    warehouse: str = ""
    ship_by: datetime | None = None


_NONE = Wishes()


def wishes_of(order: Order, rules: Matching) -> Wishes:
    """The order's wishes."""
    texts = order.seller_note or order.buyer_message
    told = texts or order.courier_hint or order.warehouse_hint or order.promised_ship_at
    if not (told or rules.upgrades):
        return _NONE
    note = parse_note(_texts(order), rules) if texts else Note()
    paid = [up for up in rules.upgrades if up.currency == order.currency and order.shipping >= up.shipping]
    return Wishes(
        platform=_code(order.courier_hint.strip(), rules),
        upgrade=max(paid, key=lambda up: up.shipping).courier if paid else "",
        note=note.asked,
        refused=note.refused,
        warehouse=order.warehouse_hint.strip(),
        ship_by=order.promised_ship_at,
    )


def warehouse_of(hint: str, warehouses: Iterable[Warehouse], rules: Matching) -> str | None:
    """The code of the warehouse a platform's word means: its code, its name, or a name of the policy's. Empty when the
    word says nothing; None when it names one that is none of ours (云仓), where others ship."""
    told = _name(hint)
    if told in _NO_WORD or told.startswith(_DEFAULT):
        return ""
    for one in warehouses:
        if told in (one.code.casefold(), _name(one.name)):
            return one.code
    return next((code for name, code in rules.warehouse_names.items() if _name(name) == told), None)


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


@dataclass(frozen=True, slots=True)
class Note:
    """What a free text asks for and rules out, and the couriers of whom it says both."""

    asked: str = ""
    refused: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def parse_note(text: str, rules: Matching) -> Note:
    """A free text read: 发顺丰, 不要中通和圆通."""
    found = {"ask": list[str](), "refuse": list[str]()}
    for kind, name in _mentions(_plain(text), rules):
        if kind:
            found[kind].append(rules.names[name])
    refused, asked = frozenset(found["refuse"]), found["ask"]
    unsure = refused.intersection(asked)
    first = next((code for code in asked if code not in unsure), "")
    return Note(first, refused - unsure, unsure)


def unsure_of(order: Order, rules: Matching) -> frozenset[str]:
    """Couriers that its notes both ask for and rule out: nobody is asked for or ruled out by that."""
    texts = order.seller_note or order.buyer_message
    return parse_note(_texts(order), rules).unsure if texts else frozenset()


def _texts(order: Order) -> str:
    """The seller's word comes first."""
    return f"{order.seller_note[:_READ]}\n{order.buyer_message[:_READ]}"


@lru_cache(maxsize=1024)
def _name(text: str) -> str:
    """A warehouse's name as it is compared: the same few are asked for every order."""
    return _plain(text.strip())


def _plain(text: str) -> str:
    """As compared: 必須順豐 is 必须顺丰, in the house's words as in people's."""
    return simplified(text.casefold())


def _mentions(text: str, rules: Matching) -> list[tuple[str, str]]:
    """(ask | refuse | nothing, the name) for each courier named. A list is what its beginning says (不要中通、圆通), or
    else its end (中通、圆通除外)."""
    patterns = _patterns(tuple(rules.names), rules.ask, rules.refuse, rules.absent)
    told = list[tuple[str, str]]()
    last = listed = 0
    for found in patterns.names.finditer(text):
        lead, behind = text[last : found.start()], text[found.end() :]
        goes_on = bool(told) and _BETWEEN.fullmatch(lead) is not None
        kind = _said(lead, behind, patterns) or (told[-1][0] if goes_on else "")
        if text.strip() == found[0]:
            kind = kind or "ask"
        if told and not told[-1][0] and _torn(lead, behind, patterns):
            kind = _UNCLEAR
        listed = listed if goes_on else len(told)
        if kind == "refuse":
            told[listed:] = [(one or kind, name) for one, name in told[listed:]]
        told.append((kind, _spelled(found[0], rules)))
        last = found.end()
    return [(kind, name) for kind, name in told if kind != _UNCLEAR]


def _said(lead: str, behind: str, patterns: _Patterns) -> str:
    """ask, refuse or nothing: by the words right before a name, or else right behind it."""
    if words.MAYBE.search(lead) or (words.ASKED.match(behind) and not words.MODAL.search(lead)):
        return _UNCLEAR
    if words.ELSE.match(behind):
        return "ask"
    if word := patterns.before.search(lead):
        return _turned(word.lastgroup or "", word[0], behind)
    if patterns.absent.match(behind) or words.BUT_NOT.match(behind) or words.THREAT.match(behind):
        return "refuse"
    return "ask" if words.SENDS.match(behind) else ""


def _torn(lead: str, behind: str, patterns: _Patterns) -> bool:
    """Whether what stands between two names may belong to either: 圆通不要发顺丰, 圆通不要顺丰要."""
    word = patterns.before.search(lead)
    between = word is not None and word[0] == lead
    return words.TORN.fullmatch(lead) is not None or (between and words.PREDICATE.match(behind) is not None)


def _turned(kind: str, word: str, behind: str) -> str:
    """What a word before a name says, seen with what follows the name."""
    if words.THREAT.match(behind):
        return "refuse" if kind == "ask" else "ask"
    if kind == "ask":
        return "refuse" if words.OUTSIDE.match(behind) else "ask"
    if words.ABOUT.match(behind) or words.ALSO.match(behind) or (word.startswith("不是") and behind.startswith("吧")):
        return _UNCLEAR
    if word.startswith("除") and words.ALL_BUT.match(behind):
        return "ask"
    if words.NOTHING_ELSE.match(behind) and (words.UNLESS.match(word) or word[:2] in words.EITHER):
        return "ask" if words.UNLESS.match(word) else _UNCLEAR
    return "refuse"


def _spelled(name: str, rules: Matching) -> str:
    return next(known for known in rules.names if _plain(known) == name)


@lru_cache(maxsize=16)
def _patterns(
    names: tuple[str, ...], ask: tuple[str, ...], refuse: tuple[str, ...], absent: tuple[str, ...]
) -> _Patterns:
    """The names (longest first, a Latin one only as a whole word), and the words that may stand before and behind."""

    def any_of(texts: tuple[str, ...]) -> str:
        return "|".join(_whole(_plain(text)) for text in sorted(texts, key=len, reverse=True)) or "(?!)"

    asks, no = any_of(ask), rf"{words.QUESTION}(?:{any_of(refuse)})"
    before = rf"(?:(?P<refuse>{no})(?:{words.FILLER}(?:{asks}))?|(?P<ask>{asks})){words.FILLER}$"
    return _Patterns(re.compile(any_of(names)), re.compile(before), words.absent(any_of(absent)))


def _whole(text: str) -> str:
    pattern = re.escape(text)
    return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])" if text.isascii() else pattern
