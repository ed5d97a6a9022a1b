"""What the sandbox confirmed is there after a kill: by replay in process, and by a real `kill -9`."""

import asyncio
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.journal import DataInUse, JournalDamaged
from tests.sandbox.harness import ANNA, BORIS, GROUP, TOKEN, Client, Clock, inline, seed

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


def opened(directory: Path, clock: Clock) -> Sandbox:
    return seed(Sandbox(token=TOKEN, bot_name="xiaoer_bot", data_dir=directory, now=clock))


async def test_everything_comes_back(tmp_path: Path, clock: Clock) -> None:
    sandbox = opened(tmp_path, clock)
    await sandbox.start(port=0)
    async with aiohttp.ClientSession() as http:
        client = Client(sandbox, http)
        await client.updates()
        sent = await client.ok("sendMessage", chat_id=ANNA, text="card", reply_markup=inline("Yes"))
        gone = await client.ok("sendMessage", chat_id=ANNA, text="gone")
        await client.ok("deleteMessage", chat_id=ANNA, message_id=gone["message_id"])
        await client.ok("editMessageText", chat_id=ANNA, message_id=sent["message_id"], text="card 2")
        _, file = await client.upload(b"bytes", "a.csv")
        stranger = await client.control("POST", "/people", {"name": "Eve"})
        await client.control("POST", f"/people/{BORIS}/block", {"blocked": True})
        new = await client.control("POST", f"/chats/{GROUP}/upgrade")
        await client.ok("setMyCommands", commands=[{"command": "help", "description": "Help"}])
        before = await _snapshot(client)
    await sandbox.stop()
    again = opened(tmp_path, clock)
    await again.start(port=0)
    async with aiohttp.ClientSession() as http:
        client = Client(again, http)
        assert await _snapshot(client) == before
        assert [m.get("text") for m in before["anna"]] == ["card 2", None]
        assert again.seed_group("Desk", [ANNA], id=GROUP)["id"] == new["id"]
        assert (await client.control("POST", "/people", {"name": "Mal"}))["id"] != stranger["id"]
        path = (await client.ok("getFile", file_id=file["document"]["file_id"]))["file_path"]
        assert (await client.download(f"/file/bot{TOKEN}/{path}"))[1] == b"bytes"
        next_id = (await client.ok("sendMessage", chat_id=ANNA, text="next"))["message_id"]
        assert next_id > max(m["message_id"] for chat in ("anna", "group") for m in before[chat])
    await again.stop()


async def _snapshot(client: Client) -> dict[str, Any]:
    return {
        "people": await client.control("GET", "/people"),
        "chats": await client.control("GET", "/chats"),
        "anna": await client.history(),
        "group": await client.history(GROUP),
        "updates": await client.ok("getUpdates", offset=1),
        "commands": await client.ok("getMyCommands"),
    }


async def test_a_tap_answered_after_a_restart_is_still_in_time(tmp_path: Path, clock: Clock) -> None:
    sandbox = opened(tmp_path, clock)
    await sandbox.start(port=0)
    async with aiohttp.ClientSession() as http:
        client = Client(sandbox, http)
        await client.updates()
        card = await client.ok("sendMessage", chat_id=ANNA, text="card", reply_markup=inline("Yes"))
        tap = {"from": ANNA, "message_id": card["message_id"], "button": "Yes"}
        tapping = asyncio.create_task(client.control("POST", f"/chats/{ANNA}/taps", tap))
        asked = await client.ok("getUpdates", offset=client.offset, timeout=5)
        await sandbox.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await tapping
    again = opened(tmp_path, clock)
    await again.start(port=0)
    async with aiohttp.ClientSession() as http:
        client = Client(again, http)
        assert await client.ok("getUpdates") == asked
        number = asked[0]["callback_query"]["id"]
        assert await client.ok("answerCallbackQuery", callback_query_id=number) is True
    await again.stop()


