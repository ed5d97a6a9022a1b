"""Printed copies, manifests and what waits for a wave, on both databases."""

from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.floor.parcels import ParcelState, Waiting
from domain.orders.orders import OrderStatus
from domain.paper.paper_records import Manifest, Paper, Printed
from domain.watch.lookout import Pile
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each
from tests.storage.test_warehouse import box_of, boxed


def test_copies_come_back_oldest_first(each: Each) -> None:
    one, two = boxed(each, {}, {})
    copies = [
        Printed(0, one.id, Paper.LABEL, 1, NOW, "王强", "m1", 7),
        Printed(0, one.id, Paper.SLIP, 1, NOW, "王强", "m2"),
        Printed(0, one.id, Paper.LABEL, 2, NOW + timedelta(hours=1), "赵敏", "m3"),
    ]
    each.store.run_now(lambda unit: unit.prints.add(copies))
    found = each.store.read_now(lambda unit: unit.prints.of_parcels([one.id, two.id]))
    assert list(found) == [one.id]
    assert [(c.paper, c.number, c.by, c.mark, c.by_id, c.at) for c in found[one.id]] == [
        (Paper.LABEL, 1, "王强", "m1", 7, NOW),
        (Paper.SLIP, 1, "王强", "m2", None, NOW),
        (Paper.LABEL, 2, "赵敏", "m3", None, NOW + timedelta(hours=1)),
    ]


def test_a_parcel_stands_on_one_list(each: Each) -> None:
    gone = {"state": ParcelState.HANDED_OVER, "handed_over_at": NOW, "weight_g": 700}
    one, two, _old, _here = boxed(each, gone, gone, {**gone, "handed_over_at": NOW - timedelta(hours=3)}, {})
    place, courier = each.cast.warehouses[0].id, each.cast.couriers[0].id
    since = NOW - timedelta(hours=1)
    counts = each.store.read_now(lambda unit: unit.manifests.unlisted_counts([place], since))
    assert counts == {(place, courier): 2}
    new = Manifest(0, place, courier, NOW, "Boris", 2, 1400)
    made = each.store.run_now(lambda unit: unit.manifests.add(new, [one.id, two.id]))
    assert each.store.read_now(lambda unit: unit.manifests.get(made.id)) == made
    assert each.store.read_now(lambda unit: unit.manifests.parcels(made.id)) == [one, two]
    assert each.store.read_now(lambda unit: unit.manifests.unlisted(place, courier, since, 9)) == []
    late = NOW + timedelta(hours=60)
    assert each.store.read_now(lambda unit: unit.manifests.unlisted(place, courier, late, 9)) == []
    assert each.store.read_now(lambda unit: unit.piles.unlisted(late)) == []
    each.store.run_now(lambda unit: unit.manifests.strike(two.id))
    assert each.store.read_now(lambda unit: unit.manifests.unlisted(place, courier, late, 9)) == [two]
    assert each.store.read_now(lambda unit: unit.manifests.unlisted_counts([place], late)) == {(place, courier): 1}
    assert each.store.read_now(lambda unit: unit.piles.unlisted(late)) == [Pile(place, "", 1, NOW, (two.id,))]
    assert each.store.read_now(lambda unit: unit.piles.unlisted(NOW)) == []
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.manifests.add(new, [one.id]))
    assert each.store.read_now(lambda unit: unit.manifests.recent([place], 9)) == [made]
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.manifests.get(999))


def test_what_waits_is_seen_lightly(each: Each) -> None:
    """The same parcels as `ready`, of one warehouse, with the earliest deadline and every note once."""

    def go(unit: Unit) -> tuple[int, int]:
        due = NOW + timedelta(hours=9)
        status = OrderStatus.RELEASED
        shop = each.cast.shops[0]
        first = factory.order(unit, shop, "A", status=status, seller_note="加急", due_at=due)
        factory.put(unit, first)
        second = factory.order(unit, shop, "B", status=status, seller_note="加急", buyer_message="hi", due_at=None)
        factory.put(unit, second)
        third = factory.order(unit, shop, "C", status=OrderStatus.REVIEW)
        factory.put(unit, third)
        box = box_of(unit, each, first, second)
        unit.parcels.add([box])
        unit.parcels.add([box_of(unit, each, third)])
        unit.parcels.add([box_of(unit, each, first, warehouse_id=each.cast.warehouses[1].id)])
        unit.parcels.add([box_of(unit, each, first, blocked=True)])
        return box.id, each.cast.warehouses[0].id

    box_id, place = each.store.run_now(go)
    courier = each.cast.couriers[0].id
    due = NOW + timedelta(hours=9)
    assert each.store.read_now(lambda unit: unit.parcels.waiting(place, 9)) == [
        Waiting(box_id, courier, NOW, due, {"CUP-01": 4}, "加急\nhi")
    ]
    assert each.store.read_now(lambda unit: unit.parcels.waiting(place, 0)) == []


def test_what_is_collected_for_a_list_is_summed_by_currency(each: Each) -> None:
    gone = {"state": ParcelState.HANDED_OVER, "handed_over_at": NOW}
    due = [(19_999, "CNY"), (1, "CNY"), (0, ""), (4_999, "USD"), (7, "CNY")]
    made = boxed(each, *({**gone, "collect": amount, "collect_currency": money} for amount, money in due))
    place, courier = each.cast.warehouses[0].id, each.cast.couriers[0].id
    new = Manifest(0, place, courier, NOW, "Boris", 4, 0)
    kept = each.store.run_now(lambda unit: unit.manifests.add(new, [box.id for box in made[:4]]))
    assert each.store.read_now(lambda unit: unit.manifests.to_collect(kept.id)) == {
        "CNY": (2, 20_000),
        "USD": (1, 4_999),
    }
    each.store.run_now(lambda unit: unit.manifests.strike(made[0].id))
    assert each.store.read_now(lambda unit: unit.manifests.to_collect(kept.id)) == {"CNY": (1, 1), "USD": (1, 4_999)}
