"""What products weigh, learnt from the scales: parcels that held one product alone (rules.md B9).

Surprising: nothing is ever changed by itself. A weight is proposed once enough parcels agree, and a lead's tap puts
it into the catalogue; parcels already planned keep the weight they expect. What a lead refused is not proposed again
before the scales or the catalogue say something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from zlib import crc32

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.floor.materials import tare
from domain.people.people import Actor, Right, require
from domain.records import Event

LATEST = 60
SUBJECT = "sku"
LEARNT, REFUSED = "weight_learnt", "weight_refused"
_SPREAD = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """`grams` a unit, the median of `samples` parcels, against the `known` weight (0 = none)."""

    sku: str
    grams: int
    samples: int
    known: int


def robust(values: Sequence[float], least: int) -> tuple[int, int] | None:
    """The median of those that lie within three times the usual distance from it, and how many did; None when fewer
    than `least` do."""
    if len(values) < least:
        return None
    middle = median(values)
    spread = max(median(abs(value - middle) for value in values), 1)
    kept = [value for value in values if abs(value - middle) <= _SPREAD * spread]
    return (round(median(kept)), len(kept)) if len(kept) >= least else None


def proposals(desk: Desk) -> list[Proposal]:
    """Products whose parcels weigh something else than the catalogue says, by code."""
    rules, found = desk.policy.weighing, []
    by_sku: dict[str, list[float]] = {}
    for sample in desk.parcels.weighed_alone(max(LATEST, rules.learn_samples)):
        by_sku.setdefault(sample.sku, []).append((sample.grams - tare(desk, sample.material)) / sample.units)
    for code in sorted(by_sku.keys() & desk.catalog.skus.keys()):
        told, known = robust(by_sku[code], rules.learn_samples), desk.catalog.skus[code].weight_g
        if told and told[0] > 0 and abs(told[0] - known) * 100 > known * rules.learn_percent:
            found.append(Proposal(code, told[0], told[1], known))
    return [one for one in found if not _refused(desk, one)]


def _refused(desk: Desk, one: Proposal) -> bool:
    """Whether a lead said no to just that: the catalogue says the same still, and the scales hardly anything else."""
    last = next(iter(_told(desk, one.sku, 20)), None)
    if last is None or last.verb != REFUSED or last.data["before"] != str(one.known):
        return False
    before = int(last.data["after"])
    return abs(one.grams - before) * 100 <= before * desk.policy.weighing.learn_percent


def accept(desk: Desk, actor: Actor, sku: str, grams: int, known: int) -> None:
    """The product weighs this from now on. Raises NotAllowed, Stale when it is not what is proposed any more."""
    _decide(desk, actor, LEARNT, sku, grams, known)
    desk.learn_weight(sku, grams)


def refuse(desk: Desk, actor: Actor, sku: str, grams: int, known: int) -> None:
    """The product does not weigh that, whatever the scales say: a gift lay in its boxes. Raises as `accept`."""
    _decide(desk, actor, REFUSED, sku, grams, known)


def _decide(desk: Desk, actor: Actor, verb: str, sku: str, grams: int, known: int) -> None:
    require(actor, Right.OVERRIDE)
    if grams <= 0:
        raise BadValue("weight", str(grams), "weight")
    now = next((one for one in proposals(desk) if one.sku == sku), None)
    if now is None or (now.grams, now.known) != (grams, known):
        raise Stale(sku, "changed", "", None)
    facts = {"sku": sku, "before": str(known), "after": str(grams), "samples": str(now.samples)}
    history.note(desk, actor, SUBJECT, _number(sku), verb, **facts)


def changes(desk: Desk, sku: str, limit: int) -> list[Event]:
    """How the product's weight was changed, newest first; `data` has before, after (grams) and how many samples."""
    return [event for event in _told(desk, sku, 2 * limit) if event.verb == LEARNT][:limit]


def _told(desk: Desk, sku: str, limit: int) -> list[Event]:
    return [event for event in desk.history(SUBJECT, _number(sku), limit) if event.data["sku"] == sku]


def _number(sku: str) -> int:
    """History is kept by number and a product has none: the checksum of its code stands in, and the event names it."""
    return crc32(sku.encode())
