"""Packing material: which box or bag a parcel went into, its weight, and its stock.

Surprising: the stock of a box moves when the parcel is packed, not when it leaves: a parcel that is taken apart later
has used its box up all the same. Materials are products with the trait `material`.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.errors import MaterialMissing
from domain.floor.parcels import Parcel
from domain.people.people import Actor
from domain.planning.loads import grams_of
from domain.planning.planning import units_of
from domain.stock import bins
from domain.stock.stock import Bucket, Document, Move

MATERIAL = "material"


def is_material(desk: Desk, sku: str) -> bool:
    """Whether the product is something to pack into."""
    return sku in desk.catalog.skus and MATERIAL in desk.catalog.skus[sku].traits


def tare(desk: Desk, material: str) -> int:
    """Grams of the packaging; the policy's where nobody said which, or its weight is not known."""
    known = desk.catalog.skus[material].weight_g if material in desk.catalog.skus else 0
    return known or desk.policy.packaging_g


def expected(desk: Desk, parcel: Parcel) -> int:
    """What the scales should say of the parcel as it is, 0 when some weight is not known."""
    grams = grams_of(units_of(parcel), desk.catalog, desk.policy)
    return grams and grams - desk.policy.packaging_g + tare(desk, parcel.material)


def sized(desk: Desk, parcel: Parcel) -> Parcel:
    """The parcel with the size of the box it was packed into, where nobody measured it and all three sides of the box
    are known (a bag has two); not priced, not saved."""
    box = desk.catalog.skus.get(parcel.material)
    if parcel.size or box is None or not all((box.length_mm, box.width_mm, box.height_mm)):
        return parcel
    return replace(parcel, length_mm=box.length_mm, width_mm=box.width_mm, height_mm=box.height_mm)


def use(desk: Desk, actor: Actor, parcel: Parcel, sku: str) -> Parcel:
    """The parcel in this material instead of what was said before; not saved. Raises NotEnoughStock."""
    desk.stock.apply([*_back(parcel), *_out(desk, parcel, sku)], actor.name)
    news = replace(parcel, material=sku)
    return replace(news, expected_g=expected(desk, news))


def by_default(desk: Desk, actor: Actor, parcel: Parcel) -> tuple[Parcel, str]:
    """The parcel in the house's usual material while there is some; a warning when there is none. Not saved."""
    usual = desk.policy.checks.material
    if not usual or not is_material(desk, usual) or parcel.material:
        return parcel, ""
    if not bins.spots(desk, parcel.warehouse_id or 0, [usual], fresh=False)[usual]:
        return parcel, "material_short"
    return use(desk, actor, parcel, usual), ""


def require_known(desk: Desk, parcel: Parcel) -> None:
    """Raises MaterialMissing where the house wants the material before the packing (rules.md B8, step 7)."""
    rules = desk.policy.checks
    if rules.material_required and not parcel.material:
        raise MaterialMissing(parcel.waybill, rules.material)


def give_back(desk: Desk, actor: Actor, parcel: Parcel) -> Parcel:
    """It was not packed after all; not saved."""
    if not parcel.material:
        return parcel
    desk.stock.apply(_back(parcel), actor.name)
    news = replace(parcel, material="")
    return replace(news, expected_g=expected(desk, news))


def _back(parcel: Parcel) -> list[Move]:
    """What it was packed into, on its own shelf again."""
    assert parcel.warehouse_id is not None
    used = Move(parcel.warehouse_id, parcel.material, Bucket.GOOD, 1, Document.PACKING, parcel.id)
    return [used] if parcel.material else []


def _out(desk: Desk, parcel: Parcel, sku: str) -> list[Move]:
    """One off the shelves. Raises NotEnoughStock."""
    assert parcel.warehouse_id is not None
    return [
        Move(parcel.warehouse_id, sku, Bucket.GOOD, -1, Document.PACKING, parcel.id, spot.place.bin, spot.place.batch)
        for spot in bins.drawn(desk, parcel.warehouse_id, {sku: 1}, fresh=False)
    ]
