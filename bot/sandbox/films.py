"""Films as Telegram takes them: MPEG-4 with a size and a length, read off the file's own boxes.

Telegram plays nothing else and sends it as a document, whatever method it came by; so does this. Nothing is converted,
so that a test can compare the bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 8


@dataclass(frozen=True, slots=True)
class Film:
    """A film's picture in pixels and its length in whole seconds; 0 where the file does not say."""

    width: int = 0
    height: int = 0
    duration: int = 0


def measured(file: BinaryIO) -> Film | None:
    """The measures of an MPEG-4 file, None for anything else. A torn file keeps what could be read of it."""
    end = file.seek(0, 2)
    file.seek(0)
    if file.read(_HEAD)[4:] != b"ftyp":
        return None
    width = height = duration = 0
    for kind, start, stop in _boxes(file, 0, end):
        for inner, at, until in _boxes(file, start, stop) if kind == b"moov" else ():
            if inner == b"mvhd":
                duration = _length(_bytes(file, at, until))
            for leaf, first, last in _boxes(file, at, until) if inner == b"trak" else ():
                if leaf == b"tkhd" and last - first >= _HEAD:
                    across, down = struct.unpack(">II", _bytes(file, last - _HEAD, last))
                    width, height = max(width, across >> 16), max(height, down >> 16)
    return Film(width, height, duration)


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, where its content begins, where it ends) of the boxes between two places."""
    while at + _HEAD <= end:
        size, kind = struct.unpack(">I4s", _bytes(file, at, at + _HEAD))
        head = _HEAD
        if size == 1 and at + 2 * _HEAD <= end:
            (size,) = struct.unpack(">Q", _bytes(file, at + _HEAD, at + 2 * _HEAD))
            head = 2 * _HEAD
        stop = end if size == 0 else at + size
        if size and size < head:
            return
        yield kind, at + head, min(stop, end)
        at = stop


def _bytes(file: BinaryIO, start: int, stop: int) -> bytes:
    file.seek(start)
    return file.read(stop - start)


def _length(header: bytes) -> int:
    """Seconds by a movie header, of either version."""
    shape, skip = (">IQ", 20) if header[:1] == b"\1" else (">II", 12)
    if len(header) < skip + struct.calcsize(shape):
        return 0
    scale, units = struct.unpack_from(shape, header, skip)
    return round(units / scale) if scale else 0
