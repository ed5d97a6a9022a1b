"""Goods in a picker's hand, the codes on our papers, where a number or a batch went; the stock card's pages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.floor import manifests, release
from domain.floor.parcels import Parcel, ParcelState, Wave
from domain.people.people import Role, Station
from domain.records import NoticeKind
from domain.stock import stock_room
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import DocKind, StockDoc
from storage.unit import Unit
from tests.factory import hire, incoming, incoming_line
from tests.handlers.floor.test_scan_page import Page
from tests.handlers.floor.test_warehouse import scan_card
from tests.handlers.floor_chat import Floor
from tests.handlers.test_asked import MILK, PHONE, furnish, opened, shelve

pytestmark = pytest.mark.anyio
CUP, TEA, LAMP = "6900000000014", "6900000000038", "6900000000045"


def taken(floor: Floor) -> tuple[Wave, list[Parcel]]:
    """The picker's wave: two cups, three cups and a tea."""
    floor.orders(incoming("1001"), incoming("1002", lines=(incoming_line("CUP-01", 3), incoming_line("TEA-01", 1))))
    wave, boxes = floor.wave()
    floor.do(release.take_wave, floor.cast.actor(Role.PICKER), wave.id, wave.revision)
    return wave, sorted(boxes, key=lambda box: box.slot)


def slots(boxes: list[Parcel], sku: str) -> str:
    """As the line says them."""
    units = [(box.slot, sum(item.quantity for item in box.items if item.sku == sku)) for box in boxes]
    return " · ".join(f"slot {slot} × {count}" for slot, count in units if count)


async def test_goods_in_the_hand_say_their_slots(floor: Floor) -> None:
    wave, boxes = taken(floor)
    picker = floor.cast.people[Role.PICKER]
    await floor.writes(picker, "/pick")
    assert await floor.writes(picker, f"{CUP} {LAMP} {CUP} TEA-01") == [
        f"🧺 CUP-01 陶瓷杯 白: 5 in all for {wave.number}: {slots(boxes, 'CUP-01')}\n"
        f"🧺 LAMP-01 台灯: no more of it goes into {wave.number}.\n"
        f"🧺 TEA-01 茉莉花茶 100g: 1 in all for {wave.number}: {slots(boxes, 'TEA-01')}"
    ]
    found = Page(floor, Role.PICKER).scans(CUP, Station.PICK)
    assert (found["verdict"], found["text"]) == (
        "look",
        f"🧺 CUP-01 陶瓷杯 白: 5 in all for {wave.number}: {slots(boxes, 'CUP-01')}",
    )
    first, second = boxes
    await floor.writes(picker, first.waybill)
    (order,) = floor.look(lambda desk: desk.orders.many(second.order_ids)).values()
    floor.refund(order)
    assert await floor.writes(picker, "CUP-01") == [
        f"🧺 CUP-01 陶瓷杯 白: 0 in all for {wave.number}: ⛔ {slots([second], 'CUP-01')}"
    ]


async def test_somebody_elses_wave_is_not_in_the_hand(floor: Floor) -> None:
    floor.orders(incoming())
    floor.wave()
    picker = floor.speaks(Role.PICKER, "zh")
    await floor.writes(picker, "/pick")
    assert await floor.writes(picker, CUP) == ["🧺 CUP-01 陶瓷杯 白：你手上没有波次。用 /wave 领取。"]


def papers(floor: Floor) -> tuple[Wave, StockDoc, StockDoc]:
    """A wave, a transfer from the first warehouse to the second, a count in the second."""
    here, there = (place.id for place in floor.cast.warehouses)
    floor.orders(incoming())
    receiver, picker = floor.cast.actor(Role.RECEIVER), floor.cast.actor(Role.PICKER)
    transfer = floor.do(stock_room.begin, receiver, DocKind.TRANSFER, here, to=there)
    count = floor.do(stock_room.begin, picker, DocKind.COUNT, there, scope="A-01")
    return floor.wave()[0], transfer, count


