"""Looking again by the clock: what is due is screened anew, what does not change keeps its revision."""

from dataclasses import replace
from datetime import timedelta

from domain.intake import intake
from domain.orders.orders import Order
from domain.people.people import SHOP, Role
from domain.policy import policies
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import HoldChoice, Screening
from domain.policy.policy_versions import Look
from domain.review import looking, review
from domain.review.holds import HoldCode, open_codes
from tests.factory import NOW, incoming
from tests.storage.conftest import Each


def taken_in(each: Each, *numbers: str) -> list[Order]:
    """Orders that came in from the shop."""
    shop = each.cast.shops[0].id
    each.store.run_now(intake.receive, SHOP, shop, [incoming(number) for number in numbers])
    found = each.store.read_now(lambda unit: unit.orders.by_number(shop, numbers))
    return [found[number] for number in numbers]


def now(each: Each, order: Order) -> Order:
    """The order as it is stored."""
    return each.store.read_now(lambda unit: unit.orders.get(order.id))


def choose(each: Each, **screening: object) -> None:
    """A policy with these choices, so every order in review is due."""
    chosen = replace(Policy(), wave_size=7, screening=replace(Screening(), **screening))  # type: ignore[arg-type]  # any field
    base = each.store.read_now(lambda unit: unit.policy.version)
    each.store.run_now(policies.apply, each.cast.actor(Role.OWNER), document_of(chosen), base)


def due(each: Each) -> list[int]:
    """Ids whose time has come."""
    return each.store.read_now(lambda unit: unit.orders.to_look_at(unit.now, unit.policy.version, 1000))


def test_an_order_that_stays_as_it_is_keeps_its_revision_and_plan(each: Each) -> None:
    """So a card shown before the policy changed can still be tapped."""
    (order,) = taken_in(each, "1001")
    plan = each.store.read_now(lambda unit: unit.parcels.of_orders([order.id]))
    choose(each)
    assert due(each) == [order.id]
    assert each.store.run_now(looking.look_again) == 1
    assert each.store.run_now(looking.look_again) == 0
    assert now(each, order) == order
    assert each.store.read_now(lambda unit: unit.parcels.of_orders([order.id])) == plan
    approved = each.store.run_now(review.approve, each.cast.actor(Role.CS), order.id, order.revision)
    assert approved.decided_by == each.cast.actor(Role.CS).name


def test_a_policy_holds_and_frees_the_orders_in_review(each: Each) -> None:
    """What the new choices say happens at the next look, once."""
    orders = taken_in(each, "1001", "1002")
    choose(each, most_units=1)
    assert each.store.run_now(looking.look_again) == 2
    held = [now(each, order) for order in orders]
    assert [(open_codes(order.holds), order.revision) for order in held] == [((HoldCode.QTY_RANGE,), 2)] * 2
    choose(each)
    assert each.store.run_now(looking.look_again) == 2
    assert [(open_codes(now(each, o).holds), now(each, o).revision) for o in orders] == [((), 3)] * 2


def test_a_hold_that_time_ends_is_looked_at_then(each: Each) -> None:
    """The regret window closes by itself; nothing is due a second before."""
    choose(each, regret_minutes=30)
    (order,) = taken_in(each, "1001")
    assert open_codes(order.holds) == (HoldCode.PAY_DELAY,)
    each.clock.move(30 * 60 - 1)
    assert each.store.run_now(looking.look_again) == 0
    assert now(each, order) == order
    each.clock.move(1)
    assert each.store.run_now(looking.look_again) == 1
    assert open_codes(now(each, order).holds) == ()
    assert due(each) == []


def test_hours_that_end_hold_what_was_clean_and_free_it_when_they_begin(each: Each) -> None:
    """It is 10:00; nobody looks at the order before 12:00, then again at 10:00 of the next day."""
    choose(each, hours="10:00-12:00")
    (order,) = taken_in(each, "1001")
    assert order.holds == ()
    each.clock.move(2 * 3600 - 1)
    assert each.store.run_now(looking.look_again) == 0
    each.clock.move(1)
    assert each.store.run_now(looking.look_again) == 1
    assert open_codes(now(each, order).holds) == (HoldCode.TIME_WINDOW,)
    each.clock.move(22 * 3600 - 1)
    assert each.store.run_now(looking.look_again) == 0
    each.clock.move(1)
    assert each.store.run_now(looking.look_again) == 1
    assert open_codes(now(each, order).holds) == ()
    each.clock.move(2 * 3600)
    assert due(each) == [order.id]


