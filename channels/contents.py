"""What kind of file it is, by its first bytes, and the tables in it: a zip, a workbook, a page, else text.

Surprising: the name of a file is never asked. Half of what is called .xls is a page or a CSV.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from channels import archives, html_tables, json_files, sources, workbooks
from channels.reasons import Reason, Unreadable

_WORKBOOK = (workbooks.ZIP_MAGIC, workbooks.OLE_MAGIC)

Sheet = Sequence[sources.Table]
"""One table; a text that reads in several encodings is one several times, of which the first that fits is read."""


def sheets_of(source: sources.Source, *, packed: bool = True) -> list[Sheet]:
    """The tables of a file of any kind but JSON. Raises Unreadable."""
    if packed and (members := unpacked(source)) is not None:
        found = sheets_within(members)
        if not found:
            raise Unreadable(Reason.NOT_A_TABLE)
        return found
    head = source.head(2048)
    if head.startswith(_WORKBOOK):
        return [[table] for table in workbooks.tables(source)]
    if html_tables.looks_like(head):
        return [[table] for table in html_tables.tables(source)]
    return [sources.text_tables(source)]


Members = Sequence[tuple[str, sources.Source]]


def unpacked(source: sources.Source) -> Members | None:
    """The files of a zip by name, None for what is no zip of files. Raises Unreadable."""
    if source.head(4).startswith(workbooks.ZIP_MAGIC) and archives.is_archive(source):
        return archives.members(source)
    return None


def sheets_within(members: Members) -> list[Sheet]:
    """The tables of a zip's files but JSON. Raises Unreadable for one that is damaged."""
    return list(itertools.chain.from_iterable(_within(*member) for member in members if not is_json(member[1])))


def is_json(source: sources.Source) -> bool:
    """Whether it is JSON by its beginning."""
    return json_files.looks_like(source.head(512))


def _within(name: str, source: sources.Source) -> list[Sheet]:
    """The tables of one file of a zip, called by its name; none for what is no table."""
    try:
        sheets = sheets_of(source, packed=False)
    except Unreadable as refusal:
        if refusal.code in (Reason.NOT_A_TABLE, Reason.EMPTY):
            return []
        raise Unreadable(refusal.code, {"file": name, **refusal.facts}) from None
    return [[replace(table, name=f"{name} {table.name}".rstrip()) for table in sheet] for sheet in sheets]


def tables_of(source: sources.Source) -> Sequence[sources.Table]:
    """The tables of a file, none for JSON. Raises Unreadable."""
    sources.check_size(source)
    return () if is_json(source) else [sheet[0] for sheet in sheets_of(source)]


def is_text(source: sources.Source) -> bool:
    """Whether it is no workbook, zip or page by its beginning."""
    head = source.head(2048)
    return not head.startswith(_WORKBOOK) and not html_tables.looks_like(head)
