"""The codes on our own papers (pick list, hand-over list, transfer note, count sheet) and what they open.

Surprising: manifests and put-away documents both begin with M and differ by their zeros alone, so that from the ten
thousandth on one code may name two papers. Both open then, to whoever may see them.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from domain.desk import Desk
from domain.errors import NotAllowed, Unknown
from domain.floor.parcels import wave_number
from domain.people.people import Actor, Right, require
from domain.records import NoticeKind
from domain.stock.stock_docs import DocKind, StockDoc, number_of

_CODE = re.compile(r"([WMRTCG])(\d{4,12})")
Paper = tuple[NoticeKind, int]
Named = TypeVar("Named")


def of(desk: Desk, code: str) -> tuple[Paper, ...]:
    """What the code names, as it is printed on paper; none for a number nobody has given."""
    found = _CODE.fullmatch(code.strip().upper())
    if found is None:
        return ()
    number = int(found[2])
    papers: list[Paper] = []
    if found[0] == wave_number(number) and _there(desk.waves.get, number) is not None:
        papers.append((NoticeKind.WAVE, number))
    if found[0] == f"M{number:04d}" and _there(desk.manifests.get, number) is not None:
        papers.append((NoticeKind.MANIFEST, number))
    kinds = {kind for kind in DocKind if number_of(kind, number) == found[0]}
    doc = _there(desk.stock_docs.get, number) if kinds else None
    if doc is not None and doc.kind in kinds:
        papers.append((NoticeKind.STOCK_DOC, number))
    return tuple(papers)


def _there(get: Callable[[int], Named], number: int) -> Named | None:
    try:
        return get(number)
    except Unknown:
        return None


def opened(desk: Desk, actor: Actor, code: str) -> tuple[Paper, ...]:
    """Those of them this person may open; none when the code names nothing. Raises NotAllowed when they may open none
    of what it names."""
    mine: list[Paper] = []
    refusal: NotAllowed | None = None
    for kind, number in of(desk, code):
        try:
            _require(desk, actor, kind, number)
            mine.append((kind, number))
        except NotAllowed as no:
            refusal = no
    if refusal is not None and not mine:
        raise refusal
    return tuple(mine)


def _require(desk: Desk, actor: Actor, kind: NoticeKind, number: int) -> None:
    if kind is NoticeKind.WAVE:
        require(actor, Right.WAVE, warehouse=desk.waves.get(number).warehouse_id)
    elif kind is NoticeKind.MANIFEST:
        require(actor, Right.HAND_OVER, warehouse=desk.manifests.get(number).warehouse_id)
    else:
        require(actor, Right.STOCK, warehouse=_end_of(desk.stock_docs.get(number), actor))


def _end_of(doc: StockDoc, actor: Actor) -> int:
    """The warehouse by which this person may know of it: of a transfer either end."""
    ends = [doc.warehouse_id, *([doc.to_warehouse_id] if doc.to_warehouse_id else [])]
    return next((end for end in ends if actor.warehouses is None or end in actor.warehouses), doc.warehouse_id)
