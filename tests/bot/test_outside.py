"""The rounds to platforms and couriers: told in one go, what fails is tried again, without an adapter a person is left
with it; the sandbox's played ones."""

from collections.abc import Iterator, Sequence

import pytest

from bot.outside import RecallRound, ReplyRound
from bot.played import PlayedCourier, PlayedPlatform
from domain.floor.parcels import ParcelState
from domain.intake.incoming import Platform, RefundState
from domain.orders.catalog import Shop
from domain.people.people import Role
from domain.policy.policy_stops import RecallKind
from domain.stops import recalls, replies
from domain.stops.recalls import Wish, Word
from domain.stops.replies import Receipt
from domain.stops.stop_desk import Recall, RecallState, Reply
from storage.store import Store
from tests import factory
from tests.domain.house import House
from tests.domain.stops.test_stop_table import reply, tell
from tests.filled import filled

pytestmark = pytest.mark.anyio


@pytest.fixture
def house() -> Iterator[House]:
    clock = [factory.NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    yield House(store, filled(store, factory.seed), clock)
    store.close()


class Broken:
    """A platform and courier whose service raises."""

    def tell(self, shop: Shop, replies: Sequence[Reply]) -> Sequence[Receipt]:
        raise TimeoutError

    def ask(self, wishes: Sequence[Wish]) -> Sequence[Word]:
        raise TimeoutError


def recall(house: House) -> Recall:
    found = house.store.read_now(lambda desk: desk.recalls.since(factory.NOW, None))
    return found[0]


def on_its_way(house: House) -> None:
    house.bring_to(ParcelState.HANDED_OVER)
    house.run(recalls.register, house.cast.actor(Role.CS), house.parcel.id, RecallKind.SENDER)


async def test_the_platform_hears_it(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    talk = ReplyRound(house.store, {Platform.TAOBAO: PlayedPlatform()})
    assert await talk() == 1
    assert (reply(house).said, reply(house).error) == ("SUCCESS", "")
    assert await talk() == 0


async def test_a_platform_that_breaks_is_told_again(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    assert await ReplyRound(house.store, {Platform.TAOBAO: Broken()})() == 1
    assert (reply(house).said, reply(house).error, reply(house).attempts) == ("", "TimeoutError", 1)
    assert reply(house).next_at is not None


async def test_without_an_adapter_both_are_a_persons(house: House) -> None:
    house.receive()
    tell(house, RefundState.REQUESTED)
    assert await ReplyRound(house.store, {})() == 1
    assert (reply(house).error, reply(house).next_at) == (replies.NO_CONNECTION, None)
    tell(house, RefundState.CANCELLED)
    on_its_way(house)
    assert await RecallRound(house.store, {})() == 1
    assert (recall(house).state, recall(house).next_at) == (RecallState.REGISTERED, None)
    assert await RecallRound(house.store, {})() == 0


async def test_the_played_courier_takes_note_and_then_brings_it_back(house: House) -> None:
    on_its_way(house)
    talk = RecallRound(house.store, {"YTO": PlayedCourier()})
    assert await talk() == 1
    assert (recall(house).state, recall(house).reference) == (RecallState.ASKING, "LJ000001")
    house.pass_time(30 * 60)
    assert await talk() == 1
    assert recall(house).state is RecallState.ACCEPTED


async def test_a_courier_that_breaks_is_asked_again(house: House) -> None:
    on_its_way(house)
    assert await RecallRound(house.store, {"YTO": Broken()})() == 1
    assert (recall(house).state, recall(house).error, recall(house).attempts) == (
        RecallState.REGISTERED,
        "TimeoutError",
        1,
    )
