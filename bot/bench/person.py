"""Telegram and somebody who taps, in a process of their own as they are in life: `python -m bot.bench.person`.

Prints where its sandbox listens; then, for each line of JSON (`texts`, `wanted`) on its input, writes the texts, waits
for the answers with a button that begins with `wanted`, taps each and prints the seconds each tap took.
"""

import asyncio
import json
import sys
import time

import httpx

from bot.sandbox import Sandbox
from bot.seed import seed_sandbox

BELLA = 1003
_PATIENCE = 20.0
_THINKING = 0.15


async def _card(http: httpx.AsyncClient, text: str, wanted: str) -> tuple[int, str]:
    """Write a text, wait for the answer that has the wanted button: (message id, the button's data)."""
    sent = (await http.post(f"/sandbox/chats/{BELLA}/messages", json={"from": BELLA, "text": text})).json()
    until = time.perf_counter() + _PATIENCE
    while time.perf_counter() < until:
        found = (await http.get(f"/sandbox/chats/{BELLA}/messages", params={"after": sent["message_id"]})).json()
        for message in found:
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if str(button.get("callback_data", "")).startswith(wanted):
                        return int(message["message_id"]), str(button["callback_data"])
        await asyncio.sleep(0.02)
    raise TimeoutError(f"no answer to {text!r} with a button {wanted!r}")


async def taps(base: str, texts: list[str], wanted: str) -> list[float]:
    """Seconds from each tap to its answer; the cards are all there before the first tap."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=_PATIENCE) as http:
        cards = [await _card(http, text, wanted) for text in texts]
        seconds = []
        for message_id, data in cards:
            body = {"from": BELLA, "message_id": message_id, "button": data}
            started = time.perf_counter()
            (await http.post(f"/sandbox/chats/{BELLA}/taps", json=body)).raise_for_status()
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(_THINKING)
        return seconds


async def _serve(*, strict_limits: bool) -> None:
    sandbox = Sandbox(strict_limits=strict_limits)
    seed_sandbox(sandbox)
    await sandbox.start(port=0)
    sys.stdout.write(json.dumps({"url": sandbox.base_url, "token": sandbox.token}) + "\n")
    sys.stdout.flush()
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            seconds = await taps(sandbox.base_url, **json.loads(line))
            sys.stdout.write(json.dumps(seconds) + "\n")
            sys.stdout.flush()
    finally:
        await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(_serve(strict_limits=sys.argv[1:] == ["--strict-limits"]))
