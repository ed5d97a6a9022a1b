"""Copies are counted, a paper is out of date when it would say something else, and an old label stops its box."""

from dataclasses import replace

import pytest

from domain.errors import BadValue, NotAllowed, ParcelStopped, Refusal, Stale, Unknown
from domain.floor import fulfilment, manifests
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import Platform, RefundState
from domain.paper import printing
from domain.paper.paper_records import Manifest, Paper, Printed
from domain.paper.paper_rules import Mask, Papers, masked
from domain.paper.printing import Job, Standing
from domain.people.people import Role, Station
from domain.records import NoticeKind
from tests.domain.house import LINES, PAID, House
from tests.factory import incoming, receiver


def stand(house: House, paper: Paper) -> Standing:
    """How the parcel's paper stands."""
    box = house.parcel
    return house.store.read_now(printing.standings, [box])[paper][box.id]


def printed(house: House, paper: Paper, again: int | None = None) -> Job:
    picker = house.cast.actor(Role.PICKER)
    return house.run(printing.print_wave, picker, house.parcel.wave_id or 0, paper, again=again)


def copies(house: House) -> dict[int, tuple[Printed, ...]]:
    box = house.parcel
    return house.store.read_now(lambda desk: desk.prints.of_parcels([box.id]))


def told(house: House, **changes: object) -> None:
    """The platform tells the order again."""
    news = replace(incoming(lines=LINES, goods=PAID, total=PAID, paid=PAID), **changes)  # type: ignore[arg-type]  # any field
    house.run(intake.receive, house.cast.actor(Role.CS), house.cast.shops[0].id, [news])


