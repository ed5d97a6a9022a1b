"""The pages shown in docs/documents.md are there, small, and their bars can be scanned."""

import re

import pytest
import zxingcpp
from PIL import Image

from tests.exports.gallery import FOLDER, pages, picture
from tests.handlers.floor_chat import open_floor

DOCUMENT = FOLDER.parents[1] / "documents.md"
SHOWN = re.findall(r"images/documents/([\w-]+)\.png", DOCUMENT.read_text("utf-8"))
CODES = {"pick": r"W\d{4}", "label": r"YT\d{10}", "slip": r"YT\d{10}", "manifest": r"M\d{4}"} | {
    "shelf": r"STOP\d{3}",
    "transfer": r"T\d{5}",
    "count": r"C\d{5}",
    "receipt": r"R\d{5}",
    "putaway": r"M\d{5}",
    "grading": r"G\d{5}",
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_shown_page_is_small_and_its_bars_are_read(name: str) -> None:
    path = FOLDER / f"{name}.png"
    assert path.stat().st_size < 60_000
    with Image.open(path) as shown:
        [found] = zxingcpp.read_barcodes(shown.convert("L"))
    assert re.fullmatch(CODES[name.partition("-")[0]], found.text)


def test_the_pages_are_those_the_warehouse_prints(sqlite_url: str) -> None:
    """Every one of them is shown, and none other; the committed picture has the size of the page as it is now."""
    floor = open_floor(sqlite_url)
    made = {name: picture(pdf, page) for name, pdf, page in pages(floor)}
    floor.store.close()
    assert sorted(made) == sorted(SHOWN) == sorted(path.stem for path in FOLDER.glob("*.png"))
    changed = [
        name for name, data in made.items() if abs(len(data) / (FOLDER / f"{name}.png").stat().st_size - 1) > 0.2
    ]
    assert changed == []
