"""The notice of a label or slip that is out of date, and the courier's manifest.

Surprising: a notice about an old label turns into its own all-clear: drawn again after the reprint it says which copy
is right now.
"""

from collections.abc import Mapping, Sequence

from domain.desk import Desk
from domain.errors import ParcelStopped
from domain.floor import manifests
from domain.floor.floor import Outcome
from domain.floor.parcels import Parcel
from domain.paper import printing
from domain.paper.paper_records import Manifest, Paper, Printed
from domain.people.people import Actor, Right, may
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.floor.papers import sheets
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, step_name
from handlers.words import Words

PAPER_OLD = ("label_old", "slip_old")
"""Codes of a scan's warning, and in capitals of its refusal."""


@drawing(NoticeKind.LABEL_OLD)
def torn_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """A parcel whose label or slip says something else than it should."""
    words, box = viewer.words, desk.parcels.get(subject_id)
    stands = printing.standings(desk, [box])
    last = {paper: copy for paper in Paper if (copy := stands[paper][box.id].last)}
    old = {paper: copy for paper, copy in last.items() if stands[paper][box.id].outdated}
    if not last:
        return None
    if not old:
        return Card(_right(box, max(last.values(), key=lambda copy: (copy.at, copy.id)), words))
    lines = [words(_HEADS[next(iter(old))], waybill=box.waybill)]
    lines += [words(_TEAR[p], copy=c.number, name=c.by, time=words.when(c.at)) for p, c in old.items()]
    lines.append(
        words(
            "Where: {warehouse}, {state}, wave {wave}, slot {slot}, last with {holder}",
            warehouse=desk.catalog.warehouses[box.warehouse_id].name if box.warehouse_id else "-",
            state=step_name(box.state, words),
            wave=desk.waves.get(box.wave_id).number if box.wave_id else "-",
            slot=box.slot,
            holder=box.holder or "-",
        )
    )
    if box.blocked:
        lines.append(words("Customer service looks at the change first; print when it is free."))
    rows: tuple[tuple[Button, ...], ...] = ()
    if viewer.offers(Right.PRINT, warehouse=box.warehouse_id):
        rows = ((Button(words.plain("🖨 Print the new one"), pack("pp", box.id), style="primary"),),)
    return Card("\n".join(lines), rows)


@drawing(NoticeKind.PRINTED)
def printed_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """What somebody printed on the scan page comes to their own chat; never to a group, it names a receiver."""
    words, box = viewer.words, desk.parcels.get(subject_id)
    if not viewer.private:
        return None
    making = sheets(desk, printing.job_of(desk, box, _copies(data)), words, box.number, picture=True)
    if not making:
        return Card(words(NOT_PRINTED, code=box.waybill or box.number))
    lines = [words(_ANEW[paper], waybill=box.waybill, copy=number) for paper, number in _copies(data).items()]
    return Card("\n".join(lines), files=making)


def _copies(data: Mapping[str, str]) -> dict[Paper, int]:
    return {paper: int(data[paper]) for paper in Paper if paper in data}


NOT_PRINTED = N_("{code} is not to be printed: it is in no wave, it must not leave, or it has left.")
_ANEW = {
    Paper.LABEL: N_("🖨 {waybill}: the label, copy {copy}. Tear the old one up."),
    Paper.SLIP: N_("🖨 {waybill}: the packing slip, copy {copy}. Tear the old one up."),
}
_HEADS = {
    Paper.LABEL: N_("♻️ <b>{waybill}</b>: the label is out of date, it must not go out with it"),
    Paper.SLIP: N_("♻️ <b>{waybill}</b>: the packing slip is out of date, it must not go into the box"),
}
_TEAR = {
    Paper.LABEL: N_("Tear copy {copy} up ({name}, {time}): who or where it goes to has changed."),
    Paper.SLIP: N_(
        "Tear the slip's copy {copy} up ({name}, {time}): what goes into the box, or what is said, has changed."
    ),
}


def _right(box: Parcel, copy: Printed, words: Words) -> str:
    facts = {"waybill": box.waybill, "copy": copy.number, "name": copy.by, "time": words.when(copy.at)}
    if copy.paper is Paper.SLIP:
        return words("✅ {waybill}: copy {copy} of the slip is right, printed by {name} at {time}", **facts)
    return words("✅ {waybill}: copy {copy} is right, printed by {name} at {time}", **facts)