def test_the_second_copy_replaces_the_first(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    [first] = printed(house, Paper.LABEL).sheets
    assert (first.copy, first.replaces, first.changed) == (1, None, False)
    [second] = printed(house, Paper.LABEL, again=1).sheets
    assert (second.copy, second.replaces and second.replaces.number, second.changed) == (2, 1, False)
    assert stand(house, Paper.SLIP) == Standing()
    with pytest.raises(Stale):
        printed(house, Paper.LABEL, again=1)
    with pytest.raises(Unknown):
        printed(house, Paper.LABEL)
    assert stand(house, Paper.LABEL).last.number == 2  # type: ignore[union-attr]  # printed twice


def test_a_new_address_voids_both_papers_and_a_new_note_the_slip(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    printed(house, Paper.LABEL)
    printed(house, Paper.SLIP)
    told(house, seller_note="易碎")
    assert (stand(house, Paper.LABEL).outdated, stand(house, Paper.SLIP).outdated) == (False, True)
    told(house, receiver=receiver(address="别处 2 号"))
    assert (stand(house, Paper.LABEL).outdated, stand(house, Paper.SLIP).outdated) == (True, True)


def test_the_same_told_again_voids_nothing(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    printed(house, Paper.LABEL)
    printed(house, Paper.SLIP)
    told(house)
    assert (stand(house, Paper.LABEL).outdated, stand(house, Paper.SLIP).outdated) == (False, False)


def test_a_line_put_back_voids_the_slip_only(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    printed(house, Paper.LABEL)
    printed(house, Paper.SLIP)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    with pytest.raises(Unknown):
        printed(house, Paper.SLIP)  # it is stopped: nothing of it is printed
    assert house.scan(Station.PUT_BACK).ok
    assert (stand(house, Paper.LABEL).outdated, stand(house, Paper.SLIP).outdated) == (False, True)
    [sheet] = printed(house, Paper.SLIP).sheets
    assert (sheet.copy, sheet.changed) == (2, True)


@pytest.mark.parametrize("state", [ParcelState.PICKED, ParcelState.PACKED, ParcelState.WEIGHED])
def test_an_old_label_goes_no_further(house: House, state: ParcelState) -> None:
    """Also when the hold about the address is gone; and the new label sets it free."""
    house.bring_to(state)
    printed(house, Paper.LABEL)
    order = house.order
    moved = replace(order, receiver=receiver(address="别处 2 号"))
    house.run(lambda desk: desk.orders.save([moved]))
    station = {ParcelState.PICKED: Station.PACK, ParcelState.PACKED: Station.WEIGH}.get(state, Station.HAND_OVER)
    grams = house.parcel.expected_g if station is Station.WEIGH else None
    refused = house.scan(station, grams)
    assert isinstance(refused.refusal, ParcelStopped)
    assert refused.refusal.codes == ("LABEL_OLD",)
    assert house.parcel.state is state
    printed(house, Paper.LABEL)
    assert house.scan(station, grams).ok


def test_a_parcel_that_was_never_printed_here_goes_on(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    moved = replace(house.order, receiver=receiver(address="别处 2 号"))
    house.run(lambda desk: desk.orders.save([moved]))
    assert house.scan(Station.PACK).ok


@pytest.mark.parametrize("state", [ParcelState.READY, ParcelState.HANDED_OVER])
def test_nothing_is_printed_before_the_wave_or_after_the_door(house: House, state: ParcelState) -> None:
    house.bring_to(state)
    with pytest.raises(Unknown):
        house.run(printing.print_parcel, house.cast.actor(Role.PACKER), house.parcel.number)
    assert copies(house) == {}


@pytest.mark.parametrize("role", [Role.RECEIVER, Role.CS, Role.FINANCE, Role.BUYER])
def test_others_do_not_print(house: House, role: Role) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    with pytest.raises(NotAllowed):
        house.run(printing.print_parcel, house.cast.actor(role), house.parcel.number)
    with pytest.raises(NotAllowed):
        house.run(printing.print_wave, house.cast.actor(role), house.parcel.wave_id or 0, Paper.LABEL)
    assert copies(house) == {}


def test_another_warehouse_does_not_print(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    elsewhere = replace(house.cast.actor(Role.PICKER), warehouses=frozenset({house.cast.warehouses[1].id}))
    with pytest.raises(NotAllowed) as refusal:
        house.run(printing.print_wave, elsewhere, house.parcel.wave_id or 0, Paper.LABEL)
    assert refusal.value.scope == "warehouse"


@pytest.mark.parametrize(
    ("name", "phone", "mask", "shown"),
    [
        ("王小明", "13812345678", Mask.BOTH, ("王**", "138****5678")),
        ("王小明", "13812345678", Mask.PHONE, ("王小明", "138****5678")),
        ("王小明", "13812345678", Mask.WHOLE, ("王小明", "13812345678")),
        ("王小明", "18877771111-123", Mask.BOTH, ("王**", "18877771111-123")),
        ("王*", "138****5678", Mask.BOTH, ("王*", "138****5678")),
        ("李雷", "057188886666", Mask.BOTH, ("李*", "0571****6666")),
        ("", "", Mask.BOTH, ("", "")),
        ("A", "12345", Mask.BOTH, ("A*", "12345")),
        ("王小明", "13812345678/13900001234", Mask.BOTH, ("王**", "138****5678/139****1234")),
        ("王小明", "13812345678/18877771111-123", Mask.PHONE, ("王小明", "138****5678/18877771111-123")),
        ("王小明", "13812345678 13900001234", Mask.PHONE, ("王小明", "138****5678/139****1234")),
        ("王小明", "13812345678/13900001234", Mask.WHOLE, ("王小明", "13812345678/13900001234")),
    ],
)
def test_masks(name: str, phone: str, mask: Mask, shown: tuple[str, str]) -> None:
    to = masked(receiver(name=name, phone=phone), mask)
    assert (to.name, to.phone) == shown
    assert to.address == receiver().address


def test_the_platforms_own_masks() -> None:
    rules = Papers()
    assert [rules.mask(p) for p in (Platform.TAOBAO, Platform.ALIBABA_1688, Platform.SHOPIFY)] == [
        Mask.BOTH,
        Mask.PHONE,
        Mask.WHOLE,
    ]


def test_a_manifest_lists_what_has_left_once(house: House) -> None:
    house.bring_to(ParcelState.WEIGHED)
    boris = house.cast.actor(Role.DISPATCHER)
    place, courier = house.parcel.warehouse_id or 0, house.parcel.courier_id or 0
    with pytest.raises(Unknown):
        house.run(manifests.make, boris, place, courier)
    assert house.scan(Station.HAND_OVER).ok
    with pytest.raises(NotAllowed):
        house.run(manifests.make, house.cast.actor(Role.PICKER), place, courier)
    made = house.run(manifests.make, boris, place, courier)
    assert (made.number, made.parcels, made.grams) == ("M0001", 1, house.parcel.weight_g)
    with pytest.raises(Unknown):
        house.run(manifests.make, boris, place, courier)
    assert house.store.read_now(lambda desk: len(desk.manifests.recent([place], 9))) == 1


def test_a_manifest_is_signed_once_and_by_name(house: House) -> None:
    house.to_the_dock()
    boris = house.cast.actor(Role.DISPATCHER)
    made: Manifest = house.run(manifests.make, boris, house.parcel.warehouse_id or 0, house.parcel.courier_id or 0)
    with pytest.raises(BadValue):
        manifests.signed(made, boris, " \n ", house.clock[0])
    signed = manifests.signed(made, boris, "  老王\n圆通 ", house.clock[0])
    with pytest.raises(NotAllowed):
        house.run(manifests.sign, house.cast.actor(Role.PACKER), signed, b"paper")
    assert house.store.read_now(lambda desk: desk.manifests.get(made.id)) == made
    done = house.run(manifests.sign, boris, signed, b"paper")
    assert (done.taken_by, done.signed_by, done.signed_at) == ("老王 圆通", boris.name, house.clock[0])
    assert house.store.read_now(lambda desk: desk.manifests.get(made.id)) == done
    with pytest.raises(Stale):
        house.run(manifests.sign, boris, signed, b"other paper")
    assert house.store.read_now(lambda desk: desk.files.get(done.file_id or 0)[1]) == b"paper"


def test_the_gate_still_comes_first(house: House) -> None:
    """A refund is told as the refund it is, not as an old label."""
    house.bring_to(ParcelState.PICKED)
    printed(house, Paper.LABEL)
    house.refund(RefundState.REQUESTED)
    refused: fulfilment.Scanned = house.scan(Station.PACK)
    assert isinstance(refused.refusal, ParcelStopped)
    assert refused.refusal.codes[0] == "REFUND"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("0571-87654321", "0571****4321"),
        ("010-62345678", "010****5678"),
        ("+86-13800001234", "+86138****1234"),
        ("138-0000-1234", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("+1 (415) 555-2671", "+141****2671"),
        ("18877771111-123", "18877771111-123"),
        ("138****1234", "138****1234"),
        ("0571-87654321-8001", "05718765****8001"),
        ("110", "110"),
    ],
)
def test_every_phone_but_a_privacy_number_is_masked_however_it_is_written(phone: str, shown: str) -> None:
    assert masked(receiver(phone=phone), Mask.PHONE).phone == shown


def without_tea(house: House, state: ParcelState) -> None:
    """Both papers are printed, then a line is refunded and put back: the slip lists too much."""
    house.bring_to(state)
    printed(house, Paper.LABEL)
    printed(house, Paper.SLIP)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok


def old_slip(house: House) -> list[str]:
    """The keys of the notices about the box's papers in the packer's chat."""
    chat = house.cast.people[Role.PACKER].chat_id
    waiting = house.store.read_now(lambda desk: desk.outbox.waiting(chat))
    return [notice.key for notice in waiting if notice.kind is NoticeKind.LABEL_OLD and not notice.redraw]


def test_an_old_slip_is_told_said_at_the_pick_and_goes_into_no_box(house: House) -> None:
    without_tea(house, ParcelState.IN_WAVE)
    assert old_slip(house) == [f"torn:{house.parcel.id}:slip:1"]
    picked = house.scan(Station.PICK)
    assert (picked.ok, picked.warn) == (True, "slip_old")
    for station in (Station.CHECK, Station.PACK):
        refused = house.scan(station).refusal if station is Station.PACK else checked(house)
        assert isinstance(refused, ParcelStopped)
        assert refused.codes == ("SLIP_OLD",)
    assert house.parcel.state is ParcelState.PICKED
    printed(house, Paper.SLIP)
    assert (house.scan(Station.PACK).warn, old_slip(house)) == ("", [f"torn:{house.parcel.id}:slip:1"])


def checked(house: House) -> Refusal | None:
    return house.run(fulfilment.scan, house.cast.actor(Role.PACKER), Station.CHECK, house.parcel.waybill).refusal


def test_the_slip_in_a_box_that_was_opened_is_said_at_the_scales(house: House) -> None:
    """It is packed: nobody is kept from sending it, but the box is in somebody's hands once more."""
    without_tea(house, ParcelState.WEIGHED)
    assert house.parcel.state is ParcelState.PACKED
    weighed = house.scan(Station.WEIGH, house.parcel.expected_g)
    assert (weighed.ok, weighed.warn) == (True, "slip_old")
    gone = house.scan(Station.HAND_OVER)
    assert (gone.ok, gone.warn) == (True, "")


def test_of_a_new_address_the_floor_hears_once_for_both_papers(house: House) -> None:
    house.bring_to(ParcelState.PICKED)
    printed(house, Paper.LABEL)
    printed(house, Paper.SLIP)
    told(house, receiver=receiver(address="别处 2 号"))
    assert old_slip(house) == [f"torn:{house.parcel.id}:1"]
    assert house.run(printing.outdated, house.parcel) == (Paper.LABEL, Paper.SLIP)


def test_a_slip_that_was_never_printed_here_is_nobodys_concern(house: House) -> None:
    house.bring_to(ParcelState.IN_WAVE)
    house.refund(RefundState.SUCCESS, 5900, "TEA-01")
    assert house.scan(Station.PUT_BACK).ok
    assert (house.scan(Station.PICK).warn, house.scan(Station.PACK).ok, old_slip(house)) == ("", True, [])
