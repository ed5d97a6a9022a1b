"""The notice of a label that is out of date, and the courier's manifest.

Surprising: a notice about an old label turns into its own all-clear: drawn again after the reprint it says which copy
is right now.
"""

from collections.abc import Mapping

from domain import manifests, printing
from domain.desk import Desk
from domain.paper_records import Manifest, Paper
from domain.people import Actor, Right, may
from domain.records import NoticeKind
from handlers.card import Button, Card
from handlers.draw import drawing
from handlers.taps import pack
from handlers.terms import step_name
from handlers.viewer import Viewer
from handlers.words import Words


@drawing(NoticeKind.LABEL_OLD)
def torn_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """A parcel whose label says something else than it should."""
    words, box = viewer.words, desk.parcels.get(subject_id)
    stand = printing.standings(desk, [box])[Paper.LABEL][box.id]
    if stand.last is None:
        return None
    copy = {"waybill": box.waybill, "copy": stand.last.number, "name": stand.last.by}
    when = words.when(stand.last.at)
    if not stand.outdated:
        return Card(words("✅ {waybill}: copy {copy} is right, printed by {name} at {time}", **copy, time=when))
    where = words(
        "Where: {warehouse}, {state}, wave {wave}, slot {slot}, last with {holder}",
        warehouse=desk.catalog.warehouses[box.warehouse_id].name if box.warehouse_id else "-",
        state=step_name(box.state, words),
        wave=desk.waves.get(box.wave_id).number if box.wave_id else "-",
        slot=box.slot,
        holder=box.holder or "-",
    )
    lines = [
        words("♻️ <b>{waybill}</b>: the label is out of date, it must not go out with it", waybill=box.waybill),
        words("Tear copy {copy} up ({name}, {time}): who or where it goes to has changed.", time=when, **copy),
        where,
    ]
    if box.blocked:
        lines.append(words("Customer service looks at the change first; print when it is free."))
    rows: tuple[tuple[Button, ...], ...] = ()
    if viewer.offers(Right.PRINT, warehouse=box.warehouse_id):
        rows = ((Button(words.plain("🖨 Print the new one"), pack("pp", box.id), style="primary"),),)
    return Card("\n".join(lines), rows)


@drawing(NoticeKind.MANIFEST)
def manifest_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """One courier's list as it is now."""
    words, found = viewer.words, desk.manifests.get(subject_id)
    lines = [
        words(
            "📋 Hand-over list {number} · {courier} · parcels {count} · {weight}",
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
            words("Struck off: {waybills}. Cross them out on a list that is printed.", waybills=words.listed(struck))
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
        lines += ["", words("Print it, count with the courier, let them sign, then sign it off here.")]
        row.append(Button(words.plain("✍️ Sign off"), pack("mg", found.id, found.revision), style="success"))
    offered = viewer.offers(Right.HAND_OVER, warehouse=found.warehouse_id)
    return Card("\n".join(lines), (tuple(row),) if offered else ())


def manifests_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """What the couriers took and no list names yet, and the last lists."""
    places = [place for place in desk.catalog.warehouses if may(actor, Right.HAND_OVER, warehouse=place)]
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
        lines.append(words("Everything that was handed over stands on a list."))
    rows += [(Button(_label(desk, one, words), pack("ms", one.id)),) for one in desk.manifests.recent(places, 8)]
    return Card("\n".join(lines), tuple(rows))


def _label(desk: Desk, one: Manifest, words: Words) -> str:
    state, courier = "✅" if one.signed_at else "✍️", desk.catalog.couriers[one.courier_id].name
    return f"{state} {one.number} · {courier} · {one.parcels} · {words.when(one.made_at)}"
