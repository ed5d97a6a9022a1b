"""A zip of order files: each file in it is read as if it had been sent by itself.

Surprising: what is unpacked counts against the limit of a bare file, and zipfile reads no more of an entry than the
directory claims, so a bomb costs nothing. A zip within the zip is not opened. What is no table at all (a picture, a
readme in PDF) is passed over; a table that is damaged is not.
"""

import struct
import zipfile
import zlib

from channels.reasons import Reason, Unreadable
from channels.sources import MAX_BYTES, Source

_ENCRYPTED = 0x1
_NAMED_IN_UTF8 = 0x800
_HIDDEN = ("__MACOSX/", ".")
_MOST = 100
_OTHER_WORKBOOKS = ("content.xml", "META-INF/manifest.xml")


def is_archive(source: Source) -> bool:
    """Whether a file that begins like a zip is one of files, rather than a workbook or nothing readable."""
    try:
        with source.open() as raw, zipfile.ZipFile(raw) as packed:
            names = {name.lower() for name in packed.namelist()}
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError, struct.error):
        return False
    return "[content_types].xml" not in names and "xl/workbook.xml" not in names


def members(source: Source) -> list[tuple[str, Source]]:
    """The files within, by name. Raises Unreadable ENCRYPTED, EMPTY, TOO_LARGE, NOT_A_TABLE, or NOT_A_WORKBOOK for
    the workbook of another program (OpenDocument, Apple's Numbers)."""
    try:
        with source.open() as raw, zipfile.ZipFile(raw) as packed:
            if any(name in _OTHER_WORKBOOKS or name.endswith(".iwa") for name in packed.namelist()):
                raise Unreadable(Reason.NOT_A_WORKBOOK, {"detail": "saved by another program, not as XLSX"})
            entries = _files(packed)
            return [(_name(entry), Source(packed.read(entry))) for entry in entries]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, struct.error):
        raise Unreadable(Reason.NOT_A_TABLE) from None


def _files(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    every = packed.infolist()
    entries = [one for one in every if not one.is_dir() and not one.filename.startswith(_HIDDEN)]
    if not entries:
        raise Unreadable(Reason.EMPTY)
    if any(one.flag_bits & _ENCRYPTED for one in entries):
        raise Unreadable(Reason.ENCRYPTED)
    size = sum(one.file_size for one in entries)
    if size > MAX_BYTES or len(entries) > _MOST:
        raise Unreadable(Reason.TOO_LARGE, {"megabytes": str(size >> 20), "limit": str(MAX_BYTES >> 20)})
    return entries


def _name(entry: zipfile.ZipInfo) -> str:
    """Windows in China writes GBK and says nothing of it; zipfile then reads it as the DOS letters."""
    if entry.flag_bits & _NAMED_IN_UTF8:
        return entry.filename
    return entry.filename.encode("cp437", "replace").decode("gb18030", "replace")
