"""What platform, buyer and customer service want of matching: read out of an order in this one place (rules.md B6).

Surprising: a platform's hint binds only when it names a courier we know; 快递 or "standard shipping" asks for nobody.
A note that can be read both ways asks for nobody either: `unsure` names whom it is about, and a person reads it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from domain.addresses.characters import simplified
from domain.orders.orders import Order
from domain.policy.policy_sections import Matching

_BETWEEN = re.compile(r"[\s、，,和或跟/&+]*(?:or|and)?\s*$")
_READ = 500
_FILLER = r"[\s:：请给我个只走发寄用使采要能可以想需许准得止绝收接受选择考虑建议再是让]{0,4}"
_SAME = "能可要是好行"
_QUESTION = rf"(?:(?<![{_SAME}])|{'|'.join(f'(?<={one})(?!不{one})' for one in _SAME)})"  # 能不能发顺丰 asks for it
_MAYBE = re.compile(rf"(?:不一定|不必|未必|不用非|无所谓){_FILLER}$")
_KIND = r"(?:快递|快运|速运|速递|物流| express)?"
_ENDS = r"(?=$|[\s，,。.!！?？；;、~])"
_SENDS = re.compile(
    rf"{_KIND}\s?(?:(?:发货|发|寄|优先|首选|最好|到付)(?:吧|哦|哈|谢谢)?|吧|谢谢|please|pls|only){_ENDS}"
)
_BUT_NOT = re.compile(rf"{_KIND}(?:最好|千万|就|请|一律)?(?:不要|别|勿|不)(?:发|用|寄|送|选|走)?(?:了|吧|谢谢)?{_ENDS}")
_ALL_BUT = re.compile(r"[^，,。.!！；;\n]*(?:不|别|勿)")  # 除了顺丰都不要 asks for it
_THREAT = re.compile(
    rf"{_KIND}(?:的话|的)?[\s，,]{{0,2}}(?:那我|我|那)?(?:就|直接|一律|马上|立马)(?:会|要|直接|申请|给你?)*"
    r"(?:退|拒|不要|不收|不买|不签|别发|不用发|差评|投诉|取消|举报)"
    r"|[\s,]*(?:and |then )?(?:i|we)(?:'ll| will)? (?:return|refund|cancel|refuse|reject)"
)
"""What happens if: it turns what stands before into its opposite. 不发顺丰就退货 asks for it, 发圆通我就退 does not."""
_NOTHING_ELSE = re.compile(rf"{_KIND}(?:的)?(?:都|一律|我)?(?:不|别|勿)(?:要|收|发|寄|买|签)?(?:货|件|了)?{_ENDS}")
_UNLESS = re.compile(r"(?:不是|非|没有)\s?$")  # 非顺丰不收
_ELSE = re.compile(rf"{_KIND}(?:不到|到不了|送不到|不派|不送|不通|没有)?(?:的话)?[\s，,]?就(?:发|用|走|寄|换|选)")
"""What instead, if not: 没有顺丰就发中通 would rather have it."""
_ALSO = re.compile(rf"{_KIND}(?:的话)?也(?:行|可|没|好|能)")  # 不发顺丰也行


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
    asked: list[str] = []
    refused: set[str] = set()
    for kind, name in _mentions(_plain(text), rules):
        if kind == "refuse":
            refused.add(rules.names[name])
        elif kind == "ask":
            asked.append(rules.names[name])
    unsure = refused.intersection(asked)
    first = next((code for code in asked if code not in unsure), "")
    return Note(first, frozenset(refused - unsure), frozenset(unsure))


def unsure_of(order: Order, rules: Matching) -> frozenset[str]:
    """Couriers that its notes both ask for and rule out: nobody is asked for or ruled out by that."""
    texts = order.seller_note or order.buyer_message
    return parse_note(_texts(order), rules).unsure if texts else frozenset()


def _texts(order: Order) -> str:
    """The seller's word comes first."""
    return f"{order.seller_note[:_READ]}\n{order.buyer_message[:_READ]}"


def _plain(text: str) -> str:
    """As compared: 必須順豐 is 必须顺丰, in the house's words as in people's."""
    return simplified(text.casefold())


def _mentions(text: str, rules: Matching) -> Iterator[tuple[str, str]]:
    """(ask | refuse, the name) for each courier named with such a word before it, or else behind it. A list (不要中通、
    圆通) goes on as it began; a text that is nothing but the name asks."""
    names, before, absent = _patterns(tuple(rules.names), rules.ask, rules.refuse, rules.absent)
    last, kind = 0, ""
    for found in names.finditer(text):
        lead, behind = text[last : found.start()], text[found.end() :]
        word = before.search(lead)
        if _MAYBE.search(lead):
            kind = ""
        elif _ELSE.match(behind):
            kind = "ask"
        elif word:
            kind = _turned(word.lastgroup or "", word[0], behind)
        elif absent.match(behind) or _BUT_NOT.match(behind) or _THREAT.match(behind):
            kind = "refuse"
        elif _SENDS.match(behind) and not (kind and "、" in lead):
            kind = "ask"
        elif not (kind and _BETWEEN.fullmatch(lead)):
            kind = "ask" if text.strip() == found[0] else ""
        last = found.end()
        if kind:
            yield kind, _spelled(found[0], rules)


def _turned(kind: str, word: str, behind: str) -> str:
    """What a word before a name says, seen with what follows the name."""
    if _THREAT.match(behind):
        return "refuse" if kind == "ask" else "ask"
    if kind == "refuse" and word.startswith("除") and _ALL_BUT.match(behind):
        return "ask"
    if kind == "refuse" and _UNLESS.match(word) and _NOTHING_ELSE.match(behind):
        return "ask"
    return "" if kind == "refuse" and _ALSO.match(behind) else kind


def _spelled(name: str, rules: Matching) -> str:
    return next(known for known in rules.names if _plain(known) == name)


@lru_cache(maxsize=16)
def _patterns(
    names: tuple[str, ...], ask: tuple[str, ...], refuse: tuple[str, ...], absent: tuple[str, ...]
) -> tuple["re.Pattern[str]", "re.Pattern[str]", "re.Pattern[str]"]:
    """The names (longest first, a Latin one only as a whole word), and the words that may stand before and behind."""

    def any_of(texts: tuple[str, ...]) -> str:
        return "|".join(_whole(_plain(text)) for text in sorted(texts, key=len, reverse=True)) or "(?!)"

    asks = any_of(ask)
    before = rf"(?:(?P<refuse>{_QUESTION}(?:{any_of(refuse)}))(?:{_FILLER}(?:{asks}))?|(?P<ask>{asks})){_FILLER}$"
    return re.compile(any_of(names)), re.compile(before), re.compile(rf"(?:快递|这里|我们这|那边)?(?:{any_of(absent)})")


def _whole(text: str) -> str:
    pattern = re.escape(text)
    return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])" if text.isascii() else pattern
