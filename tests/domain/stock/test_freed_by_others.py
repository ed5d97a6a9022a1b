"""Holds that end, and begin, because of what became of another order: its goods are free again, it is given up, it took
the last ones. The clock screens them anew; nobody taps for that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.intake.incoming import IncomingOrder, PlatformState
from domain.people.people import Role
from domain.policy import policies
from domain.review import looking, review, undoing
from domain.review.holds import HoldCode
from tests.domain.house import House
from tests.domain.yard import Yard, cups, tea
from tests.factory import NOW, incoming_line

SHORT, TWIN, WAIT = (HoldCode.OUT_OF_STOCK,), (HoldCode.DUPLICATE,), (HoldCode.MERGE_WAIT,)


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def look(yard: Yard) -> None:
    """The clock's next round."""
    yard.house.clock[0] += timedelta(seconds=1)
    while yard.run(looking.look_again):
        pass


def lamps(number: str, units: int = 10) -> IncomingOrder:
    """An order of lamps, of which each warehouse has ten, by a buyer of its own."""
    line = incoming_line("LAMP-01", units, amount=16900 * units)
    total = 16900 * units
    return replace(tea(number), lines=(line,), goods=total, total=total, paid=total, buyer_id=f"b{number}")


def sold(yard: Yard) -> None:
    """Orders 1 and 2 have taken all lamps there are; a lead said so, they are dear."""
    yard.receive(lamps("1"), lamps("2"))
    lead = yard.house.cast.actor(Role.CS_LEAD)
    for number in "12":
        order = yard.order(number)
        yard.run(review.look_anew, order.id)
        order = yard.order(number)
        yard.run(review.approve, lead, order.id, order.revision)


def test_an_undone_approval_frees_who_waits_for_its_goods(yard: Yard) -> None:
    sold(yard)
    yard.receive(lamps("3"), lamps("4"), tea("5"))
    assert (yard.codes("3"), yard.codes("4")) == (SHORT, SHORT)
    order, calm = yard.order("1"), yard.order("5")
    yard.run(undoing.undo, yard.house.cast.actor(Role.CS_LEAD), order.id, order.revision)
    assert yard.codes("3") == SHORT
    look(yard)
    assert (yard.codes("3"), yard.codes("4")) == ((), ())
    assert yard.order("5") == calm


def test_a_refund_before_the_wave_frees_who_waits_for_its_goods(yard: Yard) -> None:
    sold(yard)
    yard.receive(lamps("3"))
    assert yard.codes("3") == SHORT
    yard.refund("2", 169000, "L-LAMP-01")
    look(yard)
    assert yard.codes("3") == ()


def test_whoever_takes_the_last_ones_holds_the_others(yard: Yard) -> None:
    yard.receive(lamps("3"), tea("5"))
    calm = yard.order("5")
    assert yard.codes("3") == ()
    sold(yard)
    look(yard)
    assert (yard.codes("3"), yard.order("5")) == (SHORT, calm)


def test_goods_that_are_left_hold_nobody(yard: Yard) -> None:
    yard.receive(lamps("3"))
    before = yard.order("3")
    yard.receive(lamps("1", 3))
    one = yard.order("1")
    yard.run(review.approve, yard.house.cast.actor(Role.CS_LEAD), one.id, one.revision)
    assert yard.order("3").look_at is None
    look(yard)
    assert yard.order("3") == before


@pytest.mark.parametrize("way", ["rejected", "closed"])
def test_a_twin_is_none_once_the_other_is_given_up(yard: Yard, way: str) -> None:
    yard.receive(tea("1"), tea("2"))
    assert (yard.codes("1"), yard.codes("2")) == (TWIN, TWIN)
    give_up(yard, way, tea("1"))
    assert yard.codes("2") == TWIN
    look(yard)
    assert yard.codes("2") == ()


@pytest.mark.parametrize("way", ["rejected", "closed"])
def test_nobody_waits_to_travel_with_who_was_given_up(yard: Yard, way: str) -> None:
    version = yard.house.store.read_now(lambda desk: desk.policy.version)
    owner = yard.house.cast.actor(Role.OWNER)
    yard.run(policies.apply, owner, "[merge]\nwait_minutes = 60\n", version)
    urgent = tea("1", buyer_message="加急")
    yard.receive(urgent, cups("2"))
    assert yard.codes("2") == WAIT
    give_up(yard, way, urgent)
    look(yard)
    assert yard.codes("2") == ()


def give_up(yard: Yard, way: str, told: IncomingOrder) -> None:
    """Customer service rejects it, or its platform closes it."""
    order = yard.order(told.number)
    if way == "rejected":
        yard.run(review.reject, yard.cs, order.id, order.revision, "bought twice")
    else:
        yard.receive(replace(told, state=PlatformState.CLOSED))


def test_a_suspension_frees_its_orders_on_the_day_it_ends(yard: Yard) -> None:
    """Its hold says which courier, why and until when, and is not late before."""
    owner = yard.house.cast.actor(Role.OWNER)
    until = '[[suspensions]]\nprovince = "浙江"\nuntil = "2026-11-25"\nreason = "snow"\n'
    yard.run(policies.apply, owner, until, yard.house.store.read_now(lambda desk: desk.policy.version))
    look(yard)
    yard.receive(tea("1"))
    (hold,) = yard.order("1").holds
    assert (hold.code, hold.until) == (HoldCode.COURIER_SUSPENDED, NOW.replace(day=24, hour=16, minute=0))
    assert {name: fact for name, fact in hold.evidence.items() if name != "lost"} == {
        "tried": "3",
        "courier": "圆通",
        "province": "浙江省",
        "why": "snow",
        "until": "2026-11-25T00:00+08:00",
    }
    yard.house.clock[0] = NOW.replace(day=24, hour=15, minute=59)
    look(yard)
    assert yard.codes("1") == (HoldCode.COURIER_SUSPENDED,)
    yard.house.clock[0] = NOW.replace(day=24, hour=16, minute=0)
    look(yard)
    assert yard.codes("1") == ()


def test_a_suspension_without_end_waits_for_a_person(yard: Yard) -> None:
    owner = yard.house.cast.actor(Role.OWNER)
    document = '[[suspensions]]\nprovince = "浙江"\nreason = "flood"\n'
    yard.run(policies.apply, owner, document, yard.house.store.read_now(lambda desk: desk.policy.version))
    yard.receive(tea("1"))
    (hold,) = yard.order("1").holds
    assert (hold.code, hold.until, yard.order("1").look_at) == (HoldCode.COURIER_SUSPENDED, None, None)
