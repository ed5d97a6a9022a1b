"""A scope of the line of orders as a tap carries it, as it is called, and as somebody types it behind a command.

Surprising: typed words are looked for in both languages, the longest first; what is left over is refused by name, so
that a mistyped shop never means "all shops".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from domain.desk import Desk
from domain.errors import BadValue
from domain.review.holds import HoldCode
from domain.review.scope import ALL, HELD, Amount, Hand, Scope
from handlers.cards.desk.evidence import shop_name
from handlers.wording.terms import N_, hold_name
from handlers.words import LANGUAGES, Words

MOST_HOURS, MOST_ABOVE = 999, 9_999_999
STATES = {True: N_("held"), False: N_("clean")}
AMOUNTS = {Amount.OVER: N_("above the limit"), Amount.TWO: N_("two people needed")}
HANDS = {Hand.MINE: N_("mine"), Hand.SNOOZED: N_("put off")}
WORDS: tuple[tuple[str, Mapping[str, object]], ...] = (
    *((name, {"held": held}) for held, name in STATES.items()),
    *((name, {"amount": amount}) for amount, name in AMOUNTS.items()),
    *((name, {"hand": hand}) for hand, name in HANDS.items()),
    (N_("on hold"), {"held": True}),
    (N_("missed"), {"hours": 0}),
    (N_("urgent"), {"hours": -1}),  # the policy's hours
)
_HOURS = re.compile(r"(?<!\d)(\d{1,3})\s*(?:h|hours?|小时)(?![a-z])")
_ABOVE = re.compile(r"[>＞≥]\s*(\d{1,7})(?!\d)|(?<!\d)(\d{1,7})\s*\+")
_PARTS: Mapping[str, Callable[[str], Mapping[str, object]]] = {
    "h": lambda told: {"held": True, **_none(told)},
    "c": lambda told: {"held": False, **_none(told)},
    "s": lambda told: {"shop": int(told)},
    "x": lambda told: {"code": HoldCode(told)},
    "d": lambda told: {"hours": int(told)},
    "u": lambda told: {"due": datetime.fromtimestamp(int(told) * 60, UTC)},
    "o": lambda told: {"amount": Amount.OVER, **_none(told)},
    "t": lambda told: {"amount": Amount.TWO, **_none(told)},
    "g": lambda told: {"above": int(told)},
    "i": lambda told: {"hand": Hand.MINE, **_none(told)},
    "z": lambda told: {"hand": Hand.SNOOZED, **_none(told)},
}


def _none(told: str) -> Mapping[str, object]:
    if told:
        raise ValueError(told)
    return {}


def code_of(scope: Scope) -> str:
    """The scope as it stands in a tap: a letter and what it says for each part, `h.s3.d6`; `a` = all. At most 43
    bytes, so that a verb and an order's id fit beside it."""
    parts = [{True: "h", False: "c", None: ""}[scope.held], f"s{scope.shop}" if scope.shop else ""]
    parts += [f"x{scope.code}" if scope.code else "", "" if scope.hours is None else f"d{scope.hours}"]
    parts += [f"u{int(scope.due.timestamp()) // 60}" if scope.due else ""]
    parts += [{Amount.OVER: "o", Amount.TWO: "t", None: ""}[scope.amount], f"g{scope.above}" if scope.above else ""]
    parts += [{Hand.MINE: "i", Hand.SNOOZED: "z", None: ""}[scope.hand]]
    return ".".join(filter(None, parts)) or "a"


def scope_of(code: str) -> Scope | None:
    """Back; None for what makes no sense, as an older version's."""
    said: dict[str, object] = {}
    try:
        for part in () if code == "a" else code.split("."):
            said |= _PARTS[part[:1]](part[1:])
        return replace(ALL, **said)  # type: ignore[arg-type]  # each part names its own field
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def walked(code: str) -> Scope:
    """What a queue's card walks through; all held where it does not say."""
    return scope_of(code) or HELD


