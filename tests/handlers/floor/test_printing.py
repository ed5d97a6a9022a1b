"""Labels and slips in chat: who gets them, what they say, copies, and what is left out."""

import io
from dataclasses import replace
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # the package has no stubs
import pytest
import zxingcpp
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendDocument
from PIL import Image

from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.people.people import SHOP, Role
from domain.policy.policy import policy_of
from domain.records import NoticeKind
from domain.review import review
from domain.review.holds import HoldCode
from domain.stock.stock import Bucket, Document, Move, relocate
from domain.stops import interception
from handlers.draw import draw
from tests.factory import incoming, incoming_line, receiver
from tests.handlers.floor_chat import GROUP, Call, Floor

pytestmark = pytest.mark.anyio


def text_of(pdf: bytes) -> str:
    """All text of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pages_of(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def files(calls: list[Call]) -> dict[str, bytes]:
    """The documents sent, by name."""
    sent: list[Any] = []
    for call in calls:
        if call.name == "sendDocument":
            sent.append(call.said["document"])
        if call.name == "sendMediaGroup":
            sent += [media["media"] for media in call.said["media"]]
    return {file.filename: file.data for file in sent}


async def open_wave(floor: Floor, *numbers: str) -> None:
    """A wave of these orders, its card at the picker's."""
    floor.orders(*(incoming(number) for number in numbers))
    wave, _ = floor.wave()
    await floor.shown(floor.cast.people[Role.PICKER], NoticeKind.WAVE, wave.id)


async def test_labels_go_to_the_presser_in_private_masked_and_counted(floor: Floor) -> None:
    await open_wave(floor, "1001", "1002")
    picker = floor.cast.people[Role.PICKER]
    data, shown = floor.button(picker.telegram_id, "🖨 Labels 2")
    shown.said["chat_id"] = GROUP
    await floor.presses(picker, data, shown, group=True)
    assert [c.said["chat_id"] for c in floor.last if c.name == "sendDocument"] == [picker.telegram_id]
    [(name, pdf)] = files(floor.last).items()
    text = text_of(pdf)
    assert (name, pages_of(pdf)) == ("W0001-labels.pdf", 2)
    assert "13800001234" not in text
    assert text.count("138****1234") == 2
    assert text.count("张*") == 2
    assert text.count("文三路") == 2
    assert floor.toasts == ["Sent to you in private: 2."]
    assert "🖨 Printed: labels 2/2, slips 0/2 · last by 王强 Wang Qiang at 10:01" in floor.last[-1].said["text"]


