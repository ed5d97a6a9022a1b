"""The one font of our papers and charts, and how text from strangers becomes something it can draw.

Surprising: the font has some 34,000 characters, not all of GB18030 or Unicode. What it lacks is drawn as 〓, the
printers' mark for a missing type, because a blank in a name or an address would not be noticed.
"""

import unicodedata
from functools import cache
from pathlib import Path

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PATH = Path(__file__).parent / "fonts" / "wqy-microhei.ttf"
NAME = "wqy-microhei"
MISSING = "〓"
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc", "Cs"})


@cache
def _font() -> TTFont:
    font = TTFont(NAME, str(PATH))
    pdfmetrics.registerFont(font)
    return font


def register() -> str:
    """Make the font known to reportlab (once) and say its name there."""
    _font()
    return NAME


def drawable(text: str) -> str:
    """The text with every character the font lacks shown as 〓; line breaks stay, other controls become spaces.

    Joiners, variation selectors and combining marks the font lacks have no width of their own and are dropped.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(char) for char in composed)


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if char == "\n":
        return char
    if kind in {"Cc", "Zs", "Zl", "Zp"}:
        return "　" if char == "　" else " "
    if kind == "Cf":
        return ""
    if ord(char) in _font().face.charToGlyph:
        return char
    return "" if kind in _INVISIBLE else MISSING


def width(text: str, size: float) -> float:
    """How wide the text is drawn at that size, in points."""
    return float(pdfmetrics.stringWidth(text, register(), size))


def wrap(text: str, room: float, size: float) -> list[str]:
    """Break the text into lines no wider than `room` points: at spaces, between Chinese characters, else anywhere.

    Never loses a character but the space at a break. Empty text gives no line.
    """
    lines: list[str] = []
    for paragraph in drawable(text).strip().split("\n"):
        line = ""
        for token in _tokens(paragraph):
            for piece in _pieces(token, room, size):
                if line and width(line + piece.rstrip(), size) > room:
                    lines.append(line.rstrip())
                    line = piece.lstrip()
                else:
                    line += piece
        lines.append(line.rstrip())
    return lines if any(lines) else []


def cut(lines: list[str], most: int, room: float, size: float) -> list[str]:
    """So many lines; the last ends in '…' where there were more."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(f"{last}…", size) > room:
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


def _tokens(text: str) -> list[str]:
    """Words with their trailing spaces; a Chinese character is a word, and keeps the closing mark after it."""
    tokens: list[str] = []
    for char in text:
        glued = bool(tokens) and (
            char == " " or char in "，。、；：！？）》】”’,.;:!?)" or not (_wide(char) or _wide(tokens[-1][-1]))
        )
        if glued and not (tokens[-1].endswith(" ") and char != " "):
            tokens[-1] += char
        else:
            tokens.append(char)
    return tokens


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _pieces(token: str, room: float, size: float) -> list[str]:
    """The token whole if it fits a line, else cut into pieces that do (one character at least)."""
    pieces = [""]
    for char in token:
        if pieces[-1] and width((pieces[-1] + char).rstrip(), size) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces


@cache
def pillow(size: int) -> ImageFont.FreeTypeFont:
    """The font for pictures, at a size in pixels."""
    return ImageFont.truetype(str(PATH), size)
