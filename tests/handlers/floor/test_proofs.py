"""Photos and films of what is packed or put back: kept with the parcel, counted, sent again to who may see them."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from domain.floor.parcels import Parcel, ParcelState, Stop
from domain.people.people import Person, Role
from domain.policy.policy import Policy
from domain.policy.policy_checks import ProofRules
from domain.records import NoticeKind
from domain.stops import pulls
from exports.barcodes import barcode_png
from tests.factory import incoming
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40
EXE = b"MZ\x90\x00" + b"\x00" * 60
ON_IT = "🙋 On it"


def picture(colour: int = 200, code: str = "") -> bytes:
    """A table, and a label on it."""
    table = Image.new("L", (900, 500), colour)
    if code:
        table.paste(Image.open(BytesIO(barcode_png(code))), (40, 40))
    out = BytesIO()
    table.save(out, "PNG")
    return out.getvalue()


async def packed(floor: Floor) -> Parcel:
    floor.orders(incoming("1001"))
    box = floor.wave()[1][0]
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    await floor.writes(floor.cast.people[Role.PACKER], f"/pack {box.waybill}")
    assert floor.parcel(box.id).state is ParcelState.PACKED
    return floor.parcel(box.id)


def kept(floor: Floor, box: Parcel) -> list[tuple[str, str, str, str, str]]:
    """(who, step, how Telegram holds it, its name for it, the hash), the newest first."""
    events = floor.look(lambda desk: desk.history("parcel", box.id, 200))
    names = ("step", "kind", "file", "sha256")
    return [(e.actor, *(e.data[name] for name in names)) for e in events if e.verb == "proof"]


async def sends(floor: Floor, person: Person, data: bytes, **more: Any) -> list[str]:
    """A file of any kind; `video` and the name come in `more`."""
    floor.wire.files["shot"] = data
    file = {"file_id": "shot", "file_unique_id": "u", "file_size": more.pop("size", len(data))}
    if more.pop("video", False):
        content: dict[str, Any] = {"video": {**file, "width": 1, "height": 1, "duration": 3}}
    else:
        content = {"document": {**file, "file_name": more.pop("name"), "mime_type": more.pop("mime", "")}}
    return await floor._message(person, {**content, **more})


async def answering(floor: Floor, person: Person, stop: Stop) -> dict[str, Any]:
    """What a message says that answers the stop's card in this person's chat."""
    await floor.shown(person, NoticeKind.STOP, stop.id)
    shown = floor.wire.calls[-1]
    chat = {"id": person.telegram_id, "type": "private"}
    return {"reply_to_message": {"message_id": shown.message_id, "date": 0, "chat": chat, "text": "x"}}


async def test_a_photo_after_the_pack_is_kept_with_its_hash_and_scans_nothing(floor: Floor) -> None:
    box, packer = await packed(floor), floor.cast.people[Role.PACKER]
    for count, shot in enumerate((picture(), picture(code=box.waybill)), 1):
        assert await floor.photographs(packer, shot) == [f"📷 Kept with {box.waybill} · 📦 Pack · {count} in all"]
    assert kept(floor, box) == [
        (packer.name, "pack", "photo", "shot", sha256(picture(code=box.waybill)).hexdigest()),
        (packer.name, "pack", "photo", "shot", sha256(picture()).hexdigest()),
    ]
    assert floor.parcel(box.id) == box
    assert await floor.photographs(packer, picture()) == [f"📷 Kept with {box.waybill} · 📦 Pack · 2 in all"]
    assert len(kept(floor, box)) == 2


async def test_a_film_is_kept_and_one_of_nothing_is_asked_about(floor: Floor) -> None:
    box, packer = await packed(floor), floor.cast.people[Role.PACKER]
    assert await sends(floor, packer, MP4, video=True) == [f"📷 Kept with {box.waybill} · 📦 Pack · 1 in all"]
    said = await sends(floor, packer, MP4 + b"1", name="a.mp4", mime="video/mp4")
    assert said == [f"📷 Kept with {box.waybill} · 📦 Pack · 2 in all"]
    assert [one[2] for one in kept(floor, box)] == ["document", "video"]
    floor.clock.forward(30 * 60 + 1)
    assert await sends(floor, packer, MP4, video=True) == [
        (
            "Which parcel is this video of? Scan the parcel at 📦 Pack or ↩️ Put back first, or send "
            "the video as an answer to its stop card."
        )
    ]
    assert (await floor.photographs(packer, picture()))[0].startswith("No code found.")
    assert len(kept(floor, box)) == 2


async def test_what_can_be_scanned_is_scanned(floor: Floor) -> None:
    """The label of another parcel, and whatever somebody else's step was."""
    floor.orders(incoming("1001"), incoming("1002"))
    boxes = floor.wave()[1]
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, f"/pick {boxes[0].waybill}")
    assert (await floor.photographs(picker, picture()))[0].startswith("No code found.")
    await floor.photographs(picker, picture(255, boxes[1].waybill))
    assert [floor.parcel(box.id).state for box in boxes] == [ParcelState.PICKED] * 2
    assert [kept(floor, box) for box in boxes] == [[], []]


