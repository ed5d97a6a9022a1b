"""getUpdates as Telegram plays it: held polls, offsets, sticky kinds, expiry, and who loses a conflict."""

import asyncio
import time
from typing import Any

import pytest

from tests.sandbox.harness import ANNA, Client, Clock, inline

pytestmark = pytest.mark.anyio
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def texts(client: Client, **fields: object) -> list[str]:
    return [update["message"]["text"] for update in await client.ok("getUpdates", **fields)]


async def held_poll(client: Client, **fields: object) -> asyncio.Task[Any]:
    """A getUpdates that the server holds by now."""
    poll = asyncio.create_task(client.call("getUpdates", timeout=20, **fields))
    while client.sandbox._context.updates._poll is None:
        await asyncio.sleep(0)
    return poll


async def test_an_offset_confirms_what_lies_below_it(client: Client) -> None:
    for text in ("a", "b", "c"):
        await client.say(text)
    first = await client.ok("getUpdates", offset=client.offset, limit=2)
    assert [update["message"]["text"] for update in first] == ["a", "b"]
    assert await texts(client, offset=first[1]["update_id"]) == ["b", "c"]
    info = await client.ok("getWebhookInfo")
    assert info == {"url": "", "has_custom_certificate": False, "pending_update_count": 2}


async def test_a_negative_offset_keeps_the_newest(client: Client) -> None:
    for text in ("a", "b", "c"):
        await client.say(text)
    assert await texts(client, offset=-2) == ["b", "c"]
    assert (await client.ok("getWebhookInfo"))["pending_update_count"] == 2


async def test_a_held_poll_wakes_up_at_once(client: Client) -> None:
    poll = await held_poll(client, offset=client.offset)
    started = time.perf_counter()
    await client.say("now")
    body = await poll
    assert time.perf_counter() - started < 0.5
    assert [update["message"]["text"] for update in body["result"]] == ["now"]


async def test_the_older_of_two_polls_gets_the_conflict(client: Client) -> None:
    older = await held_poll(client, offset=client.offset)
    newer = asyncio.create_task(client.call("getUpdates", offset=client.offset, timeout=20))
    assert await older == {"ok": False, "error_code": 409, "description": CONFLICT}
    await client.say("for the newer")
    assert len((await newer)["result"]) == 1


async def test_the_same_offset_again_at_once_gets_one_update(client: Client) -> None:
    for text in ("a", "b"):
        await client.say(text)
    assert await texts(client, offset=client.offset) == ["a", "b"]
    assert await texts(client, offset=client.offset) == ["a"]


async def test_kinds_are_sticky_and_decide_when_an_update_is_made(client: Client) -> None:
    await client.say("made before")
    assert await texts(client, offset=client.offset, allowed_updates=["callback_query"]) == ["made before"]
    await client.say("unheard")
    assert (await client.ok("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    assert await texts(client, offset=-1, allowed_updates=[]) == ["made before"]
    await client.say("heard")
    assert await texts(client, offset=client.offset) == ["made before", "heard"]


async def test_a_tap_the_bot_does_not_ask_for_fails_at_once(client: Client) -> None:
    card = await client.ok("sendMessage", chat_id=ANNA, text="x", reply_markup=inline("Yes"))
    await client.say("x")
    await client.ok("getUpdates", offset=client.offset, allowed_updates=["message"])
    tap = {"from": ANNA, "message_id": card["message_id"], "button": "Yes"}
    answer = await client.control("POST", f"/chats/{ANNA}/taps", tap, 504)
    assert answer == {"error": "the bot does not ask for callback_query updates"}


async def test_a_message_waits_a_day_and_no_longer(client: Client, clock: Clock) -> None:
    await client.say("early")
    clock.advance(24 * 3600 - 1)
    await client.say("late")
    clock.advance(1)
    assert await texts(client, offset=client.offset) == ["late"]


async def test_what_is_no_number_counts_as_absent_and_limits_are_kept(client: Client) -> None:
    for text in ("a", "b"):
        await client.say(text)
    assert await texts(client, offset=client.offset, limit="many", timeout="-1") == ["a", "b"]
    assert await texts(client, offset=client.offset + 1, limit=0) == ["b"]