async def test_a_torn_last_line_is_forgotten_and_a_torn_middle_refused(tmp_path: Path, clock: Clock) -> None:
    sandbox = opened(tmp_path, clock)
    await sandbox.stop()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'[["people",99,{"id":99,"na')
    again = opened(tmp_path, clock)
    assert sorted(again._world.people.rows) == [ANNA, BORIS]
    await again.stop()
    journal.write_bytes(b'[["people",99,{"id\n' + whole)
    with pytest.raises(JournalDamaged, match=r"journal.jsonl line 1"):
        opened(tmp_path, clock)


async def test_a_directory_has_one_sandbox(tmp_path: Path, clock: Clock) -> None:
    sandbox = opened(tmp_path, clock)
    with pytest.raises(DataInUse):
        opened(tmp_path, clock)
    await sandbox.stop()


async def test_twenty_thousand_messages_open_in_four_times_what_their_json_takes(tmp_path: Path, clock: Clock) -> None:
    sandbox = opened(tmp_path, clock)
    world = sandbox._world
    for number in range(20_000):
        world.post(world.chats.rows[ANNA], world.bot, {"text": f"message {number}", "reply_markup": inline("Yes")})
        world.commit()
    await sandbox.stop()
    lines = (tmp_path / "journal.jsonl").read_bytes().splitlines()
    gc.disable()  # it would look through whatever other tests left behind, at a moment of its own choice
    try:
        started = time.process_time()
        parsed = [json.loads(line) for line in lines]
        bare = time.process_time() - started
        started = time.process_time()
        again = opened(tmp_path, clock)
        seconds = time.process_time() - started
    finally:
        gc.enable()
    assert len(parsed) >= 20_000
    messages = len(again._world.history(ANNA))
    await again.stop()
    assert messages == 20_000
    assert seconds < 4 * bare
    assert (tmp_path / "journal.jsonl").read_bytes().count(b"counters") == 2


async def test_what_was_confirmed_survives_kill_9(tmp_path: Path) -> None:
    confirmed: list[str] = []
    for life in range(3):
        process, url = await _spawn(tmp_path)
        async with aiohttp.ClientSession() as http:
            confirmed += await _write_until_killed(http, url, process, life)
    process, url = await _spawn(tmp_path)
    async with aiohttp.ClientSession() as http, http.get(f"{url}/sandbox/chats/{ANNA}/messages") as answer:
        kept = [message["text"] for message in await answer.json()]
    async with aiohttp.ClientSession() as http, http.get(f"{url}/bot{TOKEN}/getUpdates") as answer:
        told = [update["message"]["text"] for update in (await answer.json())["result"]]
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    assert set(confirmed) <= set(kept)
    assert len(set(kept)) == len(kept)
    assert told == kept[:100]


async def _spawn(directory: Path) -> tuple[asyncio.subprocess.Process, str]:
    cast = directory.parent / "cast.json"
    cast.write_text(json.dumps({"people": [{"name": "Anna", "role": "cs", "id": ANNA}]}))
    arguments = ["--port", "0", "--data", str(directory), "--cast", str(cast), "--token", TOKEN]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    assert process.stdout is not None
    return process, json.loads(await process.stdout.readline())["url"]


async def _write_until_killed(
    http: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process, life: int
) -> list[str]:
    confirmed: list[str] = []

    async def write(number: int) -> None:
        text = f"life {life} message {number}"
        body = {"from": ANNA, "text": text}
        async with http.post(f"{url}/sandbox/chats/{ANNA}/messages", json=body) as answer:
            if (await answer.json())["text"] == text:
                confirmed.append(text)
        if number == 20:
            process.kill()

    outcomes = await asyncio.gather(*(write(number) for number in range(40)), return_exceptions=True)
    assert all(error is None or isinstance(error, aiohttp.ClientError) for error in outcomes)
    await process.wait()
    assert len(confirmed) > 5
    return confirmed