async def test_a_photo_that_answers_the_stop_is_of_its_put_back(floor: Floor) -> None:
    box = await packed(floor)
    stop = floor.refund(floor.look(lambda desk: desk.orders.get(box.order_ids[0])))
    picker, lead = floor.cast.people[Role.PICKER], floor.cast.people[Role.CS_LEAD]
    answer = await answering(floor, picker, stop)
    said = await floor.photographs(picker, picture(255, box.waybill), **answer)
    assert said == [f"📷 Kept with {box.waybill} · ↩️ Put back · 1 in all"]
    assert kept(floor, box)[0][:2] == (picker.name, "put_back")
    assert floor.parcel(box.id).state is ParcelState.PACKED
    labels = [button.label for row in floor.card(picker, NoticeKind.STOP, stop.id).rows for button in row]
    assert labels == [ON_IT, f"📷 {box.number}: 1"]
    board = floor.card(lead, NoticeKind.STOPS, 0).text.split("\n")
    assert [line.endswith(" · 📷 1") for line in board if box.waybill in line] == [True]
    assert "📷" not in floor.card(picker, NoticeKind.STOPS, 0).text


async def test_after_the_put_back_scan_it_needs_no_answer(floor: Floor) -> None:
    box = await packed(floor)
    floor.refund(floor.look(lambda desk: desk.orders.get(box.order_ids[0])))
    packer = floor.cast.people[Role.PACKER]
    floor.do(pulls.pull, packer.acting(), floor.parcel(box.id), box.warehouse_id)
    await floor.writes(packer, f"/putback {box.waybill}")
    assert floor.parcel(box.id).state is ParcelState.CANCELLED
    assert await floor.photographs(packer, picture()) == [f"📷 Kept with {box.waybill} · ↩️ Put back · 1 in all"]


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (
            EXE,
            {"name": "photo.jpg.exe", "mime": "application/x-msdownload"},
            "«photo.jpg.exe» is neither a photo nor a video. Only those are kept with a parcel.",
        ),
        (EXE, {"name": "a.jpg", "mime": "image/jpeg"}, "«a.jpg» is neither a photo nor a video."),
        (
            b"%PDF-1.7",
            {"name": "<b>.pdf", "mime": "application/pdf"},
            "«&lt;b&gt;.pdf» is neither a photo nor a video.",
        ),
        (EXE, {"video": True}, "This file is neither a photo nor a video."),
        (
            MP4,
            {"video": True, "size": 20_000_001},
            "The file is too large: at most 20 MB. Send a shorter video, or a photo.",
        ),
    ],
    ids=["executable", "wrong name", "paper", "no film", "too large"],
)
async def test_what_is_no_picture_is_refused(floor: Floor, data: bytes, more: dict[str, Any], said: str) -> None:
    box = await packed(floor)
    stop = floor.refund(floor.look(lambda desk: desk.orders.get(box.order_ids[0])))
    picker = floor.cast.people[Role.PICKER]
    (told,) = await sends(floor, picker, data, **more, **await answering(floor, picker, stop))
    assert told.startswith(said)
    assert kept(floor, box) == []


async def test_no_more_than_twenty(floor: Floor) -> None:
    box, packer = await packed(floor), floor.cast.people[Role.PACKER]
    for colour in range(20):
        await floor.photographs(packer, picture(colour))
    assert await floor.photographs(packer, picture(99)) == [
        f"«{box.waybill}» is not valid for photo or video. Expected: at most 20 per parcel."
    ]
    assert len(kept(floor, box)) == 20


