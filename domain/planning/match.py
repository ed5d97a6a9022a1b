"""How a winner is found among warehouses or couriers, and what is kept of everybody who lost (rules.md B5, B6).

Surprising: the losers are part of the answer. They are stored with the parcel, so `/why` quotes the decision as it
was made, not as it would be made now.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.planning.field_rules import FieldRule
from domain.planning.tariffs import Quote

Fault = tuple[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Loser:
    """A candidate that lost: the reason is a code, `facts` fill its text."""

    name: str
    reason: str
    facts: Mapping[str, str]

    def as_data(self) -> dict[str, object]:
        """For a parcel's `why`, and a hold's evidence."""
        return {"name": self.name, "reason": self.reason, "facts": dict(self.facts)}


def told(losers: Sequence[Loser]) -> dict[str, str]:
    """All losers as evidence of a hold, when nobody won; `losers_in` reads them back."""
    lost = [loser.as_data() for loser in losers]
    return {"lost": json.dumps(lost, ensure_ascii=False, separators=(",", ":"))} if lost else {}


def losers_in(evidence: Mapping[str, str]) -> list[dict[str, object]]:
    """The losers a hold names, as data; none where it names none."""
    found: list[dict[str, object]] = json.loads(evidence.get("lost", "[]"))
    return found


@dataclass(frozen=True, slots=True)
class Match:
    """The winner's id (None: nobody could), by which rule, and everybody else. `inputs` is what the decision was
    made on, `quote` what the winning courier costs."""

    winner: int | None
    name: str
    because: str
    losers: tuple[Loser, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    quote: Quote | None = None

    def told(self, inputs: Mapping[str, str], quote: Quote | None = None) -> "Match":
        """The same, with what it was made on and what it costs."""
        return Match(self.winner, self.name, self.because, self.losers, self.facts, inputs, quote)

    def as_data(self) -> dict[str, object]:
        """For the parcel's `why`."""
        lost = [loser.as_data() for loser in self.losers]
        data: dict[str, object] = {"won": self.name, "because": self.because, "lost": lost}
        quote = self.quote.as_data() if self.quote else {}
        parts = {"facts": dict(self.facts), "inputs": dict(self.inputs), "quote": quote}
        return data | {name: part for name, part in parts.items() if part}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A warehouse or courier in the race."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Point:
    """One thing candidates are compared by: less is better. `why` is told of who wins by it, `lost` with `facts` of
    who loses by it."""

    why: str
    lost: str
    value: int
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Favour:
    """Somebody is preferred: `code` of the candidate, `because` and `facts` why."""

    code: str
    because: str
    facts: Mapping[str, str] = field(default_factory=dict)


def ruled_out(rules: Sequence[FieldRule], code: str) -> Fault | None:
    """The must-rule that allows others only. `rules` are those that apply to the order."""
    for rule in rules:
        if rule.must and code not in rule.to:
            return "ruled_out", {"rule": rule.name}
    return None


def favours(rules: Sequence[FieldRule], able: Sequence[Candidate]) -> list[Favour]:
    """The first rule, by priority, that leaves exactly one of those who can."""
    for rule in sorted(rules, key=lambda rule: rule.priority):
        left = [candidate for candidate in able if candidate.code in rule.to]
        if len(left) == 1:
            return [Favour(left[0].code, "rule", {"rule": rule.name})]
    return []


def decide(
    able: Sequence[Candidate],
    faulty: Sequence[Loser],
    favoured: Sequence[Favour],
    points: Mapping[int, Sequence[Point]],
) -> Match:
    """The first favour that somebody able has, else the best by points in their order, else the lowest id."""
    if not able:
        return Match(None, "", "", tuple(faulty))
    ranked = sorted(able, key=lambda one: ([point.value for point in points[one.id]], one.id))
    for favour in favoured:
        best = next((one for one in ranked if one.code == favour.code), None)
        if best:
            lost = [Loser(other.name, "not_favoured", {"won": best.name}) for other in ranked if other is not best]
            return Match(best.id, best.name, favour.because, (*faulty, *lost), favour.facts)
    best, others = ranked[0], ranked[1:]
    mine = points[best.id]
    because = _decisive(mine, points[others[0].id])[0].why if others else "only"
    lost = [
        Loser(one.name, point.lost, point.facts) for one in others for point in [_decisive(mine, points[one.id])[1]]
    ]
    return Match(best.id, best.name, because, (*faulty, *lost))


def _beaten(other: Candidate, point: Point) -> Loser:
    return Loser(other.name, point.lost, point.facts)


def _decisive(mine: Sequence[Point], theirs: Sequence[Point]) -> tuple[Point, Point]:
    """The pair that differs first; the last pair when all are equal (then the id decided)."""
    pairs = list(zip(mine, theirs, strict=True))
    return next(((one, other) for one, other in pairs if one.value != other.value), pairs[-1])
