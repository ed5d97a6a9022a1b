"""Labels and manifests read back from their pages at a thermal printer's 203 dpi, in both languages."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.paper.documents import ManifestLine, ManifestPaper, PickLine, PickList, ShippingLabel, SortSlot
from exports.barcodes import BarcodeTooLong
from exports.documents import packing_slips_pdf, pick_list_pdf
from exports.manifests import manifest_pdf
from exports.shipping_labels import label_png, labels_pdf
from handlers.words import Words
from tests.exports.test_documents import SLIP, codes, english, pages

LABEL = ShippingLabel(
    "SF1234567890123",
    "P000123",
    "顺丰速运",
    "杭州市 西湖区",
    "王**",
    "138****5678",
    "浙江省 杭州市 西湖区 文三路 123 号 2 单元 303 室",
    "小满旗舰店",
    "0571-88886666",
    "浙江省杭州市余杭区良渚街道 1 号仓",
    "小满旗舰店",
    ("4012345678901234567",),
    ("CUP-01 ×2  陶瓷杯 白",),
    "11-25 14:02",
)
LANGUAGES = [english, Words("zh", "Asia/Shanghai").plain]
WAYBILLS = ["SF1234567890123", "YT0000001001", "JDVA00012345678-1-2-", "DPK202600012345", "1Z999AA10123456784"]


@pytest.mark.parametrize("tr", LANGUAGES)
@pytest.mark.parametrize("waybill", WAYBILLS)
def test_the_waybill_is_read_at_203_dpi(waybill: str, tr: Callable[[str], str]) -> None:
    """From the PDF in two colours, as the printer burns it, and from the picture."""
    label = replace(LABEL, waybill=waybill)
    [(picture, _)] = pages(labels_pdf([label], tr), 203)
    assert codes(picture.point(lambda level: 0 if level < 128 else 255)) == [waybill]
    with Image.open(io.BytesIO(label_png(label, tr))) as direct:
        assert (direct.size, direct.mode) == ((800, 1200), "1")
        [found] = zxingcpp.read_barcodes(direct.convert("L"))
    assert (found.text, found.format) == (waybill, zxingcpp.BarcodeFormat.Code128)


def test_bars_stand_on_whole_dots() -> None:
    """Every bar of the picture is a whole number of the thinnest one's dots."""
    with Image.open(io.BytesIO(label_png(LABEL, english))) as picture:
        row = [picture.getpixel((x, 330)) == 0 for x in range(picture.width)]
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    runs = [b - a for a, b in pairwise(edges)]
    thinnest = min(runs)
    assert thinnest >= 2
    assert [run % thinnest for run in runs] == [0] * len(runs)


def test_a_label_says_everything_the_courier_and_the_packer_need() -> None:
    label = replace(
        LABEL,
        sort_code="571W-A12-008",
        hub="集包地：杭州中心",
        slot=7,
        part=(1, 2),
        cod="¥137.00",
        buyer_message="不要打电话",
        seller_note="易碎",
        copy=2,
        replaces="11-25 13:40",
        marks=("rush", "gift"),
        wave_number="W0007",
    )
    [(_, text)] = pages(labels_pdf([label], LANGUAGES[1]))
    for words in (
        "顺丰速运",
        "571W-A12-008",
        "集包地：杭州中心",
        "SF1234567890123",
        "王**138****5678",
        "文三路123号2单元303室",
        "0571-88886666",
        "代收货款¥137.00",
        "打包前必读",
        "买家留言：不要打电话",
        "卖家备注：易碎",
        "第2份",
        "替换11-2513:40的那份，请撕掉旧的",
        "1/2",
        "急",
        "礼",
        "CUP-01×2陶瓷杯白",
        "4012345678901234567",
        "P000123·W0007",
    ):
        assert words in text
    assert "杭州市西湖区" not in text.replace("浙江省杭州市西湖区", "")


def test_the_place_stands_large_where_the_courier_gives_no_code() -> None:
    [(_, text)] = pages(labels_pdf([LABEL], english))
    assert "杭州市西湖区" in text.replace("浙江省杭州市西湖区", "")
    assert "COPY" not in text


