"""What the dry run says is what happens: every number of it, over orders in review, merged, divided, approved and in a
wave, under any policy; looked at in small pieces as in a large house."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.people.people import OPERATOR, Role
from domain.planning.field_rules import FieldRule, Op
from domain.policy import policies
from domain.policy.policy import Policy, document_of
from domain.policy.policy_sections import HoldChoice, Matching, Merge, Screening, Split, Suspension
from domain.review import decided, dry_run, looking, review
from domain.review.dry_run import Verdict, compare, pieces
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import Cast, incoming, incoming_line, receiver
from tests.filled import filled

TEA, LAMP = (incoming_line("TEA-01", 1),), (incoming_line("LAMP-01", 2),)
ABROAD = receiver(province="新疆维吾尔自治区", city="乌鲁木齐市", district="天山区")
SOUTH = receiver(province="广东省", city="深圳市", district="南山区")
TOLD = (
    incoming("r1", buyer_id="eve"),
    incoming("r2", buyer_id="eve", lines=TEA),
    incoming("r3", buyer_id="eve", lines=(incoming_line("CUP-01", 8),)),
    incoming("r4", buyer_id="bob", buyer_message="hello 加急"),
    incoming("r5", buyer_id="bob", lines=(incoming_line("CUP-01", 5), *TEA)),
    incoming("r6", buyer_id="cat", receiver=ABROAD),
    incoming("r7", buyer_id="dan", receiver=SOUTH, lines=LAMP),
    incoming("r8", buyer_id="", paid=4000, total=4000),
    incoming("r9", buyer_id="fay", lines=(incoming_line("TOWEL-01", 1),)),
    incoming("a1", buyer_id="ann"),
    incoming("a2", buyer_id="ann", lines=TEA),
    incoming("a3", buyer_id="gus", receiver=SOUTH, lines=(incoming_line("CUP-02", 3),)),
    incoming("a4", buyer_id="hal", receiver=ABROAD),
    incoming("a5", buyer_id="ivy", lines=LAMP),
    incoming("w1", buyer_id="jim", receiver=SOUTH),
)
EVERYBODY_SOUTH = (Suspension("", "广东", "2026-11-20", "2026-12-20", "flood"),)
POLICIES = st.builds(
    lambda high, units, off, keywords, merge, split, suspended, rules, hours: replace(
        Policy(),
        amount_range={"*": (1, high)},
        screening=Screening(most_units=units),
        holds={HoldCode.MESSAGE: HoldChoice(on=False)} if off else {},
        keywords=keywords,
        merge=merge,
        split=split,
        suspensions=suspended,
        matching=replace(Matching(), courier_rules=rules),
        dispatch_hours=hours,
    ),
    st.sampled_from((5_000, 100_000)),
    st.sampled_from((2, 7, 99)),
    st.booleans(),
    st.sampled_from(((), ("加急",))),
    st.sampled_from((Merge(), Merge(auto=False), Merge(most_orders=2), Merge(wait_minutes=600), Merge(within_hours=1))),
    st.sampled_from((Split(), Split(most_units=5), Split(auto=False), Split(most_g=1_000))),
    st.sampled_from(
        (
            (),
            (Suspension("YTO", "广东", "2026-11-20", "2026-12-20", "snow"),),
            (Suspension("YTO", "", "2026-11-20", "2026-12-20", "strike"),),
            EVERYBODY_SOUTH,
        )
    ),
    st.sampled_from(
        (
            (),
            (FieldRule("south", "receiver.province", Op.CONTAINS, "广东", ("SF",), must=True),),
            (FieldRule("any", "paid", Op.MORE, "1", ("SF",)),),
        )
    ),
    st.sampled_from((48, 24)),
)
Box = tuple[object, ...]


@dataclass
class Scene:
    """The store, its clock, and where every order stands."""

    store: Store
    clock: list[datetime]
    cast: Cast

    def orders(self) -> dict[str, Order]:
        def look(unit: Unit) -> dict[str, Order]:
            return unit.orders.by_number(self.cast.shops[0].id, [one.number for one in TOLD])

        return self.store.read_now(look)

    def boxes(self) -> dict[str, set[tuple[ParcelState, Box]]]:
        """The boxes of each order by number: state, and what the dry run compares."""

        def look(unit: Unit) -> dict[str, set[tuple[ParcelState, Box]]]:
            orders = unit.orders.by_number(self.cast.shops[0].id, [one.number for one in TOLD])
            found = unit.parcels.of_orders([order.id for order in orders.values()])
            return {
                number: {
                    (box.state, (box.warehouse_id, box.courier_id, tuple(sorted(box.order_ids)), len(box.items)))
                    for box in found.get(order.id, ())
                    if box.state is not ParcelState.CANCELLED
                }
                for number, order in orders.items()
            }

        return self.store.read_now(look)

    def dry(self, policy: Policy) -> Verdict:
        verdict = Verdict()
        for piece in self.store.read_now(pieces):
            verdict.add(self.store.read_now(compare, policy, piece))
        return verdict

    def apply(self, policy: Policy) -> None:
        version = self.store.read_now(lambda unit: unit.policy.version)
        self.store.run_now(policies.apply, OPERATOR, document_of(policy), version)
        self.settle()

    def settle(self) -> None:
        while self.store.run_now(looking.look_again):
            pass

    def waves(self) -> None:
        """Everything approved goes into waves, as far as somebody carries it."""
        self.clock[0] += timedelta(hours=1)
        self.store.run_now(release.release_due)
        self.clock[0] += timedelta(hours=1)
        for _ in range(5):
            self.store.run_now(release.waves_due)


def opened() -> Iterator[Scene]:
    """Nine orders in review, five approved (two of them in one box), one in a wave."""
    clock = [factory.NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    scene = Scene(store, clock, filled(store, factory.seed))
    take(scene, *(one for one in TOLD if one.number == "w1"))
    approve(scene, "w1")
    scene.waves()
    take(scene, *(one for one in TOLD if one.number != "w1"))
    approve(scene, "a1", "a3", "a4", "a5")
    store.run_now(lambda unit: unit.orders.look_again(unit.now))  # what was approved took goods from the others
    scene.settle()
    yield scene
    store.close()


def take(scene: Scene, *told: IncomingOrder) -> None:
    scene.store.run_now(intake.receive, scene.cast.actor(Role.CS), scene.cast.shops[0].id, list(told))


def approve(scene: Scene, *numbers: str) -> None:
    for number in numbers:
        order = scene.orders()[number]
        scene.store.run_now(review.approve, scene.cast.actor(Role.OWNER), order.id, order.revision)


@pytest.fixture
def scene() -> Iterator[Scene]:
    yield from opened()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces and batches of a few orders; every order is named."""
    monkeypatch.setattr(dry_run, "PIECE", 3)
    monkeypatch.setattr(looking, "BATCH", 2)
    for module in (dry_run, decided):
        monkeypatch.setattr(module, "SHOWN", 99)


