"""The floor in chat: stations, scans by text and photo, stops, weights; answered line by line in both languages."""

from io import BytesIO

import pytest
from PIL import Image

from domain.floor.parcels import Parcel, ParcelState, StopState
from domain.people.people import Person, Role, Station
from domain.records import NoticeKind
from domain.review import review
from exports.barcodes import barcode_png
from tests.factory import hire, incoming
from tests.handlers.floor_chat import GROUP, Floor

pytestmark = pytest.mark.anyio


def one_parcel(floor: Floor) -> Parcel:
    """An order of two cups, in a wave."""
    floor.orders()
    return floor.wave()[1][0]


def scan_card(floor: Floor, person: Person) -> list[str]:
    """The running card as it would be drawn now."""
    return floor.card(person, NoticeKind.SCAN, person.id).text.split("\n")


async def walk(floor: Floor, box: Parcel, *, until: ParcelState) -> None:
    """Scan the parcel forward as the people of the floor would."""
    steps = [
        (Role.PICKER, box.waybill, ParcelState.PICKED),
        (Role.PACKER, box.waybill, ParcelState.PACKED),
        (Role.DISPATCHER, f"{box.waybill} 700", ParcelState.WEIGHED),
        (Role.DISPATCHER, box.waybill, ParcelState.HANDED_OVER),
    ]
    for role, text, state in steps:
        await floor.writes(floor.cast.people[role], text)
        assert floor.parcel(box.id).state is state
        if state is until:
            return


async def test_a_station_is_chosen_with_its_running_card(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    said = await floor.writes(picker, "/pick")
    assert said == ["🛒 Pick · 王强 Wang Qiang · 0 this hour\n\nScan a slip when all its goods lie in the slot."]
    assert floor.look(lambda desk: desk.people.get(picker.id)).station is Station.PICK


async def test_a_keyboard_label_chooses_the_station_too(floor: Floor) -> None:
    packer = floor.cast.people[Role.PACKER]
    await floor.writes(packer, "📦 Pack")
    assert floor.look(lambda desk: desk.people.get(packer.id)).station is Station.PACK


async def test_a_station_of_another_role_is_refused(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    assert await floor.writes(picker, "/ship") == ["Your role does not allow this (hand over)."]
    assert floor.look(lambda desk: desk.people.get(picker.id)).station is None


async def test_a_right_scan_is_silent_but_for_the_card(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    floor.orders(incoming("1001"), incoming("1002"))
    _, boxes = floor.wave()
    await floor.writes(picker, "/pick")
    assert await floor.writes(picker, boxes[0].waybill) == []
    assert await floor.writes(picker, boxes[1].waybill.lower()) == []
    assert scan_card(floor, picker) == [
        "🛒 Pick · 王强 Wang Qiang · 2 this hour",
        "",
        f"✓ 10:01 <code>{boxes[1].waybill}</code> picked",
        f"✓ 10:01 <code>{boxes[0].waybill}</code> picked",
        "",
        "Wave W0001: picked 2 of 2",
        "Scan a slip when all its goods lie in the slot.",
    ]
    assert floor.notices(picker, NoticeKind.SCAN) == [(picker.id, True)]


async def test_a_newcomer_just_scans_and_the_parcel_walks(floor: Floor) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.HANDED_OVER)
    assert floor.parcel(box.id).weight_g == 700


async def test_the_first_scan_brings_the_card(floor: Floor) -> None:
    box = one_parcel(floor)
    said = await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    assert [text.split("\n")[0] for text in said] == ["📷 Scan · 王强 Wang Qiang · 1 this hour"]


async def test_a_repeat_is_calm(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    box = one_parcel(floor)
    await floor.writes(picker, box.waybill)
    assert await floor.writes(picker, box.waybill) == []
    assert scan_card(floor, picker)[2] == f"↺ 10:01 <code>{box.waybill}</code> was picked before"
    assert floor.parcel(box.id).state is ParcelState.PICKED


async def test_an_unknown_waybill_is_told_and_nothing_changes(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/pick")
    assert await floor.writes(picker, "SF999999999") == [
        "SF999999999 is not a waybill of ours.\n"
        "Nothing was changed. Read the label again; a parcel that came back belongs to /receive."
    ]


async def test_a_step_too_early_names_the_next_station(floor: Floor) -> None:
    box = one_parcel(floor)
    packer = floor.cast.people[Role.PACKER]
    said = await floor.writes(packer, f"/pack {box.waybill}")
    assert said[0] == f"{box.waybill} is to be picked; this step needs picked.\nIts next station is 🛒 Pick."
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


async def test_a_foreign_warehouse_is_refused(floor: Floor) -> None:
    box = one_parcel(floor)
    other = floor.cast.warehouses[1].id
    stranger = floor.do(hire, 3000, "小武", Role.PICKER, warehouses=frozenset({other}), language="en")
    said = await floor.writes(stranger, box.waybill)
    assert said[0] == "This warehouse is not yours to work in."
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


async def test_the_weigh_station_asks_for_the_weight_and_takes_it_alone(floor: Floor) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.PACKED)
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, "/weigh")
    assert await floor.writes(boris, box.waybill) == [f"{box.waybill}: now send its weight, e.g. 1.25kg or 1250."]
    assert floor.parcel(box.id).state is ParcelState.PACKED
    assert await floor.writes(boris, "0.7 kg") == []
    assert (floor.parcel(box.id).state, floor.parcel(box.id).weight_g) == (ParcelState.WEIGHED, 700)
    assert scan_card(floor, boris)[2] == f"✓ 10:01 <code>{box.waybill}</code> weighed · 700 g"


@pytest.mark.parametrize(
    ("weight", "answer"),
    [
        ("0", "{}: 0 g is not a possible weight. Weigh it again."),
        ("100kg", "{}: 100 kg is over the courier's maximum of 30 kg."),
        (
            "1.9kg",
            "{0}: 1.9 kg, but 700 g was expected. Open it and count again.\n"
            "• 2 × CUP-01 陶瓷杯 白\n"
            "If it is right all the same, a lead sends: <code>/force {0} 1900g REASON</code>",
        ),
    ],
)
async def test_an_impossible_weight_changes_nothing(floor: Floor, weight: str, answer: str) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.PACKED)
    boris = floor.cast.people[Role.DISPATCHER]
    said = await floor.writes(boris, f"/weigh {box.waybill} {weight}")
    assert said[0] == answer.format(box.waybill)
    assert floor.parcel(box.id).state is ParcelState.PACKED


async def test_a_weight_in_the_second_band_is_taken_with_a_warning(floor: Floor) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.PACKED)
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, f"/weigh {box.waybill} 750")
    assert scan_card(floor, boris)[2:4] == [
        f"✓ 10:01 <code>{box.waybill}</code> weighed · 750 g",
        "   ⚠ weight differs from what was expected, count again if in doubt",
    ]


