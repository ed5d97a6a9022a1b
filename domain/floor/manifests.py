"""The courier's manifest (交接单): which parcels went out with whom, signed by both sides, kept as a file.

Surprising: it lists what the hand-over scans let through and nothing else. A parcel stands on one manifest at most,
by the database's own key, so two dispatchers who make one at the same time cannot bill the courier twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Stale, Unknown
from domain.paper.paper_records import Manifest
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind

LOOK_BACK = timedelta(hours=48)
"""How far the first list of a courier goes back; later ones miss nothing that was handed over since that one."""
MOST = 1000


def make(desk: Desk, actor: Actor, warehouse_id: int, courier_id: int) -> Manifest:
    """List what the courier took and no list names yet. Raises NotAllowed, Unknown('handed_over') when that is
    nothing."""
    require(actor, Right.HAND_OVER, warehouse=warehouse_id)
    boxes = desk.manifests.unlisted(warehouse_id, courier_id, desk.now - LOOK_BACK, MOST)
    if not boxes:
        raise Unknown("handed_over", desk.catalog.couriers[courier_id].name)
    desk.parcels.save(boxes)  # whoever takes a shipment back at this moment must lose the race
    grams = sum(box.weight_g for box in boxes)
    new = Manifest(0, warehouse_id, courier_id, desk.now, actor.name, len(boxes), grams)
    made = desk.manifests.add(new, [box.id for box in boxes])
    history.note(desk, actor, "manifest", made.id, "made", parcels=str(len(boxes)))
    desk.record([history.line(desk, actor, "parcel", box.id, "listed", manifest=made.number) for box in boxes])
    notices.redraw(desk, NoticeKind.MANIFEST, [0])
    return made


def check_sign(desk: Desk, actor: Actor, manifest_id: int, revision: int) -> Manifest:
    """The manifest, when this person may sign it now. Raises NotAllowed, Stale, Unknown('manifest')."""
    manifest = desk.manifests.get(manifest_id)
    require(actor, Right.HAND_OVER, warehouse=manifest.warehouse_id)
    if manifest.signed_at or manifest.revision != revision:
        raise Stale(manifest.number, "signed" if manifest.signed_at else "", manifest.signed_by, manifest.signed_at)
    return manifest


def signed(manifest: Manifest, actor: Actor, taken_by: str, at: datetime) -> Manifest:
    """The manifest as it is when signed; what the document is drawn from. Raises BadValue without a name."""
    name = " ".join(taken_by.split())[:60]
    if not name:
        raise BadValue("name", taken_by, "name")
    return replace(manifest, taken_by=name, signed_by=actor.name, signed_at=at)


def sign(desk: Desk, actor: Actor, manifest: Manifest, document: bytes) -> Manifest:
    """Both sides have signed: keep the document (drawn from `signed`) and close the list. Raises as `check_sign`."""
    check_sign(desk, actor, manifest.id, manifest.revision)
    kept = desk.files.put(f"{manifest.number}.pdf", document, desk.now)
    desk.manifests.save(replace(manifest, file_id=kept.id))
    history.note(desk, actor, "manifest", manifest.id, "signed", taken_by=manifest.taken_by)
    notices.redraw(desk, NoticeKind.MANIFEST, [manifest.id, 0])
    return replace(manifest, file_id=kept.id, revision=manifest.revision + 1)