def named(verdict: Verdict, kind: str) -> set[str]:
    return set(verdict.decided.first.get(kind, ()))


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(POLICIES)
def test_what_is_said_is_what_happens(small: None, policy: Policy) -> None:
    made = opened()
    scene = next(made)
    try:
        was, lay = scene.orders(), scene.boxes()
        verdict = scene.dry(policy)
        assert (scene.orders(), scene.boxes()) == (was, lay)
        scene.apply(policy)
        now, lie = scene.orders(), scene.boxes()
        reviewed(verdict, was, now, lay, lie)
        assert verdict.due == sum(was[n].due_at != now[n].due_at for n in was)
        approved(scene, verdict, was, now, lay)
        scene.settle()
        assert not scene.dry(policy).changes
    finally:
        next(made, None)


def reviewed(
    verdict: Verdict,
    was: dict[str, Order],
    now: dict[str, Order],
    lay: dict[str, set[tuple[ParcelState, Box]]],
    lie: dict[str, set[tuple[ParcelState, Box]]],
) -> None:
    """Of the orders in review each count and each name."""
    ours = [n for n in was if was[n].status is OrderStatus.REVIEW]
    calm = [n for n in ours if not (was[n].held or now[n].held)]
    assert verdict.looked == len(ours)
    assert verdict.held == sum(now[n].held and not was[n].held for n in ours)
    assert verdict.freed == sum(was[n].held and not now[n].held for n in ours)
    moved = [n for numbers in verdict.first_moved.values() for n in numbers]
    assert sorted(moved) == sorted(n for n in calm if lay[n] != lie[n])
    assert (verdict.moved, sum(verdict.moves.values())) == (len(moved), len(moved))
    codes = {n: (set(open_codes(was[n].holds)), set(open_codes(now[n].holds))) for n in ours}
    assert verdict.holds == Counter(code for old, new in codes.values() for code in new - old)
    assert verdict.frees == Counter(code for old, new in codes.values() for code in old - new)
    for n, (old, new) in codes.items():
        assert {code for code, numbers in verdict.first_held.items() if n in numbers} == new - old
        assert {code for code, numbers in verdict.first_freed.items() if n in numbers} == old - new


