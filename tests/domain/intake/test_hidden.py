"""A receiver told twice, once or both times hidden: what stays, and what counts as another address."""

from dataclasses import replace

import pytest

from domain.floor.parcels import ParcelState
from domain.intake import hidden
from domain.intake.incoming import Receiver
from domain.intake.told import fingerprint
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import House
from tests.factory import incoming, receiver

CLEAR = receiver(name="王小明", phone="13812345678")
MASK = receiver(name="王**", phone="138****5678", address="****", zip="", masked=True)
CIPHER = replace(MASK, name="##aa##", phone="$$11$$", address="##xx##")
NEWER = replace(CIPHER, name="##cc##", phone="$$22$$", address="##zz##")


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        (MASK, None),
        (CIPHER, None),
        (replace(MASK, name="*小明", phone="1********78", address="文三路***"), None),
        (replace(MASK, province="浙江", city="杭州", district=""), None),
        (replace(MASK, address="西湖区文三路***303"), "address"),
        (replace(MASK, phone="138****9999"), "phone"),
        (replace(MASK, name="李**"), "name"),
        (replace(MASK, district="余杭区"), "district"),
        (replace(MASK, city="宁波市", district="海曙区", address="中山路***"), "city,district,address"),
    ],
)
def test_what_a_mask_shows_may_contradict_and_what_it_hides_never_does(told: Receiver, fields: str | None) -> None:
    seen, back = hidden.moved(CLEAR, told), hidden.moved(told, CLEAR)
    assert (seen and seen["fields"], back and back["fields"]) == (fields, fields)
    assert hidden.kept(CLEAR, told) == CLEAR
    assert hidden.kept(told, CLEAR) == CLEAR


def test_of_two_hidden_ones_the_newest_stays_and_only_what_is_seen_is_compared() -> None:
    assert hidden.moved(CIPHER, NEWER) is None
    assert hidden.kept(CIPHER, NEWER) == NEWER
    assert hidden.moved(CIPHER, replace(NEWER, district="余杭区")) == {"fields": "district", "told": "余杭区"}
    assert hidden.moved(MASK, replace(MASK, name="王*", address="文三路**")) is None
    assert hidden.moved(replace(MASK, address="文三路**"), replace(MASK, address="中山路**")) == {
        "fields": "address",
        "told": "中山路**",
    }


def test_a_mask_is_not_compared_with_a_privacy_number() -> None:
    assert hidden.moved(replace(CLEAR, phone="18877771111-1234"), MASK) is None


def test_a_mask_may_show_either_of_two_numbers() -> None:
    both = receiver(phone="13800001234/13900005678")
    for seen, fields in (("138****1234", None), ("139****5678", None), ("137****5678", {"fields": "phone"})):
        told = receiver(phone=seen, masked=True)
        moved = hidden.moved(both, told)
        assert (moved and {"fields": moved["fields"]}) == fields


def test_two_clear_ones_are_compared_word_by_word() -> None:
    assert hidden.moved(CLEAR, CLEAR) is None
    assert hidden.moved(CLEAR, replace(CLEAR, address="文三路 2 号")) == {}


def test_a_new_ciphertext_alone_is_no_news_and_a_new_mask_is() -> None:
    first = incoming(receiver=CIPHER)
    assert fingerprint(first) == fingerprint(replace(first, receiver=NEWER))
    assert fingerprint(first) != fingerprint(replace(first, receiver=MASK))


@pytest.mark.parametrize("told", [MASK, CIPHER])
@pytest.mark.parametrize("stage", [ParcelState.READY, ParcelState.PACKED])
def test_a_masked_export_neither_holds_the_order_nor_takes_its_address(
    house: House, stage: ParcelState, told: Receiver
) -> None:
    house.bring_to(stage, receiver=CLEAR)
    before = house.order.status
    house.receive(receiver=told)
    assert (house.order.receiver, house.order.holds, house.order.status) == (CLEAR, (), before)
    assert (house.parcel.state, house.parcel.blocked) == (stage, False)