def paper_buttons(outcomes: Sequence[Outcome], words: Words) -> tuple[tuple[Button, ...], ...]:
    """One button for each parcel whose papers are to be printed anew, whether it went on or not."""
    boxes = {box.id: box for outcome in outcomes if (box := paper_old(outcome))}
    return tuple(
        (Button(words.label("🖨 Reprint: {waybill}", waybill=box.waybill), pack("pp", box.id)),)
        for box in list(boxes.values())[:5]
    )


def paper_old(outcome: Outcome) -> Parcel | None:
    """The parcel of which a paper is to be printed anew, by what its scan warned of or was refused for."""
    return outcome.parcel if outcome.warn in PAPER_OLD or _refused(outcome) else None


def _refused(outcome: Outcome) -> bool:
    codes = outcome.refusal.codes if isinstance(outcome.refusal, ParcelStopped) else ()
    return bool(codes) and all(code.lower() in PAPER_OLD for code in codes)


@drawing(NoticeKind.MANIFEST)
def manifest_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """One courier's list as it is now; 0 is what stands on none yet, and the last ones."""
    if not subject_id:
        return _waiting(desk, viewer)
    words, found = viewer.words, desk.manifests.get(subject_id)
    lines = [
        words(
            "📋 Hand-over list {number} · {courier} · {count} {count:parcel|parcels} · {weight}",
            number=found.number,
            courier=desk.catalog.couriers[found.courier_id].name,
            count=found.parcels,
            weight=words.grams(found.grams),
        ),
        words(
            "{warehouse} · made by {name} at {time}",
            warehouse=desk.catalog.warehouses[found.warehouse_id].name,
            name=found.made_by,
            time=words.when(found.made_at),
        ),
    ]
    struck = [e.data["waybill"] for e in desk.history("manifest", found.id) if e.verb == "struck"]
    if struck:
        lines.append(
            words("Struck off: {waybills}. Cross them out on the printed list, too.", waybills=words.listed(struck))
        )
    row = [Button(words.plain("📄 Document"), pack("md", found.id))]
    if found.signed_at:
        lines.append(
            words(
                "✅ Signed by {ours} and taken by {theirs} at {time}",
                ours=found.signed_by,
                theirs=found.taken_by,
                time=words.when(found.signed_at),
            )
        )
    else:
        lines += ["", words("Print it, count with the courier and have it signed, then sign it off here.")]
        row.append(Button(words.plain("✍️ Sign off"), pack("mg", found.id, found.revision), style="success"))
    offered = viewer.offers(Right.HAND_OVER, warehouse=found.warehouse_id)
    return Card("\n".join(lines), (tuple(row),) if offered else ())


def _waiting(desk: Desk, viewer: Viewer) -> Card | None:
    """The list of lists for this chat: a group sees its own warehouses, and each tap there is checked."""
    if viewer.actor is None:
        return None
    mine = viewer.actor.warehouses
    places = [p for p in desk.catalog.warehouses if viewer.offers(Right.HAND_OVER, warehouse=p)]
    return _lists(desk, [place for place in places if mine is None or place in mine], viewer.words)


def manifests_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """What the couriers took from this person's warehouses and no list names yet, and the last lists."""
    return _lists(desk, [p for p in desk.catalog.warehouses if may(actor, Right.HAND_OVER, warehouse=p)], words)


def _lists(desk: Desk, places: Sequence[int], words: Words) -> Card:
    waiting = desk.manifests.unlisted_counts(places, desk.now - manifests.LOOK_BACK)
    lines = [words("📋 Hand-over lists"), ""]
    rows: list[tuple[Button, ...]] = []
    for (place, courier), count in waiting.items():
        facts = {
            "warehouse": desk.catalog.warehouses[place].name,
            "courier": desk.catalog.couriers[courier].name,
            "count": count,
        }
        lines.append(words("{warehouse} · {courier}: {count} handed over, on no list yet", **facts))
        label = words.label("📋 Make the list: {courier}, {warehouse} ({count})", **facts)
        rows.append((Button(label, pack("mf", place, courier), style="primary"),))
    if not waiting:
        lines.append(words("Everything that was handed over is on a list."))
    rows += [(Button(_label(desk, one, words), pack("ms", one.id)),) for one in desk.manifests.recent(places, 8)]
    return Card("\n".join(lines), tuple(rows))


def _label(desk: Desk, one: Manifest, words: Words) -> str:
    state, courier = "✅" if one.signed_at else "✍️", desk.catalog.couriers[one.courier_id].name
    return f"{state} {one.number} · {courier} · {one.parcels} · {words.when(one.made_at)}"
