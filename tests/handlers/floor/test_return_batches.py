"""Batches of returned goods in chat: derived where clear, asked for where not, refused where expired."""

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import BadValue
from domain.people.people import Role
from domain.policy.policy_checks import CheckRules
from domain.records import NoticeKind
from domain.stock import bins
from domain.stock.stock import Batch, Bucket, Document, Move
from handlers.floor.returns import read_batch
from storage.unit import Unit
from tests.handlers.floor.test_returns import at_hangzhou, cups, shipped, the_return
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
B7, B8 = Batch("CUP-01", "B7", date(2027, 3, 1)), Batch("CUP-01", "B8", date(2027, 9, 1))


def two_batches(unit: Unit) -> None:
    """One cup of B7 and nine of B8 in Hangzhou, no others there; nobody checks batches."""
    here = min(unit.catalog.warehouses)
    sku = replace(unit.catalog.skus["CUP-01"], traits=frozenset({"batch"}))
    unit.catalog_admin.put_skus([sku])
    unit.catalog_admin.put_policy(replace(unit.policy, checks=CheckRules(batches=False)), "test")
    unit.stock.put_batches([B7, B8])
    moves = [
        Move(here, "CUP-01", Bucket.GOOD, units, Document.ADJUST, 1, batch=code)
        for code, units in (("", -100), ("B7", 1), ("B8", 9))
    ]
    unit.stock.apply(moves, "test")


def lying(floor: Floor) -> dict[str, int]:
    found: dict[str, int] = {}
    for place in floor.look(lambda desk: desk.stock.places(["CUP-01"], floor.cast.warehouses[0].id)):
        if not bins.in_box(place.bin):
            found[place.batch] = found.get(place.batch, 0) + place.units
    return found


async def arrived(floor: Floor) -> str:
    """Two cups, one of each batch, have come back under their own number; its card."""
    floor.do(two_batches)
    box = await shipped(floor)
    (said,) = await at_hangzhou(floor, box.waybill)
    return said


async def test_all_of_it_good_needs_no_question(floor: Floor) -> None:
    said = await arrived(floor)
    assert said.split("\n")[4:6] == [
        "1. 2 × goods CUP-01 · CUP-01 · shelf A-01",
        "🏷 CUP-01 left in batch B7 × 1, B8 × 1",
    ]
    said = (await floor.taps(floor.cast.people[Role.RECEIVER], "✅ All good"))[0]
    assert said.split("\n")[6:8] == [
        "🏷 1 × CUP-01 of batch B7 came back · expires 2027-03-01",
        "🏷 1 × CUP-01 of batch B8 came back · expires 2027-09-01",
    ]
    assert lying(floor) == {"B7": 1, "B8": 9}


async def test_one_unit_of_two_batches_is_asked_about_and_the_answer_grades_it(floor: Floor) -> None:
    await arrived(floor)
    receiver = floor.cast.people[Role.RECEIVER]
    (asked,) = await floor.taps(receiver, "1. 🔧 defective")
    assert asked.split("\n")[:3] == [
        "Which batch is it? 1 × goods CUP-01 · CUP-01",
        "Sent were: B7, B8",
        "Read it off the goods and reply: B7 2027-05-31. A known batch needs no date; only some: B7 x2.",
    ]
    assert (lying(floor), cups(floor).defective) == ({"B8": 8}, 0)
    said = (await floor.answers(receiver, "b7"))[-1]
    assert "🏷 CUP-01 left in batch B8 × 1" in said.split("\n")
    assert cups(floor).defective == 1
    await floor.taps(receiver, "✅ All good")
    assert lying(floor) == {"B8": 9}
    (said,) = await floor.writes(receiver, "/stock CUP-01")
    lines = said.split("\n")
    assert "• 杭州仓: 1 defective · batch B7 · expires 2027-03-01" in lines
    assert any(line.endswith(f"came back {floor.parcel(1).waybill} · @B7 · {receiver.name}") for line in lines)


async def test_a_new_batch_must_bring_its_expiry_and_is_marked(floor: Floor) -> None:
    await arrived(floor)
    receiver = floor.cast.people[Role.RECEIVER]
    await floor.taps(receiver, "1. ✅ good")
    (said,) = await floor.answers(receiver, "20260501")
    assert said.split("\n")[0] == (
        "expiry: please say which. Expected: the batch and its expiry, like B7 2027-05-31 "
        "(on a scan B7@2027-05-31 behind the code)."
    )
    assert lying(floor) == {"B8": 8}
    said = (await floor.answers(receiver, "20260501 2027年12月1日"))[-1]
    line = "🏷 1 × CUP-01 of batch 20260501 came back · expires 2027-12-01 · ⚠ no such batch was sent"
    assert line in said.split("\n")
    assert lying(floor) == {"20260501": 1, "B8": 8}


async def test_expired_goods_cannot_be_called_good(floor: Floor) -> None:
    await arrived(floor)
    floor.do(lambda unit: unit.stock.put_batches([replace(B7, expires=date(2026, 11, 1))]))
    receiver = floor.cast.people[Role.RECEIVER]
    await floor.taps(receiver, "✅ All good")
    assert floor.toasts == ["CUP-01 of batch B7 expired on 2026-11-01: it cannot be good. Grade it defective."]
    assert lying(floor) == {"B8": 8}
    found = the_return(floor, floor.parcel(1).waybill)
    assert found is not None
    assert found.items[0].graded == 0


async def test_the_card_in_chinese(floor: Floor) -> None:
    floor.do(two_batches)
    box = await shipped(floor)
    await at_hangzhou(floor, box.waybill)
    found = the_return(floor, box.waybill)
    assert found is not None
    receiver = floor.speaks(Role.RECEIVER, "zh")
    card = floor.card(receiver, NoticeKind.RETURN, found.id)
    assert "🏷 CUP-01 发出批次 B7 × 1、B8 × 1" in card.text.split("\n")


@pytest.mark.parametrize(
    ("text", "batch", "units"),
    [
        ("B7", Batch("S", "B7"), 0),
        ("b7@2027/5/31 x2", Batch("S", "b7", date(2027, 5, 31)), 2),
        ("20260501 20270531 12", Batch("S", "20260501", date(2027, 5, 31)), 12),
        ("B7 2027年5月31日 *3", Batch("S", "B7", date(2027, 5, 31)), 3),
        ("7 3", Batch("S", "7"), 3),
        ("L26/11 2027/5/31", Batch("S", "L26/11", date(2027, 5, 31)), 0),
        ("", Batch("S", ""), 0),
    ],
)
def test_an_answer_is_read(text: str, batch: Batch, units: int) -> None:
    assert read_batch(text, "S") == (batch, units)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("B7 x99999", ("units", "x99999")),
        ("B7 0", ("units", "0")),
        ("B7 x0", ("units", "x0")),
        ("B7 9999-99-99", ("date", "9999-99-99")),
        ("B7 12345", ("date", "12345")),
    ],
)
def test_an_answer_is_refused_for_what_it_is(text: str, refused: tuple[str, str]) -> None:
    with pytest.raises(BadValue) as refusal:
        read_batch(text, "S")
    assert (refusal.value.what, refusal.value.value) == refused
