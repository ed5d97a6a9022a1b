"""The dry run tells what putting the rules in force and looking again then does, and writes nothing itself."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.orders.orders import Order
from domain.people.people import OPERATOR, Role
from domain.policy import policies
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import HoldChoice, Limits, Merge, Screening, Split
from domain.review import looking
from domain.review.dry_run import Verdict, compare
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import incoming, incoming_line

POLICIES = st.builds(
    lambda high, units, off, keywords, merge, most: replace(
        Policy(),
        amount_range={"*": (1, high)},
        screening=Screening(most_units=units),
        holds={HoldCode.MESSAGE: HoldChoice(on=False)} if off else {},
        keywords=keywords,
        merge=Merge(auto=merge),
        split=Split(most_units=most),
    ),
    st.sampled_from((5000, 100_000)),
    st.integers(1, 6),
    st.booleans(),
    st.sampled_from(((), ("加急",), ("hello",))),
    st.booleans(),
    st.integers(1, 9),
)


def _orders(unit: Unit) -> dict[int, Order]:
    return unit.orders.many([order_id for order_id, _ in unit.orders.in_review(shops=None, held=None)])


def _fill(unit: Unit) -> None:
    from domain.intake import intake

    cast = factory.seed(unit)
    told = [
        incoming("1", buyer_id="eve"),
        incoming("2", buyer_id="eve", buyer_message="hello 加急"),
        incoming("3", lines=(incoming_line("CUP-01", 5),)),
        incoming("4", paid=4000, total=4000, buyer_id="eve"),
    ]
    intake.receive(unit, cast.actor(Role.CS), cast.shops[0].id, told)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(POLICIES)
def test_the_verdict_is_what_then_happens(policy: Policy) -> None:
    store = Store("sqlite:///:memory:", now=lambda: factory.NOW)
    try:
        store.run_now(_fill)
        before = store.read_now(_orders)
        verdict = store.read_now(compare, policy, list(before))
        assert store.read_now(_orders) == before
        store.run_now(policies.apply, OPERATOR, document_of(policy), 1)
        while store.run_now(looking.look_again):
            pass
        after = store.read_now(_orders)
        assert verdict.looked == len(before)
        assert verdict.held == sum(after[n].held and not before[n].held for n in before)
        assert verdict.freed == sum(before[n].held and not after[n].held for n in before)
        for code in HoldCode:
            new = sum(code in set(open_codes(after[n].holds)) - set(open_codes(before[n].holds)) for n in before)
            assert verdict.holds[code] == new
    finally:
        store.close()


def test_parts_add_up_and_name_the_first_of_each_kind() -> None:
    whole = Verdict()
    for number in range(4):
        held = {HoldCode.KEYWORD: [f"{number}a", f"{number}b"], HoldCode.FLAG: [f"{number}c"]}
        whole.add(Verdict(looked=2, held=2, first_held=held, moves=Counter({("HZ YTO", "HZ SF"): 1})))
    assert (whole.looked, whole.held, whole.moves) == (8, 8, {("HZ YTO", "HZ SF"): 4})
    first = {HoldCode.KEYWORD: ["0a", "0b", "1a", "1b", "2a"], HoldCode.FLAG: ["0c", "1c", "2c", "3c"]}
    assert whole.first_held == first
    assert whole.changes
    assert not Verdict(looked=3).changes


def test_limits_are_told_as_now_and_then() -> None:
    store = Store("sqlite:///:memory:", now=lambda: factory.NOW)
    store.run_now(_fill)
    ids = list(store.read_now(_orders))
    stricter = replace(Policy(), limits=Limits(cs_approve={"*": 5_000}, two_people={"*": 7_800}))
    verdict = store.read_now(compare, stricter, ids)
    paid = [order.paid for order in store.read_now(_orders).values()]
    assert verdict.lead == (0, sum(amount > 5_000 for amount in paid))
    assert verdict.two == (0, sum(amount >= 7_800 for amount in paid))
    assert (verdict.holds, verdict.moved, verdict.changes) == ({}, 0, True)
    same = store.read_now(compare, Policy(), ids)
    assert (same.lead, same.two, same.changes) == ((0, 0), (0, 0), False)
    same.add(verdict)
    assert same.lead == verdict.lead
    store.close()


def _able(unit: Unit, *, enabled: bool) -> None:
    """All couriers work, or none."""
    for courier in list(unit.catalog.couriers.values()):
        unit.catalog_admin.save_courier(replace(courier, enabled=enabled))


def test_what_changed_by_itself_meanwhile_is_not_the_policys_doing() -> None:
    """A courier went and came back unnoticed by the orders: the new policy neither frees nor holds them for it."""
    store = Store("sqlite:///:memory:", now=lambda: factory.NOW)
    store.run_now(_fill)
    stored = store.read_now(_orders)
    store.run_now(_able, enabled=False)
    verdict = store.read_now(compare, replace(Policy(), keywords=("nowhere",)), list(stored))
    assert verdict.holds[HoldCode.NO_COURIER] == 0
    store.run_now(lambda unit: unit.orders.look_again(unit.now))
    while store.run_now(looking.look_again):
        pass
    held = store.read_now(_orders)
    assert all(HoldCode.NO_COURIER in open_codes(order.holds) for order in held.values())
    store.run_now(_able, enabled=True)
    verdict = store.read_now(compare, replace(Policy(), batch_limit=7), list(held))
    assert (verdict.frees, verdict.freed, verdict.moved, verdict.changes) == ({}, 0, 0, False)
    store.close()
