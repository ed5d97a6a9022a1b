"""How Telegram opens a bot's page: its address with launch data in the fragment, signed with the bot's token.

Surprising: the check covers every field but `hash`, so also `signature`, which only Telegram's own key can make; here
it is noise, and whoever verifies by hash must take it along. The launch data lies in the fragment: no server's log.
"""

import hashlib
import hmac
import json
import secrets
from typing import cast
from urllib.parse import urlencode

from bot.sandbox.shapes import JsonObject
from bot.sandbox.world import World

_VERSION = "9.1"


def launch_url(world: World, person_id: int, button: JsonObject, token: str) -> str:
    """The address of the button's page for this person, now."""
    url = str(cast(JsonObject, button["web_app"])["url"])
    fields = {"tgWebAppData": init_data(world, person_id, token), "tgWebAppVersion": _VERSION}
    fragment = urlencode({**fields, "tgWebAppPlatform": "sandbox", "tgWebAppThemeParams": "{}"})
    return f"{url.partition('#')[0]}#{fragment}"


def init_data(world: World, person_id: int, token: str) -> str:
    """The launch data of an inline web_app button, as a query string."""
    user = {key: value for key, value in world.user(person_id).items() if key != "is_bot"}
    fields = {
        "query_id": f"AA{secrets.token_urlsafe(14)}",
        "user": json.dumps({**user, "allows_write_to_pm": True}, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(world.unix()),
        "signature": secrets.token_urlsafe(64),
    }
    lines = "\n".join(f"{key}={fields[key]}" for key in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()})
