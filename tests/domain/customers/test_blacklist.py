"""The blacklist: what an entry holds, who decides, and that it lets go when it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customers import blacklist, proposals
from domain.customers.blacklist import Screened, Terms
from domain.customers.customer_records import (
    Appeal,
    Customer,
    Entry,
    EntryState,
    KeyKind,
    ListLevel,
    Reason,
    address_key,
    phone_key,
)
from domain.errors import BadValue, NotAllowed, ReasonNeeded, Refusal, Stale, WrongStatus
from domain.intake.incoming import Receiver
from domain.people.people import Right, Role
from domain.planning import planning
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode
from tests.domain.customers.customer_desk import BUYER, Shop
from tests.factory import receiver

HOLD = Terms(ListLevel.HOLD, 90)
WHY = Reason.EMPTY_PARCEL


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The company in memory."""
    made = Shop()
    yield made
    made.store.close()


def add(shop: Shop, customer: Customer, terms: Terms = HOLD, **changes: Any) -> tuple[Entry, Screened]:
    """The lead lists the customer."""
    revision = shop.now(customer).revision
    facts = {"actor": shop.lead, "text": "两次空包", **changes}
    found: tuple[Entry, Screened] = shop.do(
        blacklist.add, facts["actor"], customer.id, revision, WHY, terms, facts["text"]
    )
    return found


def test_an_entry_holds_the_open_orders_and_the_next_one(shop: Shop) -> None:
    (order,) = shop.receive("1")
    shop.receive("2", buyer_id="b2", receiver=receiver(phone="13900000000"))
    assert shop.held("1") == ()
    customer = shop.customer(order.id)
    entry, held = add(shop, customer)
    assert held == Screened(1)
    assert (entry.state, entry.level, entry.added_by, entry.evidence) == (
        EntryState.ACTIVE,
        ListLevel.HOLD,
        shop.lead.name,
        "两次空包",
    )
    assert entry.expires_at == shop.time + timedelta(days=90)
    assert shop.held("1") == (HoldCode.BLACKLIST,)
    assert dict(shop.order("1").holds[0].evidence) == {
        "entry": str(entry.id),
        "level": "hold",
        "reason": "empty_parcel",
        "by": "buyer",
        "until": "2027-02-21",
        "buyer": BUYER,
        "text": "两次空包",
    }
    assert shop.held("2") == ()
    shop.receive("3")
    assert shop.held("3") == (HoldCode.BLACKLIST,)
    assert [(e.verb, e.reason, dict(e.data)) for e in shop.history(customer)] == [
        ("blacklisted", "两次空包", {"entry": str(entry.id), "level": "hold", "why": "empty_parcel"})
    ]


def test_a_warning_holds_nothing(shop: Shop) -> None:
    (order,) = shop.receive("1")
    assert add(shop, shop.customer(order.id), Terms(ListLevel.WARN, 0))[1] == Screened()
    shop.receive("2")
    assert (shop.held("1"), shop.held("2"), shop.order("1").revision) == ((), (), order.revision)


def test_lifting_frees_the_orders(shop: Shop) -> None:
    (order,) = shop.receive("1")
    customer = shop.customer(order.id)
    entry, _ = add(shop, customer)
    with pytest.raises(ReasonNeeded):
        shop.do(blacklist.lift, shop.lead, entry.id, 1, " ")
    assert shop.held("1") == (HoldCode.BLACKLIST,)
    lifted, _ = shop.do(blacklist.lift, shop.lead, entry.id, 1, "误会")
    assert (lifted.state, lifted.ended_by, lifted.end_reason, lifted.ended_at) == (
        EntryState.LIFTED,
        shop.lead.name,
        "误会",
        shop.time,
    )
    assert shop.held("1") == ()
    assert shop.order("1").holds[0].resolution == "auto"
    shop.receive("2")
    assert shop.held("2") == ()


def test_an_entry_that_runs_out_lets_go_by_the_clock_once(shop: Shop) -> None:
    (order,) = shop.receive("1")
    entry, _ = add(shop, shop.customer(order.id), Terms(ListLevel.REFUSE, 30))
    shop.later(days=30, seconds=-1)
    assert shop.do(proposals.tick) == 0
    assert shop.held("1") == (HoldCode.BLACKLIST,)
    shop.later(seconds=1)
    assert shop.do(proposals.tick) == 1
    assert shop.held("1") == ()
    assert shop.do(proposals.tick) == 0
    (ended,) = shop.entries(shop.customer(order.id))
    assert (ended.id, ended.state, ended.ended_by) == (entry.id, EntryState.EXPIRED, "clock")
    assert [e.verb for e in shop.history(shop.customer(order.id))] == ["expired", "blacklisted"]


def test_an_entry_does_not_work_past_its_time_even_before_the_clock_comes(shop: Shop) -> None:
    (order,) = shop.receive("1")
    add(shop, shop.customer(order.id))
    shop.later(days=90)
    shop.receive("2")
    assert (shop.held("1"), shop.held("2")) == ((HoldCode.BLACKLIST,), ())


