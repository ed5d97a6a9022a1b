"""The font draws what people here write, and shows what it cannot."""

import pytest
from PIL import Image, ImageDraw

from exports.fonts import drawable, pillow, width, wrap


def ink(text: str) -> int:
    """How many dark pixels the text has."""
    picture = Image.new("L", (60 * max(1, len(text)), 60), 255)
    ImageDraw.Draw(picture).text((4, 4), text, 0, pillow(40))
    return sum(picture.histogram()[:128])


@pytest.mark.parametrize("char", "0189AZaz中文仓龘￥¥€×·，。！")
def test_is_drawn_as_itself(char: str) -> None:
    assert drawable(char) == char
    assert ink(char) > 0


@pytest.mark.parametrize("char", ["䶮", "㛃", "𠮷", "😀"])
def test_a_character_the_font_lacks_is_visible(char: str) -> None:
    """All but the emoji are in GB18030 and in people's names."""
    assert drawable(f"王{char}") == "王〓"
    assert ink(drawable(char)) > 0


def test_what_has_no_width_leaves_no_mark() -> None:
    assert drawable("a\u200db\ufe0fc\u202e\x00d\te\r\nf") == "abc d e\nf"


def test_wrapping_keeps_every_word_and_the_room() -> None:
    text = "浙江省杭州市 West Lake Road 1234567890123456789012345678901234567890 号"
    lines = wrap(text, 80, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(width(line, 10) for line in lines) <= 80
    assert wrap("West Lake Road", 60, 10) == ["West Lake", "Road"]


def test_a_closing_mark_does_not_begin_a_line() -> None:
    assert wrap("一二三四，五", 40, 10) == ["一二三", "四，五"]


def test_empty_text_has_no_lines_but_an_inner_empty_line_stays() -> None:
    assert wrap(" \n ", 80, 10) == []
    assert wrap("a\n\nb", 80, 10) == ["a", "", "b"]
