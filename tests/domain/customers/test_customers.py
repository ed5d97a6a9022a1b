"""Customers: who they are, what they did, and what people may note about them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from domain.customers import customers
from domain.customers.customer_records import Figures, is_identity
from domain.errors import BadValue, NotAllowed, Refusal, Stale, Unknown
from domain.people.people import RIGHTS, Actor, Right, Role
from tests.domain.customers.customer_desk import BUYER, Shop
from tests.factory import NOW, receiver


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The company in memory."""
    made = Shop()
    yield made
    made.store.close()


def test_one_customer_spans_the_shops_of_a_platform_and_no_other_platform(shop: Shop) -> None:
    (first,) = shop.bought("1")
    (elsewhere,) = shop.bought("2", shop=1)
    (stranger,) = shop.bought("3", buyer_id="b3")
    found = shop.customer(first)
    assert (found.buyer_id, found.revision, found.vip, found.tags) == (BUYER, 1, False, ())
    assert shop.customer(first).id == found.id
    assert len({found.id, shop.customer(elsewhere).id, shop.customer(stranger).id}) == 3


@pytest.mark.parametrize("buyer", ["", "  ", "t**1", "##abc==##", "$$enc$$", "~aGk=~"])
def test_what_is_no_identity_has_no_customer(shop: Shop, buyer: str) -> None:
    (order,) = shop.bought("1", buyer_id=buyer)
    assert not is_identity(buyer)
    with pytest.raises(BadValue) as refusal:
        shop.customer(order)
    assert (refusal.value.value, refusal.value.want) == ("1", "told_buyer")
    with pytest.raises(BadValue):
        shop.do(customers.find, shop.cs, "1")


def test_figures_are_counted_from_orders_and_returns(shop: Shop) -> None:
    """Ten yuan of one refunded order in three; an unpaid one is an order but no purchase; another buyer is not he."""
    ids = shop.bought("1", "2", placed_at=NOW.replace(day=1))
    ids += shop.bought("3", refunded=1000)
    shop.bought("4", paid=0, placed_at=NOW.replace(month=12))
    shop.bought("5", buyer_id="b5", refunded=500)
    shop.came_back(ids[0], good=1, missing=1)
    shop.came_back(ids[1], defective=2)
    shop.came_back(ids[2], good=2)
    figures = shop.do(customers.figures, shop.customer(ids[0]))
    assert figures == Figures(
        shops=frozenset({shop.cast.shops[0].id}),
        orders=4,
        paid=3,
        refunded=1,
        money={"CNY": (23400, 1000)},
        first_at=NOW.replace(day=1),
        last_at=NOW.replace(month=12),
        returns=3,
        missing=1,
        defective=2,
        refusals=0,
    )
    assert figures.refund_percent == 33


def test_currencies_are_never_added(shop: Shop) -> None:
    (order,) = shop.bought("1", shop=2, refunded=7800)
    shop.bought("2", shop=2, currency="EUR", paid=100)
    assert shop.do(customers.figures, shop.customer(order)).money == {"USD": (7800, 7800), "EUR": (100, 0)}


def test_a_person_sees_the_figures_of_their_own_shops(shop: Shop) -> None:
    (order,) = shop.bought("1")
    customer = shop.customer(order)
    nowhere = frozenset({shop.cast.shops[1].id})
    assert shop.do(customers.figures, customer, nowhere) == Figures()
    for scoped in (replace(shop.cs, shops=nowhere), replace(shop.cs, shops=frozenset())):
        with pytest.raises(NotAllowed) as refusal:
            shop.do(customers.look, scoped, customer.id)
        assert refusal.value.scope == "shop"
    assert shop.do(customers.look, replace(shop.cs, shops=frozenset({order and shop.cast.shops[0].id})), customer.id)


@pytest.mark.parametrize("text", [BUYER, "1001", "#1001", "小气", "1234", "13800001234"])
def test_a_customer_is_found_by_name_number_or_phone(shop: Shop, text: str) -> None:
    shop.bought("1001", "1002")
    newest = shop.order("1002")
    shop.bought("77", buyer_id="b77", receiver=receiver(phone="13999995678"))
    found = shop.do(customers.find, shop.cs, text)
    assert {one.buyer_id for one in found} == {BUYER}
    assert len(found) == 1
    if text == BUYER:
        assert found[0].id == newest.id


def test_several_customers_share_a_phone_and_goods_find_nobody(shop: Shop) -> None:
    shop.bought("1")
    shop.bought("2", buyer_id="b2")
    assert {one.buyer_id for one in shop.do(customers.find, shop.cs, "1234")} == {BUYER, "b2"}
    for text in ("goods", "张三", "", "nobody"):
        with pytest.raises(Unknown):
            shop.do(customers.find, shop.cs, text)


def test_nobody_finds_a_customer_of_shops_that_are_not_theirs(shop: Shop) -> None:
    shop.bought("1")
    with pytest.raises(Unknown):
        shop.do(customers.find, replace(shop.cs, shops=frozenset({shop.cast.shops[1].id})), BUYER)
    with pytest.raises(NotAllowed):
        shop.do(customers.find, shop.cast.actor(Role.PICKER), BUYER)