def test_a_second_entry_still_holds_when_the_first_is_lifted(shop: Shop) -> None:
    (order,) = shop.receive("1")
    customer = shop.customer(order.id)
    first, _ = add(shop, customer)
    second, _ = add(shop, customer, Terms(ListLevel.HOLD, 0), text="again")
    shop.do(blacklist.lift, shop.lead, first.id, 1, "x")
    assert shop.held("1") == (HoldCode.BLACKLIST,)
    assert shop.order("1").holds[0].evidence["entry"] == str(second.id)


def test_another_account_of_the_same_phone_is_held_only_when_asked(shop: Shop) -> None:
    first, other = shop.receive("1")[0], shop.receive("2", buyer_id="小号")[0]
    add(shop, shop.customer(first.id))
    assert shop.held("2") == ()
    entry, held = add(shop, shop.customer(first.id), Terms(ListLevel.HOLD, 0, frozenset({KeyKind.PHONE})))
    assert (held, entry.kinds) == (Screened(2), frozenset({KeyKind.BUYER, KeyKind.PHONE}))
    assert shop.order("2").holds[-1].evidence["by"] == "phone"
    assert "13800001234" not in repr(entry)
    shop.do(blacklist.lift, shop.lead, entry.id, 1, "x")
    assert (shop.held("1"), shop.held("2")) == ((HoldCode.BLACKLIST,), ())
    assert other.buyer_id == "小号"


def test_a_phone_nobody_was_told_is_no_key(shop: Shop) -> None:
    (order,) = shop.receive("1", receiver=receiver(phone="138****1234", masked=True))
    customer = shop.customer(order.id)
    with pytest.raises(BadValue) as refusal:
        add(shop, customer, Terms(ListLevel.HOLD, 0, frozenset({KeyKind.PHONE})))
    assert refusal.value.want == "told_key"
    assert shop.entries(customer) == ()


def test_a_hold_a_lead_released_stays_released(shop: Shop) -> None:
    (order,) = shop.receive("1")
    add(shop, shop.customer(order.id))
    held = shop.order("1")
    with pytest.raises(Refusal):
        shop.do(review.release_hold, shop.cs, held.id, held.revision, HoldCode.BLACKLIST)
    shop.do(review.release_hold, shop.lead, held.id, held.revision, HoldCode.BLACKLIST)
    assert shop.held("1") == ()
    shop.do(lambda desk: planning.refresh(desk, [desk.orders.get(held.id)]))
    assert shop.held("1") == ()


def test_service_proposes_and_a_lead_confirms(shop: Shop) -> None:
    (order,) = shop.receive("1")
    customer = shop.customer(order.id)
    entry = shop.do(blacklist.propose, shop.cs, customer.id, 1, Reason.PROFESSIONAL_CLAIM, "要求十倍赔偿")
    assert (entry.state, entry.added_by, shop.held("1")) == (EntryState.PROPOSED, shop.cs.name, ())
    (told,) = shop.told(NoticeKind.ENTRY)
    assert (told.subject_id, told.chat_id) == (entry.id, shop.cast.people[Role.CS_LEAD].chat_id)
    with pytest.raises(WrongStatus) as twice:
        shop.do(blacklist.propose, shop.cs, customer.id, 2, WHY, "again")
    assert twice.value.what == "小**"
    for command, args in ((blacklist.confirm, (HOLD,)), (blacklist.dismiss, ())):
        with pytest.raises(NotAllowed) as refusal:
            shop.do(command, shop.cs, entry.id, 1, *args)
        assert refusal.value.right == Right.CUSTOMER_LISTS
    assert shop.entries(customer) == (entry,)
    confirmed, held = shop.do(blacklist.confirm, shop.lead, entry.id, 1, HOLD)
    assert (confirmed.state, confirmed.decided_by, held) == (EntryState.ACTIVE, shop.lead.name, Screened(1))
    assert shop.held("1") == (HoldCode.BLACKLIST,)
    with pytest.raises(Stale) as stale:
        shop.do(blacklist.dismiss, shop.owner, entry.id, 1)
    assert (stale.value.verb, stale.value.by) == ("blacklisted", shop.lead.name)


def test_the_owner_is_told_where_no_lead_has_all_the_shops(shop: Shop) -> None:
    """A lead of one shop sees the card, but a customer of two shops is not theirs to decide on."""
    second = shop.do(lambda desk: desk.catalog_admin.add_shop(replace(shop.cast.shops[0], name="二店")))
    (order,) = shop.receive("1")
    shop.bought("2", shop_id=second.id)
    lead = shop.cast.people[Role.CS_LEAD]
    shop.do(lambda desk: desk.people.save(replace(lead, shops=frozenset({order.shop_id}))))
    entry = shop.do(blacklist.propose, shop.cs, shop.customer(order.id).id, 1, WHY, "x")
    chats = {notice.chat_id for notice in shop.told(NoticeKind.ENTRY)}
    assert chats == {lead.chat_id, shop.cast.people[Role.OWNER].chat_id}
    scoped = replace(shop.lead, shops=frozenset({order.shop_id}))
    with pytest.raises(NotAllowed):
        shop.do(blacklist.confirm, scoped, entry.id, 1, HOLD)
    assert shop.held("1") == ()


