"""The control API: who may call it, what it refuses, the stream of events, the traffic switch and the page."""

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox
from tests.sandbox.harness import ANNA, BORIS, GROUP, TOKEN, Client, Clock

pytestmark = pytest.mark.anyio


async def test_people_and_chats_are_listed(client: Client) -> None:
    people = await client.control("GET", "/people")
    assert people[0] == {
        "id": ANNA,
        "name": "Anna",
        "role": "cs",
        "chat_id": ANNA,
        "language": "zh",
        "blocked": False,
    }
    chats = {chat["id"]: chat for chat in await client.control("GET", "/chats")}
    assert (chats[ANNA]["type"], chats[ANNA]["person_id"], chats[ANNA]["members"]) == ("private", ANNA, [ANNA])
    assert (chats[GROUP]["type"], chats[GROUP]["title"], chats[GROUP]["members"]) == ("group", "Desk", [ANNA, BORIS])


async def test_messages_are_read_after_a_number(client: Client) -> None:
    first = await client.say("a")
    await client.say("b")
    later = await client.control("GET", f"/chats/{ANNA}/messages?after={first['message_id']}")
    assert [message["text"] for message in later] == ["b"]


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "error"),
    [
        ("GET", "/chats/99/messages", None, 404, "no chat with the id 99"),
        ("GET", f"/chats/{ANNA}/messages?after=x", None, 400, "after must be a message_id"),
        ("POST", f"/chats/{ANNA}/messages", {"from": 99, "text": "x"}, 404, "no person with the id 99"),
        ("POST", f"/chats/{ANNA}/messages", {"from": ANNA}, 400, "text must be a text"),
        ("POST", f"/chats/{ANNA}/messages", {"from": ANNA, "text": " "}, 400, "text is empty"),
        (
            "POST",
            f"/chats/{ANNA}/messages",
            {"from": ANNA, "text": "x" * 4097},
            400,
            "text is longer than 4096 characters",
        ),
        ("POST", f"/chats/{ANNA}/messages", {"from": BORIS, "text": "x"}, 403, "person 12 is not in chat 11"),
        ("POST", "/people", {"name": ""}, 400, "name must be a text that is not empty"),
        ("POST", f"/people/{ANNA}/block", {"blocked": 1}, 400, "blocked must be true or false"),
        ("POST", "/chats", {"title": "x", "members": []}, 400, "members must be a list of at least one person's id"),
        ("POST", f"/chats/{ANNA}/upgrade", {}, 409, "chat 11 is a private chat"),
        ("POST", f"/chats/{GROUP}/members", {"id": ANNA, "action": "add"}, 409, "person 11 is in this chat already"),
        (
            "POST",
            f"/chats/{GROUP}/members",
            {"id": ANNA, "action": "sing"},
            400,
            "action must be add or remove; for the bot also promote or demote",
        ),
        ("GET", "/commands?person=99", None, 404, "no person with the id 99"),
        ("GET", "/files/none", None, 404, "no such file"),
        ("GET", "/nothing", None, 404, "Not Found"),
        ("DELETE", "/people", None, 405, "Method Not Allowed"),
        ("GET", "/traffic", None, 409, "no traffic maker runs beside this sandbox"),
    ],
)
async def test_a_bad_request_is_refused_by_name(
    client: Client, verb: str, path: str, body: object, status: int, error: str
) -> None:
    before = await client.history(), await client.control("GET", "/chats")
    assert (await client.control(verb, path, body, status))["error"] == error
    assert (await client.history(), await client.control("GET", "/chats")) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_are_refused(client: Client, headers: dict[str, str]) -> None:
    for path in (f"/sandbox/chats/{ANNA}/messages", f"/bot{TOKEN}/sendMessage"):
        body = {"from": ANNA, "chat_id": ANNA, "text": "x"}
        async with client.http.post(client.sandbox.base_url + path, json=body, headers=headers) as answer:
            assert answer.status == 403
    assert await client.history() == []


async def test_the_page_may_call_itself(client: Client) -> None:
    headers = {"Origin": client.sandbox.base_url, "Sec-Fetch-Site": "same-origin"}
    url = f"{client.sandbox.base_url}/sandbox/people"
    async with client.http.post(url, json={"name": "Eve"}, headers=headers) as answer:
        assert answer.status == 201


