"""Makes the pictures of docs/documents.md: `python -m tests.exports.gallery`. A warehouse at work, printed for real.

Surprising: nothing here is drawn for show. Orders go through review, waves, scans and the chat's own functions, so a
page that looks wrong in the documentation is wrong in the warehouse.
"""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # the package has no stubs
from PIL import Image

from domain.desk import Desk
from domain.floor import checking, fulfilment, manifests, release
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.paper.paper_rules import Papers, Sender
from domain.people.people import Role, Station
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.review.holds import HoldCode
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind
from domain.stock.stock_scan import Scan
from domain.waybills.ewaybills import WaybillState
from exports.manifests import manifest_pdf
from exports.shelf import shelf_pdf
from exports.stock_papers import count_sheet_pdf, goods_in_pdf, grading_pdf, put_away_pdf, transfer_note_pdf
from handlers.card import File
from handlers.floor.manifests import paper_of
from handlers.floor.papers import pick_paper, sheets
from handlers.floor.stock_papers import paper_of as paper_of_stock
from handlers.words import Words
from tests.factory import NOW, incoming, incoming_line, receiver
from tests.handlers.floor_chat import Floor, open_floor

FOLDER = Path(__file__).parents[2] / "docs/images/documents"
SENDER = Sender("小满家居", "0571-88886666", "浙江省杭州市余杭区良渚街道 1 号仓", warehouse="HZ")
PEOPLE = (
    ("陈大明", "上海市", "上海市", "浦东新区", "世纪大道 100 号 28 楼"),
    ("林晓", "广东省", "深圳市", "南山区", "科技园南路 8 号 3 栋 1502"),
    ("欧阳小红", "湖北省", "武汉市", "江汉区", "解放大道 688 号"),
    ("李强", "北京市", "北京市", "朝阳区", "建国路 93 号万达广场 9 号楼"),
    ("赵丽", "四川省", "成都市", "武侯区", "天府大道北段 1700 号"),
    ("王五", "江苏省", "南京市", "鼓楼区", "中山北路 2 号"),
)


def company(floor: Floor) -> None:
    """A sender on the labels; notes do not hold here, since nobody is there to read them."""
    quiet = replace(
        Policy(), keywords=(), holds={HoldCode.MESSAGE: HoldChoice(on=False)}, papers=Papers(senders=(SENDER,))
    )
    floor.do(lambda unit: unit.catalog_admin.put_policy(quiet, "gallery"))


def order(number: int, *skus: tuple[str, int], **changes: Any) -> Any:
    """An order by one of the people."""
    name, province, city, district, street = PEOPLE[number % len(PEOPLE)]
    to = receiver(name=name, province=province, city=city, district=district, address=street, zip="")
    lines = tuple(replace(incoming_line(sku, units), title=TITLES[sku]) for sku, units in skus)
    return incoming(f"26112300{number:04d}", lines=lines, receiver=to, **changes)


TITLES = {"CUP-01": "陶瓷杯 白 350ml", "CUP-02": "陶瓷杯 蓝 350ml", "TEA-01": "茉莉花茶 100g", "LAMP-01": "护眼台灯"}


