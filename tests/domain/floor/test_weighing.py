"""The scales: bands, the stale reading, a lead's word, orders that leave as a whole, weights learnt."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import NotAllowed, ParcelStopped, ReasonNeeded, Refusal, Stale, WeightRefused, WrongStatus
from domain.floor import floor, fulfilment, learning
from domain.floor.parcels import Item, ParcelState, Sample
from domain.intake.incoming import RefundState
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_checks import Weighing
from domain.records import NoticeKind
from tests.domain.house import House


@pytest.mark.parametrize(
    ("expected", "tolerance"), [(400, 30), (1000, 50), (3000, 150), (3001, 100), (5000, 150), (20_000, 600)]
)
def test_the_bands(expected: int, tolerance: int) -> None:
    assert Policy().tolerance_g(expected) == tolerance


def rule(house: House, **changes: object) -> None:
    chosen = replace(Weighing(), **changes)  # type: ignore[arg-type]  # any field
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(unit.policy, weighing=chosen), "t"))


@pytest.fixture
def packed(house: House) -> House:
    house.bring_to(ParcelState.PACKED)
    return house


def test_far_off_is_refused_until_a_lead_says_why(packed: House) -> None:
    box = packed.parcel
    refusal = packed.scan(Station.WEIGH, box.expected_g * 2).refusal
    assert isinstance(refusal, WeightRefused)
    assert (refusal.why, packed.parcel) == ("off", box)
    lead = packed.cast.actor(Role.CS_LEAD)
    done = packed.run(fulfilment.force_weight, lead, box.waybill, box.expected_g * 2, "two catalogues in it")
    assert (done.state, done.weight_g) == (ParcelState.WEIGHED, box.expected_g * 2)
    events = packed.store.read_now(lambda desk: desk.history("parcel", box.id))
    forced = next(event for event in events if event.verb == "weight_forced")
    assert (forced.reason, forced.actor) == ("two catalogues in it", lead.name)
    assert dict(forced.data) == {"grams": str(box.expected_g * 2), "expected": str(box.expected_g)}


@pytest.mark.parametrize(
    ("role", "grams", "reason", "refusal"),
    [
        (Role.DISPATCHER, 5000, "because", NotAllowed),
        (Role.CS_LEAD, 5000, "  ", ReasonNeeded),
        (Role.CS_LEAD, 0, "because", WeightRefused),
        (Role.CS_LEAD, 100_000, "because", WeightRefused),
    ],
)
def test_what_no_force_helps(packed: House, role: Role, grams: int, reason: str, refusal: type[Refusal]) -> None:
    box = packed.parcel
    with pytest.raises(refusal):
        packed.run(fulfilment.force_weight, packed.cast.actor(role), box.waybill, grams, reason)
    assert packed.parcel == box


def test_a_stop_is_not_forced(packed: House) -> None:
    packed.refund(RefundState.REQUESTED)
    box = packed.parcel
    with pytest.raises(ParcelStopped):
        packed.run(fulfilment.force_weight, packed.cast.actor(Role.CS_LEAD), box.waybill, 5000, "because")
    assert packed.parcel == box


def twin(house: House) -> str:
    """A second packed parcel of the same order."""
    box = house.parcel
    made = replace(box, id=house.run(lambda desk: desk.parcels.next_ids(1))[0], waybill="TWIN-0001", revision=1)
    house.run(lambda desk: desk.parcels.add([made]))
    return made.waybill


@pytest.mark.parametrize(("seconds", "grams", "passes"), [(1, 0, False), (2, 0, True), (1, 1, True)])
def test_the_last_reading_on_the_next_parcel(packed: House, seconds: int, grams: int, passes: bool) -> None:
    actor, box, other = packed.cast.actor(Role.DISPATCHER), packed.parcel, twin(packed)
    first = packed.run(floor.scan, actor, [(box.waybill, box.expected_g)], station=Station.WEIGH)
    assert first.outcomes[0].verdict == "ok"
    packed.clock[0] += timedelta(seconds=seconds)
    second = packed.run(floor.scan, actor, [(other, box.expected_g + grams)], station=Station.WEIGH).outcomes[0]
    assert (second.refusal is None) is passes
    if not passes:
        assert isinstance(second.refusal, WeightRefused)
        assert second.refusal.why == "stale"
        assert [box.state for box in packed.parcels] == [ParcelState.WEIGHED, ParcelState.PACKED]


@pytest.mark.parametrize("waits", [True, False])
def test_an_order_leaves_as_a_whole_where_its_platform_wants_that(packed: House, waits: bool) -> None:
    rule(packed, wait_platforms=("taobao",) if waits else ())
    other = twin(packed)
    assert packed.scan(Station.WEIGH, packed.parcel.expected_g).ok
    done = packed.scan(Station.HAND_OVER)
    assert done.ok is not waits
    if waits:
        assert isinstance(done.refusal, WrongStatus)
        assert (done.refusal.what, packed.parcel.state) == (other, ParcelState.WEIGHED)


def test_the_median_passes_over_what_is_far_off() -> None:
    usual = [100.0, 101.0, 99.0, 100.0] * 5
    assert learning.robust(usual, 20) == (100, 20)
    assert learning.robust([*usual, 900.0, 5.0], 20) == (100, 20)
    assert learning.robust(usual[:-1], 20) is None
    assert learning.robust([*usual[:-1], 900.0], 20) is None


def weighed(house: House, grams: int, count: int) -> None:
    """Parcels with two white cups alone that went over the scales, and one that holds tea as well."""
    box = house.parcel
    numbers = house.run(lambda desk: desk.parcels.next_ids(count + 1))
    cup = Item(box.order_ids[0], 1, "CUP-01", "cup", 2)
    made = [
        replace(box, id=number, waybill=f"W-{number:06d}", weight_g=grams, items=(cup,), state=ParcelState.WEIGHED)
        for number in numbers
    ]
    made[-1] = replace(made[-1], items=(cup, Item(box.order_ids[0], 2, "TEA-01", "tea", 1)))
    house.run(lambda desk: desk.parcels.add(made))


def test_a_weight_is_proposed_and_taken_by_a_lead_alone(packed: House) -> None:
    weighed(packed, 860, 20)
    assert packed.store.read_now(lambda desk: desk.parcels.weighed_alone(60)) == [Sample("CUP-01", 2, 860)] * 20
    assert packed.store.read_now(learning.proposals) == [learning.Proposal("CUP-01", 400, 20, 320)]
    with pytest.raises(NotAllowed):
        packed.run(learning.accept, packed.cast.actor(Role.DISPATCHER), "CUP-01", 400, 320)
    with pytest.raises(Stale):
        packed.run(learning.accept, packed.cast.actor(Role.CS_LEAD), "CUP-01", 401, 320)
    assert packed.store.read_now(lambda desk: desk.catalog.skus["CUP-01"].weight_g) == 320
    packed.run(learning.accept, packed.cast.actor(Role.CS_LEAD), "CUP-01", 400, 320)
    assert packed.store.read_now(lambda desk: desk.catalog.skus["CUP-01"].weight_g) == 400
    assert packed.store.read_now(learning.proposals) == []


def test_a_weight_a_lead_refused_comes_back_only_with_other_scales_or_another_card(packed: House) -> None:
    weighed(packed, 860, 20)
    lead, proposal = packed.cast.actor(Role.CS_LEAD), learning.Proposal("CUP-01", 400, 20, 320)
    with pytest.raises(NotAllowed):
        packed.run(learning.refuse, packed.cast.actor(Role.DISPATCHER), "CUP-01", 400, 320)
    with pytest.raises(Stale):
        packed.run(learning.refuse, lead, "CUP-01", 400, 321)
    assert packed.store.read_now(learning.proposals) == [proposal]
    packed.run(learning.refuse, lead, "CUP-01", 400, 320)
    assert packed.store.read_now(learning.proposals) == []
    assert packed.store.read_now(lambda desk: desk.catalog.skus["CUP-01"].weight_g) == 320
    assert packed.store.read_now(learning.changes, "CUP-01", 9) == []
    weighed(packed, 890, 60)  # 415 g each: hardly another weight
    assert packed.store.read_now(learning.proposals) == []
    weighed(packed, 910, 60)
    assert packed.store.read_now(learning.proposals) == [learning.Proposal("CUP-01", 425, 60, 320)]
    packed.run(learning.refuse, lead, "CUP-01", 425, 320)
    packed.run(lambda desk: desk.learn_weight("CUP-01", 330))
    assert packed.store.read_now(learning.proposals) == [learning.Proposal("CUP-01", 425, 60, 330)]


def test_nineteen_parcels_say_nothing(packed: House) -> None:
    weighed(packed, 860, 19)
    assert packed.store.read_now(learning.proposals) == []


def third(house: House) -> str:
    """One more packed parcel of the order."""
    made = replace(
        house.parcel, id=house.run(lambda desk: desk.parcels.next_ids(1))[0], waybill="TWIN-0002", revision=1
    )
    house.run(lambda desk: desk.parcels.add([made]))
    return made.waybill


def test_one_reading_in_one_message_is_one_parcels(packed: House) -> None:
    """A scale that stands still weighs one parcel, however many waybills come with it."""
    more = [twin(packed), third(packed)]
    grams = packed.parcel.expected_g
    codes = [(code, grams) for code in (packed.parcel.waybill, *more)]
    scans = packed.run(floor.scan, packed.cast.actor(Role.DISPATCHER), codes, station=Station.WEIGH)
    assert [outcome.verdict for outcome in scans.outcomes] == ["ok", "refused", "refused"]
    assert [getattr(outcome.refusal, "why", "") for outcome in scans.outcomes] == ["", "stale", "stale"]
    assert (scans.before, scans.count) == (0, 1)
    again = packed.run(floor.scan, packed.cast.actor(Role.DISPATCHER), codes[2:], station=Station.WEIGH)
    assert again.outcomes[0].verdict == "ok"


def test_a_lead_forces_no_reading_of_another_parcel(packed: House) -> None:
    lead, box, other = packed.cast.actor(Role.OWNER), packed.parcel, twin(packed)
    packed.run(floor.scan, lead, [(box.waybill, box.expected_g)], station=Station.WEIGH)
    with pytest.raises(WeightRefused) as refusal:
        packed.run(fulfilment.force_weight, lead, other, box.expected_g, "so be it")
    assert refusal.value.why == "stale"
    assert [one.state for one in packed.parcels] == [ParcelState.WEIGHED, ParcelState.PACKED]


def test_what_was_weighed_offline_is_compared_and_counted_when_it_was_weighed(packed: House) -> None:
    """Uploaded in one moment, weighed minutes apart, before the hour began."""
    actor, box, other, last = packed.cast.actor(Role.DISPATCHER), packed.parcel, twin(packed), third(packed)
    now = packed.clock[0].replace(minute=5)
    packed.clock[0] = now
    ages = [(box.waybill, 20), (other, 10), (last, 0)]
    counts = []
    for code, minutes in ages:
        scans = packed.run(
            floor.scan,
            actor,
            [(code, box.expected_g)],
            station=Station.WEIGH,
            at=now - timedelta(minutes=minutes),
        )
        assert scans.outcomes[0].verdict == "ok"
        counts.append((scans.before, scans.count))
    assert counts == [(0, 1), (1, 2), (0, 1)]
    told = packed.store.read_now(lambda desk: floor.log(desk, actor.person_id or 0, 3))
    assert [event.at for event in told] == [now, now - timedelta(minutes=10), now - timedelta(minutes=20)]


def test_a_forced_box_stays_in_the_hands_it_was_in_and_its_stop_calls_the_floor(packed: House) -> None:
    box, lead = packed.parcel, packed.cast.actor(Role.CS_LEAD)
    forced = packed.run(fulfilment.force_weight, lead, box.waybill, box.expected_g * 2, "two catalogues in it")
    assert (forced.holder_id, forced.holder) == (box.holder_id, box.holder)
    packed.refund(RefundState.REQUESTED)
    (stop,) = packed.stops
    assert (stop.named_id, stop.level) == (packed.cast.people[Role.PACKER].id, 0)
    chats = {role: packed.cast.people[role].chat_id for role in Role if role in packed.cast.people}
    outbox = packed.store.read_now(lambda desk: {role: desk.outbox.waiting(chat) for role, chat in chats.items()})
    told = {
        role
        for role, waiting in outbox.items()
        for one in waiting
        if (one.kind, one.subject_id) == (NoticeKind.STOP, stop.id)
    }
    assert told == {Role.PACKER, Role.DISPATCHER}
