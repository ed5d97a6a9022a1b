"""Photos as Telegram keeps them: a small and a large size, and a refusal of what is no picture.

Telegram re-encodes every photo. Here a picture within the largest side keeps its bytes, so that a test can compare;
a larger one is scaled down to JPEG as there, because a barcode read from it must survive that.
"""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from bot.sandbox.errors import bad

PHOTO_LIMIT = 10 * 1024 * 1024
_LARGE = 2560
_SMALL = 320
_MOST_SIDES = 10_000
_MOST_RATIO = 20


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a photo, in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


def renditions(data: bytes) -> list[Rendition]:
    """The sizes of a photo, smallest first. Slow: call it in a thread. ApiError 400 for what is no photo."""
    if len(data) > PHOTO_LIMIT:
        raise bad("file is too big")
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "GIF", "WEBP", "BMP"]) as image:
            width, height = image.size
            if width + height > _MOST_SIDES or max(width, height) > _MOST_RATIO * min(width, height):
                raise bad("PHOTO_INVALID_DIMENSIONS")
            image.load()
            whole = Rendition(data, Image.MIME[image.format or "PNG"], width, height)
            if max(width, height) > _LARGE:
                whole = _scaled(image, _LARGE)
            return [_scaled(image, _SMALL), whole] if max(width, height) > _SMALL else [whole]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise bad("IMAGE_PROCESS_FAILED") from error


def _scaled(image: Image.Image, side: int) -> Rendition:
    small = image.convert("RGB")
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=87)
    return Rendition(out.getvalue(), "image/jpeg", *small.size)