def test_hours_that_a_policy_does_not_screen_are_not_looked_for(each: Each) -> None:
    """The reason is switched off."""
    chosen = replace(Policy(), holds={HoldCode.TIME_WINDOW: HoldChoice(on=False)})
    chosen = replace(chosen, screening=Screening(hours="10:00-12:00"))
    each.store.run_now(lambda unit: unit.catalog_admin.put_policy(chosen, "owner"))
    taken_in(each, "1001")
    each.clock.move(3 * 3600)
    assert due(each) == []


def test_an_order_decided_meanwhile_is_let_go(each: Each) -> None:
    """It is not screened, and not due for ever either."""
    (order,) = taken_in(each, "1001")
    each.store.run_now(lambda unit: unit.orders.look_again(unit.now + timedelta(seconds=5)))
    approved = each.store.run_now(review.approve, each.cast.actor(Role.CS), order.id, order.revision)
    each.clock.move(5)
    assert each.store.run_now(looking.look_again) == 1
    assert now(each, order) == approved
    assert due(each) == []


def test_a_batch_takes_the_longest_due_and_leaves_the_rest(each: Each) -> None:
    """None is forgotten; what time made due goes before what a policy did."""
    orders = taken_in(each, *(str(2000 + number) for number in range(looking.BATCH + 3)))
    first = orders[-1]
    choose(each)
    early = replace(first, look_at=NOW - timedelta(seconds=1))
    each.store.run_now(lambda unit: unit.orders.save_changed([early], ()))
    assert due(each)[0] == first.id
    assert [each.store.run_now(looking.look_again) for _ in range(3)] == [looking.BATCH, 3, 0]


def test_only_orders_with_an_open_hold_of_the_code_are_marked(each: Each) -> None:
    """As many as the statement hit."""
    choose(each, most_units=1)
    taken_in(each, "1001")
    choose(each)
    marked = each.store.run_now(lambda unit: unit.orders.look_again(unit.now, [HoldCode.QTY_RANGE]))
    nothing = each.store.run_now(lambda unit: unit.orders.look_again(unit.now, [HoldCode.FREEZE]))
    assert (marked, nothing, len(due(each))) == (1, 0, 1)


def tally(each: Each) -> Look | None:
    """How far looking again under the present policy has come."""
    return each.store.read_now(lambda unit: unit.policies.look(unit.policy.version))


def test_the_look_is_counted_once_and_ends(each: Each) -> None:
    """Its card is due again every few seconds, and once at the end."""
    taken_in(each, *(str(3000 + number) for number in range(looking.BATCH + 2)))
    choose(each, most_units=1)
    some, every = looking.BATCH, looking.BATCH + 2
    assert tally(each) == Look(2, NOW)
    assert each.store.run_now(looking.look_again) == some
    assert tally(each) == Look(2, NOW, looked=some, held=some)
    at = each.clock.move(looking.TELL_SECONDS)
    assert each.store.run_now(looking.look_again) == 2
    assert tally(each) == Look(2, at, looked=every, held=every)
    later = each.clock.move(1)
    assert each.store.run_now(looking.look_again) == 0
    assert tally(each) == Look(2, later, looked=every, held=every, ended_at=later)
    each.clock.move(10)
    assert each.store.run_now(looking.look_again) == 0
    assert tally(each) == Look(2, later, looked=every, held=every, ended_at=later)


def test_what_time_ends_is_not_counted_for_the_policy(each: Each) -> None:
    """Only orders that were screened under an older policy are its doing."""
    choose(each, regret_minutes=30)
    taken_in(each, "1001")
    assert each.store.run_now(looking.look_again) == 0
    ended = tally(each)
    each.clock.move(30 * 60)
    assert each.store.run_now(looking.look_again) == 1
    assert tally(each) == ended == Look(2, NOW, ended_at=NOW)
