"""Orders: the aggregate comes back as it went in, races have one winner, the queue and search answer as promised."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from domain.errors import LostRace, Unknown
from domain.floor.parcels import Item, Parcel, ParcelState
from domain.intake.incoming import Fragment, IncomingRefund, RefundState
from domain.orders.orders import Order, OrderStatus
from domain.review.holds import Hold, HoldCode, Source
from domain.review.lineup import Sieve
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def hold(code: HoldCode = HoldCode.MESSAGE, **changes: object) -> Hold:
    """An open hold."""
    return replace(Hold(code, Source.SCREENING, NOW, {"text": "请尽快 ' \" %"}), **changes)  # type: ignore[arg-type]


def given(each: Each, *numbers: str, shop: int = 0, **changes: object) -> list[Order]:
    """Stored orders with these numbers."""

    def go(unit: Unit) -> list[Order]:
        made = [factory.order(unit, each.cast.shops[shop], number, **changes) for number in numbers]
        factory.put(unit, *made)
        return made

    return each.store.run_now(go)


def found(each: Each, text: str, shops: frozenset[int] | None = None, limit: int = 10) -> list[str]:
    """Numbers the search finds."""
    return [order.number for order in each.store.read_now(lambda unit: unit.orders.search(text, shops, limit))]


def test_an_order_comes_back_as_it_went_in(each: Each) -> None:
    """Every field, every line, every hold, in their order."""
    (order,) = given(
        each,
        "1001",
        lines=(factory.line(1, refund=RefundState.REQUESTED, refunded=5), factory.line(2, None, 1, dropped=True)),
        holds=(hold(resolved_at=NOW, resolved_by="x", resolution="auto"), hold(), hold(HoldCode.FREEZE)),
        platform_updated_at=NOW + timedelta(microseconds=1),
        release_at=NOW,
        decided_at=NOW,
        buyer_message="=1+1",
        receiver=factory.receiver(masked=True, name="张*"),
        total=2**40,
    )
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)) == order


def test_an_unknown_order_is_refused_by_name(each: Each) -> None:
    """get says which."""
    with pytest.raises(Unknown) as refusal:
        each.store.read_now(lambda unit: unit.orders.get(404))
    assert (refusal.value.kind, refusal.value.name) == ("order", "404")


def test_orders_are_found_by_number_and_external_id_within_their_shop(each: Each) -> None:
    """The same number in another shop is another order."""
    (here,), (there,) = given(each, "1001"), given(each, "1001", shop=1)
    shops = each.cast.shops

    def look(unit: Unit) -> tuple[object, ...]:
        return (
            unit.orders.by_number(shops[0].id, ["1001", "none"]),
            unit.orders.by_external_id(shops[1].id, "x1001"),
            unit.orders.by_external_id(shops[1].id, ""),
        )

    assert each.store.read_now(look) == ({"1001": here}, there, None)


def test_a_save_raises_the_revision_and_replaces_lines_and_holds(each: Each) -> None:
    """Twice in one command, too, when the second save knows of the first."""
    (order,) = given(each, "1001", holds=(hold(),))

    def save(unit: Unit) -> Order:
        read = unit.orders.get(order.id)
        news = replace(read, lines=(factory.line(1, "TEA-01", 7), factory.line(3)), holds=(), reason="changed")
        unit.orders.save([news])
        again = replace(news, revision=2, reason="again", holds=(hold(HoldCode.FREEZE),))
        unit.orders.save([again])
        return replace(again, revision=3)

    expected = each.store.run_now(save)
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)) == expected


def test_a_save_of_an_order_nobody_read_replaces_everything(each: Each) -> None:
    """What came from another transaction is not taken for unchanged."""
    (order,) = given(each, "1001", holds=(hold(),))
    news = replace(order, lines=(), holds=(hold(HoldCode.KEYWORD),))
    each.store.run_now(lambda unit: unit.orders.save([news]))
    assert each.store.read_now(lambda unit: unit.orders.get(order.id)) == replace(news, revision=2)


def test_a_stale_save_loses_the_race_and_changes_nothing(each: Each) -> None:
    """Not even the other orders of the set."""
    first, second = given(each, "1001", "1002")
    each.store.run_now(lambda unit: unit.orders.save([replace(first, reason="winner")]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.orders.save([replace(second, reason="x"), replace(first, reason="loser")]))
    stored = each.store.read_now(lambda unit: unit.orders.many([first.id, second.id]))
    assert [(order.reason, order.revision) for order in stored.values()] == [("winner", 2), ("", 1)]


def test_a_thousand_orders_are_added_and_saved_as_a_set(each: Each) -> None:
    """More than one IN holds."""
    orders = given(each, *(f"N{number}" for number in range(1001)))
    each.store.run_now(lambda unit: unit.orders.save([replace(order, reason="all") for order in orders]))
    stored = each.store.read_now(lambda unit: unit.orders.many({order.id for order in orders}))
    assert list(stored.values()) == [replace(order, reason="all", revision=2) for order in orders]


def test_fresh_ids_are_never_given_twice(each: Each) -> None:
    """Neither within a command nor after it, once they are used."""

    def ids(unit: Unit) -> Sequence[int]:
        return [*unit.orders.next_ids(3), *unit.orders.next_ids(2)]

    first = each.store.run_now(ids)
    (order,) = given(each, "1001")
    later = each.store.run_now(ids)
    assert len({*first}) == 5
    assert len({*later, order.id}) == 6


def test_lines_and_refunds_wait_for_their_order_once(each: Each) -> None:
    """Taking them forgets them; another shop's stay."""
    shops = each.cast.shops
    line = factory.incoming_line("TEA-01", refund=RefundState.SUCCESS)
    refund = IncomingRefund("R1", RefundState.REQUESTED, 900, (line.external_id,), "torn", NOW)
    told = replace(factory.incoming("7"), fragment=True, lines=(line,), refunds=(refund, replace(refund, at=None)))

    def keep(unit: Unit) -> None:
        unit.orders.keep_fragments(shops[0].id, [told])
        unit.orders.keep_fragments(shops[1].id, [replace(told, lines=())])

    each.store.run_now(keep)

    def take(shop: int, *numbers: str) -> dict[str, Fragment]:
        return each.store.run_now(lambda unit: unit.orders.take_fragments(shops[shop].id, numbers))

    assert take(0, "7", "8") == {"7": Fragment((line,), told.refunds)}
    assert take(0, "7") == {}
    assert take(1, "7") == {"7": Fragment((), told.refunds)}


