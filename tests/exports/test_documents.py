"""Pick lists and packing slips, read back from their rendered pages: bars by zxing, words by the PDF's text."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]  # the package has no stubs
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from domain.paper.documents import PackingSlip, PickLine, PickList, SlipLine, SortSlot
from exports.barcodes import BarcodeTooLong, barcode_png
from exports.documents import packing_slips_pdf, pick_list_pdf
from exports.shelf import shelf_pdf

PICK = PickList(
    "W0007",
    "杭州一号仓",
    "2026-11-23 10:40",
    tuple(
        PickLine(f"A-{n:02d}", f"SKU-{n:03d}", f"69012345{n:05d}", "纯棉短袖T恤 白色 XL", 3, ((1, 1), (n + 2, 2)))
        for n in range(40)
    ),
    12,
    120,
)
SLIP = PackingSlip(
    12,
    "P000123",
    "SF1234567890123",
    "顺丰速运",
    "小二旗舰店",
    ("4012345678901234567", "4012345678901234568"),
    "王小明",
    "138****5678",
    "浙江省杭州市西湖区文三路 123 号",
    (SlipLine("TEE-1", "6901234500001", "纯棉短袖T恤", "白色 XL", 2),),
    "不要放发票",
    "VIP",
    "杭州一号仓",
)


def english(text: str) -> str:
    return text


def pages(content: bytes, dpi: int = 200) -> Iterator[tuple[Image.Image, str]]:
    """Each page as a picture and its text without line breaks."""
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            picture = page.render(scale=dpi / 72).to_pil().convert("L")
            words = page.get_textpage().get_text_range()
            yield picture, "".join(words.split())


def codes(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_every_page_of_a_pick_list_carries_the_wave_as_a_barcode() -> None:
    found = list(pages(pick_list_pdf(PICK, english)))
    assert [codes(picture) for picture, _ in found] == [["W0007"], ["W0007"]]
    assert "WaveW0007·page1of2" in found[0][1]
    assert "40lines·120units·12parcels" in found[0][1]


def test_a_pick_list_says_every_line_once_and_in_order() -> None:
    text = "".join(words for _, words in pages(pick_list_pdf(PICK, english)))
    at = [text.index(f"SKU-{n:03d}") for n in range(40)]
    assert at == sorted(at)
    assert [text.count(f"SKU-{n:03d}") for n in range(40)] == [1] * 40
    assert "1×141×2" in text


def test_goods_of_a_batch_say_which_and_until_when() -> None:
    milk = PickLine("M-01", "MILK", "", "milk", 2, ((1, 2),), batch="B1", expires="2027-02-01")
    lines = (milk, replace(milk, batch="B2", expires=""), replace(milk, sku="PEN", batch=""))
    [(_, text)] = pages(pick_list_pdf(replace(PICK, lines=lines), english))
    assert [text.count(words) for words in ("BatchB1,expires2027-02-01", "BatchB2", "Batch")] == [1, 1, 2]


def test_a_slip_carries_its_waybill_slot_and_notes() -> None:
    [(picture, text)] = pages(packing_slips_pdf([SLIP], english))
    assert codes(picture) == ["SF1234567890123"]
    assert picture.size == (788, 1182)
    for words in ("顺丰速运", "王小明", "138****5678", "不要放发票", "VIP", "×2", "TEE-1", "P000123·page1of1"):
        assert words in text


def test_a_waybill_is_read_from_a_bad_photo() -> None:
    """Tilted, blurred and at half the resolution, as a phone in a warehouse sees it."""
    [(picture, _)] = pages(packing_slips_pdf([SLIP], english))
    photo = picture.rotate(7, expand=True, fillcolor=140).resize((590, 840)).filter(ImageFilter.GaussianBlur(0.7))
    assert codes(photo) == ["SF1234567890123"]


def test_long_content_flows_on_and_nothing_is_lost() -> None:
    lines = tuple(SlipLine(f"SKU-{n:03d}", "", "A long title " * 6, "", n) for n in range(30))
    notes = "".join(f"第{n}句。" for n in range(200))
    found = list(pages(packing_slips_pdf([replace(SLIP, lines=lines, buyer_message=notes)], english)))
    assert [codes(picture) for picture, _ in found] == [["SF1234567890123"]] * len(found)
    assert f"P000123·page{len(found)}of{len(found)}" in found[-1][1]
    text = "".join(words for _, words in found)
    assert text.count("句") == 200
    assert [text.count(f"SKU-{n:03d}") for n in range(30)] == [1] * 30
    for picture, _ in found:
        margin = picture.crop((0, 0, 20, picture.height)).getextrema()
        assert margin == (255, 255)
        assert picture.crop((picture.width - 20, 0, *picture.size)).getextrema() == (255, 255)


def test_a_word_without_spaces_is_broken_not_cut() -> None:
    found = list(pages(packing_slips_pdf([replace(SLIP, receiver_address="x" * 300)], english)))
    assert sum(text.count("x") for _, text in found) == 300
    for picture, _ in found:
        assert picture.crop((picture.width - 20, 0, *picture.size)).getextrema() == (255, 255)


def test_a_parcel_without_a_waybill_carries_its_own_number() -> None:
    [(picture, text)] = pages(packing_slips_pdf([replace(SLIP, waybill="", slot=0)], english))
    assert codes(picture) == ["P000123"]
    assert "Nowaybillyet" in text
    assert "Slot" not in text


def test_the_same_papers_have_the_same_bytes() -> None:
    assert pick_list_pdf(PICK, english) == pick_list_pdf(PICK, english)
    assert packing_slips_pdf([SLIP, SLIP], english) == packing_slips_pdf([SLIP, SLIP], english)


@pytest.mark.parametrize("waybill", ["运单123", "A\nB"])
def test_a_waybill_that_makes_no_bars_is_refused(waybill: str) -> None:
    with pytest.raises(ValueError, match="not a Code 128 text"):
        packing_slips_pdf([replace(SLIP, waybill=waybill)], english)


def test_a_waybill_too_long_to_be_readable_is_refused() -> None:
    with pytest.raises(BarcodeTooLong):
        packing_slips_pdf([replace(SLIP, waybill="ABCDEFGHIJ" * 5)], english)


def test_no_slips_is_refused() -> None:
    with pytest.raises(ValueError, match="no paper"):
        packing_slips_pdf([], english)


@pytest.mark.parametrize("code", ["SF1234567890123", "P000123", "abc-DEF/9", "1"])
def test_a_barcode_picture_says_its_code(code: str) -> None:
    with Image.open(io.BytesIO(barcode_png(code))) as picture:
        [found] = zxingcpp.read_barcodes(picture)
    assert (found.text, found.format) == (code, zxingcpp.BarcodeFormat.Code128)


def test_the_goods_of_each_order_stand_under_its_number() -> None:
    lines = [SlipLine(f"SKU-{n}", "", "cup", "", 1, order=order) for n, order in enumerate(("T1", "T1", "T2"))]
    [(_, text)] = pages(packing_slips_pdf([replace(SLIP, lines=tuple(lines))], english))
    at = [text.index(words) for words in ("OrderT1", "SKU-0", "SKU-1", "OrderT2", "SKU-2")]
    assert at == sorted(at)
    assert text.count("OrderT1") == 1
    assert "ofthisorder" not in text


def test_what_makes_up_a_set_stands_under_its_name() -> None:
    told = (("CUP-02", ""), ("CUP-01", "茶具套装 ×2"), ("TEA-01", "茶具套装 ×2"), ("CUP-01", "对杯 ×1"))
    lines = tuple(SlipLine(sku, "", "x", "", 1, set_name=made) for sku, made in told)
    text = "".join(text for _, text in pages(packing_slips_pdf([replace(SLIP, lines=lines)], english)))
    at = [text.index(words) for words in ("CUP-02", "Bundle:茶具套装×2", "CUP-01", "TEA-01", "Bundle:对杯×1")]
    assert at == sorted(at)
    assert text.count("Bundle:") == 2


def test_the_wall_says_what_a_slots_goods_make_up() -> None:
    slot = SortSlot(1, "SF1", "顺丰", (("CUP-01", 4), ("TEA-01", 2)), sets=("茶具套装 ×2", "对杯 ×1"))
    [(_, text)] = pages(pick_list_pdf(replace(PICK, lines=PICK.lines[:1], sorting=(slot,)), english))
    assert "CUP-01×4TEA-01×2=茶具套装×2+对杯×1" in text


def test_a_slip_says_which_of_the_orders_parcels_it_is() -> None:
    [(_, text)] = pages(packing_slips_pdf([replace(SLIP, part=(1, 2))], english))
    assert "Parcel1of2ofthisorder" in text


def test_the_stop_shelfs_label_is_read_back() -> None:
    """In Chinese as well: its code is what a second scan reads."""
    (page,) = pages(shelf_pdf("STOP001", "杭州一号仓", lambda text: {"STOP SHELF": "拦截架"}.get(text, text)))
    assert codes(page[0]) == ["STOP001"]
    assert page[1].startswith("拦截架杭州一号仓STOP0011.Scantheparcel.")


def _wall(lines: int, slots: int, goods: int) -> PickList:
    """A pick list with so many lines and a wall of so many slots, each with so many kinds of goods."""
    inside = tuple((f"SKU-{n:03d}", 1) for n in range(goods))
    wall = tuple(SortSlot(slot, f"SF{slot}", "顺丰", inside) for slot in range(1, slots + 1))
    return replace(PICK, lines=PICK.lines[:lines], sorting=wall)


def test_the_wall_has_columns_of_its_own_on_the_pages_that_follow() -> None:
    texts = [text for _, text in pages(pick_list_pdf(_wall(5, 40, 3), english), 60)]
    assert ["Slot×units" in text for text in texts] == [True, False, False]
    assert ["SlotWaybillGoodsUnits" in text for text in texts] == [True, True, True]


def test_the_walls_heading_never_stands_alone() -> None:
    texts = [text for _, text in pages(pick_list_pdf(_wall(12, 1, 120), english), 60)]
    assert ["Sorting:" in text for text in texts] == [False, True]
    assert "顺丰" in texts[1]
