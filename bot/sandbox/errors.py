"""The two ways to be refused: by the Bot API in Telegram's words, and by the control API in plain ones.

Telegram lowers the first letter of a reason after "Bad Request: ", except for codes in capitals.
"""

import re

from bot.sandbox.shapes import JsonObject

_PREFIX = {400: "Bad Request", 403: "Forbidden", 409: "Conflict", 429: "Too Many Requests"}


class ApiError(Exception):
    """A refusal to the bot: HTTP status and `error_code`, the whole description, and `parameters`."""

    def __init__(self, code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class ControlError(Exception):
    """A refusal to a user of the control API; `details` go beside "error" in the answer."""

    def __init__(self, status: int, reason: str, details: JsonObject | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.details = details or {}


def api_error(code: int, reason: str, parameters: JsonObject | None = None) -> ApiError:
    """The error with Telegram's prefix for `code` before `reason` (reference telegram.md 3.2)."""
    if not re.match(r"[A-Z0-9_]{3,}\b", reason):
        reason = reason[:1].lower() + reason[1:]
    return ApiError(code, f"{_PREFIX[code]}: {reason}", parameters)


def bad(reason: str) -> ApiError:
    """400 with `reason`."""
    return api_error(400, reason)


def retry_after(seconds: int) -> ApiError:
    """429 with the pause in whole seconds, in words and in `parameters`."""
    return api_error(429, f"retry after {seconds}", {"retry_after": seconds})


def migrated(chat_id: int) -> ApiError:
    """400 that names the supergroup a group has become."""
    reason = "group chat was upgraded to a supergroup chat"
    return api_error(400, reason, {"migrate_to_chat_id": chat_id})
