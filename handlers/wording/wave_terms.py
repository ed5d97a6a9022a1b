"""What kind of wave it is and why it was made, in the reader's words.

Surprising: a rule is called by the name the company gave it; only what it means is translated.
"""

from collections.abc import Mapping

from domain.desk import Desk
from domain.floor.parcels import Wave
from handlers.wording.terms import N_
from handlers.words import Words

SHAPES = {"single": N_("one product each"), "multi": N_("several products")}
TRIGGERS = {
    "full": N_("as many as one wave holds"),
    "waited": N_("the first had waited long enough"),
    "cutoff": N_("a cut-off time came"),
}


def wave_kind(desk: Desk, why: Mapping[str, str], words: Words) -> str:
    """What the parcels of a wave have in common, as plain text; '' when nothing."""
    names = {courier.code: courier.name for courier in desk.catalog.couriers.values()}
    parts = [words.plain("rush")] if why.get("rush") else []
    if shape := why.get("shape"):
        parts.append(words.plain(SHAPES.get(shape, shape)))
    parts += [names.get(code, code) for code in why.get("courier", "").split(",") if code]
    if zone := why.get("zone"):
        parts.append(words.label("zone {zone}", zone=zone))
    return ", ".join(parts)


def wave_why(desk: Desk, wave: Wave, words: Words) -> str:
    """Which rule or whose tap made it, as plain text; '' for waves from before the rules."""
    why = wave.why
    if not why.get("trigger"):
        return ""
    kind = wave_kind(desk, why, words) or words.plain("whatever waits")
    if why["trigger"] == "tap":
        return words.label("Chosen by hand: {kind}", kind=kind)
    trigger = words.plain(TRIGGERS.get(why["trigger"], why["trigger"]))
    if not why.get("rule"):
        return words.label("No rule takes these: {trigger}", trigger=trigger)
    return words.label("Rule «{rule}» ({kind}): {trigger}", rule=why["rule"], kind=kind, trigger=trigger)
