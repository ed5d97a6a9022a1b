"""Files both ways, byte for byte, and photos that are really photos."""

import io
import json
import struct

import aiohttp
import pytest
from PIL import Image

from bot.sandbox import methods_media
from tests.sandbox.harness import ANNA, BORIS, TOKEN, Client, inline

pytestmark = pytest.mark.anyio
BYTES = bytes(range(256)) * 300 + b"\r\n--boundary\r\n"


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, kind)
    return out.getvalue()


def film(width: int = 64, height: int = 48, seconds: int = 3, *, long: bool = False, torn: bool = False) -> bytes:
    """The boxes of an MPEG-4 file that say how large and how long it is; `long` as films of hours have them."""

    def box(kind: bytes, content: bytes) -> bytes:
        if long:
            return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
        return struct.pack(">I4s", len(content) + 8, kind) + content

    times = struct.pack(">QQIQ", 0, 0, 600, seconds * 600) if long else struct.pack(">IIII", 0, 0, 600, seconds * 600)
    header = box(b"mvhd", bytes([long, 0, 0, 0]) + times + bytes(80))
    sound = box(b"trak", box(b"tkhd", bytes(84)))
    picture = box(b"trak", box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16)))
    data = struct.pack(">I4s8s", 16, b"ftyp", b"isommp42") + box(b"moov", header + sound + picture) + box(b"mdat", b"x")
    return data[:60] if torn else data


async def post(client: Client, method: str, files: dict[str, tuple[str, bytes]], **fields: object) -> dict[str, object]:
    form = aiohttp.FormData(
        {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}, quote_fields=False
    )
    for name, (file_name, data) in files.items():
        form.add_field(name, io.BytesIO(data), filename=file_name)
    async with client.http.post(f"{client.bot_url}/{method}", data=form) as answer:
        return dict(await answer.json())


async def download(client: Client, file_id: str) -> bytes:
    path = (await client.ok("getFile", file_id=file_id))["file_path"]
    status, data, headers = await client.download(f"/file/bot{TOKEN}/{path}")
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    return data


