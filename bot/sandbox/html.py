"""Telegram's HTML, read as strictly as Telegram reads it, into plain text and entities.

Offsets of entities count UTF-16 units, offsets in complaints count bytes of UTF-8: both are Telegram's habit.
Only four named character references exist, every other `&name;` is plain text.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from bot.sandbox.errors import bad
from bot.sandbox.shapes import Entity

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]+);?")
_SPACE = " \t\r\n\v\f"
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text)


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """Plain text and entities, not yet trimmed or sorted. ApiError 400 "can't parse entities: ..."."""
    reader = _Reader(markup)
    reader.run()
    return "".join(reader.text), reader.entities


class _Reader:
    def __init__(self, markup: str) -> None:
        self.source = markup
        self.at = 0
        self.text: list[str] = []
        self.units = 0
        self.entities: list[Entity] = []
        self.stack: list[_Open] = []

    def run(self) -> None:
        while self.at < len(self.source):
            if self.source[self.at] == "&":
                self._write(self._reference())
            elif self.source[self.at] != "<":
                self._write(self.source[self.at])
                self.at += 1
            elif self.source.startswith("</", self.at):
                self._close()
            else:
                self._begin()
        if self.stack:
            self._fail(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def _write(self, piece: str) -> None:
        self.text.append(piece)
        self.units += utf16(piece)

    def _fail(self, reason: str) -> NoReturn:
        raise bad(f"can't parse entities: {reason}")

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _skip(self, wanted: str) -> None:
        while self._peek() and self._peek() in wanted:
            self.at += 1

    def _until(self, stops: str) -> str:
        start = self.at
        while self._peek() and self._peek() not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _reference(self) -> str:
        """The character at the `&` under the cursor, and the cursor behind it."""
        match = _REFERENCE.match(self.source, self.at)
        decoded = _decode(match[1]) if match else None
        if match is None or decoded is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return decoded

    def _begin(self) -> None:
        start = self.at
        self.at += 1
        tag = self._until(_SPACE + ">").lower()
        if not self._peek():
            self._fail(f"Unclosed start tag at byte offset {self._byte(start)}")
        if tag not in _TYPES:
            self._fail(f'Unsupported start tag "{tag}" at byte offset {self._byte(start)}')
        attributes = self._attributes(tag, start)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self._fail(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(start)}')
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdecimal():
            self._fail("Invalid custom emoji identifier specified")
        self.stack.append(_Open(tag, self.units, attributes))

    def _attributes(self, tag: str, start: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip(_SPACE)
            if self._peek() == ">":
                self.at += 1
                return found
            name = self._until(_SPACE + "=>").lower()
            if not name:
                if not self._peek():
                    self._fail(f'Unclosed start tag "{tag}" at byte offset {self._byte(start)}')
                self._fail(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(start)}')
            self._skip(_SPACE)
            if self._peek() == "=":
                self.at += 1
                self._skip(_SPACE)
                found[name] = self._value(tag, start)
            else:
                found[name] = ""

    def _value(self, tag: str, start: int) -> str:
        quote = self._peek()
        if not quote:
            self._fail(f'Unclosed start tag "{tag}" at byte offset {self._byte(start)}')
        if quote not in "\"'":
            begun = self.at
            token = _TOKEN.match(self.source, self.at)
            self.at = token.end() if token else self.at
            if not self._peek() or self._peek() not in _SPACE + ">":
                self._fail(f"Unexpected end of name token at byte offset {self._byte(begun)}")
            return self.source[begun : self.at].lower()
        self.at += 1
        pieces = []
        while self._peek() != quote:
            if not self._peek():
                self._fail(f"Unclosed start tag at byte offset {self._byte(start)}")
            if self._peek() == "&":
                pieces.append(self._reference())
            else:
                pieces.append(self._peek())
                self.at += 1
        self.at += 1
        return "".join(pieces)

    def _close(self) -> None:
        start = self.at
        if not self.stack:
            self._fail(f"Unexpected end tag at byte offset {self._byte(start)}")
        self.at += 2
        name = self._until(_SPACE + ">").lower()
        self._skip(_SPACE)
        if self._peek() != ">":
            self._fail(f"Unclosed end tag at byte offset {self._byte(start)}")
        self.at += 1
        opened = self.stack.pop()
        if name and name != opened.tag:
            wrong = f'expected "</{opened.tag}>", found "</{name}>"'
            self._fail(f"Unmatched end tag at byte offset {self._byte(start)}, {wrong}")
        if self.units > opened.start:
            self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        kind = _TYPES[opened.tag]
        entity: Entity = {"type": kind, "offset": opened.start, "length": self.units - opened.start}
        if kind == "text_link":
            shown = "".join(self.text).encode("utf-16-le", "surrogatepass")[opened.start * 2 :]
            entity["url"] = opened.attributes.get("href") or shown.decode("utf-16-le", "surrogatepass")
        elif kind == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif kind == "custom_emoji":
            entity["custom_emoji_id"] = opened.attributes["emoji-id"]
        elif kind == "code" and self.stack and self.stack[-1].tag == "pre":
            if opened.attributes.get("class", "").startswith("language-"):
                self.stack[-1].attributes["language"] = opened.attributes["class"][9:]
            return
        elif kind == "pre" and opened.attributes.get("language"):
            entity["language"] = opened.attributes["language"]
        self.entities.append(entity)


def _decode(name: str) -> str | None:
    if not name.startswith("#"):
        return _NAMED.get(name)
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else None
