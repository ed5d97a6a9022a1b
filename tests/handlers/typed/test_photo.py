"""Labels in photos: straight, turned, slanted, small, faint; and pictures that are none."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from zxingcpp import BarcodeFormat

from domain.stock.gs1 import GS
from exports.barcodes import barcode_png
from handlers.typed.photo import NotAPhoto, codes_in

CODE = "SF1234567890123"


def label(change: Callable[[Image.Image], Image.Image]) -> bytes:
    """A label on a white table, changed, as a phone would send it."""
    picture = Image.new("L", (900, 600), 255)
    bars = Image.open(BytesIO(barcode_png(CODE)))
    picture.paste(bars, ((900 - bars.width) // 2, (600 - bars.height) // 2))
    out = BytesIO()
    change(picture).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p,
        lambda p: p.rotate(90, expand=True, fillcolor=255),
        lambda p: p.rotate(180),
        lambda p: p.rotate(33, expand=True, fillcolor=255),
        lambda p: p.rotate(-48, expand=True, fillcolor=255),
        lambda p: p.filter(ImageFilter.GaussianBlur(1)),
        lambda p: p.point(lambda v: 110 + v // 8),
        lambda p: p.convert("RGB"),
    ],
    ids=["straight", "quarter", "upside down", "slanted", "slanted left", "blurred", "faint", "colour"],
)
def test_a_label_is_read(change: Callable[[Image.Image], Image.Image]) -> None:
    assert codes_in(label(change)) == (CODE,)


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        (BarcodeFormat.Code39, "SN-AB12", "SN-AB12"),
        (BarcodeFormat.DataMatrix, "SN_AB12", "SN_AB12"),
        (BarcodeFormat.ITF14, "16900000000011", "16900000000011"),
        (BarcodeFormat.DataMatrix, f"{GS}010690000000001410B7{GS}21SN1", "<GS>010690000000001410B7<GS>21SN1"),
    ],
)
def test_numbers_on_the_goods_themselves_are_read(kind: BarcodeFormat, text: str, read: str) -> None:
    drawn: Any = zxingcpp.create_barcode(text, kind).to_image(scale=5)
    height, width = drawn.shape
    picture = Image.new("L", (width + 200, height + 200), 255)
    picture.paste(Image.frombytes("L", (width, height), bytes(memoryview(drawn))), (100, 100))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    assert codes_in(out.getvalue()) == (read,)


def test_two_labels_are_read_from_the_top() -> None:
    picture = Image.new("L", (900, 700), 255)
    for y, code in ((50, "YT0000001001"), (400, CODE)):
        picture.paste(Image.open(BytesIO(barcode_png(code))), (40, y))
    out = BytesIO()
    picture.save(out, "PNG")
    assert codes_in(out.getvalue()) == ("YT0000001001", CODE)


def test_a_blank_picture_holds_no_code() -> None:
    assert codes_in(label(lambda p: Image.new("L", p.size, 255))) == ()


@pytest.mark.parametrize("data", [b"", b"junk", barcode_png(CODE)[:200]], ids=["empty", "junk", "torn"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPhoto):
        codes_in(data)


def test_a_picture_far_too_large_is_refused_unread() -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(NotAPhoto, match="9000 x 9000 pixels"):
        codes_in(out.getvalue())