def take_in(floor: Floor) -> tuple[int, int]:
    """A wave of several products and one of one product; their ids."""
    several = [order(n, ("CUP-01", 1 + n % 2), ("TEA-01", 1)) for n in range(6)]
    several[1] = order(1, ("CUP-01", 2), ("LAMP-01", 1), buyer_message="生日礼物，麻烦附一张贺卡：祝妈妈生日快乐！")
    several[3] = order(3, ("CUP-02", 1), ("TEA-01", 2), paid_at=NOW - timedelta(hours=44))
    single = [order(10 + n, ("CUP-01" if n < 5 else "TEA-01", 1 + n // 8)) for n in range(9)]
    floor.orders(*several, *single)
    floor.clock.forward(15)
    floor.do(release.release_due)
    place, picker = floor.cast.warehouses[0].id, floor.cast.actor(Role.PICKER)
    return tuple(floor.do(release.wave_now, picker, place, kind).id for kind in ("multi", "single"))


def sort_codes(desk: Desk, wave_id: int) -> None:
    """What a courier's service would have told with the numbers."""
    rows = desk.waybills.of_parcels([box.id for box in desk.parcels.of_wave(wave_id)])
    told = [row for found in rows.values() for row in found if row.state is WaybillState.ASSIGNED]
    desk.waybills.save(
        [replace(row, sort_code=f"310-{n:02d} A{n}-006", hub="集包地 上海中心") for n, row in enumerate(told, 11)]
    )


def printed(floor: Floor, wave_id: int, paper: Paper, words: Words, again: int | None = None) -> File:
    """A wave's papers of one kind."""
    job = floor.do(printing.print_wave, floor.cast.actor(Role.PICKER), wave_id, paper, again=again)
    [make] = floor.look(sheets, job, words, "x")
    file: File = make()
    return file


def ship(floor: Floor, wave_id: int) -> Any:
    """The wave out of the door; its manifest."""
    boris = floor.cast.actor(Role.DISPATCHER)
    for box in floor.look(lambda desk: desk.parcels.of_wave(wave_id)):
        for role, station, grams in (
            (Role.PICKER, Station.PICK, None),
            (Role.PACKER, Station.PACK, None),
            (Role.DISPATCHER, Station.WEIGH, box.expected_g + box.id),
            (Role.DISPATCHER, Station.HAND_OVER, None),
        ):
            floor.clock.forward(7)
            if station is Station.PACK:
                floor.do(checking.read_notes, floor.cast.actor(role), box.id)
            done = floor.do(fulfilment.scan, floor.cast.actor(role), station, box.waybill, grams)
            assert done.ok, done.refusal
    return floor.do(manifests.make, boris, floor.cast.warehouses[0].id, floor.cast.couriers[0].id)


def receiving_papers(floor: Floor, zh: Words, en: Words) -> Iterator[tuple[str, Any, Words, Any]]:
    """Goods in, being put away, and a grading: each in both languages."""
    receiver, picker, lead = (floor.cast.actor(role) for role in (Role.RECEIVER, Role.PICKER, Role.CS_LEAD))
    here = floor.cast.warehouses[0].id
    came = floor.do(stock_room.begin, receiver, DocKind.RECEIPT, here)
    scans = [
        Scan("CUP-01", 120, cost=850),
        Scan("CUP-02", 48, cost=900),
        Scan("TEA-01", 36, "L2611", date(2027, 11, 30)),
    ]
    came = floor.do(stock_room.scan, receiver, came.id, scans)
    came = floor.do(stock_posting.finish, receiver, came.id, came.revision)
    yield "receipt-zh", came, zh, goods_in_pdf
    yield "receipt-en", came, en, goods_in_pdf
    away = floor.do(stock_room.begin, receiver, DocKind.MOVE, here)
    for scans in ([Scan("CUP-01", 80), Scan("A-01")], [Scan("CUP-01", 40), Scan("A-09", new=True)]):
        away = floor.do(stock_room.scan, receiver, away.id, scans)
    yield "putaway-zh", away, zh, put_away_pdf
    yield "putaway-en", away, en, put_away_pdf
    worse = floor.do(stock_room.begin, picker, DocKind.REGRADE, here, scope="defective", reason="运输中碰裂")
    worse = floor.do(stock_room.scan, picker, worse.id, [Scan("A-01"), Scan("CUP-01", 3), Scan("A-02"), Scan("CUP-02")])
    worse = floor.do(stock_posting.finish, picker, worse.id, worse.revision)
    yield "grading-en", worse, en, grading_pdf
    yield "grading-zh", floor.do(stock_posting.approve, lead, worse.id, worse.revision), zh, grading_pdf


def stock_room_papers(floor: Floor, zh: Words, en: Words) -> Iterator[tuple[str, Any, Words, Any]]:
    """A transfer that has left, the sheet of a stock-take to be done, and one with a difference."""
    picker = floor.cast.actor(Role.PICKER)
    here, there = (place.id for place in floor.cast.warehouses)
    sent = floor.do(stock_room.begin, picker, DocKind.TRANSFER, here, to=there)
    sent = floor.do(stock_room.scan, picker, sent.id, [Scan("CUP-02", 24), Scan("LAMP-01", 4), Scan("TEA-01", 6)])
    yield "transfer-zh", floor.do(stock_posting.finish, picker, sent.id, sent.revision), zh, transfer_note_pdf
    sheet = floor.do(stock_room.begin, picker, DocKind.COUNT, there, scope="A")
    yield "count-en", sheet, en, count_sheet_pdf
    scans = [Scan("A-01"), Scan("CUP-01", 98), Scan("A-02"), Scan("CUP-02", 50)]
    sheet = floor.do(stock_room.scan, picker, sheet.id, scans)
    yield "count-zh", floor.do(stock_posting.finish, picker, sheet.id, sheet.revision), zh, count_sheet_pdf


def pages(floor: Floor) -> Iterator[tuple[str, bytes, int]]:
    """(name, PDF, page) of every picture."""
    zh, en = Words("zh", "Asia/Shanghai"), Words("en", "Asia/Shanghai")
    company(floor)
    several, single = take_in(floor)
    floor.do(sort_codes, several)
    labels = printed(floor, several, Paper.LABEL, zh)
    gift = next(
        box.slot
        for box in floor.look(lambda d: d.parcels.of_wave(several))
        if any(i.sku == "LAMP-01" for i in box.items)
    )
    yield "label-zh", labels.data, gift - 1
    yield "slip-zh", printed(floor, several, Paper.SLIP, zh).data, gift - 1
    printed(floor, single, Paper.LABEL, en)
    seen = floor.look(lambda desk: desk.waves.get(single)).parcels
    floor.clock.forward(600)
    yield "label-en", printed(floor, single, Paper.LABEL, en, again=seen).data, 0
    yield "slip-en", printed(floor, single, Paper.SLIP, en).data, 0
    for name, wave_id, words in (("pick-zh", several, zh), ("pick-en", single, en)):
        wave = floor.look(lambda desk, wave_id=wave_id: desk.waves.get(wave_id))
        [make] = floor.look(pick_paper, wave, words)
        yield name, make().data, 0
    yield "shelf-zh", shelf_pdf("STOP001", floor.cast.warehouses[0].name, zh.plain), 0
    for name, doc, words, draw in stock_room_papers(floor, zh, en):
        yield name, draw(floor.look(paper_of_stock, doc, words), words.plain), 0
    for name, doc, words, draw in receiving_papers(floor, zh, en):
        yield name, draw(floor.look(paper_of_stock, doc, words), words.plain), 0
    made = ship(floor, several)
    yield "manifest-en", manifest_pdf(floor.look(paper_of, made, en), en.plain), 0
    signed = manifests.signed(made, floor.cast.actor(Role.DISPATCHER), "圆通 老王", floor.clock())
    yield "manifest-zh", manifest_pdf(floor.look(paper_of, signed, zh), zh.plain), 0


def picture(pdf: bytes, page: int) -> bytes:
    """One page as a small PNG: labels at the printer's 203 dpi, A4 at 110."""
    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[page]
        scale = (203.2 if sheet.get_width() < 300 else 110) / 72
        shown: Image.Image = sheet.render(scale=scale).to_pil().convert("L").quantize(8)
    out = io.BytesIO()
    shown.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        floor = open_floor(f"sqlite:///{folder}/gallery.db")
        for name, pdf, page in pages(floor):
            (FOLDER / f"{name}.png").write_bytes(picture(pdf, page))
        floor.store.close()


if __name__ == "__main__":
    main()
