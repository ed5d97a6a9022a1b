"""The poller against a scripted Telegram: commit first, confirm after, wait out what passes."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from bot.api import Reply, Unanswered
from bot.inbox import Received
from bot.ingress import WANTED, Poller, TokenRefused, use_polling
from storage.store import Store
from tests.bot.test_inbox import message, pending

pytestmark = pytest.mark.anyio
Answer = Reply | Exception


class Telegram:
    """Gives its answers one after the other, then stays silent for ever; remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, object]] = []
        self.silent = asyncio.Event()
        self.before: Callable[[], object] = lambda: None

    async def call(self, method: str, fields: Mapping[str, object], *, seconds: float = 10) -> Reply:
        self.asked.append(fields)
        self.before()
        if not self.answers:
            self.silent.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Workers:
    """Remembers what it was offered."""

    def __init__(self) -> None:
        self.offered: list[int] = []
        self.batches: list[list[Received]] = []

    def offer(self, batch: list[Received]) -> None:
        self.offered += [received.id for received in batch]
        self.batches.append(batch)


def batch(*updates: dict[str, object]) -> Reply:
    return Reply(200, {"ok": True, "result": list(updates)})


def refusal(code: int, description: str, **parameters: int) -> Reply:
    return Reply(code, {"ok": False, "error_code": code, "description": description, "parameters": parameters})


async def poll(store: Store, telegram: Telegram) -> tuple[list[int], list[float]]:
    """Poll until Telegram is silent; what was offered and how long was waited."""
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    workers = Workers()
    task = asyncio.create_task(Poller(store, workers, telegram, sleep=sleep).run())
    await telegram.silent.wait()
    task.cancel()
    await asyncio.wait({task})
    return workers.offered, naps


async def test_a_batch_is_committed_before_it_is_confirmed(store: Store) -> None:
    telegram = Telegram(batch(message(5, 7), message(6, 8)))
    stored: list[list[int]] = []
    telegram.before = lambda: stored.append([row[0] for row in store.read_now(lambda unit: unit.inbox.pending(9))])
    offered, _ = await poll(store, telegram)
    assert [asked["offset"] for asked in telegram.asked] == [0, 7]
    assert stored == [[], [5, 6]]
    assert offered == [5, 6]
    assert telegram.asked[0]["allowed_updates"] == list(WANTED)


async def test_a_batch_that_could_not_be_stored_is_not_confirmed(store: Store) -> None:
    telegram = Telegram(batch(message(5, 7)))
    store.close()
    with pytest.raises(RuntimeError):
        await Poller(store, Workers(), telegram).run()
    assert [asked["offset"] for asked in telegram.asked] == [0]


async def test_an_update_sent_again_is_kept_and_offered_once(store: Store) -> None:
    offered, _ = await poll(store, Telegram(batch(message(5, 7)), batch(message(5, 7), message(6, 7))))
    assert offered == [5, 6]
    assert await pending(store) == [5, 6]


async def test_passing_trouble_is_waited_out_longer_each_time(store: Store) -> None:
    telegram = Telegram(
        Unanswered("no route"),
        refusal(409, "Conflict: terminated by other getUpdates request"),
        refusal(502, "Bad Gateway"),
        Unanswered("no JSON"),
        refusal(429, "Too Many Requests: retry after 7", retry_after=7),
        batch(message(5, 7)),
        Unanswered("slow"),
    )
    offered, naps = await poll(store, telegram)
    assert naps == [1, 2, 4, 8, 7, 1]
    assert offered == [5]


@pytest.mark.parametrize("code", [401, 404])
async def test_a_refused_token_is_final(store: Store, code: int) -> None:
    with pytest.raises(TokenRefused):
        await Poller(store, Workers(), Telegram(refusal(code, "Unauthorized"))).run()


async def test_polling_takes_an_old_webhook_back_and_drops_nothing(store: Store) -> None:
    telegram = Telegram(Reply(200, {"ok": True, "result": True}))
    await use_polling(telegram)
    assert telegram.asked == [{"drop_pending_updates": False}]


async def test_later_updates_are_offered_while_they_are_being_kept_and_confirmed_after(store: Store) -> None:
    """The first batch may be one an earlier run stored; what comes after it in this run cannot be."""
    telegram = Telegram(batch(message(5, 7)), batch(message(6, 7)))
    workers = Workers()
    task = asyncio.create_task(Poller(store, workers, telegram).run())
    await telegram.silent.wait()
    task.cancel()
    await asyncio.wait({task})
    (first,), (second,) = workers.batches
    assert first.kept is None
    assert second.kept is not None
    await second.kept
    assert await pending(store) == [5, 6]
    assert [asked["offset"] for asked in telegram.asked] == [0, 6, 7]
