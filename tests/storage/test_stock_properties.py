"""Whatever is moved, the books agree: ledger and levels, places and levels, cost in and cost out."""

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import NotEnoughStock
from domain.stock.stock import Bucket, Document, Move, relocate
from storage.unit import Unit
from tests.storage.conftest import Each

SKUS = ("CUP-01", "TEA-01")
FEW = settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def moves(places: tuple[int, ...]) -> st.SearchStrategy[list[Move]]:
    """A set of moves of one command; relocations come in pairs."""
    one = st.builds(
        Move,
        st.sampled_from(places),
        st.sampled_from(SKUS),
        st.sampled_from(list(Bucket)),
        st.integers(-60, 60).filter(bool),
        st.just(Document.ADJUST),
        st.just(1),
        st.sampled_from(["", "A-09"]),
        st.sampled_from(["", "B7"]),
        st.none(),
    ).map(lambda move: [move])
    pair = st.builds(
        lambda place, sku, units: relocate(Move(place, sku, Bucket.GOOD, units, Document.MOVE, 1, "", ""), "A-09"),
        st.sampled_from(places),
        st.sampled_from(SKUS),
        st.integers(1, 60),
    )
    return st.lists(one | pair, min_size=1, max_size=4).map(lambda sets: [move for some in sets for move in some])


def books(unit: Unit) -> tuple[Any, ...]:
    return (
        unit.stock.levels(),
        unit.stock.ledger_sums(),
        unit.stock.places(),
        unit.stock.values(),
        unit.stock.ledger_values(),
        [unit.stock.history(sku, 1000) for sku in SKUS],
    )


def _apply(unit: Unit, command: list[Move]) -> None:
    unit.stock.apply(command, "anna")


def check(unit: Unit) -> None:
    levels, sums, places, values, costs, histories = books(unit)
    for (place, sku), level in levels.items():
        for bucket in Bucket:
            assert getattr(level, bucket.value) == sums.get((place, sku, bucket.value), 0) >= 0
        assert level.reserved <= level.good
        lying = [spot.units for spot in places if (spot.warehouse_id, spot.sku) == (place, sku)]
        assert sum(lying) == level.good
        assert all(units > 0 for units in lying)
        for bucket in (Bucket.GOOD, Bucket.DEFECTIVE, Bucket.IN_TRANSIT):
            value = values.get((place, sku, bucket.value), 0)
            assert value >= 0
            assert value == 0 or getattr(level, bucket.value) > 0
    assert {k: v for k, v in values.items() if v} == {k: v for k, v in costs.items() if v}
    for rows in histories:
        chains: dict[object, list[Any]] = defaultdict(list)
        for row in reversed(rows):
            assert row["after"] == row["before"] + row["delta"]
            chains[row["warehouse_id"], row["bucket"]].append(row)
        for chain in chains.values():
            assert chain[0]["before"] == 0
            assert [row["before"] for row in chain[1:]] == [row["after"] for row in chain[:-1]]


def test_the_books_agree_after_any_moves_and_a_refusal_changes_nothing(each: Each) -> None:
    """On every database; the store keeps what earlier examples did, so the sequence is one long one."""
    here = tuple(warehouse.id for warehouse in each.cast.warehouses)

    @FEW
    @given(st.lists(moves(here), min_size=1, max_size=4))
    def go(commands: list[list[Move]]) -> None:
        for command in commands:
            before = each.store.read_now(books)
            try:
                each.store.run_now(_apply, command)
            except NotEnoughStock:
                assert each.store.read_now(books) == before
        each.store.read_now(check)

    go()
