"""What the check and the scales refuse, in words.

Surprising: these are shouted at somebody who looks at a box, not at the screen: the first word already says what to do.
"""

from domain.errors import ItemRefused, MaterialMissing, NoteUnread, SizeRefused, WeightRefused
from handlers.words import Words


def item_text(refusal: ItemRefused, words: Words) -> str:
    """Why a code does not go into the box, loudly."""
    facts = {
        "waybill": refusal.waybill,
        "code": refusal.code,
        "title": refusal.title[:60],
        "other": refusal.other or "-",
    }
    return {
        "wrong": words("✋ {code} {title} does not belong in {waybill}! Put it back.", **facts),
        "unknown": words("✋ {code} is not a product of ours. The check of {waybill} goes on.", **facts),
        "over": words(
            "✋ One too many: {code} {title}, all {count} are in {waybill} already.", count=refusal.count, **facts
        ),
        "too_many": words(
            "✋ You entered {other}, but only {count} of {code} {title} {count:is|are} still missing "
            "in {waybill}. None was counted: count again.",
            count=refusal.count,
            **facts,
        ),
        "one_by_one": words(
            "✋ Every {code} {title} has its own serial number: scan one, then its number, then the next.", **facts
        ),
        "few": words(
            "✋ Only {count} of batch {code} of {title} {count:lies|lie} in {waybill}, {other} were counted at once. "
            "Take the count back (/undo) and count each batch for itself.",
            count=refusal.count,
            **facts,
        ),
        "one_box": words(
            "✋ {waybill} is packed into a single box or bag. Scan {code} alone, without a number behind it.", **facts
        ),
        "serial": words("✋ First scan the serial number of {code} {title}, then the next unit.", **facts),
        "batch": words("✋ First scan the batch of {code} {title}, then the next unit.", **facts),
        "no_serial": words("✋ {code} is not a serial number of {title}. Scan the number on the unit.", **facts),
        "no_batch": words("✋ {code} is not a batch of {title}. {waybill} should hold: {other}.", **facts),
        "other_batch": words(
            "✋ {code} of {title} was not picked into {waybill}. In the box should be: {other}. Take that one; if this "
            "one may go all the same, a lead sends: <code>/batch {waybill} {code}</code>",
            **facts,
        ),
        "expired": words("✋ {code} of {title} expired on {other}. It does not go out. Take another unit.", **facts),
        "not_asked": words("✋ Scan the unit into {waybill} first, then its batch.", **facts),
        "taken": words(
            "✋ Serial number {code} is in parcel {other} already. Read it again; if it is right, put this unit aside "
            "and take another.",
            code=refusal.code,
            other=refusal.other,
        ),
    }[refusal.why]


def material_text(refusal: MaterialMissing, words: Words) -> str:
    """What it is packed into comes first."""
    if refusal.usual:
        facts = {"waybill": refusal.waybill, "usual": refusal.usual}
        return words(
            "📦 {waybill}: there is no {usual} left in stock. Scan what it is packed into, then {waybill} again.",
            **facts,
        )
    return words("📦 {waybill}: scan what it is packed into, then {waybill} again.", waybill=refusal.waybill)


def note_text(refusal: NoteUnread, words: Words) -> str:
    """The notes, to be read before the box is packed."""
    return words("📝 {waybill}: read this first.\n{notes}", waybill=refusal.waybill, notes=refusal.notes[:600])


def size_text(refusal: SizeRefused, words: Words) -> str:
    """The box is too long for its courier."""
    facts = {"waybill": refusal.waybill, "size": words.size(refusal.size), "courier": refusal.courier}
    limit = f"{refusal.limit_mm / 10:g} cm"
    return words(
        "{waybill}: no side over {limit} goes with {courier}, this box is {size}. Nothing was kept: measure again, or "
        "put it aside for a lead.",
        limit=limit,
        **facts,
    )


def force_hint(refusal: WeightRefused, words: Words) -> str:
    """How a lead lets it pass."""
    return words(
        "If it is right all the same, a lead sends: <code>/force {waybill} {grams}g REASON</code>",
        waybill=refusal.waybill,
        grams=refusal.grams,
    )
