"""A web_app button opens the bot's page with launch data signed for who pressed it, in their own chat only."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.mini_app import opened_by
from tests.sandbox.harness import ANNA, BORIS, TOKEN, Client, Clock

pytestmark = pytest.mark.anyio
PAGE = "https://shop.example/scan/"


async def button(client: Client) -> int:
    markup = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": PAGE}}]]}
    sent = await client.ok("sendMessage", chat_id=ANNA, text="page", reply_markup=markup)
    return int(sent["message_id"])


async def test_the_address_carries_signed_launch_data(client: Client, clock: Clock) -> None:
    body = {"from": ANNA, "message_id": await button(client), "button": "Open"}
    first = await client.control("POST", f"/chats/{ANNA}/taps", body)
    address = first["opens"]["web_app"]["url"]
    assert address.startswith(f"{PAGE}#tgWebAppData=")
    told = parse_qs(urlsplit(address).fragment)["tgWebAppData"][0]
    assert opened_by(told, TOKEN, clock(), clock() - clock()) == ANNA
    assert await client.control("POST", f"/chats/{ANNA}/taps", body) != first


async def test_somebody_else_gets_none(client: Client) -> None:
    body = {"from": BORIS, "message_id": await button(client), "button": "Open"}
    refusal = await client.control("POST", f"/chats/{ANNA}/taps", body, 403)
    assert refusal == {"error": "a web_app button is pressed in one's own chat with the bot"}
