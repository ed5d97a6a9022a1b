"""The control API about messages: read them, write as a person, send a file, tap a button, fetch a file.

A person may send files far over the bot's download limit, as in Telegram; they are streamed to disk, never held.
A tap is held until the bot has answered it, at most its 150 seconds.
"""

import asyncio
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.sandbox.context import Context
from bot.sandbox.control import find_chat, find_person, read_fields
from bot.sandbox.crowd import Crowd, buttons_of, check_text, find_button
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.html import utf16
from bot.sandbox.journal import BlobWriter
from bot.sandbox.launch import launch_url
from bot.sandbox.methods_media import kept_as, stored
from bot.sandbox.photos import PHOTO_LIMIT
from bot.sandbox.shapes import MEDIA, Chat, FileKind, JsonObject, Message
from bot.sandbox.updates import TAP_LIFE
from bot.sandbox.wire import Upload, as_integer, file_name

_PERSON_UPLOAD_LIMIT = 2000 * 1024 * 1024
_FIELD_LIMIT = 64 * 1024
_INLINE_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


class MessageControl:
    """Routes under /sandbox/chats/{chat}/messages and /taps, and /sandbox/files."""

    def __init__(self, context: Context, crowd: Crowd, token: str) -> None:
        self._context = context
        self._token = token
        self._world = context.world
        self._crowd = crowd

    def routes(self) -> list[web.RouteDef]:
        """The routes to add to the application."""
        return [
            web.get("/sandbox/chats/{chat}/messages", self._history),
            web.post("/sandbox/chats/{chat}/messages", self._write),
            web.post("/sandbox/chats/{chat}/taps", self._tap),
            web.get("/sandbox/files/{file}", self._file),
        ]

    async def _history(self, request: web.Request) -> web.Response:
        chat = find_chat(self._world, request)
        after = as_integer(request.query.get("after", "0"))
        if after is None:
            raise ControlError(400, "after must be a message_id")
        found = [message for message in self._world.history(chat["id"]) if message["message_id"] > after]
        return web.json_response(found)

    async def _write(self, request: web.Request) -> web.Response:
        chat = find_chat(self._world, request)
        if request.content_type == "multipart/form-data":
            return web.json_response(await self._write_file(request, chat), status=201)
        fields = await read_fields(request)
        person = find_person(self._world, fields.get("from"))
        text = fields.get("text")
        if not isinstance(text, str):
            raise ControlError(400, "text must be a text")
        reply_to = fields.get("reply_to_message_id")
        if reply_to is not None and not isinstance(reply_to, int):
            raise ControlError(400, "reply_to_message_id must be a message_id")
        message = self._crowd.say(chat, person["id"], {"text": check_text(text)}, reply_to)
        return web.json_response(message, status=201)

    async def _write_file(self, request: web.Request, chat: Chat) -> Message:
        with self._world.blobs.writer() as writer:
            fields, name, mime = await _receive(request, writer)
            person = find_person(self._world, as_integer(fields.get("from", "")))
            self._crowd.check_writer(chat, person["id"])
            reply_to = as_integer(fields["reply_to_message_id"]) if "reply_to_message_id" in fields else None
            caption = fields.get("caption", fields.get("text", "")).strip()
            if name is None:
                return self._crowd.say(chat, person["id"], {"text": check_text(caption)}, reply_to)
            if utf16(caption) > 1024:
                raise ControlError(400, "caption is longer than 1024 characters")
            content = await self._file_content(writer, name, mime, _kind(fields))
        if caption:
            content["caption"] = caption
        return self._crowd.say(chat, person["id"], content, reply_to)

    async def _file_content(self, writer: BlobWriter, name: str, mime: str, kind: FileKind) -> JsonObject:
        if not writer.size:
            raise ControlError(400, "the file is empty")
        if kind == "photo" and writer.size > PHOTO_LIMIT:
            raise ControlError(400, "a photo must be at most 10 MB; send it as a document")
        blob = writer.finish()
        if kind != "photo":
            return await kept_as(self._world, kind, blob, name, mime)
        try:
            upload = Upload(name, mime, self._world.blobs.path(blob[0]).read_bytes())
            return await stored(self._world, "photo", upload)
        except ApiError as error:
            raise ControlError(400, f"not a photo: {error.description}") from error

    async def _tap(self, request: web.Request) -> web.Response:
        chat = find_chat(self._world, request)
        fields = await read_fields(request)
        person = find_person(self._world, fields.get("from"))
        number, wanted = fields.get("message_id"), fields.get("button")
        if not isinstance(number, int) or not isinstance(wanted, str):
            raise ControlError(400, "message_id must be a number and button a text")
        message = self._world.message(chat["id"], number)
        if message is None:
            raise ControlError(404, f"no message {number} in chat {chat['id']}", {"buttons": []})
        button = find_button(message, wanted)
        if button is None:
            labels = [button["text"] for button in buttons_of(message)]
            raise ControlError(404, f"no button {wanted!r} under message {number}", {"buttons": labels})
        return await self._press(chat, person["id"], message, button)

    async def _press(self, chat: Chat, person_id: int, message: Message, button: JsonObject) -> web.Response:
        quiet: JsonObject = {"toast": None, "alert": False}
        if "keyboard" in message.get("reply_markup", {}):
            said = self._crowd.say(chat, person_id, {"text": check_text(str(button["text"]))}, None)
            return web.json_response(quiet | {"message": said})
        if button.get("disabled") is not None:
            raise ControlError(409, f"button {button['text']!r} is disabled")
        data = button.get("callback_data")
        if not isinstance(data, str):
            return web.json_response(quiet | {"opens": self._opened(chat, person_id, button)})
        answer = self._crowd.tap(chat, person_id, message, data)
        self._world.commit()
        try:
            return web.json_response(await asyncio.wait_for(answer, TAP_LIFE))
        except TimeoutError as error:
            raise ControlError(504, f"the bot did not answer the tap in {TAP_LIFE} seconds") from error

    def _opened(self, chat: Chat, person_id: int, button: JsonObject) -> JsonObject:
        """What a button without data opens; a web_app's address comes with its signed launch data, as in Telegram."""
        opens: JsonObject = {name: value for name, value in button.items() if name != "text"}
        if "web_app" in button:
            if person_id != chat["id"]:
                raise ControlError(403, "a web_app button is pressed in one's own chat with the bot")
            opens["web_app"] = {"url": launch_url(self._world, person_id, button, self._token)}
        return opens

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self._world.files.rows.get(request.match_info["file"])
        if file is None:
            raise ControlError(404, "no such file")
        image, pdf = file["mime"] in _INLINE_IMAGES, file["mime"] == "application/pdf"
        # Chromium's own PDF viewer stays blank in a sandboxed document, and a PDF has no script of this origin.
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'"
        how = "inline" if (image or pdf) and "download" not in request.query else "attachment"
        headers = {
            "Content-Type": file["mime"] if _is_plain_type(file["mime"]) else "application/octet-stream",
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file['name'], safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": policy if pdf else f"{policy}; sandbox",
        }
        return web.FileResponse(self._world.blobs.path(file["sha"]), headers=headers)