async def test_the_codes_on_papers_open_them(floor: Floor) -> None:
    wave, transfer, count = papers(floor)
    picker, boris = floor.cast.people[Role.PICKER], floor.cast.people[Role.DISPATCHER]
    assert (wave.number, transfer.number, count.number) == ("W0001", "T00001", "C00002")
    assert (await floor.writes(picker, "w0001"))[0].startswith("🌊 Wave W0001 · 1 parcel")
    await floor.taps(picker, "🙋 Take it")
    assert floor.look(lambda desk: desk.waves.get(wave.id)).owner == picker.name
    assert (await floor.writes(picker, "C00002"))[0].startswith("🔢 Stock-take C00002")
    assert (await floor.writes(boris, "T00001"))[0].startswith("🚛 Transfer T00001")
    (box,) = floor.look(lambda desk: desk.parcels.of_wave(wave.id))
    await floor.ship(box)
    made = floor.do(manifests.make, boris.acting(), box.warehouse_id or 0, box.courier_id or 0)
    assert (await floor.writes(boris, made.number))[0].startswith("📋 Hand-over list M0001")
    assert "📄 10:01 <code>M0001</code> opened" in scan_card(floor, boris)
    assert await floor.writes(boris, "W0099") == ["I did not understand «W0099». /help shows what you can do."]


async def test_whoever_may_not_hears_why(floor: Floor) -> None:
    wave, transfer, count = papers(floor)
    packer, boris = floor.cast.people[Role.PACKER], floor.cast.people[Role.DISPATCHER]
    assert (await floor.writes(packer, wave.number))[0].startswith("Your role does not allow this")
    here, there = floor.cast.warehouses
    floor.do(lambda unit: unit.people.save(replace(boris, warehouses=frozenset({there.id}))))
    assert (await floor.writes(boris, wave.number))[0].startswith("This warehouse is not yours to work in.")
    assert (await floor.writes(boris, transfer.number))[0].startswith("🚛 Transfer T00001")
    other = floor.do(lambda unit: hire(unit, 1200, "Otto", Role.PICKER, warehouses=frozenset({here.id}), language="en"))
    assert (await floor.writes(other, count.number))[0].startswith("This warehouse is not yours to work in.")


async def test_a_paper_is_no_return_and_no_bin_of_a_count(floor: Floor) -> None:
    """The receiver, whose unknown codes are parcels that came back, and whoever holds a document already."""
    _, transfer, count = papers(floor)
    receiver, picker = floor.cast.people[Role.RECEIVER], floor.cast.people[Role.PICKER]
    await floor.writes(receiver, "/receive")
    assert (await floor.writes(receiver, transfer.number))[0].startswith("🚛 Transfer T00001")
    assert floor.look(lambda desk: desk.returns.by_waybill(transfer.number)) is None
    assert (await floor.writes(picker, transfer.number))[0].startswith("🚛 Transfer T00001")
    assert floor.look(lambda desk: desk.stock_docs.get(count.id)).bin == ""


async def test_the_page_sends_a_paper_to_the_chat(floor: Floor) -> None:
    papers(floor)
    picker = floor.cast.people[Role.PICKER]
    found = Page(floor, Role.PICKER).scans("W0001")
    assert (found["verdict"], found["head"], str(found["text"]).split("\n")[0]) == (
        "paper",
        "Opened in the chat",
        "🌊 Wave W0001 · 1 parcel · 2 units · nobody picks it yet",
    )
    assert (1, False) in floor.notices(picker, NoticeKind.WAVE)


async def test_who_searches_opens_papers_as_well(floor: Floor) -> None:
    _, transfer, _ = papers(floor)
    anna, owner = floor.cast.people[Role.CS], floor.cast.people[Role.OWNER]
    assert (await floor.writes(anna, transfer.number))[0].startswith("🚛 Transfer T00001")
    assert (await floor.writes(anna, "W0001"))[0].startswith("Your role does not allow this")
    assert (await floor.writes(owner, "/order w0001"))[0].startswith("🌊 Wave W0001")


@pytest.fixture
def check(floor: Floor) -> Floor:
    """The floor with milk in batches and phones with serial numbers."""
    floor.do(furnish, floor.cast.warehouses[0].id)
    return floor


