"""Files both ways, byte for byte, and photos that are really photos."""

import io
import json

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
