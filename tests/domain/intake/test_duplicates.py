"""The same order twice from a shop that tells no buyer: found by the place it goes to."""

from domain.intake import intake
from domain.people.people import Role
from domain.review.holds import HoldCode, open_codes
from tests.domain.house import House
from tests.factory import incoming, receiver


def codes(house: House, number: str) -> tuple[HoldCode, ...]:
    shop = house.cast.shops[0].id
    return open_codes(house.store.read_now(lambda desk: desk.orders.by_number(shop, [number])[number]).holds)


def test_two_alike_without_a_buyer_are_held_whether_they_come_together_or_not(house: House) -> None:
    shop, cs = house.cast.shops[0].id, house.cast.actor(Role.CS)
    house.run(intake.receive, cs, shop, [incoming("1", buyer_id="")])
    assert codes(house, "1") == ()
    house.run(intake.receive, cs, shop, [incoming("2", buyer_id="")])
    assert codes(house, "2") == (HoldCode.DUPLICATE,)
    pair = [incoming(n, buyer_id="", receiver=receiver(name="李四")) for n in ("3", "4")]
    house.run(intake.receive, cs, shop, pair)
    assert (codes(house, "3"), codes(house, "4")) == ((HoldCode.DUPLICATE,), (HoldCode.DUPLICATE,))
    masked = receiver(name="王*", phone="138****1234", address="****", masked=True)
    house.run(intake.receive, cs, shop, [incoming(n, buyer_id="", receiver=masked) for n in ("5", "6")])
    assert (codes(house, "5"), codes(house, "6")) == ((), ())