def test_recent_orders_of_buyers_are_live_and_of_the_shop(each: Each) -> None:
    """Cancelled, older, other shops' and nameless buyers' orders do not count."""
    first, second = given(each, "1", "2", buyer_id="bob")
    given(each, "3", buyer_id="bob", status=OrderStatus.CANCELLED)
    given(each, "4", buyer_id="bob", placed_at=NOW - timedelta(days=9))
    given(each, "5", buyer_id="")
    given(each, "6", buyer_id="bob", shop=1)
    (unplaced,) = given(each, "7", buyer_id="carol", placed_at=None)
    since = NOW - timedelta(hours=1)
    shop = each.cast.shops[0].id
    recent = each.store.read_now(lambda unit: unit.orders.recent_of_buyers(shop, ["bob", "carol", "", "eve"], since))
    assert recent == {"bob": (first, second), "carol": (unplaced,)}


def test_the_review_queue(each: Each) -> None:
    """Clean and held, by shop, up to an id; counts, hold codes and the line agree with it."""
    clean, late = given(each, "1", "2")
    (held,) = given(each, "3", shop=1, holds=(hold(), hold(HoldCode.FREEZE), hold(HoldCode.FREEZE)))
    (freed,) = given(each, "4", holds=(hold(resolved_at=NOW, resolution="released"),))
    (frozen,) = given(each, "5", holds=(hold(HoldCode.FREEZE),))
    given(each, "6", status=OrderStatus.APPROVED, holds=(hold(),))
    one, two = each.cast.shops[0].id, each.cast.shops[1].id

    def look(unit: Unit) -> dict[str, object]:
        orders = unit.orders
        return {
            "clean": orders.in_review(shops=None, held=False),
            "held": orders.in_review(shops=None, held=True, limit=1),
            "mine": orders.in_review(shops=frozenset({two}), held=None),
            "none": orders.in_review(shops=frozenset(), held=None),
            "up_to": orders.in_review(shops=None, held=None, up_to=late.id),
            "counts": orders.review_counts(None),
            "counts of two": orders.review_counts(frozenset({two})),
            "codes": orders.open_hold_counts(None),
            "with": orders.held_with([HoldCode.FREEZE, HoldCode.MESSAGE], 9),
            "line": unit.hands.head(Sieve(frozenset({one}), NOW), 9),
            "frozen": unit.hands.count(Sieve(None, NOW, code=HoldCode.FREEZE)),
        }

    assert each.store.read_now(look) == {
        "clean": [(clean.id, 1), (late.id, 1), (freed.id, 1)],
        "held": [(held.id, 1)],
        "mine": [(held.id, 1)],
        "none": [],
        "up_to": [(clean.id, 1), (late.id, 1)],
        "counts": {one: (3, 1), two: (0, 1)},
        "counts of two": {two: (0, 1)},
        "codes": {HoldCode.MESSAGE: 1, HoldCode.FREEZE: 2},
        "with": [held.id, frozen.id],
        "line": [(clean.id, 1), (late.id, 1), (freed.id, 1), (frozen.id, 1)],
        "frozen": 2,
    }