async def test_a_double_tap_prints_once(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker = floor.cast.people[Role.PICKER]
    data, shown = floor.button(picker.telegram_id, "🖨 Labels 1")
    await floor.presses(picker, data, shown)
    await floor.presses(picker, data, shown)
    assert files(floor.last) == {}
    assert floor.toasts == ["Nothing new to print. Print again if a copy is lost."]
    found = floor.look(lambda desk: desk.prints.of_parcels([1]))
    assert [(copy.paper, copy.number, copy.by) for copy in found[1]] == [("label", 1, "王强 Wang Qiang")]


async def test_all_again_is_asked_twice_and_says_which_copy(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker = floor.cast.people[Role.PICKER]
    await floor.taps(picker, "🖨 Labels 1")
    floor.clock.forward(120)
    said = await floor.taps(picker, "🖨 Labels again…")
    assert said[0].endswith("Print the labels of 1 parcel again? Each will say which copy it is; tear the old ones up.")
    assert files(floor.last) == {}
    data, shown = floor.button(picker.telegram_id, "🖨 Yes, print all again")
    await floor.taps(picker, "🖨 Yes, print all again")
    text = text_of(files(floor.last)["W0001-labels.pdf"])
    assert "COPY 2" in text
    assert "replaces the copy of 11-23 10:01: tear that one up" in text
    assert floor.toasts == ["Sent to you in private: 1. 1 of them are further copies: tear the old ones up."]
    await floor.presses(picker, data, shown)
    assert floor.toasts == ["W0001 has changed meanwhile. Nothing was done; please look again."]
    [copies] = floor.look(lambda desk: desk.prints.of_parcels([1])).values()
    assert [copy.number for copy in copies] == [1, 2]
    events = floor.look(lambda desk: desk.history("parcel", 1))
    assert [(e.data["copy"], e.actor) for e in events if e.verb == "label_printed"] == [
        ("2", "王强 Wang Qiang"),
        ("1", "王强 Wang Qiang"),
    ]


async def test_the_orders_history_says_which_copy(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker, anna = floor.cast.people[Role.PICKER], floor.cast.people[Role.CS]
    await floor.taps(picker, "🖨 Labels 1")
    await floor.writes(picker, "/print P000001")
    order = floor.look(lambda desk: desk.orders.by_number(floor.cast.shops[0].id, ["1001"])["1001"])
    chat = floor.look(lambda desk: desk.people.chat(anna.chat_id))
    card = floor.look(lambda desk: draw(desk, NoticeKind.ORDER, order.id, chat, {"view": "history"}))
    assert [line for line in card.text.split("\n") if "printed" in line] == [
        "11-23 10:01 · slip printed · 王强 Wang Qiang · copy 1",
        "11-23 10:01 · label printed · 王强 Wang Qiang · copy 2",
        "11-23 10:01 · label printed · 王强 Wang Qiang · copy 1",
    ]


async def test_the_pick_list_comes_in_private_and_is_not_counted(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker = floor.cast.people[Role.PICKER]
    data, shown = floor.button(picker.telegram_id, "📄 Pick list")
    shown.said["chat_id"] = GROUP
    await floor.presses(picker, data, shown, group=True)
    assert [c.said["chat_id"] for c in floor.last if c.name == "sendDocument"] == [picker.telegram_id]
    assert floor.toasts == ["Sent to you in private."]
    assert floor.look(lambda desk: desk.prints.of_parcels([1])) == {}


async def test_what_a_list_says_when_it_is_printed_again_is_kept(floor: Floor) -> None:
    """The cups were moved since the wave was made."""
    await open_wave(floor, "1001")
    [before] = floor.look(lambda desk: desk.walks.of([1]))[1]
    gone = Move(before.warehouse_id, "CUP-01", Bucket.GOOD, 100, Document.MOVE, 1)
    floor.do(lambda unit: unit.stock.apply(relocate(gone, "Z-9"), "anna"))
    picker = floor.cast.people[Role.PICKER]
    await floor.presses(picker, *floor.button(picker.telegram_id, "📄 Pick list"))
    assert floor.look(lambda desk: desk.walks.of([1]))[1] == (replace(before, bin="Z-9"),)


async def test_a_rule_of_the_company_masks_and_names_the_sender(floor: Floor) -> None:
    rules = """
[papers]
masks = {taobao = "both", "*" = "whole"}
whole_for_own_numbers = true
[[papers.senders]]
name = "小满仓配"
phone = "0571-1"
address = "余杭 1 号"
warehouse = "HZ"
"""
    policy = policy_of(rules, 2).value
    floor.do(lambda unit: unit.catalog_admin.put_policy(policy, "test"))
    await open_wave(floor, "1001")
    await floor.taps(floor.cast.people[Role.PICKER], "🖨 Labels 1")
    text = text_of(files(floor.last)["W0001-labels.pdf"])
    assert "13800001234" in text
    assert "小满仓配 0571-1 余杭 1 号" in text


async def test_a_receiver_is_no_printer(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker, other = floor.cast.people[Role.PICKER], floor.cast.people[Role.RECEIVER]
    data, shown = floor.button(picker.telegram_id, "🖨 Labels 1")
    await floor.presses(other, data, shown)
    assert floor.toasts == ["Your role does not allow this (print)."]
    assert await floor.writes(other, "/print P000001") == ["Your role does not allow this (print)."]
    assert floor.look(lambda desk: desk.prints.of_parcels([1])) == {}


async def test_somebody_without_a_private_chat(floor: Floor) -> None:
    await open_wave(floor, "1001")
    picker = floor.cast.people[Role.PICKER]
    floor.wire.failures["sendDocument"] = TelegramForbiddenError(
        SendDocument(chat_id=1, document="x"), "bot was blocked by the user"
    )
    await floor.taps(picker, "🖨 Labels 1")
    assert floor.toasts == ["Open a private chat with me first: addresses do not go to groups."]


async def test_a_stopped_parcel_is_not_printed_and_its_old_label_is_named(floor: Floor) -> None:
    orders = floor.orders(incoming("1001"), incoming("1002"))
    wave, _ = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, "🖨 Labels 2")
    stopped = floor.parcel(floor.refund(orders[0]).parcel_id)
    card = floor.card(picker, NoticeKind.WAVE, wave.id)
    line = f"⛔ STOP: slot {stopped.slot}, {stopped.waybill}. Do not send it. Tear up its label (copy 1)."
    assert line in card.text.split("\n")
    await floor.taps(picker, "🖨 Slips 2")
    assert floor.toasts == ["Sent to you in private: 1. Stopped and left out: 1."]
    assert stopped.waybill not in text_of(files(floor.last)["W0001-slips.pdf"])
    [said] = await floor.writes(picker, f"/print {stopped.waybill}")
    assert said == (f"{stopped.waybill} is not to be printed: it is in no wave, it must not leave, or it has left.")
    assert stopped.waybill not in text_of(card.files[0]().data)


async def test_one_parcel_again_as_pdf_and_picture(floor: Floor) -> None:
    await open_wave(floor, "1001")
    packer = floor.cast.people[Role.PACKER]
    await floor.writes(packer, "/print p000001")
    found = files(floor.last)
    assert sorted(found) == ["P000001-label.png", "P000001-labels.pdf", "P000001-slips.pdf"]
    waybill = floor.parcel(1).waybill
    with Image.open(io.BytesIO(found["P000001-label.png"])) as picture:
        assert (picture.size, picture.mode) == ((800, 1200), "1")
        assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [waybill]
    assert await floor.writes(packer, "/print nonsense") != []
    assert files(floor.last) == {}


async def test_a_changed_address_voids_the_label(floor: Floor) -> None:
    """The floor hears of it, the wave's card names it, packing refuses it; the new copy says what it replaces."""
    await open_wave(floor, "1001")
    picker, packer = floor.cast.people[Role.PICKER], floor.cast.people[Role.PACKER]
    await floor.taps(picker, "🖨 Labels 1")
    box = floor.parcel(1)
    await floor.writes(picker, box.waybill)
    moved = incoming("1001", receiver=receiver(address="新地址 9 号"))
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [moved])
    assert floor.notices(packer, NoticeKind.LABEL_OLD) == [(1, False)]
    lines = floor.card(packer, NoticeKind.LABEL_OLD, 1).text.split("\n")
    assert lines[0] == f"♻️ <b>{box.waybill}</b>: the label is out of date, it must not go out with it"
    assert lines[3] == "Customer service looks at the change first; print when it is free."
    wave_card = floor.card(picker, NoticeKind.WAVE, 1).text
    assert f"♻️ Label out of date: slot 1, {box.waybill}. Tear copy 1 up and print it again." in wave_card
    order = floor.look(lambda desk: desk.orders.by_number(floor.cast.shops[0].id, ["1001"])["1001"])
    floor.do(review.release_hold, floor.cast.actor(Role.CS_LEAD), order.id, order.revision, HoldCode.ADDR_CHANGED)
    said = await floor.writes(packer, box.waybill)
    box = floor.parcel(1)  # with the number for its new place
    assert said[0] == (
        f"⛔ STOP {box.waybill} (P000001)! the label is out of date: tear it up and print the new one (/print)"
    )
    assert floor.parcel(1).state is ParcelState.PICKED
    await floor.shown(packer, NoticeKind.LABEL_OLD, 1)
    await floor.taps(packer, "🖨 Print the new one")
    text = text_of(files(floor.last)["P000001-labels.pdf"])
    assert "新地址 9 号" in text
    assert "COPY 2" in text
    assert f"✅ {box.waybill}: copy 2 is right, printed by 赵敏 Zhao Min at 11-23 10:01" in floor.last[-1].said["text"]
    await floor.writes(packer, box.waybill)
    assert floor.parcel(1).state is ParcelState.PACKED


async def test_a_slip_out_of_date_is_said_where_it_matters_until_it_is_printed(floor: Floor) -> None:
    """One of two lines is refunded and put back: a card for the floor, a word at the pick, a refusal at packing."""
    lines = (incoming_line(), incoming_line("TEA-01", 1, amount=5900))
    [order] = floor.orders(incoming("1001", lines=lines, goods=13700, total=13700, paid=13700))
    wave, [box] = floor.wave()
    picker, packer = floor.cast.people[Role.PICKER], floor.cast.people[Role.PACKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, "🖨 Labels 1")
    await floor.taps(picker, "🖨 Slips 1")
    floor.do(interception.typed, floor.cast.actor(Role.CS), order.id, "no tea", {2: 1})
    await floor.writes(picker, f"/putback {box.waybill}")
    assert floor.notices(packer, NoticeKind.LABEL_OLD) == [(1, False)]
    [stop] = floor.look(lambda desk: desk.stops.of_parcels([box.id]))[box.id]
    assert "Print its slip anew" in floor.card(picker, NoticeKind.STOP, stop.id).text
    card = floor.card(packer, NoticeKind.LABEL_OLD, 1).text.split("\n")
    assert card[0] == f"♻️ <b>{box.waybill}</b>: the packing slip is out of date, it must not go into the box"
    wave_card = floor.card(picker, NoticeKind.WAVE, 1)
    assert f"♻️ Slip out of date: slot 1, {box.waybill}. Tear copy 1 up and print it again." in wave_card.text
    assert "🖨 Slips 1" in [button.label for row in wave_card.rows for button in row]
    words = "its packing slip is out of date: tear it up and print the new one"
    assert (await floor.writes(picker, f"/pick {box.waybill}"))[0] == f"♻️ {box.waybill}: {words}"
    assert words in floor.card(picker, NoticeKind.SCAN, picker.id).text
    assert (await floor.writes(packer, f"/pack {box.waybill}"))[0] == (
        f"⛔ STOP {box.waybill} (P000001)! the packing slip is out of date: tear it up and print the new one (/print)"
    )
    assert await floor.taps(packer, f"🖨 Reprint: {box.waybill}") == [
        f"✅ {box.waybill}: copy 2 of the slip is right, printed by 赵敏 Zhao Min at 11-23 10:01"
    ]
    assert list(files(floor.last)) == ["P000001-slips.pdf"]
    assert "TEA-01" not in text_of(files(floor.last)["P000001-slips.pdf"])
    assert "Print its slip anew" not in floor.card(picker, NoticeKind.STOP, stop.id).text
    data, shown = floor.button(picker.telegram_id, f"🖨 Reprint: {box.waybill}")
    await floor.presses(picker, data, shown)
    assert len(floor.look(lambda desk: desk.prints.of_parcels([1]))[1]) == 3
    await floor.writes(packer, f"/pack {box.waybill}")
    assert floor.parcel(1).state is ParcelState.PACKED
