"""The limiter on a clock that only moves when somebody sleeps."""

import asyncio

import pytest

from bot.limiter import Limiter
from bot.settings import TELEGRAM_LIMITS

pytestmark = pytest.mark.anyio


class FakeTime:
    """Seconds that pass when every task waits: the earliest sleeper is woken first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        event = asyncio.Event()
        self._sleepers.append((self.now + seconds, self._count, event))
        await event.wait()

    async def run_until(self, end: float) -> None:
        while True:
            for _ in range(50):
                await asyncio.sleep(0)
            due = sorted(self._sleepers, key=lambda sleeper: sleeper[:2])
            if not due or due[0][0] > end:
                self.now = end
                return
            self._sleepers.remove(due[0])
            self.now = max(self.now, due[0][0])
            due[0][2].set()


async def _send(limiter: Limiter, time: FakeTime, chat: int | None, name: int, out: list[tuple[float, int]]) -> None:
    await limiter.wait(chat)
    out.append((round(time.now, 3), name))


async def _flood(
    chats: list[int | None], until: float, pauses: dict[int, float] | None = None
) -> list[tuple[float, int]]:
    time = FakeTime()
    limiter = Limiter(TELEGRAM_LIMITS, now=time, sleep=time.sleep)
    for chat, seconds in (pauses or {}).items():
        limiter.pause(chat or None, seconds)
    out: list[tuple[float, int]] = []
    tasks = [asyncio.create_task(_send(limiter, time, chat, name, out)) for name, chat in enumerate(chats)]
    await time.run_until(until)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return out


def _most_in(sent: list[tuple[float, int]], window: float) -> int:
    return max(sum(start <= at <= start + window + 0.001 for at, _ in sent) for start, _ in sent)


async def test_a_private_chat_gets_a_short_burst_then_one_a_second_in_order() -> None:
    sent = await _flood([7] * 7, until=10)
    assert sent == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6)]


async def test_a_group_never_gets_more_than_twenty_in_a_minute() -> None:
    sent = await _flood([-7] * 100, until=180)
    assert _most_in(sent, 60) == 20
    assert [name for _, name in sent] == list(range(len(sent)))
    assert len(sent) == 48


async def test_the_bot_never_sends_more_than_thirty_in_a_second() -> None:
    sent = await _flood(list(range(1, 201)), until=20)
    assert len(sent) == 200
    assert _most_in(sent, 1.0) == 30


async def test_a_paused_chat_keeps_nobody_else_waiting() -> None:
    sent = await _flood([5, 6, 5, 6], until=40, pauses={5: 30})
    assert sent == [(0, 1), (0, 3), (30, 0), (30, 2)]


async def test_a_pause_of_the_bot_holds_everyone() -> None:
    sent = await _flood([5, 6], until=40, pauses={0: 30})
    assert [at for at, _ in sent] == [30, 30]


async def test_delay_tells_how_long_a_chat_is_paused() -> None:
    time = FakeTime()
    limiter = Limiter(TELEGRAM_LIMITS, now=time, sleep=time.sleep)
    limiter.pause(5, 12)
    assert (limiter.delay(5), limiter.delay(6)) == (12, 0)