async def checked_out(floor: Floor, sku: str, number: str, *scans: str) -> Parcel:
    """A parcel of one unit, checked and out of the door."""
    box = await opened(floor, sku, number=number)
    for text in scans:
        assert await floor.writes(floor.cast.people[Role.PACKER], text) == []
    for role, text in (
        (Role.PACKER, f"/pack {box.waybill}"),
        (Role.DISPATCHER, f"{box.waybill} {box.expected_g}"),
        (Role.DISPATCHER, box.waybill),
    ):
        await floor.writes(floor.cast.people[role], text)
    assert floor.parcel(box.id).state is ParcelState.HANDED_OVER
    return box


async def test_a_sold_serial_number_is_found(check: Floor) -> None:
    box = await checked_out(check, "PHONE", "1001", PHONE, "SN:AB/12.3")
    anna, packer, receiver = (check.cast.people[role] for role in (Role.CS, Role.PACKER, Role.RECEIVER))
    (card,) = await check.writes(anna, "sn:ab/12.3")
    assert "<b>🚚 Shipped</b> · 1001" in card
    assert "🔢 PHONE: serial SN:AB/12.3" in card.split("\n")
    line = f"• 1 in {box.waybill}, order 1001: handed over, 11-23 10:01"
    assert await check.writes(packer, "/stock SN:AB/12.3") == [f"🔢 Serial number SN:AB/12.3 of PHONE phone\n{line}"]
    other = await checked_out(check, "PHONE", "1002", PHONE, "IMEI860000000000001")
    for person in (packer, receiver):
        (card,) = [text for text in await check.writes(person, "imei860000000000001") if text.startswith("🔢")]
        assert card.split("\n")[1].startswith(f"• 1 in {other.waybill}, order 1002: handed over")
    assert check.look(lambda desk: desk.returns.by_waybill("IMEI860000000000001")) is None
    found = Page(check, Role.RECEIVER).scans("IMEI860000000000001", Station.RECEIVE)
    assert (found["verdict"], str(found["text"]).split("\n")[0]) == (
        "found",
        "🔢 Serial number IMEI860000000000001 of PHONE phone",
    )


async def test_a_batch_is_found_with_all_that_took_it(check: Floor) -> None:
    shelve(check, "L24/05", 3)
    gone = await checked_out(check, "MILK", "1001", MILK, "L24/05")
    box = await opened(check, "MILK", number="1002")
    anna = check.cast.people[Role.CS]
    assert await check.writes(anna, "l24/05") == [
        "🏷 Batch L24/05 of MILK milk\n"
        "expires 2027-03-01\n"
        "On the shelf: 杭州仓 M-01 × 1\n"
        f"• 1 in {box.waybill}, order 1002: picked, 11-23 10:02\n"
        f"• 1 in {gone.waybill}, order 1001: handed over, 11-23 10:01"
    ]
    said = await check.taps(anna, "1001 · ¥78.00 · shipped · 小满旗舰店")
    assert "🔢 MILK: batch L24/05 × 1" in said[0].split("\n")
    check.cast.people[Role.PICKER] = picker = check.speaks(Role.PICKER, "zh")
    (card,) = await check.writes(picker, "/stock L24/05")
    assert card.split("\n")[0] == "🏷 MILK milk 的批次 L24/05"


async def test_units_in_other_warehouses_and_shops_stay_theirs(check: Floor) -> None:
    await checked_out(check, "PHONE", "1001", PHONE, "IMEI860000000000001")
    there, shop = check.cast.warehouses[1].id, check.cast.shops[1].id
    otto = check.do(lambda unit: hire(unit, 1200, "Otto", Role.PACKER, warehouses=frozenset({there}), language="en"))
    bea = check.do(lambda unit: hire(unit, 1201, "Bea", Role.CS, shops=frozenset({shop}), language="en"))
    assert await check.writes(otto, "/stock IMEI860000000000001") == [
        "🔢 Serial number IMEI860000000000001 of PHONE phone\nIn no parcel you may see."
    ]
    await check.writes(bea, "IMEI860000000000001")
    assert "reply_markup" not in check.last[-1].said or "inline_keyboard" not in check.last[-1].said["reply_markup"]


def many_moves(unit: Unit, warehouse: int) -> None:
    """Twenty-five deliveries of one tea each."""
    for number in range(1, 26):
        unit.stock.apply([Move(warehouse, "TEA-01", Bucket.GOOD, 1, Document.ADJUST, number)], f"hand {number}")