async def test_the_page_is_sent_with_a_strict_policy(client: Client) -> None:
    status, body, headers = await client.download("/")
    assert (status, headers["Content-Type"], b"<script" in body) == (200, "text/html", True)
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; frame-src 'self'"
    )
    assert (await client.download("/page/app.js"))[0] == 200
    for path in ("/page/none.js", "/page/..%2f__init__.py", "/page/%2e%2e/server.py"):
        assert (await client.download(path))[0] == 404


async def read_events(answer: aiohttp.ClientResponse, count: int) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    number = 0
    while len(found) < count:
        line = (await answer.content.readline()).decode().strip()
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            found.append((number, json.loads(line[6:])))
    return found


async def test_events_follow_what_happens_and_resume(client: Client) -> None:
    url = f"{client.sandbox.base_url}/sandbox/events"
    async with client.http.get(url) as answer:
        assert answer.content_type == "text/event-stream"
        await answer.content.readuntil(b": open\n\n")
        sent = await client.ok("sendMessage", chat_id=ANNA, text="x")
        at = {"chat_id": ANNA, "message_id": sent["message_id"]}
        edited = await client.ok("editMessageText", **at, text="y")
        await client.ok("sendChatAction", chat_id=ANNA, action="typing")
        await client.ok("deleteMessage", **at)
        await client.control("POST", "/people", {"name": "Eve"})
        events = await read_events(answer, 5)
    assert [event for _, event in events] == [
        {"type": "message", "chat_id": ANNA, "message": sent},
        {"type": "edit", "chat_id": ANNA, "message": edited},
        {"type": "typing", "chat_id": ANNA, "message": {"action": "typing"}},
        {"type": "delete", "chat_id": ANNA, "message": {"message_id": sent["message_id"]}},
        {"type": "people"},
    ]
    async with client.http.get(url, headers={"Last-Event-ID": str(events[2][0])}) as answer:
        assert await read_events(answer, 2) == events[3:]
    async with client.http.get(url, headers={"Last-Event-ID": "1"}) as answer:
        assert [event for _, event in await read_events(answer, 1)] == [{"type": "reset"}]


async def test_the_traffic_switch_asks_its_host(clock: Clock) -> None:
    running = False

    async def traffic(wanted: bool | None) -> bool:
        nonlocal running
        running = running if wanted is None else wanted
        return running

    sandbox = Sandbox(token=TOKEN, now=clock, traffic=traffic)
    await sandbox.start(port=0)
    async with aiohttp.ClientSession() as http:
        client = Client(sandbox, http)
        assert await client.control("GET", "/traffic") == {"on": False}
        assert await client.control("POST", "/traffic", {"on": True}) == {"on": True}
        assert running is True
        await client.control("POST", "/traffic", {"on": "yes"}, 400)
        assert await client.control("GET", "/traffic") == {"on": True}
    await sandbox.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "example.com", ""])
async def test_only_loopback_is_listened_on(host: str) -> None:
    sandbox = Sandbox(token=TOKEN)
    with pytest.raises(ValueError, match="the sandbox listens on loopback only"):
        await sandbox.start(host, 0)
    await sandbox.stop()


async def test_seeding_twice_changes_nothing(clock: Clock) -> None:
    sandbox = Sandbox(token=TOKEN, now=clock)
    people = [sandbox.seed_person("Anna", "cs"), sandbox.seed_person("Anna", "cs")]
    assert people[0] == people[1]
    groups = [sandbox.seed_group("Desk", [people[0]["id"]]) for _ in range(2)]
    assert groups[0] == groups[1]
    with pytest.raises(KeyError):
        sandbox.seed_group("Other", [99])
    assert len(sandbox._world.chats.rows) == 2
    await sandbox.stop()


@pytest.mark.parametrize("token", ["", "sandbox", "x:y", "1:"])
def test_a_token_must_look_like_one(token: str) -> None:
    with pytest.raises(ValueError, match="a bot token is digits, a colon and a secret"):
        Sandbox(token=token)
