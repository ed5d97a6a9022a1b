"""sendPhoto, sendDocument, sendVideo, sendMediaGroup, editMessageMedia, getFile.

A file comes as `attach://KEY` with a part KEY (aiogram), as a part with the parameter's own name
(python-telegram-bot), or as a file_id. The bytes are read and measured first; the world changes only after that.
"""

import asyncio
import mimetypes
from pathlib import PurePosixPath

from bot.sandbox.context import Context, open_chat
from bot.sandbox.errors import bad
from bot.sandbox.films import Film, measured
from bot.sandbox.methods_messages import caption_content, editable, extras, replace
from bot.sandbox.photos import Rendition, renditions
from bot.sandbox.shapes import MEDIA, Document, FileKind, JsonObject, Message, PhotoSize, StoredFile, Video, as_bot_sees
from bot.sandbox.wire import Call, Upload, json_object
from bot.sandbox.world import World

DOWNLOAD_LIMIT = 20 * 1024 * 1024
# Python's own table lacks spreadsheets, and reads the machine's, which differs from one to the next.
_MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".txt": "text/plain",
}


async def send_photo(context: Context, call: Call) -> Message:
    """sendPhoto."""
    return await _send(context, call, "photo")


async def send_document(context: Context, call: Call) -> Message:
    """sendDocument."""
    return await _send(context, call, "document")


async def send_video(context: Context, call: Call) -> Message:
    """sendVideo; what is no MPEG-4 is sent as a document."""
    return await _send(context, call, "video")


async def _send(context: Context, call: Call, kind: FileKind) -> Message:
    open_chat(context.world, call)
    content = await media_content(context.world, call, kind, call.text(kind), kind)
    content |= caption_content(call.params, call.parsed("caption_entities", "caption entities"))
    chat = open_chat(context.world, call)
    return as_bot_sees(context.world.post(chat, context.world.bot, content | extras(context, call, chat)))


async def send_media_group(context: Context, call: Call) -> list[Message]:
    """sendMediaGroup: 2 to 10 photos and films, or 2 to 10 documents."""
    open_chat(context.world, call)
    items = call.parsed("media", "media")
    if not isinstance(items, list):
        raise bad("can't parse media: expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad(f"too {'few' if len(items) < 2 else 'many'} messages to send as an album")
    kinds = {json_object(item, "InputMedia").get("type") for item in items}
    if len(kinds) > 1 and kinds != {"photo", "video"}:
        raise bad("document can't be mixed with other media types in an album")
    contents = [await _item_content(context.world, call, item) for item in items]
    chat = open_chat(context.world, call)
    group: JsonObject = {"media_group_id": str(context.world.next("album")).zfill(17)}
    common = group | extras(context, call, chat)
    common.pop("reply_markup", None)
    return [context.world.post(chat, context.world.bot, content | common) for content in contents]


async def edit_media(context: Context, call: Call) -> Message:
    """editMessageMedia."""
    editable(context, call)
    item = json_object(call.parsed("media", "media"), "InputMedia")
    content = await _item_content(context.world, call, item)
    chat, message = editable(context, call)
    return replace(context, call, chat, message, content)


async def get_file(context: Context, call: Call) -> JsonObject:
    """getFile. ApiError 400 over 20 MB."""
    file = context.world.files.rows.get(call.text("file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if file["size"] > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {
        "file_id": file["file_id"],
        "file_unique_id": file["file_unique_id"],
        "file_size": file["size"],
        "file_path": f"{file['kind']}s/{file['file_id']}{_suffix(file)}",
    }


async def _item_content(world: World, call: Call, item: object) -> JsonObject:
    fields = json_object(item, "InputMedia")
    kind, media = fields.get("type"), fields.get("media")
    if not isinstance(media, str) or not media:
        raise bad("can't parse InputMedia: Can't find field \"media\"")
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    caption = caption_content(texts, fields.get("caption_entities"))
    if kind not in MEDIA:
        raise bad("can't parse InputMedia: unsupported type specified")
    return await media_content(world, call, kind, media, "media") | caption


async def media_content(world: World, call: Call, kind: FileKind, value: str, part: str) -> JsonObject:
    """The file part of a message, from `value` or from the request's part named `part`."""
    upload = call.files.get(value.removeprefix("attach://") if value.startswith("attach://") else part)
    if upload is not None and (not value or value.startswith("attach://")):
        return await stored(world, kind, upload)
    if not value:
        raise bad(f"there is no {kind} in the request")
    file = world.files.rows.get(value)
    if file is None:
        if value.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        raise bad("wrong file identifier/HTTP URL specified")
    if file["kind"] != kind:
        raise bad("type of file mismatch")
    if kind != "photo":
        return await kept(world, file)
    sizes = await asyncio.to_thread(renditions, world.blobs.path(file["sha"]).read_bytes())
    return {"photo": [_photo_size(file, sizes[-1])]}


async def stored(world: World, kind: FileKind, upload: Upload) -> JsonObject:
    """Keep an uploaded file and make the message part of it. ApiError 400 for an empty file or no picture."""
    if not upload.data:
        raise bad("file must be non-empty")
    if kind != "photo":
        return await kept_as(world, kind, world.blobs.save(upload.data), upload.name, upload.mime)
    sizes = await asyncio.to_thread(renditions, upload.data)
    files = [(world.keep_file(world.blobs.save(s.data), upload.name, s.mime, "photo"), s) for s in sizes]
    return {"photo": [_photo_size(file, size) for file, size in files]}


async def kept_as(world: World, kind: FileKind, blob: tuple[str, int], name: str, mime: str) -> JsonObject:
    """The message part of a document or a film whose bytes are kept; a film that is no MPEG-4 is a document."""
    if kind == "video" and await _film(world, blob[0]) is None:
        kind = "document"
    return await kept(world, world.keep_file(blob, name, mime_of(name, mime), kind))


async def kept(world: World, file: StoredFile) -> JsonObject:
    """The message part of a document or a film under its file_id."""
    if file["kind"] == "document":
        return {"document": document_of(file)}
    film = await _film(world, file["sha"]) or Film()
    shown: Video = {
        **document_of(file),
        "width": film.width,
        "height": film.height,
        "duration": film.duration,
    }
    return {"video": shown}


async def _film(world: World, sha: str) -> Film | None:
    def read() -> Film | None:
        with world.blobs.path(sha).open("rb") as file:
            return measured(file)

    return await asyncio.to_thread(read)


def document_of(file: StoredFile) -> Document:
    """The Document object of a stored file."""
    return {
        "file_id": file["file_id"],
        "file_unique_id": file["file_unique_id"],
        "file_name": file["name"],
        "mime_type": file["mime"],
        "file_size": file["size"],
    }


def mime_of(name: str, sent: str) -> str:
    """The content type by the file's name, else the one that was sent."""
    suffix = PurePosixPath(name).suffix.lower()
    return _MIME.get(suffix) or mimetypes.guess_type(name)[0] or sent


def _photo_size(file: StoredFile, size: Rendition) -> PhotoSize:
    return {
        "file_id": file["file_id"],
        "file_unique_id": file["file_unique_id"],
        "width": size.width,
        "height": size.height,
        "file_size": file["size"],
    }


def _suffix(file: StoredFile) -> str:
    suffix = PurePosixPath(file["name"]).suffix
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ""
