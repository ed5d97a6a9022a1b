"""The real program as a process of its own, and its people writing and tapping through the sandbox's control API.

Surprising: a person who taps in the second before a card is redrawn is played by slowing the bot's edits down
(`slow_edits`), which is the sandbox's fault injection, not a sleep.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

import run
from bot.seed import seed_store
from domain.policy.policy import Policy
from storage.store import Store
from storage.unit import Unit
from tests.channels import making

ROOT = Path(run.__file__).resolve().parent
PATIENCE = 30.0
OWNER, ANNA, BELLA, PICKER, PACKER, BORIS, RECEIVER, FINANCE = 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1010
Message = dict[str, Any]


def wait_for(what: str, look: Callable[[], Any]) -> Any:
    """The first true thing `look` gives. Fails naming `what` after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come in {PATIENCE:.0f} s")


def words_of(message: Message) -> str:
    """Text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Message) -> list[dict[str, str]]:
    """All inline buttons, in reading order."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


@dataclass
class Live:
    """A running desk. `http` speaks to its control API."""

    url: str
    http: httpx.Client

    def messages(self, chat: int, after: int = 0) -> list[Message]:
        """What the bot's messages in a chat say now."""
        found = self.http.get(f"/sandbox/chats/{chat}/messages", params={"after": after}).json()
        return [message for message in found if message["from"]["is_bot"]]

    def said(self, chat: int, pattern: str, after: int = 0) -> Message:
        """Wait for the newest message of the bot that matches."""

        def look() -> Message | None:
            fits = [one for one in self.messages(chat, after) if re.search(pattern, words_of(one))]
            return fits[-1] if fits else None

        found: Message = wait_for(f"«{pattern}» in chat {chat}", look)
        return found

    def say(self, person: int, text: str) -> int:
        """The person writes to the bot; returns the message's id."""
        answer = self.http.post(f"/sandbox/chats/{person}/messages", json={"from": person, "text": text})
        assert answer.is_success, answer.text
        return int(answer.json()["message_id"])

    def ask(self, person: int, text: str, pattern: str) -> Message:
        """Write, and wait for an answer that matches."""
        return self.said(person, pattern, self.say(person, text))

    def upload(self, person: int, name: str, data: bytes, pattern: str) -> Message:
        """Send a file, and wait for an answer that matches."""
        answer = self.http.post(
            f"/sandbox/chats/{person}/messages", data={"from": str(person)}, files={"file": (name, data)}
        )
        assert answer.is_success, answer.text
        return self.said(person, pattern, int(answer.json()["message_id"]))

    def tap(self, person: int, message: Message, data: str) -> str:
        """Tap the first button whose data begins so; returns the toast."""
        (button, *_) = [b for b in buttons(message) if b.get("callback_data", "").startswith(data)]
        body = {"from": person, "message_id": message["message_id"], "button": button["callback_data"]}
        answer = self.http.post(f"/sandbox/chats/{person}/taps", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["toast"] or "")

    @contextmanager
    def slow_edits(self, chat: int) -> Iterator[None]:
        """Cards of this chat are redrawn too late for its thumbs."""
        fault = {"method": "editMessageText", "chat_id": chat, "error_code": 0, "delay_ms": 5000, "times": 20}
        assert self.http.post("/sandbox/faults", json=fault).is_success
        try:
            yield
        finally:
            assert self.http.delete("/sandbox/faults").is_success

    def file(self, message: Message) -> bytes:
        """The document of a message."""
        answer = self.http.get(f"/sandbox/files/{message['document']['file_id']}")
        assert answer.is_success, answer.text
        return answer.content

    def document(self, chat: int, name: str, after: int = 0) -> bytes:
        """Wait for a document whose name matches."""

        def look() -> list[Message]:
            found = self.messages(chat, after)
            return [one for one in found if re.search(name, one.get("document", {}).get("file_name", ""))]

        return self.file(wait_for(f"document {name} in chat {chat}", look)[-1])


def shopify(number: int, sku: str, units: int, price: str) -> dict[str, object]:
    """One paid order of today with one line, of a buyer of its own."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S +0000")
    amount = f"{float(price) * units:.2f}"
    told = {"Lineitem sku": sku, "Lineitem quantity": str(units), "Lineitem price": price, "Lineitem name": sku}
    money = {"Subtotal": amount, "Total": amount, "Shipping": "0.00", "Discount Amount": "0.00"}
    buyer = {"Email": f"b{number}@example.com", "Shipping Name": f"Buyer {number}", "Shipping Phone": f"+1555{number}"}
    days = {"Created at": now, "Paid at": now, "Lineitem discount": "0.00"}
    own = {"Name": f"#{number}", "Id": str(5_500_000_000_000 + number)}
    return {**making.SHOPIFY_ROW, **told, **money, **buyer, **days, **own}


def shopify_file(*rows: dict[str, object]) -> bytes:
    """An orders_export.csv."""
    return making.csv_bytes(making.table(making.SHOPIFY, *rows))


def _hurry(unit: Unit) -> None:
    unit.catalog_admin.put_policy(replace(Policy(), wave_wait_seconds=1, undo_seconds=2), "test")


def _two_free_ports() -> int:
    """A port whose neighbour is free, too: the shops' door is the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@contextmanager
def running(data: Path) -> Iterator[Live]:
    """`python run.py --json` over a new data directory, with a policy for people in a hurry."""
    data.mkdir(exist_ok=True)
    store = Store(f"sqlite:///{data / 'xiaoer.db'}")
    store.run_now(seed_store)
    store.run_now(_hurry)
    store.close()
    arguments = ["--data", str(data), "--port", str(_two_free_ports()), "--json"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
    with (data / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "run.py", *arguments], cwd=ROOT, env=clean, stdout=subprocess.PIPE, stderr=errors
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (data / "stderr").read_text("utf-8")[-2000:]
            url = json.loads(line)["page"]
            with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=160) as http:
                yield Live(url, http)
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert process.returncode == 0