@pytest.mark.parametrize(("value", "part"), [("attach://k1", "k1"), (None, "document")])
async def test_both_shapes_of_upload_arrive_byte_for_byte(client: Client, value: str | None, part: str) -> None:
    fields = {"chat_id": ANNA, "caption": "<b>日报</b>", "parse_mode": "HTML"} | ({"document": value} if value else {})
    body = await post(client, "sendDocument", {part: ("日报.xlsx", BYTES)}, **fields)
    message = body["result"]
    assert isinstance(message, dict)
    document = message["document"]
    assert (document["file_name"], document["file_size"]) == ("日报.xlsx", len(BYTES))
    assert document["mime_type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("日报", "bold")
    assert await download(client, document["file_id"]) == BYTES
    again = await client.ok("sendDocument", chat_id=BORIS, document=document["file_id"])
    assert again["document"] == document


async def test_a_persons_file_reaches_the_bot_byte_for_byte(client: Client) -> None:
    status, sent = await client.upload(BYTES, "../../etc/订单.csv", caption="/import now")
    assert status == 201
    message = (await client.updates())[0]["message"]
    assert message == sent
    assert (message["document"]["file_name"], message["document"]["mime_type"]) == ("订单.csv", "text/csv")
    assert message["caption_entities"] == [{"type": "bot_command", "offset": 0, "length": 7}]
    assert await download(client, message["document"]["file_id"]) == BYTES


async def test_a_photo_has_sizes_and_a_document_of_a_picture_has_none(client: Client) -> None:
    data = picture(900, 600)
    body = await post(client, "sendPhoto", {"photo": ("a.png", data)}, chat_id=ANNA)
    sizes = body["result"]["photo"]  # type: ignore[index]
    assert [(size["width"], size["height"]) for size in sizes] == [(320, 213), (900, 600)]
    assert await download(client, sizes[-1]["file_id"]) == data
    _, sent = await client.upload(picture(), "scan.png")
    assert "photo" not in sent and sent["document"]["mime_type"] == "image/png"
    _, sent = await client.upload(picture(), "scan.png", kind="photo")
    assert [(size["width"], size["height"]) for size in sent["photo"]] == [(40, 30)]


async def test_a_huge_photo_is_scaled_down(client: Client) -> None:
    _, sent = await client.upload(picture(4000, 3000, "JPEG"), "big.jpg", kind="photo")
    assert (sent["photo"][-1]["width"], sent["photo"][-1]["height"]) == (2560, 1920)


@pytest.mark.parametrize(
    ("method", "files", "fields", "reason"),
    [
        ("sendDocument", {}, {}, "there is no document in the request"),
        ("sendDocument", {"document": ("a.txt", b"")}, {}, "file must be non-empty"),
        ("sendDocument", {}, {"document": "BQACnone"}, "wrong file identifier/HTTP URL specified"),
        ("sendDocument", {}, {"document": "https://x.cn/a.pdf"}, "failed to get HTTP URL content"),
        ("sendDocument", {"document": ("a", b"x")}, {"caption": "x" * 1025}, "message caption is too long"),
        ("sendVideo", {}, {}, "there is no video in the request"),
        ("sendVideo", {"video": ("a.mp4", b"")}, {}, "file must be non-empty"),
        ("sendVideo", {}, {"video": "BAACnone"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": ("a.png", b"no picture")}, {}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": ("a.png", picture(1000, 10))}, {}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", {"photo": ("a.png", b"x" * (10 * 1024 * 1024 + 1))}, {}, "file is too big"),
        ("sendPhoto", {"photo": ("a.png", picture()[:60])}, {}, "IMAGE_PROCESS_FAILED"),
    ],
)
async def test_what_is_no_file_is_refused_and_nothing_is_shown(
    client: Client,
    method: str,
    files: dict[str, tuple[str, bytes]],
    fields: dict[str, object],
    reason: str,
) -> None:
    body = await post(client, method, files, chat_id=ANNA, **fields)
    assert body == {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}
    assert await client.history() == []


@pytest.mark.parametrize("long", [False, True])
async def test_a_film_has_a_size_and_a_length_and_is_sent_again_by_its_id(client: Client, long: bool) -> None:
    data = film(640, 360, 12, long=long)
    said = {"caption": "<b>P1</b>", "parse_mode": "HTML"}
    body = await post(client, "sendVideo", {"video": ("pack.mp4", data)}, chat_id=ANNA, **said)
    message = body["result"]
    assert isinstance(message, dict)
    shown = message["video"]
    assert {name: shown[name] for name in ("width", "height", "duration", "file_name", "mime_type", "file_size")} == {
        "width": 640,
        "height": 360,
        "duration": 12,
        "file_name": "pack.mp4",
        "mime_type": "video/mp4",
        "file_size": len(data),
    }
    assert (message["caption"], "document" in message) == ("P1", False)
    assert await download(client, shown["file_id"]) == data
    assert (await client.ok("getFile", file_id=shown["file_id"]))["file_path"].startswith("videos/")
    again = await client.ok("sendVideo", chat_id=BORIS, video=shown["file_id"])
    assert again["video"] == shown
    assert await client.refused("sendDocument", chat_id=BORIS, document=shown["file_id"]) == (
        "Bad Request: type of file mismatch"
    )


@pytest.mark.parametrize(
    ("data", "measures"),
    [
        (film(torn=True), (0, 0, 3)),
        (film()[:16], (0, 0, 0)),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, (0, 0, 0)),
    ],
    ids=["torn", "only its type", "empty boxes"],
)
async def test_a_torn_film_says_what_can_be_read(client: Client, data: bytes, measures: tuple[int, int, int]) -> None:
    body = await post(client, "sendVideo", {"video": ("a.mp4", data)}, chat_id=ANNA)
    shown = body["result"]["video"]  # type: ignore[index]
    assert (shown["width"], shown["height"], shown["duration"]) == measures


async def test_what_is_no_mpeg4_comes_as_a_document(client: Client) -> None:
    webm = b"\x1a\x45\xdf\xa3" + bytes(60)
    body = await post(client, "sendVideo", {"video": ("a.webm", webm)}, chat_id=ANNA)
    assert isinstance(body["result"], dict)
    assert (body["result"]["document"]["mime_type"], "video" in body["result"]) == ("video/webm", False)
    _, sent = await client.upload(webm, "a.webm", kind="video")
    assert sent["document"]["file_name"] == "a.webm"


async def test_a_persons_film_reaches_the_bot(client: Client) -> None:
    status, sent = await client.upload(film(), "pack.mp4", kind="video", caption="P1")
    assert (status, sent["video"]["duration"], sent["caption"]) == (201, 3, "P1")
    message = (await client.updates())[0]["message"]
    assert message == sent
    assert await download(client, message["video"]["file_id"]) == film()
    status, refused = await client.upload(film(), "pack.mp4", kind="animation")
    assert (status, refused["error"]) == (400, "kind must be photo, document or video")


async def test_films_go_with_photos_and_are_edited(client: Client) -> None:
    files = {"a": ("a.mp4", film()), "b": ("b.png", picture())}
    media = [{"type": "video", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}]
    body = await post(client, "sendMediaGroup", files, chat_id=ANNA, media=media)
    sent = body["result"]
    assert isinstance(sent, list)
    first, second = sent
    assert ("video" in first, "photo" in second) == (True, True)
    at = {"chat_id": ANNA, "message_id": first["message_id"]}
    edited = await client.ok("editMessageCaption", **at, caption="the box")
    assert (edited["caption"], edited["video"]) == ("the box", first["video"])
    body = await post(
        client, "editMessageMedia", {"f": ("v2.pdf", b"2")}, **at, media={"type": "document", "media": "attach://f"}
    )
    changed = body["result"]
    assert isinstance(changed, dict)
    assert (changed["document"]["file_name"], "video" in changed) == ("v2.pdf", False)


async def test_an_upload_over_50_mb_is_refused(client: Client) -> None:
    body = await post(client, "sendDocument", {"document": ("a", bytes(50 * 1024 * 1024 + 1))}, chat_id=ANNA)
    assert body == {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}


async def test_a_person_may_send_more_than_the_bot_may_fetch(client: Client) -> None:
    status, sent = await client.upload(bytes(methods_media.DOWNLOAD_LIMIT + 1), "big.csv")
    assert status == 201
    file_id = sent["document"]["file_id"]
    assert await client.refused("getFile", file_id=file_id) == "Bad Request: file is too big"
    status, data, _ = await client.download(f"/sandbox/files/{file_id}")
    assert (status, len(data)) == (200, methods_media.DOWNLOAD_LIMIT + 1)


async def test_an_album_is_two_to_ten_of_one_kind(client: Client) -> None:
    files = {"a": ("a.pdf", b"%PDF-a"), "b": ("b.pdf", b"%PDF-b")}
    media = [{"type": "document", "media": f"attach://{key}", "caption": key} for key in files]
    body = await post(client, "sendMediaGroup", files, chat_id=ANNA, media=media)
    messages = body["result"]
    assert isinstance(messages, list)
    assert [(m["document"]["file_name"], m["caption"]) for m in messages] == [("a.pdf", "a"), ("b.pdf", "b")]
    assert messages[0]["media_group_id"] == messages[1]["media_group_id"]
    one = await post(client, "sendMediaGroup", files, chat_id=ANNA, media=media[:1])
    assert one["description"] == "Bad Request: too few messages to send as an album"
    mixed = [media[0], {"type": "photo", "media": "attach://b"}]
    body = await post(client, "sendMediaGroup", files, chat_id=ANNA, media=mixed)
    assert body["description"] == "Bad Request: document can't be mixed with other media types in an album"
    assert len(await client.history()) == 2


async def test_media_and_captions_are_edited(client: Client) -> None:
    body = await post(client, "sendDocument", {"document": ("v1.pdf", b"1")}, chat_id=ANNA, caption="v1")
    at = {"chat_id": ANNA, "message_id": body["result"]["message_id"]}  # type: ignore[index]
    edited = await client.ok("editMessageCaption", **at, caption="v1 final", reply_markup=inline("Ok"))
    assert (edited["caption"], edited["document"]["file_name"]) == ("v1 final", "v1.pdf")
    media = {"type": "document", "media": "attach://f", "caption": "v2"}
    body = await post(client, "editMessageMedia", {"f": ("v2.pdf", b"2")}, **at, media=media)
    assert body["result"]["document"]["file_name"] == "v2.pdf"  # type: ignore[index]
    text = await client.refused("editMessageText", **at, text="x")
    assert text == "Bad Request: there is no text in the message to edit"
    assert [m["caption"] for m in await client.history()] == ["v2"]


@pytest.mark.parametrize(
    ("name", "data", "how", "kind"),
    [
        ("a.pdf", b"%PDF", "inline", "application/pdf"),
        ("a.png", picture(), "inline", "image/png"),
        ("a.html", b"<script>alert(1)</script>", "attachment", "text/html"),
        ("a.svg", b"<svg onload='alert(1)'/>", "attachment", "image/svg+xml"),
    ],
)
async def test_the_page_gets_files_in_a_safe_way(client: Client, name: str, data: bytes, how: str, kind: str) -> None:
    _, sent = await client.upload(data, name)
    status, got, headers = await client.download(f"/sandbox/files/{sent['document']['file_id']}")
    assert (status, got, headers["Content-Type"]) == (200, data, kind)
    assert headers["Content-Disposition"] == f"{how}; filename*=UTF-8''{name}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Content-Security-Policy"].endswith("sandbox") is (kind != "application/pdf")
