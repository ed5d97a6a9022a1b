"""Faults on order, and the log that shows what the bot tried."""

import asyncio
import time

import aiohttp
import pytest

from tests.sandbox.harness import ANNA, BORIS, Client

pytestmark = pytest.mark.anyio


async def test_a_fault_hits_its_method_and_chat_so_many_times(client: Client) -> None:
    fault = {"method": "sendMessage", "chat_id": ANNA, "error_code": 500, "times": 2}
    await client.control("POST", "/faults", fault)
    assert await client.refused("sendMessage", chat_id=ANNA, text="x") == "Internal Server Error"
    await client.ok("sendMessage", chat_id=BORIS, text="x")
    await client.ok("sendChatAction", chat_id=ANNA, action="typing")
    assert [left["times"] for left in await client.control("GET", "/faults")] == [1]
    assert await client.refused("sendmessage", chat_id=ANNA, text="x") == "Internal Server Error"
    await client.ok("sendMessage", chat_id=ANNA, text="x")
    assert await client.control("GET", "/faults") == []
    assert len(await client.history()) == 1


async def test_429_and_migration_carry_their_parameters(client: Client) -> None:
    await client.control("POST", "/faults", {"method": "*", "error_code": 429, "retry_after": 3})
    url = f"{client.bot_url}/sendMessage"
    async with client.http.post(url, json={"chat_id": ANNA, "text": "x"}) as answer:
        assert answer.headers["Retry-After"] == "3"
        assert await answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
    moved = {"method": "sendMessage", "error_code": 400, "migrate_to_chat_id": -1001}
    await client.control("POST", "/faults", moved)
    body = await client.call("sendMessage", chat_id=ANNA, text="x")
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert body["parameters"] == {"migrate_to_chat_id": -1001}
    own = {"method": "sendMessage", "error_code": 403, "description": "Forbidden: user is deactivated"}
    await client.control("POST", "/faults", own)
    assert await client.refused("sendMessage", chat_id=ANNA, text="x") == "Forbidden: user is deactivated"
    assert await client.history() == []


async def test_work_can_be_done_and_the_answer_lost(client: Client) -> None:
    await client.control("POST", "/faults", {"method": "sendMessage", "drop": True, "after": True})
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.call("sendMessage", chat_id=ANNA, text="sent")
    await client.control("POST", "/faults", {"method": "sendMessage", "drop": True})
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.call("sendMessage", chat_id=ANNA, text="unsent")
    await client.control("POST", "/faults", {"method": "sendMessage", "error_code": 504, "after": True})
    assert await client.refused("sendMessage", chat_id=ANNA, text="sent too") == "Gateway Timeout"
    assert [message["text"] for message in await client.history()] == ["sent", "sent too"]


async def test_a_mere_delay_is_slow_and_succeeds(client: Client) -> None:
    await client.control("POST", "/faults", {"method": "getMe", "error_code": 0, "delay_ms": 60})
    started = time.perf_counter()
    slow, fast = await asyncio.gather(client.ok("getMe"), client.ok("getWebhookInfo"))
    assert time.perf_counter() - started >= 0.06
    assert slow["is_bot"] is True and fast["url"] == ""


async def test_cleared_faults_hit_nothing(client: Client) -> None:
    await client.control("POST", "/faults", {"method": "getMe", "error_code": 500, "times": 9})
    assert await client.control("DELETE", "/faults") == []
    await client.ok("getMe")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({}, "method is missing"),
        ({"method": "getMe"}, "a fault needs an error_code, a delay_ms or drop"),
        ({"method": "getMe", "error_code": 200}, "error_code must be 0 or 400-599"),
        ({"method": "getMe", "error_code": "x"}, "error_code must be a whole number from 0 to 599"),
        ({"method": "getMe", "error_code": 500, "times": 0}, "times must be a whole number from 1 to 1000000"),
        ({"method": "getMe", "error_code": 500, "after": 1}, "after must be true or false"),
        ([], "the body must be a JSON object"),
    ],
)
async def test_a_bad_fault_is_refused_by_name(client: Client, fault: object, error: str) -> None:
    assert await client.control("POST", "/faults", fault, 400) == {"error": error}
    assert await client.control("GET", "/faults") == []


async def test_the_log_of_calls_tells_what_was_tried(client: Client) -> None:
    seen = (await client.control("GET", "/calls"))[-1]["n"]
    await client.ok("sendMessage", chat_id=ANNA, text="x")
    await client.refused("sendMessage", chat_id=99, text="x")
    calls = await client.control("GET", f"/calls?after={seen}")
    assert [(c["n"] - seen, c["method"], c["chat_id"], c["ok"], c["error_code"]) for c in calls] == [
        (1, "sendmessage", ANNA, True, None),
        (2, "sendmessage", 99, False, 400),
    ]
    assert calls[0]["at"] == "2026-11-23T08:00:00+00:00"