def test_a_mask_that_contradicts_holds_it_and_the_clear_address_stays(house: House) -> None:
    house.bring_to(ParcelState.PACKED, receiver=CLEAR)
    told = replace(MASK, phone="139****9999", district="余杭区")
    house.receive(receiver=told)
    (hold,) = house.order.holds
    assert (hold.code, dict(hold.evidence), house.order.receiver) == (
        HoldCode.ADDR_CHANGED,
        {
            "at": "released",
            "fields": "district,phone",
            "told": "余杭区 139****9999",
            "was": "王小明\n*******5678\n浙江省 杭州市\n西湖区 文三路 1 号 2 单元 303 310000",
            "now": "王**\n*******9999\n浙江省 杭州市\n余杭区 ****",
            "said_by": "安娜 Anna",
            "said_at": house.clock[0].isoformat(),
        },
        CLEAR,
    )
    assert house.parcel.blocked
    house.release(HoldCode.ADDR_CHANGED)
    house.receive(receiver=told, seller_note="")
    house.receive(receiver=told, seller_flag="green")
    assert (open_codes(house.order.holds), house.parcel.blocked) == ((), False)
    house.receive(receiver=replace(told, phone="137****0000"))
    assert open_codes(house.order.holds) == (HoldCode.ADDR_CHANGED,)


def test_in_review_too_somebody_looks_when_the_clear_address_was_kept(house: House) -> None:
    house.receive(receiver=CLEAR)
    house.receive(receiver=replace(MASK, district="余杭区"))
    assert (house.order.receiver, open_codes(house.order.holds)) == (CLEAR, (HoldCode.ADDR_CHANGED,))


def test_in_review_a_clear_address_is_just_taken(house: House) -> None:
    house.receive(receiver=MASK)
    house.receive(receiver=replace(CLEAR, district="余杭区"))
    assert (house.order.receiver.district, house.order.holds) == ("余杭区", ())


def test_the_clear_address_behind_a_mask_is_taken_without_alarm(house: House) -> None:
    house.bring_to(ParcelState.PACKED, receiver=MASK)
    house.receive(receiver=CLEAR)
    assert (house.order.receiver, house.order.holds, house.parcel.blocked) == (CLEAR, (), False)
    house.receive(receiver=MASK)
    assert (house.order.receiver, house.order.holds) == (CLEAR, ())


def test_a_clear_address_that_contradicts_the_mask_holds_it(house: House) -> None:
    house.bring_to(ParcelState.PACKED, receiver=MASK)
    elsewhere = replace(CLEAR, city="宁波市", district="海曙区")
    house.receive(receiver=elsewhere)
    (hold,) = house.order.holds
    told = {name: hold.evidence[name] for name in ("at", "fields")}
    assert (hold.code, told) == (HoldCode.ADDR_CHANGED, {"at": "released", "fields": "city,district"})
    assert house.order.receiver == elsewhere


@pytest.mark.parametrize("stage", [ParcelState.READY, ParcelState.PACKED])
def test_another_ciphertext_is_no_other_address(house: House, stage: ParcelState) -> None:
    house.bring_to(stage, receiver=CIPHER)
    house.receive(receiver=NEWER)
    assert (house.order.receiver, house.order.holds) == (CIPHER, ())  # no news at all
    house.receive(receiver=NEWER, seller_flag="green")
    assert (house.order.receiver, house.order.holds, house.parcel.state) == (NEWER, (), stage)


def test_another_code_of_the_platform_is_another_address(house: House) -> None:
    house.bring_to(ParcelState.PACKED, receiver=CIPHER, merge_code="m1")
    house.receive(receiver=NEWER, merge_code="m1", seller_flag="green")
    assert house.order.holds == ()
    house.receive(receiver=NEWER, merge_code="m2")
    assert open_codes(house.order.holds) == (HoldCode.ADDR_CHANGED,)