async def test_a_stopped_parcel_is_refused_loudly_with_its_card(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    await walk(floor, box, until=ParcelState.WEIGHED)
    floor.refund(order)
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, "/ship")
    said = await floor.writes(boris, box.waybill)
    assert said == [
        f"⛔ <b>STOP {box.waybill}</b> · refund · it must not leave\n"
        f"Parcel {box.number} · order 1001 · 小满旗舰店\n"
        "Refund at 11-23 10:01, when it was: weighed. Reason: 不想要了\n"
        "Where: 杭州仓, weighed, wave W0001, slot 1, last with 鲍里斯 Boris\n"
        "<b>Take out everything:</b>\n"
        "• 2 × goods CUP-01 · CUP-01 · shelf A-01\n"
        "\n"
        "For: 鲍里斯 Boris\n"
        "No answer by 10:03: service lead is told next. Told so far: 1×\n"
        f"👉 Take it out and put it on the stop shelf: scan {box.waybill}, then the shelf's code STOP001."
    ]
    assert floor.parcel(box.id).state is ParcelState.WEIGHED
    assert scan_card(floor, boris)[2] == f"⛔ 10:01 <code>{box.waybill}</code> STOP"


async def test_the_stop_card_in_chinese(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    floor.refund(order)
    picker = floor.speaks(Role.PICKER, "zh")
    said = await floor.writes(picker, box.waybill)
    assert said[0].split("\n")[0] == f"⛔ <b>拦截 {box.waybill}</b> · 买家退款 · 不得出库"
    assert said[0].split("\n")[-1] == "👉 还没有人拣货：撕掉格口 1 的单据并点按钮，或到 /putback 扫描。"


async def test_on_it_then_put_back_frees_the_stock(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    stop = floor.refund(order)
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, box.waybill)
    said = await floor.taps(picker, "🙋 On it")
    assert floor.toasts == ["Yours. The card says what to scan."]
    assert said[0].split("\n")[0] == f"⛔ <b>STOP {box.waybill}</b> · 王强 Wang Qiang is on it"
    level = floor.look(lambda desk: desk.stock.levels(["CUP-01"]))[floor.cast.warehouses[0].id, "CUP-01"]
    assert level.free == 98
    await floor.writes(picker, f"/putback {box.waybill}")
    level = floor.look(lambda desk: desk.stock.levels(["CUP-01"]))[floor.cast.warehouses[0].id, "CUP-01"]
    assert level.free == 100
    assert floor.look(lambda desk: desk.stops.get(stop.id)).state is StopState.DONE
    assert await floor.writes(picker, "/stops") == ["✅ No open stops."]


async def test_a_second_tap_on_it_tells_who_was_first(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    floor.refund(order)
    picker, packer = floor.cast.people[Role.PICKER], floor.cast.people[Role.PACKER]
    for person in (picker, packer):
        await floor.writes(person, "/stops")
        await floor.taps(person, f"⛔ {box.waybill}")
    data, shown = floor.button(packer.telegram_id, "🙋 On it")
    await floor.taps(picker, "🙋 On it")
    await floor.presses(packer, data, shown)
    assert floor.toasts == [
        f"{box.waybill}: taken by 王强 Wang Qiang at 10:01. Nothing was changed; the card is up to date now."
    ]
    assert floor.look(lambda desk: desk.stops.open_of(None))[0].acked_by == "王强 Wang Qiang"


async def test_nobody_else_puts_a_held_parcel_forward(floor: Floor) -> None:
    order = floor.orders()[0]
    box = floor.wave()[1][0]
    revision = floor.look(lambda desk: desk.orders.get(order.id)).revision
    floor.do(review.hold, floor.cast.actor(Role.CS), order.id, revision, "ask the buyer")
    said = await floor.writes(floor.cast.people[Role.PICKER], box.waybill)
    assert said[0].split("\n")[:2] == [
        f"✋ <b>STOP {box.waybill}</b> · held by hand · it must wait",
        f"Parcel {box.number} · order 1001 · 小满旗舰店",
    ]
    assert said[0].split("\n")[-1] == f"👉 Put it on the stop shelf: scan {box.waybill}, then the shelf's code STOP001."
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE


async def test_a_photo_of_a_label_is_a_scan(floor: Floor) -> None:
    box = one_parcel(floor)
    await floor.photographs(floor.cast.people[Role.PICKER], barcode_png(box.waybill))
    assert floor.parcel(box.id).state is ParcelState.PICKED


async def test_a_photo_with_the_weight_in_its_caption(floor: Floor) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.PACKED)
    await floor.photographs(floor.cast.people[Role.DISPATCHER], barcode_png(box.waybill), caption="0.7kg")
    assert floor.parcel(box.id).weight_g == 700


async def test_a_photo_without_a_code_gets_advice(floor: Floor) -> None:
    blank = BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    assert await floor.photographs(floor.cast.people[Role.PICKER], blank.getvalue()) == [
        "No code found. Go closer: the label should fill the frame, straight and sharp, without glare."
    ]
    assert await floor.photographs(floor.cast.people[Role.PICKER], b"junk") == [
        "I cannot open this picture. Send a photo of the label."
    ]


async def test_a_picture_sent_as_a_file_is_a_photo(floor: Floor) -> None:
    box = one_parcel(floor)
    await floor.sends_file(floor.cast.people[Role.PICKER], barcode_png(box.waybill), "image/png")
    assert floor.parcel(box.id).state is ParcelState.PICKED


async def test_goods_are_looked_up_not_scanned(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    said = await floor.writes(picker, "6900000000014")
    assert said[0] == "🧺 CUP-01 陶瓷杯 白: you have no wave. Take one with /wave."
    said = await floor.taps(picker, "📦 CUP-01")
    assert said[0].split("\n")[:4] == [
        "📦 陶瓷杯 白 · CUP-01",
        "Shelf A-01 · 320 g · barcode 6900000000014",
        "",
        "<b>杭州仓</b>: 100 free = 100 on the shelf − 0 promised",
    ]


async def test_stock_tells_where_the_units_went(floor: Floor) -> None:
    box = one_parcel(floor)
    await walk(floor, box, until=ParcelState.HANDED_OVER)
    said = await floor.writes(floor.cast.people[Role.PICKER], "/stock cup-01")
    lines = said[0].split("\n")
    assert lines[3] == "<b>杭州仓</b>: 98 free = 98 on the shelf − 0 promised"
    assert f"11-23 10:01 杭州仓: -2 on the shelf, 100 → 98 · shipped {box.waybill} · 鲍里斯 Boris" in lines
    assert f"11-23 10:01 杭州仓: 2 × A-01 → {box.number} · picked {box.waybill} · 王强 Wang Qiang" in lines


async def test_what_comes_out_of_a_box_is_not_told_as_picked(floor: Floor) -> None:
    box = one_parcel(floor)
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, f"/pick {box.waybill}")
    await floor.writes(picker, "/undo")
    lines = (await floor.writes(picker, "/stock cup-01"))[0].split("\n")
    assert [line for line in lines if box.number in line] == [
        f"11-23 10:01 杭州仓: 2 × {box.number} → A-01 · put back {box.waybill} · 王强 Wang Qiang",
        f"11-23 10:01 杭州仓: 2 × A-01 → {box.number} · picked {box.waybill} · 王强 Wang Qiang",
    ]


async def test_several_products_are_offered(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    said = await floor.writes(picker, "/stock 陶瓷杯")
    assert said[0].split("\n")[0] == "2 products fit «陶瓷杯»:"
    said = await floor.taps(picker, "CUP-02")
    assert said[0].split("\n")[0] == "📦 陶瓷杯 蓝 · CUP-02"


async def test_the_owner_searches_unless_a_station_is_set(floor: Floor) -> None:
    box = one_parcel(floor)
    owner = floor.cast.people[Role.OWNER]
    await floor.writes(owner, box.waybill)
    assert floor.parcel(box.id).state is ParcelState.IN_WAVE
    await floor.writes(owner, "/pick")
    await floor.writes(owner, box.waybill)
    assert floor.parcel(box.id).state is ParcelState.PICKED


async def test_an_update_fed_again_scans_once(floor: Floor) -> None:
    box = one_parcel(floor)
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/pick")
    await floor.writes(picker, box.waybill)
    floor.update_id -= 1
    await floor.writes(picker, box.waybill)
    assert scan_card(floor, picker)[0] == "🛒 Pick · 王强 Wang Qiang · 1 this hour"
    assert len(floor.look(lambda desk: desk.history("shift", picker.id))) == 1


async def test_the_card_comes_anew_after_twenty_scans(floor: Floor) -> None:
    picker = floor.cast.people[Role.PICKER]
    floor.orders(*[incoming(f"{1000 + n}") for n in range(21)])
    boxes = floor.wave()[1]
    await floor.writes(picker, "/pick")
    sent = [len(await floor.writes(picker, box.waybill)) for box in boxes]
    assert sent == [0] * 19 + [1, 0]
    assert len(floor.look(lambda desk: desk.cards.of(NoticeKind.SCAN, picker.id))) == 1


async def test_in_a_group_the_card_has_no_buttons(floor: Floor) -> None:
    box = one_parcel(floor)
    await floor.writes(floor.cast.people[Role.PICKER], box.waybill, group=True)
    cards = [call for call in floor.last if call.name == "sendMessage"]
    assert [call.said["chat_id"] for call in cards] == [GROUP]
    assert "reply_markup" not in cards[0].said


@pytest.mark.parametrize(("text", "value"), [("-5", "-5"), ("abc", "abc"), ("{} -5", "-5"), ("{} heavy", "heavy")])
async def test_what_was_meant_as_a_weight_is_refused_as_one(floor: Floor, text: str, value: str) -> None:
    boris, box = floor.cast.people[Role.DISPATCHER], one_parcel(floor)
    await walk(floor, box, until=ParcelState.PACKED)
    await floor.writes(boris, "/weigh")
    await floor.writes(boris, box.waybill)
    said = await floor.writes(boris, text.format(box.waybill))
    assert said == [f"«{value}» is not valid for weight. Expected: a weight like 1.25kg or 1250."]
    assert floor.parcel(box.id).state is ParcelState.PACKED