def test_tags_go_on_and_off_and_leave_a_line_each(shop: Shop) -> None:
    customer = shop.customer(shop.bought("1")[0])
    tagged = shop.do(customers.tag, shop.cs, customer.id, 1, " 爱 投诉 ", on=True)
    assert (tagged.tags, tagged.revision) == (("爱 投诉",), 2)
    assert shop.do(customers.tag, shop.cs, customer.id, 2, "爱 投诉", on=True) == tagged
    assert shop.do(customers.tag, shop.cs, customer.id, 2, "爱 投诉", on=False).tags == ()
    assert [(e.verb, e.reason, e.actor) for e in shop.history(customer)] == [
        ("untagged", "爱 投诉", shop.cs.name),
        ("tagged", "爱 投诉", shop.cs.name),
    ]


@pytest.mark.parametrize("text", ["", "   ", "a:b", "一二三四五六七八九十一二三"])
def test_a_tag_that_no_button_could_carry_is_refused(shop: Shop, text: str) -> None:
    customer = shop.customer(shop.bought("1")[0])
    with pytest.raises(BadValue):
        shop.do(customers.tag, shop.cs, customer.id, 1, text, on=True)
    assert shop.now(customer) == customer
    assert shop.history(customer) == []


def test_there_is_an_end_to_tags(shop: Shop) -> None:
    customer = shop.customer(shop.bought("1")[0])
    for number in range(8):
        shop.do(customers.tag, shop.cs, customer.id, number + 1, f"t{number}", on=True)
    with pytest.raises(BadValue) as refusal:
        shop.do(customers.tag, shop.cs, customer.id, 9, "t8", on=True)
    assert refusal.value.want == "fewer_tags"
    assert len(shop.now(customer).tags) == 8


def test_an_old_card_changes_nothing_and_says_who_was_faster(shop: Shop) -> None:
    customer = shop.customer(shop.bought("1")[0])
    shop.do(customers.set_vip, shop.lead, customer.id, 1, vip=True)
    tries: list[Callable[[], object]] = [
        lambda: shop.do(customers.tag, shop.cs, customer.id, 1, "x", on=True),
        lambda: shop.do(customers.note, shop.cs, customer.id, 1, "x"),
        lambda: shop.do(customers.set_vip, shop.owner, customer.id, 1, vip=False),
    ]
    for late in tries:
        with pytest.raises(Stale) as refusal:
            late()
        assert (refusal.value.verb, refusal.value.by) == ("vip_set", shop.lead.name)
    assert shop.now(customer) == replace(customer, vip=True, revision=2)


def test_a_note_is_replaced_and_emptied(shop: Shop) -> None:
    customer = shop.customer(shop.bought("1")[0])
    assert shop.do(customers.note, shop.cs, customer.id, 1, " 喜欢顺丰 ").note == "喜欢顺丰"
    with pytest.raises(BadValue):
        shop.do(customers.note, shop.cs, customer.id, 2, "x" * 501)
    assert shop.do(customers.note, shop.cs, customer.id, 2, "-").note == ""
    assert [(e.verb, e.reason) for e in shop.history(customer)] == [("noted", ""), ("noted", "喜欢顺丰")]


def test_service_tags_and_only_leads_make_vips(shop: Shop) -> None:
    customer = shop.customer(shop.bought("1")[0])
    finance = shop.cast.actor(Role.FINANCE)

    def refused(actor: Actor, command: object, *args: object, **more: object) -> str:
        with pytest.raises(Refusal) as refusal:
            shop.do(command, actor, customer.id, 1, *args, **more)
        assert isinstance(refusal.value, NotAllowed)
        return refusal.value.right

    assert refused(shop.cs, customers.set_vip, vip=True) == Right.CUSTOMER_LISTS
    assert refused(finance, customers.tag, "x", on=True) == Right.CUSTOMERS
    assert refused(finance, customers.note, "x") == Right.CUSTOMERS
    assert shop.now(customer) == customer
    assert shop.do(customers.look, finance, customer.id) == customer


def test_who_decides_and_who_tags() -> None:
    assert {role for role in Role if Right.CUSTOMER_LISTS in RIGHTS[role]} == {Role.OWNER, Role.CS_LEAD}
    assert {role for role in Role if Right.CUSTOMERS in RIGHTS[role]} == {Role.OWNER, Role.CS_LEAD, Role.CS}


def test_a_vip_of_two_shops_wants_somebody_who_has_both(shop: Shop) -> None:
    (order,) = shop.bought("1")
    second = shop.do(lambda desk: desk.catalog_admin.add_shop(replace(shop.cast.shops[0], name="二店")))
    shop.bought("2", shop_id=second.id)
    customer = shop.customer(order)
    one, both = frozenset({shop.cast.shops[0].id}), frozenset({shop.cast.shops[0].id, second.id})
    with pytest.raises(NotAllowed) as refusal:
        shop.do(customers.set_vip, replace(shop.lead, shops=one), customer.id, 1, vip=True)
    assert refusal.value.scope == "shop"
    assert shop.now(customer) == customer
    assert shop.do(customers.set_vip, replace(shop.lead, shops=both), customer.id, 1, vip=True).vip
