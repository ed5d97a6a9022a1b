"""Who hears of a merge: whoever took one of the orders, gave the first of two yeses, or approved the one taken back."""

import pytest

from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.people.people import Role
from domain.planning import together
from domain.records import NoticeKind
from domain.review import queue, review
from tests.domain.house import House
from tests.domain.yard import Yard, cups, tea
from tests.factory import incoming_line


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def heard(yard: Yard) -> list[tuple[str, int]]:
    """(whom, of which order) for every notice of an order that waits to be sent."""
    people = {person.chat_id: person.name for person in (*yard.house.cast.people.values(), yard.house.cast.anna2)}
    waiting = yard.house.store.read_now(lambda desk: [n for chat in people for n in desk.outbox.waiting(chat)])
    mine = [n for n in waiting if n.kind is NoticeKind.ORDER and not n.redraw]
    assert all(notice.quiet for notice in mine)
    return sorted((people[notice.chat_id], notice.subject_id) for notice in mine)


def take(yard: Yard, number: str, role: Role) -> None:
    yard.run(queue.take, yard.house.cast.actor(role), yard.order(number).id)


def name(yard: Yard, role: Role) -> str:
    return yard.house.cast.people[role].name


def test_who_has_an_order_in_hand_hears_that_the_next_joins_it(yard: Yard) -> None:
    yard.receive(cups("1"))
    take(yard, "1", Role.CS_LEAD)
    assert heard(yard) == []
    yard.receive(tea("2"))
    assert heard(yard) == [(name(yard, Role.CS_LEAD), yard.order("1").id)]
    yard.receive(tea("2", seller_note=""))
    assert len(heard(yard)) == 1


def test_nobody_hears_of_orders_nobody_touched(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"))
    assert yard.box("1").order_ids == yard.box("2").order_ids
    assert heard(yard) == []


def test_each_person_hears_once_however_many_are_merged(yard: Yard) -> None:
    for at in range(6):
        yard.receive(cups(f"a{at}", buyer_id=f"buyer {at}"))
        take(yard, f"a{at}", Role.CS_LEAD)
    teas = [tea(f"b{at}", buyer_id=f"buyer {at}") for at in range(6)]
    yard.run(intake.receive, yard.cs, yard.house.cast.shops[0].id, teas)
    assert all(yard.box(f"a{at}").order_ids == yard.box(f"b{at}").order_ids for at in range(6))
    assert heard(yard) == [(name(yard, Role.CS_LEAD), yard.order("a0").id)]


def test_who_merges_by_hand_is_not_told_but_who_had_the_other_is(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2", buyer_id="other"))
    take(yard, "1", Role.CS)
    take(yard, "2", Role.CS_LEAD)
    yard.merge("1", "2")
    assert heard(yard) == [(name(yard, Role.CS_LEAD), yard.order("2").id)]


@pytest.mark.parametrize(("by", "told"), [(Role.CS_LEAD, True), (Role.CS, False)], ids=["another", "the same"])
def test_who_approved_hears_that_it_was_taken_back(yard: Yard, by: Role, told: bool) -> None:
    yard.receive(cups("1"))
    yard.approve("1")
    yard.receive(tea("2"))
    order, before = yard.order("2"), heard(yard)
    yard.run(together.take_back, yard.house.cast.actor(by), order.id, order.revision, yard.order("1").id)
    news = [(name(yard, Role.CS), yard.order("1").id)] if told else []
    assert heard(yard) == sorted([*before, *news])


def test_a_changed_plan_of_the_same_company_is_no_news(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2"), cups("3", lines=(incoming_line("CUP-02", 1),)))
    take(yard, "1", Role.CS_LEAD)
    order = yard.order("3")
    yard.run(review.reject, yard.cs, order.id, order.revision, "no")
    assert yard.box("1").order_ids == yard.box("2").order_ids
    assert heard(yard) == []


@pytest.mark.parametrize(
    ("state", "told"),
    [(ParcelState.READY, True), (ParcelState.PICKED, True), (ParcelState.PACKED, False)],
)
def test_the_desk_gets_the_card_of_an_order_that_could_join_one_under_way(
    yard: Yard, state: ParcelState, told: bool
) -> None:
    yard.receive(cups("1"))
    yard.approve("1")
    if state is not ParcelState.READY:
        yard.wave("1")
        yard.walk(yard.box("1"), state)
    before = heard(yard)
    yard.receive(tea("2"))
    desk = sorted({yard.house.cast.anna2.name, name(yard, Role.CS)})
    assert heard(yard) == sorted([*before, *((who, yard.order("2").id) for who in desk if told)])
    yard.receive(tea("2"), cups("3", buyer_id="other"))
    assert len(heard(yard)) == len(before) + (2 if told else 0)


def test_a_batch_brings_few_cards_however_many_could_join(yard: Yard) -> None:
    numbers = range(6)
    for at in numbers:
        yard.receive(cups(f"a{at}", buyer_id=f"buyer {at}"))
        yard.approve(f"a{at}")
    teas = [tea(f"b{at}", buyer_id=f"buyer {at}") for at in numbers]
    yard.run(intake.receive, yard.cs, yard.house.cast.shops[0].id, teas)
    assert {subject for _, subject in heard(yard)} == {yard.order(f"b{at}").id for at in range(3)}
