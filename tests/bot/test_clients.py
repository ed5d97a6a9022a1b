"""aiogram behind the limiter: what is repeated, what is not, and the migrated group. Against the real sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError

from bot.clients import Throttle, aiogram_bot
from tests.bot.house import ANNA, CS_GROUP, House, open_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


class Answering:
    """The answering bot with its naps and migrations noted."""

    def __init__(self, house: House) -> None:
        self.naps: list[float] = []
        self.moved: list[tuple[int, int]] = []
        self.bot: Bot = aiogram_bot(house.sandbox.token, house.sandbox.base_url, house.limiter, self.migrated)
        self.bot.session.middleware.unregister(self.bot.session.middleware[0])
        self.bot.session.middleware(Throttle(house.limiter, self.migrated, self.sleep))

    async def migrated(self, old: int, new: int) -> None:
        self.moved.append((old, new))

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)


@pytest.fixture
async def answering(house: House) -> AsyncIterator[Answering]:
    made = Answering(house)
    yield made
    await made.bot.session.close()


async def test_a_send_is_repeated_after_429_and_leaves_once(house: House, answering: Answering) -> None:
    await house.fault("sendMessage", 429, retry_after=1)
    await answering.bot.send_message(ANNA, "hello")
    assert answering.naps == [1]
    assert await house.texts(ANNA) == ["hello"]


async def test_a_long_429_is_not_sat_out(house: House, answering: Answering) -> None:
    await house.fault("sendMessage", 429, retry_after=300)
    with pytest.raises(TelegramRetryAfter):
        await answering.bot.send_message(ANNA, "hello")
    assert house.limiter.delay(ANNA) > 299


async def test_a_send_whose_fate_is_unknown_is_not_repeated(house: House, answering: Answering) -> None:
    await house.fault("sendMessage", 500, after=True)
    with pytest.raises(TelegramServerError):
        await answering.bot.send_message(ANNA, "hello")
    assert await house.texts(ANNA) == ["hello"]


async def test_an_edit_is_repeated(house: House, answering: Answering) -> None:
    sent = await answering.bot.send_message(ANNA, "one")
    await house.fault("editMessageText", 502, times=2)
    await answering.bot.edit_message_text("two", chat_id=ANNA, message_id=sent.message_id)
    assert answering.naps == [1, 2]
    assert await house.texts(ANNA) == ["two"]


async def test_without_a_connection_even_a_send_is_repeated(house: House, answering: Answering) -> None:
    await house.sandbox.stop()
    with pytest.raises(TelegramNetworkError):
        await answering.bot.send_message(ANNA, "hello")
    assert answering.naps == [1, 2, 4, 8]


async def test_a_migrated_group_is_followed_and_written_down(house: House, answering: Answering) -> None:
    moved = (await house.http.post(f"/sandbox/chats/{CS_GROUP}/upgrade")).json()["id"]
    await answering.bot.send_message(CS_GROUP, "hello")
    assert answering.moved == [(CS_GROUP, moved)]
    assert await house.texts(moved) == ["hello"]