@settings(max_examples=25)
@given(
    texts=st.lists(st.text(st.sampled_from("王中a é=\n\t长😀0"), max_size=400), min_size=5, max_size=5),
    goods=st.integers(0, 60),
)
def test_a_label_is_one_page_whatever_is_written(texts: list[str], goods: int) -> None:
    label = replace(
        LABEL,
        receiver_name=texts[0],
        receiver_address=texts[1],
        sender_address=texts[2],
        buyer_message=texts[3],
        seller_note=texts[4],
        sort_code=texts[0][:40],
        courier=texts[2][:80],
        goods=tuple(f"SKU-{n} ×1  {texts[1][:30]}" for n in range(goods)),
        order_numbers=tuple(str(10**18 + n) for n in range(goods)),
        slot=88,
        copy=3,
    )
    [(picture, _)] = pages(labels_pdf([label], english), 203)
    assert codes(picture) == ["SF1234567890123"]
    for edge in ((0, 0, 15, 1199), (picture.width - 15, 0, picture.width, 1199), (0, 1190, picture.width, 1199)):
        assert picture.crop(edge).getextrema() == (255, 255)


def test_a_code_too_long_is_refused() -> None:
    with pytest.raises(BarcodeTooLong):
        labels_pdf([replace(LABEL, waybill="ABCDEFGHIJ" * 5)], english)
    with pytest.raises(ValueError, match="no paper"):
        labels_pdf([], english)


def test_the_same_label_has_the_same_bytes() -> None:
    assert labels_pdf([LABEL], english) == labels_pdf([LABEL], english)
    assert label_png(LABEL, english) == label_png(LABEL, english)


def manifest(count: int, **more: str) -> ManifestPaper:
    lines = tuple(ManifestLine(f"YT{n:010d}", f"P{n:06d}", "浙江省 杭州市", "720 g", "17:40") for n in range(count))
    base = ManifestPaper("M0001", "圆通", "杭州仓", "小满家居", "11-25 18:00", "鲍里斯", lines, "21.6 kg")
    return replace(base, **more)  # type: ignore[arg-type]  # texts


@pytest.mark.parametrize("tr", LANGUAGES)
def test_a_manifest_names_every_parcel_once_and_can_be_scanned(tr: Callable[[str], str]) -> None:
    found = list(pages(manifest_pdf(manifest(120), tr), 203))
    assert len(found) == 4
    assert [codes(picture) for picture, _ in found] == [["M0001"]] * 4
    text = "".join(words for _, words in found)
    assert [text.count(f"YT{n:010d}") for n in range(120)] == [1] * 120
    assert text.count("____") >= 2


def test_a_signed_manifest_carries_both_names_and_no_blanks() -> None:
    [(_, text)] = pages(
        manifest_pdf(manifest(3, signed_by="鲍里斯", taken_by="老王", signed_at="11-25 18:20"), english)
    )
    assert "____" not in text
    for words in ("老王", "11-2518:20", "3parcels·21.6kgaltogether"):
        assert words in text


def test_a_pick_list_shows_runs_marks_and_the_wall() -> None:
    lines = (PickLine("A-01", "CUP-01", "69", "杯", 9, ((1, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (8, 1))),)
    wall = tuple(
        SortSlot(n, f"YT{n}", "圆通", (("CUP-01", 1),), ("rush", "gift") if n == 4 else ()) for n in range(1, 7)
    )
    pick = PickList("W0007", "仓", "now", lines, 7, 9, sorting=wall, note="why it was made")
    [(picture, text)] = pages(pick_list_pdf(pick, english))
    assert codes(picture) == ["W0007"]
    assert "1×22–3×14×1(RUSH,GIFT)5–6×18×1" in text
    assert "whyitwasmade" in text
    assert text.index("Sorting:whateachslotmusthold") < text.index("圆通YT1")
    [(_, alone)] = pages(pick_list_pdf(replace(pick, single=True), english))
    assert "Oneproductineachparcel:nosorting." in alone
    assert "Sorting:" not in alone


def test_a_further_slip_says_what_it_replaces() -> None:
    slip = replace(SLIP, copy=3, replaces="11-25 13:40", marks=("rush", "note"))
    [(picture, text)] = pages(packing_slips_pdf([slip], english))
    assert codes(picture) == ["SF1234567890123"]
    assert "COPY3·replacesthecopyof11-2513:40:tearthatoneup·RUSH" in text
