"""Stock: levels and ledger move together, and a refusal leaves both alone."""

from dataclasses import replace

import pytest

from domain.errors import NotEnoughStock
from domain.stock.stock import Bucket, Document, Level, Move
from storage.unit import Unit
from tests import factory
from tests.factory import OPENING
from tests.storage.conftest import Each


def move(each: Each, bucket: Bucket, delta: int, sku: str = "CUP-01") -> Move:
    """A move in the first warehouse."""
    return Move(each.cast.warehouses[0].id, sku, bucket, delta, Document.ADJUST, 7)


def books(unit: Unit) -> tuple[object, object]:
    """Levels and ledger as they stand."""
    return unit.stock.levels(), unit.stock.ledger_sums()


def test_moves_change_levels_and_the_ledger_together(each: Each) -> None:
    """before and after follow each other within a set."""
    moves = [move(each, Bucket.RESERVED, 3), move(each, Bucket.RESERVED, 2), move(each, Bucket.DEFECTIVE, 1)]
    each.store.run_now(lambda unit: unit.stock.apply(moves, "anna"))
    here = each.cast.warehouses[0].id
    levels = each.store.read_now(lambda unit: unit.stock.levels(["CUP-01", "nothing"], lock=False))
    assert levels[here, "CUP-01"] == Level(here, "CUP-01", 100, 5, 1)
    assert len(levels) == 2
    history = each.store.read_now(lambda unit: unit.stock.history("CUP-01", 3))
    assert [(row["bucket"], row["before"], row["delta"], row["after"], row["actor"]) for row in history] == [
        (Bucket.DEFECTIVE, 0, 1, 1, "anna"),
        (Bucket.RESERVED, 3, 2, 5, "anna"),
        (Bucket.RESERVED, 0, 3, 3, "anna"),
    ]
    assert (history[0]["document"], history[0]["document_id"]) == (Document.ADJUST, 7)


@pytest.mark.parametrize(
    ("bucket", "delta", "free", "asked"),
    [
        (Bucket.RESERVED, 91, 90, 91),
        (Bucket.RESERVED, -11, 10, 11),
        (Bucket.GOOD, -91, 90, 91),
        (Bucket.DEFECTIVE, -1, 0, 1),
    ],
)
def test_a_refusal_changes_nothing_even_when_it_is_caught(
    each: Each, bucket: Bucket, delta: int, free: int, asked: int
) -> None:
    """The command goes on and commits; the moves that would have fitted are not there either."""
    each.store.run_now(lambda unit: unit.stock.apply([move(each, Bucket.RESERVED, 10)], "anna"))
    before = each.store.read_now(books)

    def go(unit: Unit) -> NotEnoughStock:
        with pytest.raises(NotEnoughStock) as refusal:
            unit.stock.apply([move(each, Bucket.GOOD, 1, "TEA-01"), move(each, bucket, delta)], "anna")
        return refusal.value

    refusal = each.store.run_now(go)
    assert (refusal.sku, refusal.warehouse, refusal.free, refusal.asked) == ("CUP-01", "HZ", free, asked)
    assert each.store.read_now(books) == before


def test_a_set_is_judged_by_what_it_leaves(each: Each) -> None:
    """Shipping takes the goods and the claim in either order."""
    each.store.run_now(lambda unit: unit.stock.apply([move(each, Bucket.RESERVED, 100)], "anna"))
    ship = [move(each, Bucket.GOOD, -100), move(each, Bucket.RESERVED, -100)]
    each.store.run_now(lambda unit: unit.stock.apply(ship, "anna"))
    here = each.cast.warehouses[0].id
    assert each.store.read_now(lambda unit: unit.stock.levels(["CUP-01"]))[here, "CUP-01"] == Level(
        here, "CUP-01", 0, 0, 0
    )


def test_a_level_opens_with_its_first_move_and_not_before(each: Each) -> None:
    """A refused first move opens nothing."""
    new = replace(factory.SKUS[0], code="NEW-01")
    each.store.run_now(lambda unit: unit.catalog_admin.put_skus([new]))
    with pytest.raises(NotEnoughStock):
        each.store.run_now(lambda unit: unit.stock.apply([move(each, Bucket.RESERVED, 1, "NEW-01")], "anna"))
    assert each.store.read_now(lambda unit: unit.stock.levels(["NEW-01"])) == {}
    each.store.run_now(lambda unit: unit.stock.apply([move(each, Bucket.GOOD, 4, "NEW-01")], "anna"))
    here = each.cast.warehouses[0].id
    expected = {(here, "NEW-01"): Level(here, "NEW-01", 4, 0, 0)}
    assert each.store.read_now(lambda unit: unit.stock.levels(["NEW-01"])) == expected


def test_the_ledger_adds_up_to_the_levels(each: Each) -> None:
    """After the opening and some moves, in every bucket."""
    moves = [move(each, Bucket.GOOD, -5), move(each, Bucket.RESERVED, 2, "TEA-01"), move(each, Bucket.DEFECTIVE, 5)]
    each.store.run_now(lambda unit: unit.stock.apply(moves, "anna"))
    levels = each.store.read_now(lambda unit: unit.stock.levels())
    sums = each.store.read_now(lambda unit: unit.stock.ledger_sums())
    assert len(levels) == 2 * len(OPENING)
    for (warehouse, sku), level in levels.items():
        for bucket in Bucket:
            assert sums.get((warehouse, sku, bucket.value), 0) == getattr(level, bucket.value)
