"""Faults on order: the next calls of a method fail, are slow, or do their work and lose the answer.

Faults are a test's tool and live in memory only: a restart clears them, as it should.
"""

from dataclasses import asdict, dataclass
from typing import cast

from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import Call

_WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_MIGRATED = "Bad Request: group chat was upgraded to a supergroup chat"
_LONGEST_DELAY = 600_000


class Dropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass(slots=True)
class Fault:
    """`error_code` 0 only delays; `after` does the work first; `drop` closes the connection. `times` counts down."""

    method: str
    error_code: int = 0
    chat_id: int | None = None
    description: str | None = None
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    times: int = 1
    delay_ms: int = 0
    after: bool = False
    drop: bool = False

    def matches(self, call: Call) -> bool:
        """Whether this fault is meant for the call; "*" is every method."""
        named = self.method == "*" or self.method.lower() == call.method
        return named and (self.chat_id is None or call.text("chat_id") == str(self.chat_id))

    def fail(self) -> None:
        """Raise what the fault asks for: Dropped, ApiError, or nothing for a mere delay."""
        if self.drop:
            raise Dropped
        if not self.error_code:
            return
        parameters: JsonObject = {}
        words = _WORDS.get(self.error_code, "Internal Server Error")
        if self.retry_after is not None:
            parameters["retry_after"] = self.retry_after
            words = f"{words}: retry after {self.retry_after}"
        if self.migrate_to_chat_id is not None:
            parameters["migrate_to_chat_id"] = self.migrate_to_chat_id
            words = _MIGRATED
        raise ApiError(self.error_code, self.description or words, parameters or None)


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fields: JsonObject) -> JsonObject:
        """Take a fault as the control API gives it. ControlError 400 names the field that is wrong."""
        fault = _read(fields)
        self._waiting.append(fault)
        return asdict(fault)

    def list(self) -> "list[JsonObject]":
        """What is still to come."""
        return [asdict(fault) for fault in self._waiting]

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()

    def take(self, call: Call) -> Fault | None:
        """The fault that hits this call, used up once."""
        for fault in self._waiting:
            if fault.matches(call):
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None


def _read(fields: JsonObject) -> Fault:
    method = fields.get("method")
    if not isinstance(method, str) or not method:
        raise ControlError(400, "method is missing")
    description = fields.get("description")
    if description is not None and not isinstance(description, str):
        raise ControlError(400, "description must be a text")
    fault = Fault(
        method,
        error_code=_number(fields, "error_code", 0, 0, 599) or 0,
        chat_id=_number(fields, "chat_id", None, -(2**62), 2**62),
        description=description,
        retry_after=_number(fields, "retry_after", None, 0, 86_400),
        migrate_to_chat_id=_number(fields, "migrate_to_chat_id", None, -(2**62), 2**62),
        times=cast(int, _number(fields, "times", 1, 1, 1_000_000)),
        delay_ms=_number(fields, "delay_ms", 0, 0, _LONGEST_DELAY) or 0,
        after=_flag(fields, "after"),
        drop=_flag(fields, "drop"),
    )
    if 0 < fault.error_code < 400:
        raise ControlError(400, "error_code must be 0 or 400-599")
    if not fault.error_code and not fault.delay_ms and not fault.drop:
        raise ControlError(400, "a fault needs an error_code, a delay_ms or drop")
    return fault


def _number(fields: JsonObject, name: str, default: int | None, least: int, most: int) -> int | None:
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ControlError(400, f"{name} must be a whole number from {least} to {most}")
    return value


def _flag(fields: JsonObject, name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise ControlError(400, f"{name} must be true or false")
    return value
