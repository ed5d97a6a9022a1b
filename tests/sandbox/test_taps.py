"""Taps: the person waits until the bot has answered, once and in time."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.harness import ANNA, BORIS, GROUP, Client, Clock, inline

pytestmark = pytest.mark.anyio
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def card(client: Client, markup: object, chat: int = ANNA) -> int:
    sent = await client.ok("sendMessage", chat_id=chat, text="card", reply_markup=markup)
    return int(sent["message_id"])


async def tap(client: Client, number: int, button: str, chat: int = ANNA, person: int = ANNA) -> Any:
    body = {"from": person, "message_id": number, "button": button}
    return await client.control("POST", f"/chats/{chat}/taps", body)


async def query(client: Client) -> Any:
    updates = await client.ok("getUpdates", offset=client.offset, timeout=5)
    client.offset = updates[-1]["update_id"] + 1
    return updates[-1]["callback_query"]


@pytest.mark.parametrize("button", ["Yes", "yes"])
async def test_a_tap_by_label_or_data_returns_what_the_bot_said(client: Client, button: str) -> None:
    number = await card(client, inline("Yes", "No"))
    tapping = asyncio.create_task(tap(client, number, button))
    asked = await query(client)
    assert (asked["data"], asked["from"]["id"], asked["message"]["message_id"]) == ("yes", ANNA, number)
    assert await client.ok("answerCallbackQuery", callback_query_id=asked["id"], text="好", show_alert=True)
    assert await tapping == {"toast": "好", "alert": True}


async def test_a_silent_answer_ends_the_wait_and_a_second_is_too_late(client: Client) -> None:
    number = await card(client, inline("Yes"))
    tapping = asyncio.create_task(tap(client, number, "Yes"))
    asked = await query(client)
    assert await client.ok("answerCallbackQuery", callback_query_id=asked["id"]) is True
    assert await tapping == {"toast": None, "alert": False}
    assert await client.refused("answerCallbackQuery", callback_query_id=asked["id"]) == TOO_OLD
    assert await client.refused("answerCallbackQuery", callback_query_id="nonsense") == TOO_OLD


async def test_a_tap_lives_150_seconds(client: Client, clock: Clock) -> None:
    number = await card(client, inline("Yes"))
    tapping = asyncio.create_task(tap(client, number, "Yes"))
    asked = await query(client)
    clock.advance(150)
    assert await client.refused("answerCallbackQuery", callback_query_id=asked["id"]) == TOO_OLD
    again = asyncio.create_task(tap(client, number, "Yes"))
    second = await query(client)
    clock.advance(149)
    assert await client.ok("answerCallbackQuery", callback_query_id=second["id"], text="just") is True
    assert await again == {"toast": "just", "alert": False}
    tapping.cancel()


async def test_an_unfetched_tap_expires_while_messages_stay(client: Client, clock: Clock) -> None:
    number = await card(client, inline("Yes"))
    tapping = asyncio.create_task(tap(client, number, "Yes"))
    while (await client.ok("getWebhookInfo"))["pending_update_count"] < 2:
        await asyncio.sleep(0)
    await client.say("still here")
    clock.advance(150)
    assert [list(update) for update in await client.updates()] == [["update_id", "message"]]
    tapping.cancel()


async def test_a_toast_over_200_characters_is_refused_and_the_tap_still_open(client: Client) -> None:
    number = await card(client, inline("Yes"))
    tapping = asyncio.create_task(tap(client, number, "Yes"))
    asked = await query(client)
    long = await client.refused("answerCallbackQuery", callback_query_id=asked["id"], text="x" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    assert await client.ok("answerCallbackQuery", callback_query_id=asked["id"], text="x" * 200) is True
    assert (await tapping)["toast"] == "x" * 200


async def test_a_label_of_the_reply_keyboard_is_sent_as_text(client: Client) -> None:
    number = await card(client, {"keyboard": [["审单", {"text": "帮助"}]]})
    answer = await tap(client, number, "帮助")
    assert (answer["toast"], answer["message"]["text"]) == (None, "帮助")
    assert [update["message"]["text"] for update in await client.updates()] == ["帮助"]


async def test_other_buttons_say_what_they_open(client: Client) -> None:
    copy = {"inline_keyboard": [[{"text": "SF", "copy_text": {"text": "SF1"}}]]}
    answer = await tap(client, await card(client, copy), "SF")
    assert answer == {"toast": None, "alert": False, "opens": {"copy_text": {"text": "SF1"}}}


async def test_a_tap_on_what_is_not_there_names_what_is(client: Client) -> None:
    number = await card(client, inline("Yes", "No"))
    before = await client.ok("getWebhookInfo")
    body = {"from": ANNA, "message_id": number, "button": "Maybe"}
    answer = await client.control("POST", f"/chats/{ANNA}/taps", body, 404)
    assert answer == {"error": f"no button 'Maybe' under message {number}", "buttons": ["Yes", "No"]}
    answer = await client.control("POST", f"/chats/{ANNA}/taps", body | {"message_id": 999}, 404)
    assert answer["buttons"] == []
    foreign = body | {"from": BORIS, "button": "Yes"}
    answer = await client.control("POST", f"/chats/{ANNA}/taps", foreign, 403)
    assert answer == {"error": f"person {BORIS} is not in chat {ANNA}"}
    disabled = {"inline_keyboard": [[{"text": "Done", "disabled": {}}]]}
    inert = {"from": ANNA, "message_id": await card(client, disabled), "button": "Done"}
    await client.control("POST", f"/chats/{ANNA}/taps", inert, 409)
    assert await client.ok("getWebhookInfo") == before


async def test_twenty_people_tap_and_each_gets_their_own_answer(client: Client) -> None:
    number = await card(client, inline("Yes"), GROUP)
    taps = [asyncio.create_task(tap(client, number, "Yes", GROUP, [ANNA, BORIS][n % 2])) for n in range(20)]
    answered = 0
    while answered < 20:
        for update in await client.ok("getUpdates", offset=client.offset, timeout=5):
            client.offset = update["update_id"] + 1
            asked = update["callback_query"]
            text = f"{asked['from']['first_name']}"
            await client.ok("answerCallbackQuery", callback_query_id=asked["id"], text=text)
            answered += 1
    assert [answer["toast"] for answer in await asyncio.gather(*taps)] == ["Anna", "Boris"] * 10
