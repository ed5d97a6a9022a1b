"""Boxes that leave only when a photo or a film of their packing is kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.errors import ProofMissing
from domain.floor import proofs, proofs_wanted
from domain.floor.fulfilment import Scanned
from domain.floor.parcels import ParcelState
from domain.floor.proofs import Kind, Shot, Task
from domain.orders.orders import OrderStatus
from domain.people.people import Role, Station
from domain.policy.policy import Policy, policy_of
from domain.policy.policy_checks import ProofRules
from domain.policy.policy_names import strange
from domain.review import review
from domain.review.holds import HoldCode
from tests.domain.house import LINES, House

PHOTO = Shot(Kind.PHOTO, "F1", "a" * 64, 1000)
FILM = Shot(Kind.VIDEO, "F2", "b" * 64, 9000)


def rule(house: House, rules: ProofRules) -> None:
    house.run(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), proofs=rules), "t"))


def keep(house: House, shot: Shot = PHOTO, step: Station = Station.PACK) -> None:
    who = Role.PACKER if step is Station.PACK else Role.PICKER
    house.run(proofs.keep, house.cast.actor(who), Task(house.parcel, step), shot)


def hand_over(house: House) -> Scanned:
    return house.scan(Station.HAND_OVER)


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (ProofRules(), False),
        (ProofRules(worth={"CNY": 13_700}), True),
        (ProofRules(worth={"CNY": 13_701}), False),
        (ProofRules(worth={"*": 13_700}), True),
        (ProofRules(worth={"USD": 1}), False),
        (ProofRules(worth={"CNY": 20_000, "*": 1}), False),
        (ProofRules(skus=("TEA-01",)), True),
        (ProofRules(skus=("CUP-02",)), False),
        (ProofRules(shops=("小满旗舰店",)), True),
        (ProofRules(shops=("another",)), False),
    ],
)
def test_which_boxes_it_is_asked_of(house: House, rules: ProofRules, asked: bool) -> None:
    rule(house, rules)
    house.bring_to(ParcelState.WEIGHED)
    before = house.parcel
    done = hand_over(house)
    if asked:
        assert isinstance(done.refusal, ProofMissing)
        assert (done.refusal.waybill, house.parcel, house.order.status) == (
            before.waybill,
            before,
            OrderStatus.RELEASED,
        )
    else:
        assert (done.refusal, house.order.status) == (None, OrderStatus.SHIPPED)


@pytest.mark.parametrize("shot", [PHOTO, FILM], ids=["photo", "film"])
def test_with_one_of_its_packing_it_leaves(house: House, shot: Shot) -> None:
    rule(house, ProofRules(skus=("TEA-01",)))
    house.bring_to(ParcelState.WEIGHED)
    keep(house, shot)
    assert hand_over(house).ok
    assert house.order.status is OrderStatus.SHIPPED


def test_who_packs_and_who_weighs_is_asked_while_none_is_kept(house: House) -> None:
    rule(house, ProofRules(skus=("TEA-01",)))
    house.bring_to(ParcelState.PICKED)
    assert house.scan(Station.PACK).warn == "proof_wanted"
    assert house.scan(Station.WEIGH, house.parcel.expected_g).warn == "proof_missing"


def test_nobody_is_asked_once_it_is_kept(house: House) -> None:
    rule(house, ProofRules(skus=("TEA-01",)))
    house.bring_to(ParcelState.PACKED)
    keep(house)
    assert house.scan(Station.WEIGH, house.parcel.expected_g).warn == ""


@pytest.fixture(name="repacked")
def taken_out_of_a_photographed_box(house: House) -> Iterator[House]:
    """The tea is ordered no more; a photo was sent while it was in the box."""
    rule(house, ProofRules(skus=("CUP-01",)))
    house.bring_to(ParcelState.PACKED)
    keep(house)
    house.receive(lines=(LINES[0],))
    order, anna = house.order, house.cast.actor(Role.CS)
    house.run(review.release_hold, anna, order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True)
    assert house.scan(Station.PUT_BACK).ok
    yield house


def test_after_a_repack_the_old_one_shows_another_box(repacked: House) -> None:
    keep(repacked, FILM, Station.PUT_BACK)
    assert repacked.scan(Station.WEIGH, repacked.parcel.expected_g).warn == "proof_missing"
    assert isinstance(hand_over(repacked).refusal, ProofMissing)


def test_after_a_repack_a_new_one_lets_it_leave(repacked: House) -> None:
    keep(repacked, FILM)
    assert repacked.scan(Station.WEIGH, repacked.parcel.expected_g).ok
    assert hand_over(repacked).ok


def test_a_repack_that_only_puts_something_in_wants_a_new_one_too(house: House) -> None:
    rule(house, ProofRules(skus=("CUP-01",)))
    house.bring_to(ParcelState.PACKED)
    keep(house)
    house.receive(lines=(replace(LINES[0], quantity=3, amount=11_700), LINES[1]))
    order, anna = house.order, house.cast.actor(Role.CS)
    house.run(review.release_hold, anna, order.id, order.revision, HoldCode.GOODS_CHANGED, repack=True)
    keep(house, FILM)  # of the box as it was
    assert house.scan(Station.PICK).ok
    assert house.store.read_now(proofs_wanted.missing, house.parcel)


def test_the_document_is_read_and_strange_names_are_told(house: House) -> None:
    text = '[proofs]\nworth = {CNY = 50000}\nskus = ["NOPE-9"]\nshops = ["小满旗舰店", "another"]\n'
    read = policy_of(text, 2)
    assert read.value is not None
    assert read.value.proofs == ProofRules({"CNY": 50_000}, ("NOPE-9",), ("小满旗舰店", "another"))
    faults = house.store.read_now(lambda desk: strange(text, desk.catalog))
    assert [(fault.path, fault.why, fault.facts["told"]) for fault in faults] == [
        ("proofs.skus", "no_product", "NOPE-9"),
        ("proofs.shops", "no_shop", "another"),
    ]
