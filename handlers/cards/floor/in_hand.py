"""Goods a picker scans: how many go into which slot, a line each.

Surprising: a stopped slot is named, with its sign, and counts for nothing: the goods in the hand stay on their shelf.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.floor import picking
from domain.floor.floor import Outcome
from domain.floor.parcels import Wave
from domain.people.people import Actor, Station
from handlers.card import Button, Card
from handlers.cards.floor.stock import fits
from handlers.taps import pack
from handlers.words import Words

SHOWN = 8


def looked_card(desk: Desk, actor: Actor, outcomes: Sequence[Outcome], words: Words) -> Card | None:
    """Goods scanned while picking: a line each, how many for which slot, with a way to all that is known of them."""
    skus = list(dict.fromkeys(one.sku for one in outcomes if one.sku and one.station is Station.PICK))
    if not skus:
        return None
    lines = [pick_line(desk, actor, sku, words) for sku in skus]
    buttons = [Button(f"📦 {sku}", pack("sk", sku)) for sku in skus if fits(sku)]
    return Card("\n".join(lines), tuple((button,) for button in buttons[:SHOWN]))


def pick_line(desk: Desk, actor: Actor, sku: str, words: Words) -> str:
    """How many of the goods in the hand go into which slot of the waves this person holds."""
    facts = {"sku": sku, "title": desk.catalog.skus[sku].title[:60]}
    wanted, waves = picking.slots(desk, actor, sku), picking.held(desk, actor)
    if not waves:
        return words("🧺 {sku} {title}: you have no wave. Take one with /wave.", **facts)
    if not wanted:
        return words("🧺 {sku} {title}: no more of it goes into {waves}.", waves=_waves(waves), **facts)
    several = len(waves) > 1
    told = [words("slot {slot} × {units}", slot=one.slot, units=one.units) for one in wanted]
    told = [f"{one.wave} {text}" if several else text for one, text in zip(wanted, told, strict=True)]
    marked = [f"⛔ {text}" if one.stopped else text for one, text in zip(wanted, told, strict=True)]
    units = sum(one.units for one in wanted if not one.stopped)
    slots = " · ".join(marked)
    return words("🧺 {sku} {title}: {units} in all for {waves}: ", units=units, waves=_waves(waves), **facts) + slots


def _waves(waves: Sequence[Wave]) -> str:
    return ", ".join(wave.number for wave in waves)