def turns(floor: Floor) -> list[str]:
    """The buttons of the stock card as it stands."""
    shown = next(call for call in floor.last if call.name in ("sendMessage", "editMessageText"))
    return [button["text"] for row in shown.said["reply_markup"]["inline_keyboard"] for button in row]


async def test_the_stock_card_turns_its_pages(floor: Floor) -> None:
    here, picker = floor.cast.warehouses[0].id, floor.cast.people[Role.PICKER]
    floor.do(many_moves, here)
    (card,) = await floor.writes(picker, "/stock TEA-01")
    moves = [line for line in card.split("\n") if "hand " in line]
    assert moves[0] == "11-23 10:00 杭州仓: +1 on the shelf, 54 → 55 · corrected by hand · B-01 · hand 25"
    assert [line.rsplit(" ", 1)[1] for line in moves] == [str(number) for number in range(25, 15, -1)]
    (older,) = await floor.taps(picker, "Older ▶")
    assert floor.last[0].name == "editMessageText"
    assert older.split("\n")[1] == "Stock moves 2026-11-23 to 2026-11-23, newest first:"
    assert [line.rsplit(" ", 1)[1] for line in older.split("\n")[2:]] == [str(number) for number in range(15, 5, -1)]
    (oldest,) = await floor.taps(picker, "Older ▶")
    assert oldest.split("\n")[-1].endswith("opening stock · B-01 · seed")
    assert turns(floor) == ["◀ Newer"]
    assert (await floor.taps(picker, "◀ Newer"))[0] == older
    assert (await floor.taps(picker, "◀ Newer"))[0] == card


async def test_pages_never_tear_a_move_between_bins_apart(floor: Floor) -> None:
    """A move from bin to bin is two rows of the ledger; a page ends between moves."""
    here, picker = floor.cast.warehouses[0].id, floor.cast.people[Role.PICKER]

    def walk(unit: Unit) -> None:
        for number in range(1, 31):
            out = Move(here, "TEA-01", Bucket.GOOD, -1, Document.MOVE, number, "" if number % 2 else "X-1", value=0)
            into = replace(out, delta=1, bin="X-1" if number % 2 else "")
            alone = Move(here, "TEA-01", Bucket.GOOD, 1, Document.ADJUST, number)
            unit.stock.apply([out, into] if number % 3 else [out, into, alone], f"hand {number}")

    floor.do(walk)
    lines = [line for line in (await floor.writes(picker, "/stock TEA-01"))[0].split("\n") if "hand " in line]
    there = ["B-01 → X-1" if number % 2 else "X-1 → B-01" for number in range(1, 31)]
    while "Older ▶" in turns(floor):
        lines += (await floor.taps(picker, "Older ▶"))[0].split("\n")[2:]
    assert [line.split(" × ")[1].split(" · ")[0] for line in lines if "→ " in line and " × " in line] == there[::-1]
    assert len(lines) == len(set(lines)) == 30 + 10 + 2
    while "◀ Newer" in turns(floor):
        lines += (await floor.taps(picker, "◀ Newer"))[0].split("\n")[2:]
    assert [line for line in lines if " × - " in line or " → - " in line] == []


async def test_the_moves_until_a_day(floor: Floor) -> None:
    here, picker = floor.cast.warehouses[0].id, floor.cast.people[Role.PICKER]
    floor.clock.at += timedelta(days=2)
    floor.do(many_moves, here)
    (card,) = await floor.writes(picker, "/stock tea-01 2026-11-23")
    assert card.split("\n")[1:] == [
        "Stock moves 2026-11-23 to 2026-11-23, newest first:",
        "11-23 10:00 武汉仓: +30 on the shelf, 0 → 30 · opening stock · B-01 · seed",
        "11-23 10:00 杭州仓: +30 on the shelf, 0 → 30 · opening stock · B-01 · seed",
    ]
    (card,) = await floor.writes(picker, "/stock TEA-01 2026-11-22")
    assert card == "📦 茉莉花茶 100g · TEA-01\nNo stock moves that long ago."
    (card,) = await floor.taps(picker, "⏮ Newest")
    assert card.split("\n")[-1].endswith("hand 16")