def parts_of(desk: Desk, scope: Scope, words: Words) -> dict[str, str]:
    """What is on, field by field, in words."""
    found = {"held": words.plain(STATES[scope.held])} if scope.held is not None else {}
    if scope.shop:
        found["shop"] = shop_name(desk.catalog, scope.shop) if scope.shop in desk.catalog.shops else str(scope.shop)
    if scope.code:
        found["code"] = hold_name(scope.code, words)
    if scope.hours is not None:
        found["hours"] = hours_name(desk, scope.hours, words)
    if scope.due is not None:
        found["due"] = words.label("due before {at}", at=words.when(scope.due))
    if scope.amount:
        found["amount"] = words.plain(AMOUNTS[scope.amount])
    if scope.above:
        found["above"] = f"> {scope.above:,}"
    return found | ({"hand": words.plain(HANDS[scope.hand])} if scope.hand else {})


def hours_name(desk: Desk, hours: int, words: Words) -> str:
    """Due within so many hours, in words."""
    if hours == 0:
        return words.plain("missed")
    if hours == desk.policy.urgent_hours:
        return words.plain("urgent")
    return words.label("within {hours} h", hours=hours)


def scope_name(desk: Desk, scope: Scope, words: Words) -> str:
    """All that is on, in one line."""
    return " + ".join(parts_of(desk, scope, words).values()) or words.plain("all orders")


def typed_scope(desk: Desk, text: str, otherwise: Scope) -> Scope:
    """`小满旗舰店 urgent >500 mine` -> the scope; `otherwise` where nothing is typed. Raises BadValue with what is not
    understood, or said twice."""
    rest, said = f" {text.casefold()} ", dict[str, object]()
    for phrase, fields in sorted(_phrases(desk).items(), key=lambda item: -len(item[0])):
        rest, found = _taken_out(rest, phrase)
        if found:
            _say(said, fields, phrase)
    for pattern, name, most in ((_ABOVE, "above", MOST_ABOVE), (_HOURS, "hours", MOST_HOURS)):
        for match in pattern.finditer(rest):
            _say(said, {name: min(int(next(filter(None, match.groups()))), most)}, match[0].strip())
        rest = pattern.sub(" ", rest)
    left = re.sub(r"[\s,，、+;；]+", " ", rest).strip()
    if left:
        raise BadValue("filter", left[:60], "filter")
    return replace(ALL, **said) if said else otherwise  # type: ignore[arg-type]  # its own fields


def _say(said: dict[str, object], fields: Mapping[str, object], phrase: str) -> None:
    if any(said.get(name, value) != value for name, value in fields.items()):
        raise BadValue("filter", phrase, "filter_once")
    said.update(fields)


def _taken_out(text: str, phrase: str) -> tuple[str, bool]:
    """Without the phrase, where it stands by itself; Chinese needs no blanks around it."""
    edge = r"(?<![0-9a-z_]){}(?![0-9a-z_])" if phrase.isascii() else "{}"
    rest, count = re.subn(edge.format(re.escape(phrase)), " ", text)
    return rest, count > 0


def _phrases(desk: Desk) -> dict[str, Mapping[str, object]]:
    """Everything that can be said, in every language: shops by name or `#3`, holds by name or code, the rest."""
    found: dict[str, Mapping[str, object]] = {}
    for language in LANGUAGES:
        words = Words(language, "UTC")
        found |= {words.plain(name).casefold(): fields for name, fields in WORDS}
        found |= {hold_name(code, words).casefold(): {"code": code} for code in HoldCode}
    found |= {code.casefold(): {"code": code} for code in HoldCode}
    found |= {shop.name.casefold(): {"shop": shop.id} for shop in desk.catalog.shops.values() if shop.name.strip()}
    found |= {f"#{shop}": {"shop": shop} for shop in desk.catalog.shops}
    urgent = {"hours": desk.policy.urgent_hours}
    return {phrase: urgent if fields == {"hours": -1} else fields for phrase, fields in found.items()}
