"""Recipes: what rows come to, each fault on its row, and what keeping them does to the orders that wait."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed
from domain.orders import bundles
from domain.orders.bundles import NO_PARTS, Fault, RecipeRow, Tried, Why, proposed
from domain.orders.catalog import Bundle, Part
from domain.people.people import Role
from tests.domain.house import House
from tests.domain.orders.test_kits import RECIPE, SET, bought, teach
from tests.domain.review.test_screening import CATALOG

SKUS = CATALOG.skus
CUP = next(iter(SKUS))
KNOWN = replace(
    CATALOG,
    skus={**SKUS, "TEA": replace(SKUS[CUP], code="TEA", barcode="690")},
    bundles={"OLD": Bundle("OLD", "旧套装", (Part(CUP, 2),), version=3)},
)


def rows(*told: tuple[str, str, str, int, bool | None]) -> list[RecipeRow]:
    return [RecipeRow(place, *one) for place, one in enumerate(told, 2)]


def faults(*told: tuple[str, str, str, int, bool | None]) -> list[tuple[int, Why, dict[str, str]]]:
    found = proposed(KNOWN, rows(*told))
    assert found.changed == ()
    return [(one.row, one.why, dict(one.facts)) for one in found.faults]


def test_rows_are_sets_by_code_whatever_their_order_and_case() -> None:
    found = proposed(
        KNOWN, rows(("A", "", CUP.lower(), 2, None), ("B", "", CUP, 1, True), ("A", "茶具", "690", 1, False))
    )
    assert found.changed == (
        Bundle("A", "茶具", (Part(CUP, 2), Part("TEA", 1)), False, 1),
        Bundle("B", "", (Part(CUP, 1),), True, 1),
    )
    assert (found.same, found.faults, found.unknown) == ((), (), {})


def test_the_next_version_keeps_what_no_row_says() -> None:
    assert proposed(KNOWN, rows(("old", "", CUP, 3, None))).changed == (
        Bundle("OLD", "旧套装", (Part(CUP, 3),), False, 4),
    )
    assert proposed(KNOWN, rows(("old", "", CUP, 2, None))).same == ("OLD",)
    assert proposed(KNOWN, rows(("OLD", "", NO_PARTS, 0, None))).changed == (Bundle("OLD", "旧套装", (), False, 4),)


def test_a_product_told_as_a_set_spoils_no_other_set() -> None:
    found = proposed(KNOWN, rows((CUP, "", "TEA", 1, None), ("A", "", CUP, 1, None)))
    assert [(one.row, one.why) for one in found.faults] == [(2, Why.PRODUCT)]
    assert [one.code for one in found.changed] == ["A"]


def test_a_part_nobody_knows_is_told_and_no_fault() -> None:
    found = proposed(KNOWN, rows(("A", "茶具", CUP, 1, None), ("A", "", "POT", 1, None)))
    assert (found.unknown, found.faults, len(found.changed)) == ({"A": ("POT",)}, (), 1)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(CUP, "", "TEA", 1, None)], [(2, Why.PRODUCT, {"value": CUP})]),
        ([("A", "", "OLD", 1, None)], [(2, Why.NESTED, {"value": "OLD"})]),
        ([("A", "", "A", 1, None)], [(2, Why.NESTED, {"value": "A"})]),
        (
            [("A", "", CUP, 1, None), ("A", "", "TEA", 1, None), ("A", "", CUP, 2, None)],
            [
                (2, Why.PART_OF_REFUSED, {"other_row": "4"}),
                (3, Why.PART_OF_REFUSED, {"other_row": "4"}),
                (4, Why.TWICE, {"value": CUP, "other_row": "2"}),
            ],
        ),
        (
            [("A", "一", CUP, 1, True), ("A", "二", "TEA", 1, True)],
            [(2, Why.PART_OF_REFUSED, {"other_row": "3"}), (3, Why.TWO_NAMES, {"value": "二", "other_row": "2"})],
        ),
        (
            [("A", "", CUP, 1, True), ("A", "", "TEA", 1, False)],
            [(2, Why.PART_OF_REFUSED, {"other_row": "3"}), (3, Why.TWO_KINDS, {"other_row": "2"})],
        ),
    ],
)
def test_every_fault_is_on_its_row(
    told: list[tuple[str, str, str, int, bool | None]], expected: list[tuple[int, Why, dict[str, str]]]
) -> None:
    assert faults(*told) == expected


def test_no_set_is_a_part_of_another_whoever_comes_first() -> None:
    """A circle would need a set in a set: neither a part that becomes a set nor a set that is a part is taken."""
    both = proposed(KNOWN, rows(("A", "", "B", 1, None), ("B", "", "A", 1, None)))
    assert ([(one.row, one.why) for one in both.faults], both.changed) == (
        [(2, Why.IS_PART), (2, Why.NESTED), (3, Why.IS_PART), (3, Why.NESTED)],
        (),
    )
    known = replace(KNOWN, bundles={"A": Bundle("A", "", (Part("POT", 1),), version=1)})
    late = proposed(known, rows(("POT", "", CUP, 1, None)))
    assert [(one.why, dict(one.facts)) for one in late.faults] == [(Why.IS_PART, {"value": "POT", "other": "A"})]


def test_a_row_that_could_not_be_read_leaves_its_set_out_and_no_other() -> None:
    unread = [Fault(3, Why.NOT_A_NUMBER, {"column": "数量", "value": "两个"}, "A")]
    found = proposed(KNOWN, rows(("A", "", CUP, 1, None), ("B", "", CUP, 1, None)), unread)
    assert [(one.row, one.why) for one in found.faults] == [(2, Why.PART_OF_REFUSED), (3, Why.NOT_A_NUMBER)]
    assert [one.code for one in found.changed] == ["B"]


def test_a_try_says_how_many_orders_it_would_let_go_on_and_writes_nothing(house: House) -> None:
    bought(house, SET)

    def tried(*told: RecipeRow) -> Tried:
        actor = house.cast.actor(Role.BUYER)
        return house.store.read_now(lambda desk: bundles.tried(desk, actor, told))

    whole = tried(*RECIPE)
    assert (whole.waiting, whole.freed, len(whole.proposal.changed)) == (1, 1, 1)
    lacking = tried(RECIPE[0], replace(RECIPE[1], sku="POT-01"))
    assert (lacking.waiting, lacking.freed) == (1, 0)
    assert house.order.lines[0].sku is None
    teach(house, RECIPE)
    same = tried(*RECIPE)
    assert (same.waiting, same.proposal.changed, same.proposal.same) == (0, (), ("TEASET",))


def test_sets_are_for_who_may_see_the_stock(house: House) -> None:
    teach(house, rows(("T", "", "CUP-01", 1, None)))
    picker, nobody = house.cast.actor(Role.PICKER), replace(house.cast.actor(Role.PICKER), roles=frozenset())
    assert [one.code for one in house.store.read_now(lambda desk: bundles.every(desk, picker))] == ["T"]
    with pytest.raises(NotAllowed):
        house.store.read_now(lambda desk: bundles.every(desk, nobody))
    with pytest.raises(NotAllowed):
        house.store.read_now(lambda desk: bundles.find(desk, nobody, "T"))
