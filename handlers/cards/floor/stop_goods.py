"""What comes out of a stopped box and what goes into it, each with its bin.

Surprising: what comes out goes back to where it was picked; what goes in lies where the pick scan takes it from.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.floor import repacking
from domain.floor.parcels import Item, Parcel, Stop, StopKind
from domain.stock import bins
from domain.stops import stopping
from handlers.wording.goods import name_of
from handlers.words import N_, Words

_SHOWN = 15
_LINE = N_("• {units} × {goods} · shelf {bin}")
_BATCH = N_("• {units} × {goods} · shelf {bin}, batch {batch}")


def taken_out(stop: Stop, parcel: Parcel) -> list[Item]:
    """What the put-back takes out of the parcel, or the picker puts into it."""
    mine = [item for item in parcel.live_items if item.order_id == stop.order_id]
    return [item for item in mine if not stop.line_nos or item.line_no in stop.line_nos]


def goods_lines(desk: Desk, stop: Stop, parcel: Parcel, words: Words) -> list[str]:
    """What to do with which goods; nothing while the box only waits for a decision."""
    if stop.kind is StopKind.HOLD:
        return []
    mine = taken_out(stop, parcel)
    if stop.kind is StopKind.REPICK:
        return [words("Put into the box:"), *_in(desk, stop, parcel, mine, words)]
    whole = takes_all(desk, stop, parcel)
    lines = [words("<b>Take out everything:</b>") if whole else words("<b>Take out only this, the rest goes on:</b>")]
    lines += _with_home(desk, parcel, mine, words)
    later = after_it(desk, stop, parcel)
    goods = [item for task in later for item in taken_out(task, parcel)]
    return [*lines, words("<b>Then put in:</b>"), *_in(desk, later[0], parcel, goods, words)] if goods else lines


def takes_all(desk: Desk, stop: Stop, parcel: Parcel) -> bool:
    """Whether nothing that lies in the box stays there; what is still to be put in does not lie there."""
    mine, coming = taken_out(stop, parcel), stopping.to_pick(desk, parcel)
    return all(item in mine or (item.order_id, item.line_no) in coming for item in parcel.live_items)


def after_it(desk: Desk, stop: Stop, parcel: Parcel) -> list[Stop]:
    """The tasks to put something in for the same order, once a repack has taken out what is too much."""
    if stop.kind is not StopKind.REPACK:
        return []
    return [task for task in stopping.open_of(desk, parcel, StopKind.REPICK) if task.order_id == stop.order_id]


def _in(desk: Desk, task: Stop, parcel: Parcel, items: Sequence[Item], words: Words) -> list[str]:
    """From the bins the pick takes from; goods that were only taken aside for a while have their old one."""
    if task.reason != repacking.REASON or parcel.warehouse_id is None:
        return _with_home(desk, parcel, items, words)
    ways = bins.spots(desk, parcel.warehouse_id, {item.sku for item in items})
    lines = []
    for item in items[:_SHOWN]:
        goods = name_of(desk, item.sku, item.title)
        found = bins.take(ways[item.sku], item.quantity)
        ways[item.sku] = bins.parted(ways[item.sku], [replace(spot.place, units=spot.units) for spot in found])[1]
        for spot in found:
            facts = {"units": spot.units, "goods": goods, "bin": spot.bin or "?", "batch": spot.place.batch}
            lines.append(words(_BATCH if spot.place.batch else _LINE, **facts))
        short = item.quantity - sum(spot.units for spot in found)
        lines += [words(_LINE, units=short, goods=goods, bin="?")] if short else []
    return lines


def _with_home(desk: Desk, parcel: Parcel, items: Sequence[Item], words: Words) -> list[str]:
    home = bins.home_names(desk, parcel)
    named = [(item, name_of(desk, item.sku, item.title)) for item in items[:_SHOWN]]
    return [words(_LINE, units=item.quantity, goods=name, bin=home.get(item.sku) or "?") for item, name in named]