def test_what_is_due(each: Each) -> None:
    """For release, and waiting too long."""
    (due,) = given(each, "1", status=OrderStatus.APPROVED, release_at=NOW)
    given(each, "2", status=OrderStatus.APPROVED, release_at=NOW + timedelta(microseconds=1))
    given(each, "3", status=OrderStatus.REVIEW, release_at=NOW)
    (old,) = given(each, "4", created_at=NOW - timedelta(hours=5))
    assert each.store.read_now(lambda unit: unit.orders.due_for_release(NOW, 9)) == [due.id]
    assert each.store.read_now(lambda unit: unit.orders.waiting_since(OrderStatus.REVIEW, NOW, 9)) == [old.id]


def test_search_puts_exact_numbers_first_then_phones_then_texts(each: Each) -> None:
    """Newest first within each; a scope hides the rest."""
    given(each, "1234", "51234")
    given(each, "777", receiver=factory.receiver(phone="+86 138-0000-1234"))
    given(each, "888", receiver=factory.receiver(phone="138****9999"), shop=1)
    assert found(each, " 1234 ") == ["1234", "777", "51234"]
    assert found(each, "１２３４", limit=1) == ["1234"]
    assert found(each, "00001234") == ["777", "51234", "1234"]
    assert found(each, "9999") == ["888"]
    assert found(each, "9999", frozenset({each.cast.shops[0].id})) == []
    assert found(each, "#1234")[:1] == ["1234"]


def test_each_of_several_phones_is_found_by_its_end(each: Each) -> None:
    """And no part of one: 4138 and 5678/1380 are no ends."""
    given(each, "777", receiver=factory.receiver(phone="13800001234/13900005678/0512-57550000转8001"))
    given(each, "778", receiver=factory.receiver(phone="13700005678"))
    assert [found(each, end) for end in ("00001234", "13900005678", "05678", "75500008001")] == [
        *(["777"], ["777"], ["778", "777"], ["777"])
    ]
    assert [found(each, part) for part in ("1390", "0000", "12341390")] == [[], [], []]


def test_the_end_of_a_phone_is_looked_up_in_indexes(store: Store) -> None:
    """Asked of SQLite; within a shop, too, which has an index of its own."""

    def plan(unit: Unit) -> str:
        asked: list[tuple[str, tuple[Any, ...]]] = []
        connection = unit._sql.connection
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        unit.orders.hits("5678", frozenset({1}), 9)
        ((statement, values),) = [one for one in asked if "more_tails" in one[0]]
        return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))

    told = store.read_now(plan)
    assert "COVERING INDEX ix_orders_phone_tail (phone_tail=?)" in told
    assert "COVERING INDEX ix_orders_more_tails" in told
    assert "SEARCH orders USING INTEGER PRIMARY KEY" in told
    assert "shop_id" not in told


def test_search_looks_inside_texts_without_wildcards(each: Each) -> None:
    """sku, title, buyer and receiver; any case; % and _ are letters."""
    given(each, "A-1", buyer_id="Bob_100%", receiver=factory.receiver(name="欧阳娜娜"))
    given(each, "A-2", lines=(factory.line(sku="TEA-01", title="茉莉花茶"),), receiver=factory.receiver(name="Ann"))
    assert found(each, "b_100%") == ["A-1"]
    assert found(each, "b%0") == []
    assert found(each, "a_1") == []
    assert found(each, "阳娜") == ["A-1"]
    assert found(each, "花茶") == ["A-2"]
    assert found(each, "tea-01") == ["A-2"]
    assert found(each, "ANN") == ["A-2"]
    assert found(each, "   ") == []


def test_search_finds_the_order_of_a_waybill_or_parcel(each: Each) -> None:
    """By what is printed on the box, however it is typed."""
    (order, _) = given(each, "A-1", "A-2")

    def pack(unit: Unit) -> Parcel:
        item = Item(order.id, 1, "CUP-01", "cup", 1)
        box = Parcel(
            unit.parcels.next_ids(1)[0], ParcelState.READY, order.shop_id, waybill="YT0000001001", items=(item,)
        )
        unit.parcels.add([box])
        return box

    box = each.store.run_now(pack)
    assert found(each, "yt0000001001") == ["A-1"]
    assert found(each, box.number.lower()) == ["A-1"]
    assert found(each, "p99999999999999999999") == []
