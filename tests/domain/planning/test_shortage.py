"""What goes now of an order whose goods are not all there: exact boxes, each reason against it, every unit and cent."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.floor.parcels import Item
from domain.intake.incoming import Platform
from domain.orders.catalog import Bundle, Part, Sku
from domain.orders.kits import matched
from domain.orders.orders import Order
from domain.planning.plans import plan
from domain.planning.splitting import gifts, items_of, shares, units_of
from domain.policy.policy import Policy
from domain.policy.policy_sections import Screening, Split
from domain.review.holds import HoldCode
from domain.review.screening import Facts, parts_of, screen
from tests.domain.planning.test_splitting import LINES, SKUS, counted, order_of
from tests.domain.review.test_screening import CATALOG, NOW

PARTS = Split(shortage=True, shortage_least={"*": 0}, shortage_percent=0, presale=("presale",))
KETTLE, TEA, SOON = (
    Sku("K", "", "kettle", 800, 1000, 2900),
    Sku("T", "", "tea", 100, 100, 500),
    Sku("P", "", "soon", 100, 100, 500, traits=frozenset({"presale"})),
)
GOODS = replace(CATALOG, skus={**SKUS, "K": KETTLE, "T": TEA, "P": SOON})


def facts_of(free: dict[tuple[int, str], int], choices: Split = PARTS, **policy: object) -> Facts:
    return Facts(GOODS, replace(Policy(), split=choices, **policy), free, {}, NOW)  # type: ignore[arg-type]  # any section


def bought(*lines: tuple[str, int, int], paid: int = 10_000, **changes: Any) -> Order:
    base = replace(order_of(list(lines), paid), platform=Platform.SHOPIFY)
    return replace(base, **changes)


def told(order: Order, facts: Facts) -> list[tuple[int | None, list[tuple[str, int, int]]]]:
    """Each box: its warehouse, and the goods in it with their money."""
    made = plan([order], facts)
    assert [f.code for f in (*screen(order, facts), *made.faults)] == []
    return [(box.warehouse_id, [(i.sku, i.quantity, i.paid) for i in box.items]) for box in made.parcels]


def against(order: Order, facts: Facts) -> str:
    """Why it is not parted, from the evidence of its hold; held it is, and without boxes."""
    (finding,) = screen(order, facts)
    assert finding.code is HoldCode.OUT_OF_STOCK
    assert plan([order], facts).parcels == ()
    return finding.evidence.get("part", "not asked")


def test_three_of_five_kettles_go_now_and_two_later() -> None:
    order = bought(("K", 5, 10_000))
    assert told(order, facts_of({(1, "K"): 3})) == [(1, [("K", 3, 6000)]), (None, [("K", 2, 4000)])]


def test_the_line_that_is_there_goes_and_the_other_is_owed() -> None:
    order = bought(("K", 1, 3000), ("T", 2, 7000))
    facts = facts_of({(2, "T"): 2})
    assert told(order, facts) == [(2, [("T", 2, 7000)]), (None, [("K", 1, 3000)])]
    first, last = plan([order], facts).parcels
    seen = {"rule": "shortage", "currency": "CNY", "value": "7000", "total": "10000", "least": "0", "percent": "0"}
    assert "part" not in first.why
    assert last.why["part"] == {**seen, "platform": "shopify", "missing": "K×1"}
    assert first.why["split"] == {"part": 1, "of": 2, "rules": []}
    assert last.why["split"] == {"part": 2, "of": 2, "rules": ["shortage"]}
    assert (last.courier_id, last.expected_g) == (None, 860)


def test_what_is_there_may_come_from_two_warehouses() -> None:
    order = bought(("K", 1, 3000), ("T", 2, 6000), ("S0", 1, 1000))
    facts = facts_of({(1, "K"): 1, (2, "T"): 2})
    assert told(order, facts) == [(1, [("K", 1, 3000)]), (2, [("T", 2, 6000)]), (None, [("S0", 1, 1000)])]


def test_a_line_comes_from_the_warehouse_that_has_most_of_it() -> None:
    order = bought(("K", 6, 10_000), paid=600)
    assert told(order, facts_of({(1, "K"): 2, (2, "K"): 4})) == [(2, [("K", 4, 400)]), (None, [("K", 2, 200)])]


def test_goods_that_travel_alone_do_so_first_and_last() -> None:
    """What is owed stays one box until it comes."""
    order = bought(("S1", 1, 2000), ("K", 1, 3000), ("T", 2, 5000))
    facts = facts_of({(1, "S1"): 1, (1, "K"): 1})
    assert told(order, facts) == [(1, [("K", 1, 3000)]), (1, [("S1", 1, 2000)]), (None, [("T", 2, 5000)])]


def test_presale_goods_wait_whatever_they_are_worth_and_others_go() -> None:
    only = replace(PARTS, shortage=False, shortage_least={"*": 99_999}, shortage_percent=100)
    order = bought(("P", 1, 9000), ("T", 1, 1000))
    assert told(order, facts_of({(1, "T"): 1}, only)) == [(1, [("T", 1, 1000)]), (None, [("P", 1, 9000)])]
    assert plan([order], facts_of({(1, "T"): 1}, only)).parcels[1].why["split"] == {
        "part": 2,
        "of": 2,
        "rules": ["presale"],
    }
    short_too = bought(("P", 1, 5000), ("T", 1, 1000), ("K", 1, 4000))
    assert against(short_too, facts_of({(1, "T"): 1}, only)) == "not asked"
    assert against(short_too, facts_of({(1, "T"): 1}, replace(only, shortage=True))) == "little"


def test_an_order_of_presale_goods_alone_is_held() -> None:
    order = bought(("P", 2, 10_000))
    (finding,) = screen(order, facts_of({}))
    assert finding.evidence["presale"] == "1"
    assert against(order, facts_of({})) == "nothing"


@pytest.mark.parametrize(
    ("changes", "choices", "why"),
    [
        ({}, Split(), "not asked"),
        ({"cod": True}, PARTS, "cod"),
        ({"together": 7}, PARTS, "together"),
        ({}, replace(PARTS, auto=False), "auto"),
        ({"platform": Platform.TAOBAO}, PARTS, "platform"),
        ({}, replace(PARTS, shortage_least={"CNY": 7001, "*": 0}), "little"),
        ({}, replace(PARTS, shortage_percent=71), "share"),
    ],
    ids=["off", "cod", "merged by hand", "never divided", "platform", "too little", "too small a share"],
)
def test_what_speaks_against_it(changes: dict[str, Any], choices: Split, why: str) -> None:
    order = bought(("K", 1, 3000), ("T", 2, 7000), **changes)
    facts = facts_of({(2, "T"): 2}, choices)
    if order.cod:
        facts = replace(facts, policy=replace(facts.policy, screening=Screening(confirm_cod=False)))
    assert against(order, facts) == why


def test_the_least_value_and_share_are_enough() -> None:
    order = bought(("K", 1, 3000), ("T", 2, 7000))
    choices = replace(PARTS, shortage_least={"CNY": 7000, "*": 99_999}, shortage_percent=70)
    assert len(told(order, facts_of({(2, "T"): 2}, choices))) == 2


def test_gifts_travel_with_goods_first_or_last() -> None:
    gift = ("S0", 1, 0)
    order = bought(("K", 1, 3000), ("T", 1, 7000), gift)
    assert told(order, facts_of({(1, "K"): 1, (1, "S0"): 1})) == [
        (1, [("K", 1, 3000), ("S0", 1, 0)]),
        (None, [("T", 1, 7000)]),
    ]
    assert told(order, facts_of({(1, "K"): 1})) == [(1, [("K", 1, 3000)]), (None, [("T", 1, 7000), ("S0", 1, 0)])]
    assert against(order, facts_of({(1, "K"): 1, (1, "T"): 1})) == "gifts"
    assert against(order, facts_of({(1, "S0"): 1})) == "nothing"


def test_the_paid_line_has_the_last_units_of_what_is_also_given_away() -> None:
    order = bought(("K", 1, 0), ("K", 2, 6000), ("T", 1, 4000))
    assert told(order, facts_of({(1, "K"): 2})) == [
        (1, [("K", 2, 6000)]),
        (None, [("K", 1, 0), ("T", 1, 4000)]),
    ]


def test_orders_that_travel_together_are_not_parted_for_each_other() -> None:
    one, two = bought(("K", 1, 3000)), bought(("T", 1, 7000), id=2)
    assert plan([one, two], facts_of({(1, "K"): 1})).parcels == ()


def test_the_margin_is_judged_over_all_boxes() -> None:
    """One freight of 3.50 leaves enough, two do not."""
    order = bought(("K", 1, 2000), ("T", 1, 1000), paid=3000)
    screening = Screening(margin_percent=45)
    whole = plan([order], facts_of({(1, "K"): 1, (1, "T"): 1}, screening=screening))
    assert [f.code for f in whole.faults] == []
    parted = plan([order], facts_of({(1, "K"): 1}, screening=screening))
    assert [(box.warehouse_id, box.freight) for box in parted.parcels] == [(1, 350), (None, 350)]
    (fault,) = parted.faults
    assert (fault.code, fault.evidence["freight"], fault.evidence["left"]) == (HoldCode.MARGIN_LOW, "700", "1200")


@given(
    LINES,
    st.integers(0, 500_000),
    st.dictionaries(st.tuples(st.integers(1, 2), st.sampled_from(sorted(SKUS))), st.integers(0, 9)),
)
def test_every_unit_and_every_cent_is_in_one_box_and_nothing_is_promised_twice(
    lines: list[tuple[str, int, int]], paid: int, free: dict[tuple[int, str], int]
) -> None:
    order = bought(*lines, paid=paid)
    facts = facts_of(free)
    parted = parts_of(order, items_of(order), facts)
    items = (*parted.now, *parted.owed)
    if not items:
        return
    assert counted(parted.now) + counted(parted.owed) == counted(items_of(order))
    by_line = Counter[int]()
    for item in items:
        by_line[item.line_no] += item.paid
    assert by_line == Counter(shares(order))
    made = plan([order], facts)
    claims, inside = Counter[tuple[int, str]](), Counter[int]()
    for box in made.parcels:
        inside += counted(box.items)
        if box.warehouse_id is not None:
            claims.update({(box.warehouse_id, sku): units for sku, units in units_of(box.items).items()})
    if made.parcels:
        assert inside == counted(items_of(order))
        assert [box.warehouse_id for box in made.parcels].index(None) == len(made.parcels) - 1
        assert all(units <= free.get(key, 0) for key, units in claims.items())
        assert sum(item.paid for box in made.parcels for item in box.items) == paid


def test_an_item_knows_its_share_to_the_cent() -> None:
    parted = parts_of(
        bought(("K", 3, 1000), paid=1000), items_of(bought(("K", 3, 1), paid=1000)), facts_of({(1, "K"): 2})
    )
    assert parted.now == (Item(1, 1, "K", "thing K", 2, paid=666),)
    assert parted.owed == (Item(1, 1, "K", "thing K", 1, paid=334),)


def a_set(*, whole: bool) -> Order:
    """One set of a kettle and two teas beside a tea, for 10.00 and 5.00."""
    parts = (Part("K", 1), Part("T", 2))
    catalog = replace(GOODS, bundles={"SET": Bundle("SET", "茶具", parts, whole, 1)})
    order = bought(("SET", 1, 1000), ("T", 1, 500), paid=1500)
    first, second = order.lines
    return matched(replace(order, lines=(replace(first, sku=None), second)), catalog)


def test_an_independent_kit_goes_whole_or_not_at_all() -> None:
    teas = facts_of({(1, "T"): 3})
    assert told(a_set(whole=False), teas) == [(1, [("T", 1, 500), ("T", 2, 257)]), (None, [("K", 1, 743)])]
    assert told(a_set(whole=True), teas) == [(1, [("T", 1, 500)]), (None, [("K", 1, 743), ("T", 2, 257)])]
    assert told(a_set(whole=True), facts_of({(1, "K"): 1, (1, "T"): 2})) == [
        (1, [("K", 1, 743), ("T", 2, 257)]),
        (None, [("T", 1, 500)]),
    ]


def test_an_independent_kit_is_not_made_up_from_two_warehouses() -> None:
    apart = facts_of({(1, "K"): 1, (2, "T"): 3}, Split())
    assert [place for place, _ in told(a_set(whole=False), apart)] == [2, 1]
    assert against(a_set(whole=True), apart) == "not asked"


def test_a_part_of_a_paid_set_is_no_gift() -> None:
    order = a_set(whole=True)
    lines = tuple(replace(line, amount=0) if line.line_no == 1 else line for line in order.lines)
    assert gifts(replace(order, lines=lines)) == frozenset()
    free = tuple(replace(line, amount=0) if line.kit else line for line in order.lines)
    assert gifts(replace(order, lines=free)) == {1, 1_000_001}