@pytest.mark.parametrize(("language", "step"), [("en", "📦 Pack"), ("zh", "📦 打包")])
async def test_the_orders_trail_has_it_and_a_tap_sends_it_again_in_private(
    floor: Floor, language: str, step: str
) -> None:
    box, packer = await packed(floor), floor.cast.people[Role.PACKER]
    await floor.photographs(packer, picture())
    await sends(floor, packer, MP4, video=True)
    anna = floor.speaks(Role.CS, language)
    await floor.shown(anna, NoticeKind.ORDER, box.order_ids[0])
    (said,) = await floor.taps(anna, "🕘 History" if language == "en" else "🕘 历史")
    verb = "photo or video kept" if language == "en" else "已留存照片或视频"
    digest = sha256(picture()).hexdigest()
    assert f"11-23 10:01 · {verb} · {packer.name} · {digest[:12]}" in said.split("\n")
    await floor.taps(anna, f"📷 {box.number}: 2" if language == "en" else f"📷 {box.number}：2")
    sent = [call for call in floor.last if call.name in ("sendPhoto", "sendVideo")]
    assert [(call.name, call.said["chat_id"], call.said.get("photo") or call.said["video"]) for call in sent] == [
        ("sendPhoto", anna.telegram_id, "shot"),
        ("sendVideo", anna.telegram_id, "shot"),
    ]
    assert sent[0].said["caption"] == (
        f"📷 {box.waybill} · {step} · {packer.name} · 11-23 10:01\nSHA-256 <code>{digest}</code>"
    )


async def test_only_who_has_the_parcel_in_scope_keeps_and_sees(floor: Floor) -> None:
    box = await packed(floor)
    await floor.photographs(floor.cast.people[Role.PACKER], picture())
    stop = floor.refund(floor.look(lambda desk: desk.orders.get(box.order_ids[0])))
    anna, picker = floor.cast.people[Role.CS], floor.cast.people[Role.PICKER]
    answer = await answering(floor, picker, stop)
    shown = floor.wire.calls[-1]
    away = floor.look(lambda desk: desk.people.get(picker.id))
    floor.do(lambda unit: unit.people.save(replace(away, warehouses=frozenset({2}))))
    assert await floor.photographs(picker, picture(7), **answer) == ["This warehouse is not yours to work in."]
    before = len(kept(floor, box))
    other = floor.look(lambda desk: desk.people.get(anna.id))
    floor.do(lambda unit: unit.people.save(replace(other, shops=frozenset({2}))))
    for person in (picker, anna):
        await floor.presses(person, f"pf:{box.id}", shown)
        assert [call.name for call in floor.last if call.name.startswith("send")] == []
    assert (len(kept(floor, box)), before) == (1, 1)
    assert floor.card(picker, NoticeKind.STOP, stop.id).rows == ()


@pytest.mark.parametrize(
    ("language", "asked", "later", "refused", "short"),
    [
        (
            "en",
            "⚠ a photo or film of its packing is wanted: send it now",
            "⚠ no photo or film of its packing is kept: whoever packed it sends one before it leaves",
            "{}: no photo or film of its packing is kept, and it does not leave without. Whoever packs scans it at "
            "/pack and sends one.",
            "no photo of its packing",
        ),
        (
            "zh",
            "⚠ 需要打包照片或视频：请现在发来",
            "⚠ 还没有打包照片或视频：请打包人在出库前补发",
            "{}：没有打包照片或视频，不能出库。请打包人员到 /pack 扫描它并发一张。",
            "缺打包照片",
        ),
    ],
)
async def test_a_box_of_which_one_is_wanted_does_not_leave_without(
    floor: Floor, language: str, asked: str, later: str, refused: str, short: str
) -> None:
    floor.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), proofs=ProofRules(worth={"*": 1})), "t"))
    packer, boris = floor.speaks(Role.PACKER, language), floor.speaks(Role.DISPATCHER, language)
    box = await packed(floor)
    loud = [call.said["text"] for call in floor.last if call.name == "sendMessage"]
    assert loud[0] in (f"📷 {box.waybill}{colon}{asked.removeprefix('⚠ ')}" for colon in (": ", "："))
    assert asked in floor.card(packer, NoticeKind.SCAN, packer.id).text
    await floor.writes(boris, f"/weigh {box.waybill} {box.expected_g}")
    weighed = floor.card(boris, NoticeKind.SCAN, boris.id).text
    assert (later in weighed, asked in weighed) == (True, False)
    said = await floor.writes(boris, f"/ship {box.waybill}")
    assert said[0] == refused.format(box.waybill)
    assert short in floor.card(boris, NoticeKind.SCAN, boris.id).text
    assert floor.parcel(box.id).state is ParcelState.WEIGHED
    await floor.writes(packer, f"/pack {box.waybill}")
    floor.notices(packer, NoticeKind.SCAN)
    await floor.photographs(packer, picture())
    assert floor.notices(packer, NoticeKind.SCAN) == [(packer.id, True)]
    assert asked not in floor.card(packer, NoticeKind.SCAN, packer.id).text
    assert later not in floor.card(boris, NoticeKind.SCAN, boris.id).text
    await floor.writes(boris, f"/ship {box.waybill}")
    assert floor.parcel(box.id).state is ParcelState.HANDED_OVER
