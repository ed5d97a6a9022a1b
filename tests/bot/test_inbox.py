"""The inbox: order inside a chat, chats side by side, retries, parking, and nothing lost over a restart."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bot.inbox import TRIES, Inbox, Received, chat_key, keep, received
from domain.errors import AlreadyApplied
from storage.store import Store

pytestmark = pytest.mark.anyio


def message(update_id: int, chat: int, text: str = "") -> dict[str, object]:
    """A message update."""
    body = {"message_id": update_id, "chat": {"id": chat}, "from": {"id": chat}, "text": text}
    return {"update_id": update_id, "message": body}


class Desk:
    """Feeds updates to lists and gates instead of a dispatcher."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.failures: dict[int, list[Exception]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self.given_up: list[int] = []
        self.naps: list[float] = []
        self.started: asyncio.Queue[int] = asyncio.Queue()

    async def feed(self, update: dict[str, object]) -> None:
        number = update["update_id"]
        assert isinstance(number, int)
        self.started.put_nowait(number)
        if number in self.gates:
            await self.gates[number].wait()
        if self.failures.get(number):
            raise self.failures[number].pop(0)
        self.handled.append(number)

    async def give_up(self, number: int, update: Mapping[str, object]) -> None:
        self.given_up.append(number)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)

    def inbox(self, store: Store) -> Inbox:
        return Inbox(store, self.feed, self.give_up, sleep=self.sleep)


async def put(store: Store, *updates: dict[str, object]) -> list[Received]:
    return await store.run(keep, [received(update) for update in updates])


async def pending(store: Store) -> list[int]:
    return [row[0] for row in await store.read(lambda unit: unit.inbox.pending(100))]


@pytest.mark.parametrize(
    ("update", "key"),
    [
        (message(1, 7), 7),
        ({"update_id": 1, "callback_query": {"id": "q", "from": {"id": 5}, "message": {"chat": {"id": -9}}}}, -9),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": -9}, "from": {"id": 5}}}, -9),
        ({"update_id": 1, "inline_query": {"from": {"id": 5}}}, 5),
        ({"update_id": 1, "poll": {"id": "x"}}, 0),
    ],
)
def test_chat_key(update: dict[str, Any], key: int) -> None:
    assert chat_key(update) == key


async def test_the_same_update_is_kept_once(store: Store) -> None:
    assert [new.id for new in await put(store, message(1, 7), message(2, 7))] == [1, 2]
    assert [new.id for new in await put(store, message(2, 7), message(3, 7))] == [3]


async def test_one_chat_keeps_its_order_and_another_does_not_wait_for_it(store: Store) -> None:
    desk = Desk()
    desk.gates[1] = asyncio.Event()
    inbox = desk.inbox(store)
    inbox.offer(await put(store, message(1, 7), message(2, 7), message(3, 8)))
    assert {await desk.started.get(), await desk.started.get()} == {1, 3}
    assert desk.started.empty()
    desk.gates[1].set()
    assert await desk.started.get() == 2
    await inbox.stop(5)
    assert desk.handled == [3, 1, 2]
    assert await pending(store) == []


async def test_a_failing_update_is_tried_again_before_the_next_of_its_chat(store: Store) -> None:
    desk = Desk()
    desk.failures[1] = [RuntimeError("once"), RuntimeError("twice")]
    inbox = desk.inbox(store)
    inbox.offer(await put(store, message(1, 7), message(2, 7)))
    while len(desk.handled) < 2:
        await desk.started.get()
        await asyncio.sleep(0)
    await inbox.stop(5)
    assert (desk.handled, desk.naps, desk.given_up) == ([1, 2], [1.0, 2.0], [])


async def test_a_poisoned_update_is_parked_and_its_chat_goes_on(store: Store) -> None:
    desk = Desk()
    desk.failures[1] = [RuntimeError("always")] * TRIES
    inbox = desk.inbox(store)
    inbox.offer(await put(store, message(1, 7), message(2, 7)))
    for _ in range(TRIES + 1):
        await desk.started.get()
    await inbox.stop(5)
    assert (desk.handled, desk.given_up) == ([2], [1])
    assert await pending(store) == []


async def test_what_was_applied_before_a_crash_is_done(store: Store) -> None:
    desk = Desk()
    desk.failures[1] = [AlreadyApplied(1)]
    inbox = desk.inbox(store)
    inbox.offer(await put(store, message(1, 7)))
    await desk.started.get()
    await inbox.stop(5)
    assert await pending(store) == []
    assert desk.naps == []


async def test_what_an_earlier_run_left_is_fed_again(store: Store) -> None:
    await put(store, message(1, 7), message(2, 7))
    desk = Desk()
    inbox = desk.inbox(store)
    await inbox.start()
    assert [await desk.started.get(), await desk.started.get()] == [1, 2]
    await inbox.stop(5)
    assert await pending(store) == []


async def test_stopping_leaves_what_did_not_end_for_the_next_start(store: Store) -> None:
    desk = Desk()
    desk.gates[1] = asyncio.Event()
    inbox = desk.inbox(store)
    inbox.offer(await put(store, message(1, 7), message(2, 7)))
    await desk.started.get()
    await inbox.stop(0.01)
    assert desk.handled == []
    assert await pending(store) == [1, 2]