async def _receive(request: web.Request, writer: BlobWriter) -> tuple[dict[str, str], str | None, str]:
    """The form's fields, and the name (None without a file) and type of the file written to `writer`."""
    fields: dict[str, str] = {}
    name, mime = None, "application/octet-stream"
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise ControlError(400, "a part within a part")
            if part.filename is None:
                fields[part.name or ""] = await _read_field(part)
                continue
            if name is not None:
                raise ControlError(400, "one file per message")
            name = file_name(part.filename)
            mime = part.headers.get("Content-Type", mime)
            while chunk := await part.read_chunk(256 * 1024):
                writer.write(chunk)
                if writer.size > _PERSON_UPLOAD_LIMIT:
                    raise ControlError(413, "the file is larger than 2000 MB")
    except (ValueError, AssertionError) as error:
        # aiohttp asserts on malformed multipart heads.
        raise ControlError(400, "the form does not parse") from error
    return fields, name, mime


async def _read_field(part: BodyPartReader) -> str:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > _FIELD_LIMIT:
            raise ControlError(413, f"{part.name} is too long")
    return data.decode("utf-8")


def _kind(fields: dict[str, str]) -> FileKind:
    kind = fields.get("kind", "document")
    if kind not in MEDIA:
        raise ControlError(400, "kind must be photo, document or video")
    return kind


def _is_plain_type(mime: str) -> bool:
    return mime.isascii() and mime.isprintable()
