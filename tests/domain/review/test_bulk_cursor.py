"""Bulk release where most do not fit: a look is not had twice, a page behind them is found, and there is an end."""

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import OverLimit
from domain.people.people import Actor
from domain.review import bulk
from domain.review.bulk import Batch, Whole
from domain.review.holds import HoldCode
from domain.review.scope import Scope
from tests.domain.customers.customer_desk import Shop
from tests.domain.review.bulk_page import NOTES, TEA, again, limited, look, note, numbers, seen, took
from tests.factory import incoming, incoming_line, receiver

FAR = 1_200_000
"""More than one person approves."""


@pytest.fixture
def shop() -> Shop:
    return Shop()


def doors(count: int) -> list[dict[str, Any]]:
    return [{"buyer_id": f"b{one}", "receiver": receiver(address=f"北京路 {one} 号")} for one in range(count)]


def unfit(shop: Shop, count: int) -> list[int]:
    """Notes whose companions are above the limit; their ids."""
    limited(shop)
    few: dict[str, Any] = {"lines": (incoming_line("CUP-01", 1),), "paid": FAR, "total": FAR}
    took(shop, *(incoming(f"c{one}", **few, **door) for one, door in enumerate(doors(count))))
    lines = [(incoming_line("CUP-02" if one % 2 else "TEA-01", 1),) for one in range(count)]
    made = (note(str(one), lines=lines[one], **door) for one, door in enumerate(doors(count)))
    return [order.id for order in took(shop, *made)]


def counts(batch: Batch) -> tuple[int, int, int, int]:
    """Released by its button, looked at and left, behind, ahead."""
    return len(batch.orders), len(batch.left), batch.rest, batch.ahead


def opened(shop: Shop, start: int = 0, actor: Actor | None = None) -> Batch:
    batch: Batch = shop.store.read_now(bulk.to_read, shop.cs, NOTES, actor or shop.cs, bulk.PAGE, start)
    return batch


def test_the_next_look_begins_behind_what_did_not_fit(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LOOK", 10)
    ids = unfit(shop, 25)
    first = opened(shop)
    assert (counts(first), first.onward, first.held) == ((0, 10, 15, 0), ids[10], 25)
    assert {type(why) for why in first.refused.values()} == {OverLimit}
    assert [order.id for order in first.left] == ids[:10]
    second = opened(shop, first.onward)
    assert (counts(second), second.onward, second.held) == ((0, 10, 5, 10), ids[20], 25)
    last = opened(shop, second.onward)
    assert (counts(last), last.onward, last.held) == ((0, 5, 0, 20), 0, 25)
    assert [order.id for order in (*first.left, *second.left, *last.left)] == ids


def test_a_page_behind_them_is_found_and_goes_on_behind_them(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LOOK", 20)
    unfit(shop, 30)
    took(shop, *(note(f"good{one}", lines=TEA) for one in range(12)))
    assert numbers(opened(shop)) == []
    batch = opened(shop, opened(shop).onward)
    assert (counts(batch), numbers(batch)[0]) == ((10, 0, 2, 30), "good0")
    shop.do(bulk.take, shop.cs, batch)
    page = shop.do(lambda desk: bulk.page(desk, shop.cs, NOTES, desk.now))
    assert (counts(page), page.onward) == ((10, 0, 2, 30), page.orders[0].id)
    done = shop.do(bulk.release, shop.cs, seen(page))
    assert (done.onward, done.rest) == (page.orders[0].id, 2)
    assert numbers(opened(shop, done.onward)) == ["good10", "good11"]


def test_what_does_not_fit_is_passed_over_while_a_look_reaches_beyond_it(shop: Shop) -> None:
    """The next page begins at the front again: something more urgent may have come."""
    unfit(shop, 15)
    took(shop, *(note(f"good{one}", lines=TEA) for one in range(11)))
    batch = look(shop, shop.cs)
    assert (counts(batch), batch.onward) == ((5, 5, 6, 10), 0)
    assert counts(again(shop, shop.cs, batch)) == (5, 5, 6, 10)
    shop.do(bulk.release, shop.cs, seen(batch))
    batch = look(shop, shop.cs)
    assert (counts(batch), numbers(batch)[0], batch.onward) == ((5, 5, 1, 10), "good5", 0)


def test_a_page_of_one_goes_on_over_the_same_orders(shop: Shop) -> None:
    """A shorter page, as long notes make it, looks no less far."""
    unfit(shop, 55)
    took(shop, note("good", lines=TEA))
    batch: Batch = shop.store.read_now(bulk.to_read, shop.cs, NOTES, shop.cs, 1)
    assert (counts(batch), numbers(batch)) == ((1, 0, 0, 55), ["good"])


def test_a_whole_goes_on_behind_what_does_not_fit(shop: Shop) -> None:
    limited(shop)
    policy = replace(shop.store.read_now(lambda desk: desk.policy), batch_limit=4)
    kinds = replace(policy, screening=replace(policy.screening, most_kinds=1))
    shop.do(lambda unit: unit.catalog_admin.put_policy(kinds, "test"))
    scope = Scope(code=HoldCode.KIND_RANGE)
    few: dict[str, Any] = {"lines": (incoming_line("CUP-01", 1),), "paid": FAR, "total": FAR}
    took(shop, *(incoming(f"c{one}", **few, **door) for one, door in enumerate(doors(6))))
    two = (incoming_line("TEA-01", 1), incoming_line("CUP-02", 1))
    took(shop, *(incoming(str(one), lines=two, **door) for one, door in enumerate(doors(6))))
    took(shop, incoming("good", lines=two, buyer_id="good"))
    first: Batch = shop.store.read_now(bulk.whole, shop.lead, scope)
    assert (counts(first), set(first.refused)) == ((0, 4, 3, 0), {"0", "1", "2", "3"})
    second: Batch = shop.store.read_now(bulk.whole, shop.lead, scope, Whole(0, first.onward))
    assert (counts(second), numbers(second), second.onward) == ((1, 2, 0, 4), ["good"], first.onward)
    assert second.mark == Whole(second.orders[0].id, first.onward)
    done = shop.do(bulk.release, shop.lead, seen(second, scope))
    assert numbers(done) == ["good"]
