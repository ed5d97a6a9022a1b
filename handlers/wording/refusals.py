"""Refusals in words. Fields are read, texts are never parsed.

Surprising: a text may be longer than a toast allows; then the tap gets an alert and the whole stands in the chat.
"""

from collections.abc import Callable

from domain import errors
from domain.errors import Refusal
from domain.people import staff
from handlers.wording.batch_terms import batch_expired_text, batch_needed_text
from handlers.wording.check_terms import item_text, material_text, note_text, size_text
from handlers.wording.kind_terms import kind_name
from handlers.wording.stop_terms import NO_STEP, STAYS, WHY_NOT
from handlers.wording.terms import N_, actor_name, hold_name, right_name, role_name, step_name, verb_name
from handlers.wording.want_terms import want_text
from handlers.words import Words, unmarked


def _who(refusal: errors.Stale, words: Words) -> dict[str, str]:
    return {
        "what": kind_name(refusal.what, words),
        "verb": verb_name(refusal.verb, words),
        "by": actor_name(refusal.by, words),
        "at": words.clock(refusal.at) if refusal.at else "",
    }


def _stale(refusal: errors.Stale, words: Words) -> str:
    if refusal.by and refusal.at:
        text = N_("{what}: {verb} by {by} at {at}. Nothing was changed; the card is up to date now.")
        return words(text, **_who(refusal, words))
    return words(
        "{what} has changed meanwhile. Nothing was done; please look again.", what=kind_name(refusal.what, words)
    )


def _not_allowed(refusal: errors.NotAllowed, words: Words) -> str:
    if refusal.scope == "shop":
        return words("This shop is not yours to work on.")
    if refusal.scope == "warehouse":
        return words("This warehouse is not yours to work in.")
    return words("Your role does not allow this ({right}).", right=right_name(refusal.right, words))


_STOPS = {
    "REFUND": N_("REFUND: the buyer wants the money back"),
    "REPICK": N_("something must be picked into it again"),
    "REPACK": N_("something must come out of it first"),
    "LABEL_OLD": N_("the label is out of date: tear it up and print the new one (/print)"),
    "SLIP_OLD": N_("the packing slip is out of date: tear it up and print the new one (/print)"),
    "TWO_PLACES": N_("its orders go to different addresses: customer service must ship one of them alone"),
}


def _stopped(refusal: errors.ParcelStopped, words: Words) -> str:
    why = words.listed(
        words.plain(_STOPS[code]) if code in _STOPS else hold_name(code, words) for code in refusal.codes
    )
    return words("⛔ STOP {waybill} ({parcel})! {why}", waybill=refusal.waybill, parcel=refusal.parcel, why=why)


def _weight(refusal: errors.WeightRefused, words: Words) -> str:
    if refusal.why == "missing":
        return words("{waybill}: now send its weight, e.g. 1.25kg or 1250.", waybill=refusal.waybill)
    if refusal.why == "not_positive":
        return words(
            "{waybill}: {grams} g is not a possible weight. Weigh it again.",
            waybill=refusal.waybill,
            grams=refusal.grams,
        )
    if refusal.why == "too_heavy":
        return words(
            "{waybill}: {weight} is over the courier's maximum of {limit}.",
            waybill=refusal.waybill,
            weight=words.grams(refusal.grams),
            limit=words.grams(refusal.limit_g),
        )
    if refusal.why == "stale":
        return words(
            "{waybill}: {weight} is what the scales showed for the parcel before. Weigh it again.",
            waybill=refusal.waybill,
            weight=words.grams(refusal.grams),
        )
    return words(
        "{waybill}: {weight}, but {expected} was expected. Open it and count again.",
        waybill=refusal.waybill,
        weight=words.grams(refusal.grams),
        expected=words.grams(refusal.expected_g),
    )