def test_a_dismissed_proposal_works_no_more(shop: Shop) -> None:
    (order,) = shop.receive("1")
    entry = shop.do(blacklist.propose, shop.cs, shop.customer(order.id).id, 1, WHY, "x")
    assert shop.do(blacklist.dismiss, shop.lead, entry.id, 1).state is EntryState.DISMISSED
    with pytest.raises(WrongStatus):
        shop.do(blacklist.confirm, shop.lead, entry.id, 2, HOLD)
    assert shop.held("1") == ()


def test_an_appeal_is_asked_by_service_and_decided_by_a_lead(shop: Shop) -> None:
    (order,) = shop.receive("1")
    customer = shop.customer(order.id)
    entry, _ = add(shop, customer)
    with pytest.raises(WrongStatus):
        shop.do(blacklist.uphold, shop.lead, entry.id, 1)
    asked = shop.do(blacklist.appeal, shop.cs, entry.id, 1, "快递弄丢了")
    assert (asked.appeal, asked.appeal_text, asked.appeal_by, asked.appeal_at) == (
        Appeal.ASKED,
        "快递弄丢了",
        shop.cs.name,
        shop.time,
    )
    assert [notice.subject_id for notice in shop.told(NoticeKind.ENTRY)] == [entry.id]
    with pytest.raises(NotAllowed):
        shop.do(blacklist.uphold, shop.cs, entry.id, 2)
    upheld = shop.do(blacklist.uphold, shop.lead, entry.id, 2)
    assert (upheld.appeal, upheld.state, shop.held("1")) == (Appeal.UPHELD, EntryState.ACTIVE, (HoldCode.BLACKLIST,))
    shop.do(blacklist.appeal, shop.cs, entry.id, 3, "有视频")
    lifted, _ = shop.do(blacklist.lift, shop.lead, entry.id, 4, "属实")
    assert (lifted.appeal, lifted.state, shop.held("1")) == (Appeal.LIFTED, EntryState.LIFTED, ())
    assert [e.verb for e in shop.history(customer)] == [
        "lifted",
        "appealed",
        "appeal_upheld",
        "appealed",
        "blacklisted",
    ]


def test_listing_wants_a_lead_evidence_and_a_term_of_the_policy(shop: Shop) -> None:
    (order,) = shop.receive("1")
    customer = shop.customer(order.id)
    tries: list[tuple[type[Refusal], dict[str, Any]]] = [
        (NotAllowed, {"actor": shop.cs}),
        (NotAllowed, {"actor": replace(shop.lead, shops=frozenset({shop.cast.shops[1].id}))}),
        (ReasonNeeded, {"text": "  "}),
        (BadValue, {"text": "x" * 1001}),
        (BadValue, {"terms": Terms(ListLevel.HOLD, 31)}),
    ]
    for refused, changes in tries:
        with pytest.raises(refused):
            add(shop, customer, **changes)
    assert (shop.entries(customer), shop.history(customer), shop.held("1")) == ((), [], ())


def test_a_phone_key_works_everywhere_so_it_wants_a_lead_of_all_shops(shop: Shop) -> None:
    (order,) = shop.receive("1")
    here = replace(shop.lead, shops=frozenset({order.shop_id}))
    customer = shop.customer(order.id)
    with pytest.raises(NotAllowed):
        add(shop, customer, Terms(ListLevel.HOLD, 0, frozenset({KeyKind.PHONE})), actor=here)
    assert add(shop, customer, actor=here)[1] == Screened(1)


@pytest.mark.parametrize(
    ("phone", "same"),
    [
        ("138 0000 1234", True),
        ("+86 13800001234", True),
        ("86-13800001234", True),
        ("１３８００００１２３４", True),
        ("13800001235", False),
        ("13800001234-123", None),
        ("13800001234转55", None),
        ("138****1234", None),
        ("$$ab$$", None),
        ("", None),
    ],
)
def test_phones_as_keys(phone: str, same: bool | None) -> None:
    key = phone_key(receiver(phone=phone))
    assert (key == phone_key(receiver())) is bool(same)
    assert (key == "") is (same is None)


def test_addresses_as_keys() -> None:
    plain = address_key(receiver())
    assert address_key(receiver(address=" 文三路1号，2单元303 ", name="李四", phone="")) == plain
    assert address_key(receiver(address="文三路 1 号 2 单元 304")) not in (plain, "")
    assert address_key(receiver(address="村口小卖部")) == ""
    assert address_key(receiver(masked=True)) == ""


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_a_key_or_shows_in_it(phone: str, street: str) -> None:
    told = Receiver(phone=phone, address=street)
    for kind, key in ((KeyKind.PHONE, phone_key(told)), (KeyKind.ADDRESS, address_key(told))):
        assert key == "" or (key.startswith(f"{kind}:") and len(key) == len(kind) + 65)
