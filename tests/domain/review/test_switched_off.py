"""A product that is switched off: its orders wait for the buyer, what was approved ships, its stock is kept as ever."""

from dataclasses import replace

import pytest

from domain.errors import HoldNotReleasable
from domain.orders.catalog import Bundle, Part
from domain.orders.orders import OrderStatus
from domain.people.people import CLOCK, Role
from domain.planning.planning import refresh
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from domain.review.screening import screen
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests.domain.customers.customer_desk import Shop
from tests.domain.review.test_hold_codes import OFF
from tests.domain.review.test_screening import FACTS, ORDER, line
from tests.factory import NOW, incoming_line

CUP = (incoming_line("CUP-01", 1),)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def switch(shop: Shop, *, on: bool) -> None:
    """As the set-up file does: the product, and all in review by what is true now."""

    def change(unit: Unit) -> None:
        unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], enabled=on)])
        waiting = [order_id for order_id, _ in unit.orders.in_review(shops=None, held=None)]
        refresh(unit, list(unit.orders.many(waiting).values()))

    shop.do(change)


def test_a_new_order_waits_until_it_is_on_again(shop: Shop) -> None:
    switch(shop, on=False)
    shop.receive("1", lines=CUP)
    (hold,) = [hold for hold in shop.order("1").holds if hold.open]
    assert (hold.code, dict(hold.evidence)) == (
        HoldCode.SKU_DISABLED,
        {"lines": "1", "sku": "CUP-01", "title": "goods CUP-01"},
    )
    switch(shop, on=True)
    (hold,) = shop.order("1").holds
    assert (hold.open, hold.resolution) == (False, "auto")


def test_an_order_in_review_waits_and_an_approved_one_ships(shop: Shop) -> None:
    shop.receive("1", lines=CUP)
    shop.receive("2", lines=CUP, buyer_id="other")
    one = shop.order("1")
    shop.do(review.approve, shop.cs, one.id, one.revision)
    approved = shop.order("1")
    switch(shop, on=False)
    assert shop.order("1") == approved
    assert approved.status is OrderStatus.APPROVED
    assert shop.held("2") == (HoldCode.SKU_DISABLED,)


def test_the_buyer_releases_it_and_it_stays_released(shop: Shop) -> None:
    switch(shop, on=False)
    shop.receive("1", lines=CUP)
    order = shop.order("1")
    with pytest.raises(HoldNotReleasable):
        shop.do(review.release_hold, shop.cs, order.id, order.revision, HoldCode.SKU_DISABLED)
    buyer = shop.cast.actor(Role.BUYER)
    released = shop.do(review.release_hold, buyer, order.id, order.revision, HoldCode.SKU_DISABLED)
    again = shop.do(refresh, [released])[0]
    assert open_codes(again.holds) == ()
    shop.do(review.approve, shop.cs, again.id, again.revision)
    assert shop.order("1").status is OrderStatus.APPROVED


def test_its_stock_moves_as_ever(shop: Shop) -> None:
    place = shop.cast.warehouses[0].id

    def good(unit: Unit) -> int:
        return unit.stock.levels(["CUP-01"])[place, "CUP-01"].good

    before = shop.store.read_now(good)
    switch(shop, on=False)
    shop.do(lambda unit: unit.stock.apply([Move(place, "CUP-01", Bucket.GOOD, 5, Document.OPENING, 0)], CLOCK.name))
    assert shop.store.read_now(good) == before + 5


def test_a_line_that_is_refunded_or_another_products_holds_nothing() -> None:
    off = replace(FACTS, catalog=OFF)
    assert HoldCode.SKU_DISABLED in {found.code for found in screen(ORDER, off)}
    for other in (line(dropped=True), line(sku="LID")):
        assert HoldCode.SKU_DISABLED not in {found.code for found in screen(other, off)}


def test_a_sets_part_holds_the_order(shop: Shop) -> None:
    recipe = Bundle("TEASET", "茶具", (Part("CUP-01", 2), Part("TEA-01", 1)), version=1, by="boss", at=NOW)
    shop.do(lambda unit: unit.keep_bundles([recipe]))
    switch(shop, on=False)
    shop.receive("1", lines=(incoming_line("TEASET", 1),))
    (hold,) = [hold for hold in shop.order("1").holds if hold.open]
    assert (hold.code, hold.evidence["lines"], hold.evidence["sku"]) == (HoldCode.SKU_DISABLED, "1", "CUP-01")