def _two_places(refusal: errors.TwoPlaces, words: Words) -> str:
    return words(
        "{order} is in parcel {parcel} with {others}, which {count:goes|go} to another address. Ship it alone (✂️ on "
        "its card) or set the addresses right; then release it.",
        order=refusal.order,
        parcel=refusal.parcel,
        others=words.listed(refusal.others),
        count=len(refusal.others),
    )


_CANNOT = {
    "unreachable": N_("does not reach {province}"),
    "suspended": N_("suspended for {province}: {reason}"),
    "no_tariff": N_("its tariff has no price for {province}"),
    "no_numbers": N_("no numbers left in account {account}"),
    "waybill_error": N_("gave no number: {error}"),
}


def _no_courier(refusal: errors.NoCourierThere, words: Words) -> str:
    return words(
        "{order}: no courier brings it to the new address, so it stays held. {courier}: {why}. Ask the buyer for "
        "another address, or refund it.",
        order=refusal.order,
        courier=refusal.courier,
        why=words(_CANNOT[refusal.why], **refusal.facts) if refusal.why in _CANNOT else refusal.why,
    )


def _held(refusal: errors.HeldOrder, words: Words) -> str:
    why = words.listed(hold_name(code, words) for code in refusal.codes)
    return words("Order {order} is held: {why}", order=refusal.order, why=why or "-")


def _over(refusal: errors.OverLimit, words: Words) -> str:
    return words(
        "Order {order}: {amount} is above {limit}, a lead approves that.",
        order=refusal.order,
        amount=words.money(refusal.amount, refusal.currency),
        limit=words.money(refusal.limit, refusal.currency),
    )


_KEPT = {
    "worn": N_(
        "{number} is on a parcel still in the warehouse and stays valid. Label torn? /print "
        "{number}. Parcel not to ship? Cancel its order, then the number goes back by itself."
    ),
    "left": N_(
        "{number} has left with its parcel and stays valid. To get the parcel back, ask the "
        "courier on the order's card."
    ),
    "voided": N_("{number} is void already."),
}


def _two_people(refusal: errors.TwoPeople, words: Words) -> str:
    return words(
        "Order {order}: from {limit} on two people approve, each on the order's own card.",
        order=refusal.order,
        limit=words.money(refusal.limit, refusal.currency),
    )


def _in_hand(refusal: errors.InHand, words: Words) -> str:
    if not refusal.by:
        return words("{order}: put off until {at}.", order=refusal.order, at=words.when(refusal.at))
    return words("{order}: {by} has it since {at}.", order=refusal.order, by=refusal.by, at=words.clock(refusal.at))


def _bad_value(refusal: errors.BadValue, words: Words) -> str:
    facts = {"value": refusal.value, "what": kind_name(refusal.what, words), "want": want_text(refusal.want, words)}
    if not refusal.value:
        return words("{what}: please say which. Expected: {want}.", **facts)
    return words("«{value}» is not valid for {what}. Expected: {want}.", **facts)


_LOOK_FOR = {
    "order": N_(
        "There is no order «{name}». /order finds it by part of its number, waybill, last phone digits, SKU or name."
    ),
    "customer": N_(
        "There is no customer «{name}». /customer takes a buyer id, an order number or the last phone digits."
    ),
}
"""What nobody knows, and how it is found."""


def _unknown(refusal: errors.Unknown, words: Words) -> str:
    if refusal.kind == "waybill":
        return words("{name} is not a waybill of ours.", name=refusal.name)
    if not refusal.name:
        return words("Which {kind}? Write it after the command.", kind=kind_name(refusal.kind, words))
    if refusal.kind in _LOOK_FOR:
        return words(_LOOK_FOR[refusal.kind], name=refusal.name)
    return words("There is no {kind} «{name}».", kind=kind_name(refusal.kind, words), name=refusal.name)


