"""From an HTTP request to a call with text parameters and files, and from a result to Telegram's envelope.

Whatever the shape of the request (query, form, multipart, JSON), a parameter ends up as text, nested values
as JSON text: that is what Telegram does too, so every check below is written once.
"""

import json
from dataclasses import dataclass, field
from typing import cast

from aiohttp import BodyPartReader, web
from aiohttp.multipart import MultipartReader

from bot.sandbox.errors import ApiError, bad
from bot.sandbox.shapes import JsonObject

UPLOAD_LIMIT = 50 * 1024 * 1024
_FIELD_LIMIT = 1024 * 1024
_TOO_LARGE = ApiError(413, "Request Entity Too Large")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the request, whole in memory (at most 50 MB)."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One call of a Bot API method."""

    method: str
    params: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter, empty when absent."""
        return self.params.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """The parameter as an integer; like Telegram, what is no number counts as absent."""
        number = as_integer(self.text(name))
        return default if number is None else number

    def flag(self, name: str) -> bool:
        """Whether the parameter says yes."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def parsed(self, name: str, what: str) -> object:
        """The parameter read as JSON, None when absent. ApiError 400 naming `what` when it is not JSON."""
        if not self.text(name):
            return None
        try:
            return cast(object, json.loads(self.text(name)))
        except ValueError as error:
            raise bad(f"can't parse {what} JSON object") from error


def as_integer(text: str) -> int | None:
    """The integer `text` spells in plain ASCII digits, else None."""
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and digits.isascii() and len(digits) < 20 else None


def json_object(value: object, what: str) -> JsonObject:
    """`value` if it is a JSON object, else ApiError 400."""
    if not isinstance(value, dict):
        raise bad(f"can't parse {what}: expected an Object")
    return cast(JsonObject, value)


async def read_call(request: web.Request, method: str) -> Call:
    """The call in a request. ApiError 400 for a body that does not parse, 413 over 50 MB."""
    call = Call(method.lower(), dict(request.query))
    kind = request.content_type
    try:
        if kind == "application/json":
            _take_json(call, await request.read())
        elif kind == "multipart/form-data":
            await _take_parts(call, await request.multipart())
        elif kind == "application/x-www-form-urlencoded":
            for name, value in (await request.post()).items():
                call.params[name] = str(value)
    except web.HTTPRequestEntityTooLarge as error:
        raise _TOO_LARGE from error
    except (ValueError, AssertionError) as error:
        # aiohttp asserts on malformed multipart heads.
        raise bad("can't parse the request body") from error
    return call


def _take_json(call: Call, body: bytes) -> None:
    if body.strip():
        for name, value in json_object(json.loads(body), "request").items():
            if value is not None:
                call.params[name] = value if isinstance(value, str) else json.dumps(value)


async def _take_parts(call: Call, reader: MultipartReader) -> None:
    room = UPLOAD_LIMIT
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        limit = room if part.filename is not None else _FIELD_LIMIT
        data = await _read_part(part, limit)
        room -= len(data)
        if part.filename is None:
            call.params[part.name] = data.decode("utf-8")
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            call.files[part.name] = Upload(file_name(part.filename), mime, data)


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > limit:
            raise _TOO_LARGE
    return bytes(part.decode(data)) if part.headers.get("Content-Transfer-Encoding") else bytes(data)


def file_name(name: str) -> str:
    """The last part of a sent file name without control characters; never a path."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:255] or "file"


def answer(result: object, description: str | None = None) -> JsonObject:
    """The envelope of a success."""
    body: JsonObject = {"ok": True, "result": result}
    return body if description is None else body | {"description": description}


def refusal(error: ApiError) -> web.Response:
    """The envelope of a refusal, with the Retry-After header of a 429."""
    body: JsonObject = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
        if "retry_after" in error.parameters:
            headers["Retry-After"] = str(error.parameters["retry_after"])
    return web.json_response(body, status=error.code, headers=headers)
