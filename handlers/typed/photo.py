"""Codes in a photo: the label in front of a phone's camera.

Surprising: quarter turns cost nothing, but a label that lies slanted is not read until the picture is turned; so a
photo that tells nothing is looked at again with more contrast, larger, and at three slants.
"""

from collections.abc import Iterator
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

_MOST_PIXELS = 50_000_000
_ENLARGE_BELOW = 2_000_000
_FORMATS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.DataBarExp,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.ITF14,
    )
)
_TILTS = (20, 45, 70)
_TILT_SIDE = 2000


class NotAPhoto(ValueError):
    """The bytes are no picture we can open, or one far too large."""


def codes_in(data: bytes) -> tuple[str, ...]:
    """The texts of all codes in the picture, each once, in reading order. Raises NotAPhoto."""
    picture = _open(data)
    return next((found for found in map(_read, _looks(picture)) if found), ())


def _looks(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then clearer, larger and turned; each is made only when the one before told nothing."""
    yield picture
    clear = ImageOps.autocontrast(picture, cutoff=2)
    yield clear
    if picture.width * picture.height < _ENLARGE_BELOW:
        yield clear.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    clear.thumbnail((_TILT_SIDE, _TILT_SIDE))
    for angle in _TILTS:
        yield clear.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _open(data: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(data))
        if picture.width * picture.height > _MOST_PIXELS:
            raise NotAPhoto(f"{picture.width} x {picture.height} pixels")
        return ImageOps.exif_transpose(picture).convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise NotAPhoto(str(error)) from error


def _read(picture: Image.Image) -> tuple[str, ...]:
    barcodes = zxingcpp.read_barcodes(picture, formats=_FORMATS)
    places = sorted(barcodes, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return tuple(dict.fromkeys(code.text.strip() for code in places if code.text.strip()))
