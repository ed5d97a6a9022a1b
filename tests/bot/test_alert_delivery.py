"""Alerts on their whole way: the clock's round, the outbox, the real messenger, the chats of the sandbox."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.desk import Desk
from domain.orders.orders import OrderStatus
from domain.watch import watch
from handlers.draw import draw
from tests import factory
from tests.bot.house import OWNER, House, open_house

pytestmark = pytest.mark.anyio
BELLA, LEAD = 1003, 1004
EVENING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        opened.messenger._draw = draw
        opened.clock.now = EVENING
        yield opened


def _add(desk: Desk, number: str, paid_hours: int) -> None:
    shop = next(iter(desk.catalog.shops.values()))
    paid = desk.now - timedelta(hours=paid_hours)
    factory.put(desk, factory.order(desk, shop, number, created_at=desk.now, paid_at=paid))


def _ship(desk: Desk) -> None:
    ids = [order_id for order_id, _ in desk.orders.in_review(shops=None, held=None)]
    desk.orders.save([replace(one, status=OrderStatus.SHIPPED) for one in desk.orders.many(ids).values()])


async def _round(house: House, now: datetime) -> None:
    house.clock.now = now
    while await house.store.run(watch.tick):
        pass
    await house.deliver()
    await house.deliver()


async def test_at_night_only_what_cannot_wait_comes_and_the_rest_in_one_card_at_eight(house: House) -> None:
    await house.store.run(_add, "late", 48)
    await house.store.run(_add, "clean", 1)
    await _round(house, EVENING)
    (missed,) = await house.texts(LEAD)
    assert missed.startswith("⏰ 订单已超过发货时限：1")
    assert await house.texts(BELLA) == []
    await _round(house, EVENING + timedelta(hours=5))
    assert await house.texts(BELLA) == []
    await _round(house, MORNING)
    (collected,) = await house.texts(BELLA)
    assert collected.splitlines()[0] == "⏰ 未处理的提醒：1"
    assert "可审核订单等待过久：2" in collected


async def test_when_the_cause_goes_every_card_says_so(house: House) -> None:
    await house.store.run(_add, "late", 48)
    await _round(house, EVENING)
    await _round(house, EVENING + timedelta(minutes=30))
    (told,) = await house.texts(OWNER)
    assert told.startswith("⏰ 订单已超过发货时限：1")
    await house.store.run(_ship)
    await _round(house, EVENING + timedelta(minutes=31))
    for chat in (LEAD, OWNER):
        assert {text.splitlines()[0][:5] for text in await house.texts(chat)} == {"✅ 已解决"}


async def _at_the_last(house: House) -> int:
    """A missed dispatch comes to the owner, who is the last of its chain; the message they got."""
    await house.store.run(_add, "late", 48)
    for minute in (0, 30):
        await _round(house, EVENING + timedelta(minutes=minute))
    (message,) = await house.messages(OWNER)
    return int(message["message_id"])


async def test_a_reminder_rings_again_and_takes_the_place_of_the_one_before(house: House) -> None:
    first = await _at_the_last(house)
    sent = await house.calls("sendMessage")
    for minute in range(60, 300, 30):
        await _round(house, EVENING + timedelta(minutes=minute))
    (last,) = await house.messages(OWNER)
    assert last["message_id"] > first
    assert (await house.calls("sendMessage") - sent, await house.calls("deleteMessage")) == (3, 3)
    await house.store.run(_ship)
    await _round(house, EVENING + timedelta(minutes=301))
    (settled,) = await house.texts(OWNER)
    assert settled.startswith("✅ 已解决")


async def test_a_reminder_telegram_does_not_delete_stays_and_changes_with_the_last(house: House) -> None:
    await _at_the_last(house)
    await house.fault("deleteMessage", 400, description="Bad Request: message can't be deleted")
    await _round(house, EVENING + timedelta(minutes=90))
    assert len(await house.texts(OWNER)) == 2
    await house.store.run(_ship)
    await _round(house, EVENING + timedelta(minutes=91))
    assert [text[:5] for text in await house.texts(OWNER)] == ["✅ 已解决"] * 2
    assert (await house.waiting())["dropped"] == 0
