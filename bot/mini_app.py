"""Who opened one of our pages inside Telegram: the signed launch data (initData), checked as Telegram says.

Surprising: nothing else is trusted. There is no cookie and no session; every call carries the signature again.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

_LONGEST = 4096
_AHEAD = timedelta(minutes=5)


class Unsigned(Exception):
    """`why`: missing, forged or expired."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def signature(fields: dict[str, str], token: str) -> str:
    """HMAC-SHA256 over the sorted `key=value` lines of all fields but the hash, under a key made of the token."""
    lines = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()) if key != "hash")
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def opened_by(init_data: str, token: str, now: datetime, oldest: timedelta) -> int:
    """The Telegram id of who opened the page. Raises Unsigned."""
    if not init_data or len(init_data) > _LONGEST:
        raise Unsigned("missing")
    try:
        pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Unsigned("forged") from None
    fields = dict(pairs)
    given = fields.get("hash", "")
    if len(fields) != len(pairs) or not hmac.compare_digest(given.encode(), signature(fields, token).encode()):
        raise Unsigned("forged")
    try:
        user = json.loads(fields["user"])
        person, at = int(user["id"]), datetime.fromtimestamp(int(fields["auth_date"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Unsigned("forged") from None
    if not now - oldest <= at <= now + _AHEAD:
        raise Unsigned("expired")
    return person