def _no_line(refusal: errors.NoSuchLine, words: Words) -> str:
    facts = {"order": refusal.order, "line": refusal.line, "lines": words.listed(f"#{one}" for one in refusal.lines)}
    if not refusal.lines:
        return words("Order {order}: all its goods are refunded, there is no line #{line}.", **facts)
    return words("Order {order} has no line #{line} to refund. It has: {lines}.", **facts)


def _bin(refusal: errors.BinWanted, words: Words) -> str:
    facts = {"waybill": refusal.waybill, "bins": words.listed(refusal.bins), "code": refusal.unknown}
    if refusal.unknown:
        return words(
            "{code} is not a bin of this warehouse. Put the goods of {waybill} into {bins} and scan that bin.", **facts
        )
    return words(
        "{waybill}: put its goods into {bins}, then scan that bin. If you put them elsewhere, scan that bin instead.",
        **facts,
    )


def _shipment_stays(refusal: errors.ShipmentStays, words: Words) -> str:
    if refusal.why == "delivered":
        text = N_("{waybill} stays handed over: {why}, so it comes back as a return only.")
    else:
        text = N_("{waybill} stays handed over: {why}. To get it back, ask the courier on the order's card.")
    return words(text, waybill=refusal.waybill, why=words.plain(STAYS[refusal.why]))


def _stays(refusal: errors.ScanStays, words: Words) -> str:
    facts = {"waybill": refusal.waybill, "seconds": refusal.seconds}
    return {
        "none": words("There is no scan of yours to take back."),
        "not_last": words("{waybill} was not your last scan; only the last one can be taken back.", **facts),
        **{why: words(text, **facts) for why, text in NO_STEP.items()},
        "moved_on": words("{waybill}: somebody has gone on with it. Nothing was taken back.", **facts),
        "others": words("{waybill}: somebody else scanned that. Set the line anew instead, like CODE =50.", **facts),
        "late": words("{waybill}: too late, {seconds} s have passed. Ask your lead.", **facts),
    }[refusal.why]