def approved(
    scene: Scene,
    verdict: Verdict,
    was: dict[str, Order],
    now: dict[str, Order],
    lay: dict[str, set[tuple[ParcelState, Box]]],
) -> None:
    """Of the approved ones: nothing until the wave, then another courier or the way back, and nothing else."""
    ready = {n: {box for state, box in lay[n] if state is ParcelState.READY} for n in was}
    ours = [n for n in was if ready[n]]
    others = [n for n in was if was[n].status in decided.STATUSES]
    assert verdict.decided.looked == len(ours)
    assert {n: (was[n].status, was[n].holds) for n in others} == {n: (now[n].status, now[n].holds) for n in others}
    assert {n: scene.boxes()[n] for n in others} == {n: lay[n] for n in others}
    scene.waves()
    then, couriers = scene.orders(), {n: {box[1] for _, box in boxes} for n, boxes in scene.boxes().items()}
    back = {n for n in ours if then[n].status is OrderStatus.REVIEW}
    other = {n for n in ours if n not in back and couriers[n] != {box[1] for box in ready[n]}}
    assert named(verdict, "stranded") == back
    assert named(verdict, "rematched") == other
    assert not named(verdict, "keep") & (back | other)
    for n in (named(verdict, "held") | named(verdict, "keep")) - back:
        assert then[n].status is OrderStatus.RELEASED
        assert then[n].holds == was[n].holds
    untouched = [n for n in others if n not in ours]
    assert {n: scene.boxes()[n] for n in untouched} == {n: lay[n] for n in untouched}


@pytest.mark.parametrize(
    ("policy", "kind", "names"),
    [
        (Policy(suspensions=(Suspension("YTO", "广东", "2026-11-20", "2026-12-20", "x"),)), "rematched", ["a3"]),
        (Policy(suspensions=EVERYBODY_SOUTH), "stranded", ["a3"]),
        (
            Policy(matching=Matching(courier_rules=(FieldRule("r", "paid", Op.MORE, "1", ("SF",)),))),
            "keep",
            ["a1", "a2", "a5", "a3", "a4"],
        ),
        (Policy(screening=Screening(most_units=2)), "held", ["a3"]),
        (Policy(amount_range={"*": (1, 7_000)}), "held", ["a1", "a2", "a5", "a3", "a4"]),
        (Policy(screening=Screening(margin_percent=95)), "held", ["a1", "a2", "a5", "a3", "a4"]),
    ],
    ids=["another courier", "nobody", "keeps its own", "would be held", "all", "too thin a margin"],
)
def test_what_an_approved_order_has_to_expect(scene: Scene, policy: Policy, kind: str, names: list[str]) -> None:
    found = scene.dry(policy).decided
    assert found.looked == 5
    assert {one: found.first[one] for one in found.first if found.first[one]} == {kind: sorted(names)}
    assert getattr(found, kind) == len(names)


def test_a_deadline_moves_for_whoever_has_not_left(scene: Scene) -> None:
    verdict = scene.dry(replace(Policy(), dispatch_hours=24))
    assert (verdict.due, verdict.decided.changes, verdict.changes) == (15, False, True)


def test_the_policy_in_force_changes_nothing(scene: Scene) -> None:
    verdict = scene.dry(Policy())
    assert (verdict.looked, verdict.decided.looked, verdict.changes) == (9, 5, False)


def test_pieces_cut_no_buyer_apart(scene: Scene, small: None) -> None:
    orders = {order.id: order for order in scene.orders().values()}
    found = scene.store.read_now(pieces)
    assert sorted(one for piece in found for one in piece) == sorted(orders)
    at = {number: at for at, piece in enumerate(found) for number in piece}
    buyers: dict[tuple[bool, str], set[int]] = {}
    for order_id, order in orders.items():
        if order.buyer_id:
            buyers.setdefault((order.status is OrderStatus.REVIEW, order.buyer_id), set()).add(at[order_id])
    assert {len(places) for places in buyers.values()} == {1}
    assert all(len(piece) <= 3 for piece in found)
