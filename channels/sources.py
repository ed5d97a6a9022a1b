"""The bytes of a file to tables of text cells: which kind of file, which encoding, which lines.

Surprising: everything that can be wrong with a whole file is found before the first row is given out, so that a
reader may stream: the encoding is tried over all bytes first (fast, in C), workbooks are opened eagerly. Bytes that
are not UTF-8 may read in several encodings; each that fits is a table, and the header decides.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from channels.reasons import Reason, Refused, Unreadable

MAX_BYTES = 60 * 1024 * 1024
MAX_ROWS = 1_000_000
_CHUNK = 1 << 20
_LONGEST = 4 << 20  # of a line: what is longer has a cell beyond the limit, or more columns than any table
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|JPY|\.co\.jp")  # kana, or what only Japan writes
_CHINESE = "gb18030"
LOST = "\ufffd"
_MOST_LOST = 100
_LETTERS_TO_ONE_LOST = 20
_RUN = re.compile(rb"[\x80-\xff]+")
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x05\x06")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x1b\x7f]")
_CONTROLS_IN_A_HUNDRED = 2

Line = tuple[int, list[str] | Refused]
"""A row's place in its file (1 = first line) and its cells; a Refused stands where the text is no row."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one sheet or text file. `lines(delimiter, quoted)` starts from the top each time it is called;
    workbooks know neither delimiters nor quotation marks and ignore both. `broken`: a few characters could not be
    read and stand as `LOST`."""

    name: str
    lines: Callable[[str, bool], Iterator[Line]]
    delimiters: tuple[str, ...] = (",", "\t", ";", "|")
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one file, in memory or on disk."""

    data: bytes | Path

    def open(self) -> BinaryIO:
        return self.data.open("rb") if isinstance(self.data, Path) else io.BytesIO(self.data)

    def size(self) -> int:
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)

    def head(self, count: int) -> bytes:
        with self.open() as file:
            return file.read(count)


def check_size(source: Source) -> None:
    """Raises Unreadable EMPTY or TOO_LARGE. Looks at the size only, so a sparse file costs nothing."""
    size = source.size()
    if size == 0:
        raise Unreadable(Reason.EMPTY)
    if size > MAX_BYTES:
        raise Unreadable(Reason.TOO_LARGE, {"megabytes": str(size >> 20), "limit": str(MAX_BYTES >> 20)})


def text_tables(source: Source) -> list[Table]:
    """A delimited text as a table, once for each encoding it may be in, the likeliest first. Raises Unreadable
    WRONG_ENCODING, NOT_A_TABLE, OTHER_ARCHIVE, EMPTY or TOO_MANY_ROWS."""
    return [_text_table(source, encoding, broken) for encoding, broken in encodings(source)]


def _text_table(source: Source, encoding: str, broken: bool) -> Table:
    def lines(delimiter: str, quoted: bool) -> Iterator[Line]:
        return _csv_lines(source, encoding, delimiter, quoted)

    return Table("", lines, broken=broken)


def encodings(source: Source) -> list[tuple[str, bool]]:
    """The encodings the text may be in, the likeliest first, and whether a few characters are broken in it. Raises
    Unreadable as `text_tables`."""
    head = source.head(4096)
    if head.startswith(_PACKED):
        raise Unreadable(Reason.OTHER_ARCHIVE)
    if head.startswith(_BINARY):
        raise Unreadable(Reason.NOT_A_TABLE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            if _nearly(source, name):
                return [(name, True)]
            _decode_all(source, name)
            return [(name, False)]
    if head.count(b"\0") * 10 > len(head):  # a stray NUL is dropped; many are UTF-16 without its mark, or no text
        wide = _without_mark(head)
        if not wide or not _decodes(source, wide):
            raise Unreadable(Reason.NOT_A_TABLE)
        return [(wide, False)]
    if len(_NO_TEXT.findall(head)) * 100 > _CONTROLS_IN_A_HUNDRED * len(head):  # a picture or film of any kind
        raise Unreadable(Reason.NOT_A_TABLE)
    if _decodes(source, "utf-8"):
        return [("utf-8", False)]
    if _nearly(source, "utf-8"):
        return [("utf-8", True)]
    names = _by_likelihood(source)
    tried = [(name, name == _CHINESE and _nearly(source, name)) for name in names]
    fitting = [(name, broken) for name, broken in tried if broken or _decodes(source, name)]
    if not fitting:
        raise Unreadable(Reason.WRONG_ENCODING)
    return fitting


def _nearly(source: Source, encoding: str) -> bool:
    """Whether a few characters are broken in a text that else is of this encoding: an exporter cut a name in the
    middle of a character."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    lost = letters = 0
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            lost += text.count(LOST)
            letters += len(text) - len(text.encode("ascii", "ignore"))
            if lost > _MOST_LOST:
                return False
    return lost > 0 and lost * _LETTERS_TO_ONE_LOST < letters


def _without_mark(head: bytes) -> str:
    """Which UTF-16, when the zeros of its digits and separators stand on one side; "" when they do not."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 8 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 8 * odd else ""


def _by_likelihood(source: Source) -> list[str]:
    """Chinese comes in pairs of high bytes, Western letters stand alone."""
    alone = together = 0
    japanese = False
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            runs = [len(run) for run in _RUN.findall(chunk)]
            alone += runs.count(1)
            together += len(runs) - runs.count(1)
            japanese = japanese or _JAPANESE.search(chunk) is not None
    others = [_CHINESE, "cp1252"] if together >= alone else ["cp1252", _CHINESE]
    return ["cp932", *others] if japanese else others


def _decodes(source: Source, encoding: str) -> bool:
    try:
        _decode_all(source, encoding)
    except Unreadable as refusal:
        if refusal.code != Reason.WRONG_ENCODING:
            raise
        return False
    return True


def _decode_all(source: Source, encoding: str) -> None:
    """Try the encoding over the whole file. A character cut at the very end is allowed: the file was torn there,
    its last row tells."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rows, blank = 0, True
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError:
                raise Unreadable(Reason.WRONG_ENCODING) from None
            rows += text.count("\n")
            blank = blank and not text.strip("\ufeff \t\r\n\0,;")
    if blank:
        raise Unreadable(Reason.EMPTY)
    if rows > MAX_ROWS:
        raise Unreadable(Reason.TOO_MANY_ROWS, {"rows": str(rows), "limit": str(MAX_ROWS)})


def _csv_lines(source: Source, encoding: str, delimiter: str, quoted: bool) -> Iterator[Line]:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    with source.open() as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as text:
        lines = (line[:_LONGEST].replace("\0", "") for line in text)
        reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
        while True:
            begins = reader.line_num + 1
            try:
                yield begins, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield begins, Refused(Reason.UNREADABLE_LINE, detail=str(error))