_TEXTS: dict[type[Refusal], Callable[..., str]] = {
    errors.Stale: _stale,
    errors.NotAllowed: _not_allowed,
    errors.ParcelStopped: _stopped,
    errors.WeightRefused: _weight,
    errors.SizeRefused: size_text,
    errors.ItemRefused: item_text,
    errors.NoteUnread: note_text,
    errors.BatchNeeded: batch_needed_text,
    errors.BatchExpired: batch_expired_text,
    errors.MaterialMissing: material_text,
    errors.ProofMissing: lambda r, words: words(
        "{waybill}: no photo or film of its packing is kept, and it does not leave without. Whoever packs scans it at "
        "/pack and sends one.",
        waybill=r.waybill,
    ),
    errors.ScanStays: _stays,
    errors.ShipmentStays: _shipment_stays,
    errors.HeldOrder: _held,
    errors.TwoPlaces: _two_places,
    errors.NoCourierThere: _no_courier,
    errors.ShipsAsItIs: lambda r, words: words("{order}: something else ships than is asked for now.", order=r.order),
    errors.OutsideHours: lambda r, words: words(
        "{order}: approvals are open {hours} only, next from {at} on. Nothing was changed.",
        order=r.order,
        hours=r.hours,
        at=words.when(r.opens),
    ),
    errors.OverLimit: _over,
    errors.TwoPeople: _two_people,
    errors.SameApprover: lambda r, words: words(
        "{order}: the first yes was yours; the second must be somebody else's.", order=r.order
    ),
    errors.OwnWork: lambda r, words: words(
        "{doc}: you scanned for it, so somebody else approves it. Nothing was changed.", doc=r.doc
    ),
    errors.InHand: _in_hand,
    errors.BadValue: _bad_value,
    errors.Unknown: _unknown,
    errors.NoSuchLine: _no_line,
    errors.TooManyUnits: lambda r, words: words(
        "Order {order}: line #{line} has {there} {there:unit|units}, {asked} asked. Nothing was changed.", **vars(r)
    ),
    errors.WaybillKept: lambda r, words: words(_KEPT[r.why], number=r.number),
    errors.WrongStatus: lambda r, words: words(
        "{what} is {status}; this step needs {needed}.",
        what=r.what,
        status=step_name(r.status, words),
        needed=step_name(r.needed, words),
    ),
    errors.HoldNotReleasable: lambda r, words: words(
        "«{hold}» cannot be released by you; it belongs to {owner} or goes away with its cause.",
        hold=hold_name(r.code, words),
        owner=role_name(r.owner, words),
    ),
    errors.ReasonNeeded: lambda r, words: words("A reason is needed."),
    errors.UndoTooLate: lambda r, words: words(
        "{order}: too late to undo, {seconds} s have passed. Stop it with a refund or a hold.",
        order=kind_name(r.order, words),
        seconds=r.seconds,
    ),
    errors.NotEnoughStock: lambda r, words: words("{sku} in {warehouse}: only {free} free, {asked} asked.", **vars(r)),
    errors.BinWanted: _bin,
    errors.WrongCourier: lambda r, words: words(
        "⛔ {waybill} goes with {courier}. You are loading {van}: take it out. Send /ship alone to end the loading.",
        waybill=r.waybill,
        courier=r.courier,
        van=r.van,
    ),
    errors.NotSeen: lambda r, words: words(
        "{waybill} was scanned out, and nobody has looked for it since. First the dispatcher puts it on the stop "
        "shelf, or says on the stop's card that it has left.",
        waybill=r.waybill,
    ),
    errors.BackAlready: lambda r, words: words(
        "{waybill}: a scan by {by} at {at} said that its goods are back on their shelf, so others may have them. Do "
        "they lie on the stop shelf? Then take them to their own shelf now.",
        waybill=r.what,
        by=r.by,
        at=words.clock(r.at),
    ),
    errors.PullFirst: lambda r, words: words(
        "{waybill}: first put it on the stop shelf and scan the shelf's code {shelf}.", waybill=r.waybill, shelf=r.shelf
    ),
    errors.FeedStale: lambda r, words: words(
        "📡 {waybill} is held back: nothing was heard of {shop} for {minutes} min, so a refund may be missing. A "
        "lead looks at /feeds.",
        **vars(r),
    ),
    errors.SharedParcel: lambda r, words: words(
        "{waybill} also holds {others}: that comes back, or goes elsewhere, with {order}.",
        waybill=r.waybill,
        others=words.listed(r.others),
        order=r.order,
    ),
    errors.NotRecallable: lambda r, words: words(
        "{waybill}: the courier cannot be asked, {why}.", waybill=r.waybill, why=words.plain(WHY_NOT[r.why])
    ),
    errors.AlreadyScanned: lambda r, words: words(
        "{waybill}: already {step} at {at} by {by}.",
        waybill=r.waybill,
        step=step_name(r.step, words),
        at=words.clock(r.at),
        by=r.by,
    ),
    staff.InviteDead: lambda r, words: {
        "unknown": words("This invitation is not known."),
        "used": words("This invitation was used already. Ask for a new one."),
        "expired": words("This invitation has expired. Ask for a new one."),
    }[r.why],
    staff.LastOwner: lambda r, words: words("{name} is the only owner; the company needs one.", name=r.name),
}


def refusal_text(refusal: Refusal, words: Words) -> str:
    """The refusal as HTML in the reader's language. It answers what was typed, so it speaks of no card."""
    if type(refusal) is errors.Stale and refusal.by and refusal.at:
        return words("{what}: {verb} by {by} at {at}. Nothing was changed.", **_who(refusal, words))
    return _TEXTS[type(refusal)](refusal, words)


def refusal_toast(refusal: Refusal, words: Words) -> str:
    """The refusal as the plain text of a toast."""
    return unmarked(_TEXTS[type(refusal)](refusal, words))
