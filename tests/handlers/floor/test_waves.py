"""Waves in chat: the list, the card with its papers, taking, printing again, what a group may see."""

from datetime import timedelta

import pypdfium2  # type: ignore[import-untyped]  # the package has no stubs
import pytest

from domain.floor.parcels import ParcelState, WaveState
from domain.people.people import Role
from domain.records import NoticeKind
from handlers.card import Card
from handlers.draw import draw
from tests.factory import NOW, incoming, incoming_line
from tests.handlers.floor_chat import GROUP, Floor

pytestmark = pytest.mark.anyio


def text_of(pdf: bytes) -> str:
    """All text of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(document[page].get_textpage().get_text_range() for page in range(len(document)))
    document.close()
    return text


async def test_a_wave_is_made_at_once(floor: Floor) -> None:
    floor.orders(incoming("1001"), incoming("1002"))
    floor.clock.forward(15)
    floor.release()
    picker = floor.cast.people[Role.PICKER]
    assert await floor.writes(picker, "/wave") == [
        "🌊 Waves\n\n"
        "<b>杭州仓</b>: 0 open, 2 waiting for the next wave\n"
        "<b>武汉仓</b>: 0 open, 0 waiting for the next wave"
    ]
    said = await floor.taps(picker, "▶️ Make a wave now: 杭州仓")
    assert floor.toasts == ["Wave W0001 is made. Its card goes to the floor."]
    assert said[0].split("\n")[2] == "<b>杭州仓</b>: 1 open, 0 waiting for the next wave"


async def test_a_wave_made_meanwhile_is_told(floor: Floor) -> None:
    floor.orders()
    floor.clock.forward(15)
    floor.release()
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/wave")
    floor.wave()
    said = await floor.taps(picker, "▶️ Make a wave now: 杭州仓")
    assert floor.toasts == ["Nothing waits any more: it is in a wave already."]
    assert said[0].split("\n")[2] == "<b>杭州仓</b>: 1 open, 0 waiting for the next wave"
    assert len(floor.look(lambda desk: desk.waves.open_of(None))) == 1


async def test_packers_make_no_waves(floor: Floor) -> None:
    assert await floor.writes(floor.cast.people[Role.PACKER], "/wave") == ["Your role does not allow this (wave)."]


async def test_the_card_with_its_papers(floor: Floor) -> None:
    floor.orders()
    wave, _ = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    card = floor.card(picker, NoticeKind.WAVE, wave.id)
    assert card.text.split("\n") == [
        "🌊 Wave W0001 · 1 parcel · 2 units · nobody picks it yet",
        "Why: Chosen by hand: whatever waits",
        "杭州仓 · made at 11-23 10:01",
        "to be picked 1",
        "",
        "Take it, walk the pick list, and scan each slip when its slot is full.",
    ]
    [file] = [make() for make in card.files]
    assert file.name == "W0001-pick.pdf"
    assert "A-01" in text_of(file.data)
    assert "13800001234" not in text_of(file.data)


async def test_a_group_gets_the_pick_list_only(floor: Floor) -> None:
    floor.orders()
    wave, _ = floor.wave()
    await floor.writes(floor.cast.people[Role.PICKER], "/help", group=True)
    group = floor.look(lambda desk: desk.people.chat_by_telegram(GROUP))
    card = floor.look(lambda desk: draw(desk, NoticeKind.WAVE, wave.id, group, {}))
    assert isinstance(card, Card)
    assert [make().name for make in card.files] == ["W0001-pick.pdf"]


async def test_one_picker_takes_it(floor: Floor) -> None:
    floor.orders()
    wave, _ = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    data, shown = floor.button(picker.telegram_id, "🙋 Take it")
    said = await floor.taps(picker, "🙋 Take it")
    assert floor.toasts == ["Wave W0001 is yours."]
    assert said[0].split("\n")[0] == "🌊 Wave W0001 · 1 parcel · 2 units · 王强 Wang Qiang is picking"
    await floor.presses(picker, data, shown)
    assert floor.toasts == ["W0001 has changed meanwhile. Nothing was done; please look again."]
    assert floor.look(lambda desk: desk.waves.get(wave.id)).state is WaveState.TAKEN


async def test_the_last_pick_closes_the_wave(floor: Floor) -> None:
    floor.orders(incoming("1001"), incoming("1002"))
    wave, boxes = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, " ".join(box.waybill for box in boxes))
    assert [floor.parcel(box.id).state for box in boxes] == [ParcelState.PICKED] * 2
    card = floor.card(picker, NoticeKind.WAVE, wave.id)
    assert card.text.split("\n")[0] == "🌊 Wave W0001 · 2 parcels · 4 units · all picked"
    assert card.text.split("\n")[3] == "picked 2"
    assert card.files == ()


async def test_the_card_in_chinese(floor: Floor) -> None:
    floor.orders()
    wave, _ = floor.wave()
    picker = floor.speaks(Role.PICKER, "zh")
    card = floor.card(picker, NoticeKind.WAVE, wave.id)
    assert card.text.split("\n")[0] == "🌊 波次 W0001 · 1 个包裹 · 2 件 · 还没有人拣货"
    assert "拣货单" in text_of(card.files[0]().data)


async def test_a_kind_of_what_waits_is_chosen_by_tap(floor: Floor) -> None:
    two = (incoming_line(), incoming_line("TEA-01", 1))
    late = incoming("1003", paid_at=NOW - timedelta(hours=43))
    floor.orders(incoming("1001"), incoming("1002", lines=two), late)
    floor.clock.forward(15)
    floor.release()
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/wave")
    keyboard = floor.last[-1].said["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in keyboard] == [
        ["▶️ Make a wave now: 杭州仓"],
        ["⚡ Rush 1", "1️⃣ One product 2", "🔢 Several 1"],
        ["📍 Zone A 2"],
    ]
    await floor.taps(picker, "🔢 Several 1")
    assert floor.toasts == ["Wave W0001 is made. Its card goes to the floor."]
    wave = floor.look(lambda desk: desk.waves.get(1))
    assert dict(wave.why) == {"trigger": "tap", "shape": "multi"}
    assert floor.card(picker, NoticeKind.WAVE, 1).text.split("\n")[1] == "Why: Chosen by hand: several products"


async def test_a_kind_nobody_knows_is_refused(floor: Floor) -> None:
    floor.orders()
    floor.clock.forward(15)
    floor.release()
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/wave")
    data, shown = floor.button(picker.telegram_id, "▶️ Make a wave now: 杭州仓")
    await floor.presses(picker, data.replace(":all", "") + ":c.99", shown)
    assert floor.look(lambda desk: desk.waves.open_of(None)) == []
