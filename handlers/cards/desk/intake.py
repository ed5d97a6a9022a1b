"""What became of a file: counts, the first rejected rows with their reasons, and those rows back as a file.

Surprising: the rejected rows come back with their reason in the reader's language; the import itself keeps codes.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from channels.mapping import NAME as MAPPED
from channels.reasons import Reason
from domain.desk import Desk
from domain.people.people import Right
from domain.records import ImportRun, NoticeKind
from handlers.card import Button, Card, File
from handlers.cards.desk.evidence import veiled
from handlers.draw import drawing
from handlers.quoted import quoted
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.format_terms import format_name
from handlers.wording.terms import N_, actor_name
from handlers.words import Words

SHOWN_ROWS = 5
SHOWN_COLUMNS = 8
ROWS = {
    Reason.MISSING: N_("an empty cell that an order needs"),
    Reason.NOT_A_NUMBER: N_("not a number"),
    Reason.TOO_FINE: N_("more decimals than the currency has"),
    Reason.OUT_OF_RANGE: N_("an amount or count no order has"),
    Reason.NEGATIVE_QUANTITY: N_("zero or fewer pieces"),
    Reason.SHARED_QUANTITY: N_("one count for several goods; export again with a row for each"),
    Reason.NOT_A_DATE: N_("not a date"),
    Reason.EXCEL_ROUNDED_ID: N_("a spreadsheet cut the digits of this number; export again and keep it as text"),
    Reason.UNKNOWN_STATUS: N_("unknown order status"),
    Reason.UNKNOWN_CURRENCY: N_("unknown currency"),
    Reason.TORN_ROW: N_("the row is torn: wrong number of cells"),
    Reason.UNREADABLE_LINE: N_("not a table row"),
    Reason.BROKEN_TEXT: N_("a broken character (�): see in the shop what stands there"),
    Reason.DUPLICATE_IN_FILE: N_("this order stands in the file twice"),
    Reason.OTHER_SHOP: N_("this names a shop that is not one of ours"),
    Reason.PART_OF_REFUSED: N_("another row of this order was rejected"),
    Reason.NOT_AN_ORDER: N_("not an order"),
    Reason.AMOUNTS_DIFFER: N_("the rows of this order tell different amounts: count the amount per row"),
}
FILES = {
    Reason.EMPTY: N_("The file is empty."),
    Reason.TOO_LARGE: N_("The file has {megabytes} MB; at most {limit} MB can be read. Export fewer days at a time."),
    Reason.TOO_MANY_ROWS: N_(
        "The file has {rows} {rows:row|rows}; at most {limit} can be read. Export fewer days at a time."
    ),
    Reason.WRONG_ENCODING: N_("The text is neither UTF-8, UTF-16 nor GB18030. Save it as CSV UTF-8."),
    Reason.NOT_A_TABLE: N_("This is not a table. Send the platform's order export: CSV, XLSX, XLS, JSON or a ZIP."),
    Reason.OTHER_ARCHIVE: N_("I cannot open RAR, 7z or gzip. Unpack it and send the file within, or pack it as a ZIP."),
    Reason.NOT_A_WORKBOOK: N_(
        "This is not a workbook, or it is damaged. Open it, save it again as XLSX and send that."
    ),
    Reason.ENCRYPTED: N_("The file has a password. Save it without one."),
    Reason.ZIP_BOMB: N_("Unpacked, this file would have {megabytes} MB (limit {limit} MB). It was not opened."),
    Reason.TOO_MANY_CELLS: N_("A sheet spans {cells} {cells:cell|cells}; at most {limit} can be read."),
    Reason.UNKNOWN_HEADER: N_("No export I know has these columns: {columns}\nMost like: {nearest}, without {lacking}"),
    Reason.MIXED_PLATFORMS: N_("The file mixes platforms ({platforms}). Send one file per shop."),
    Reason.BOUGHT: N_(
        "This is a list of what you bought, not of what you sold: the buyer is {buyer}. Nothing was imported. Send the "
        "platform's list of sold goods (1688: 已卖出的货品)."
    ),
    Reason.BAD_JSON: N_("The JSON is broken: {detail}"),
}
NO_KIN = N_("No export I know has these columns: {columns}\nSend the order list or the item list of the platform.")
COLUMN = N_("column {column}")
VALUE = N_("found «{value}»")
CELLS = N_("{expected} {expected:cell|cells} expected, {found} found")
SHEET = N_("sheet {sheet}")
ORDER = N_("order {order}")
OTHER_ROW = N_("see row {other_row}")
BLAMED = (
    ({"order"}, ORDER),
    ({"sheet"}, SHEET),
    ({"column"}, COLUMN),
    ({"value"}, VALUE),
    ({"other_row"}, OTHER_ROW),
    ({"expected", "found"}, CELLS),
)
"""What is to blame in a row, in the order it is told: the facts it needs, and its words."""


def unreadable_text(code: str, facts: Mapping[str, str], words: Words) -> str:
    """Why a whole file was not taken; nothing of it was imported."""
    if code in FILES:
        known = {"megabytes", "limit", "rows", "cells", "columns", "nearest", "lacking", "platforms", "detail", "buyer"}
        told = {name: facts.get(name) or "-" for name in known}
        told["columns"] = _few(told["columns"].split(", "), words)
        told["lacking"] = words.listed(told["lacking"].split(", "))
        told["nearest"] = format_name(told["nearest"], words)
        far = code == Reason.UNKNOWN_HEADER and not facts.get("nearest")
        within = f"{quoted(facts['file'])}: " if facts.get("file") else ""  # one of a zip
        return within + words(NO_KIN if far else FILES[Reason(code)], **told)
    return row_text(code, facts, words)


def _few(names: Sequence[str], words: Words) -> str:
    """The first columns and how many more: enough to know one's file by."""
    shown = words.listed(names[:SHOWN_COLUMNS])
    more = len(names) - SHOWN_COLUMNS
    return words.label(N_("{names} and {count} more"), names=shown, count=more) if more > 0 else shown


def row_text(code: str, facts: Mapping[str, str], words: Words, private: bool = False) -> str:
    """Why a row was not taken, with what is to blame; long digit runs are masked unless private."""
    why = words(ROWS[Reason(code)]) if code in ROWS else code
    told = {name: veiled(value, private, 80) for name, value in facts.items() if value}
    return words.plain("; ").join([why, *(words(text, **told) for names, text in BLAMED if told.keys() >= names)])


@drawing(NoticeKind.IMPORT)
def import_card(desk: Desk, import_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """The outcome of a file."""
    if viewer.actor is None:
        return None
    run, words = desk.imports.get(import_id), viewer.words
    taken = run.new + run.changed + run.unchanged + run.waiting
    head = words(
        "<b>📥 {count} {count:order|orders}</b> · {shop} · {file}",
        count=taken,
        shop=_shop(desk, run),
        file=run.name[:60],
    )
    lines = [
        head,
        words(
            "{format}, sent by {who} at {at}",
            format=format_name(run.format, words),
            who=actor_name(run.by, words),
            at=words.when(run.at),
        ),
        "",
    ]
    lines += _counts(run, words)
    if run.rejected:
        lines += ["", words("<b>Rejected rows: {count}</b>", count=run.rejected), *_rows(run, viewer)]
    if run.format == MAPPED and any(reject["reason"] == Reason.UNKNOWN_STATUS for reject in run.rejects):
        lines.append(words("New status words? Forget the table in /mapping and send the file again: I ask about them."))
    rows = ((Button(words("📥 New orders"), pack("d.o")),),) if viewer.offers(Right.APPROVE, shop=run.shop_id) else ()
    if run.rejected and not viewer.private:
        lines.append(words("The rows themselves name people: send me the file in private to get them back."))
    return Card("\n".join(lines), rows, _files(desk, run, words) if viewer.private else ())


def _shop(desk: Desk, run: ImportRun) -> str:
    return desk.catalog.shops[run.shop_id].name


def _counts(run: ImportRun, words: Words) -> list[str]:
    if not (run.new or run.changed or run.waiting or run.rejected or run.unchanged):
        return [words("The columns are known, but no order stands under them.")]
    if not (run.new or run.changed or run.waiting or run.rejected):
        return [
            words("Nothing new: {count} {count:order was|orders were} known already, unchanged.", count=run.unchanged)
        ]
    lines = [words("new: {new} · changed: {changed} · unchanged: {unchanged}", **_numbers(run))]
    if run.waiting:
        lines.append(
            words(
                "{count} {count:order waits for its|orders wait for their} head: send the order list, too.",
                count=run.waiting,
            )
        )
    return lines


def _numbers(run: ImportRun) -> dict[str, int]:
    return {"new": run.new, "changed": run.changed, "unchanged": run.unchanged}


def _rows(run: ImportRun, viewer: Viewer) -> list[str]:
    words, lines = viewer.words, []
    for reject in run.rejects[:SHOWN_ROWS]:
        facts = {str(name): str(fact) for name, fact in reject.items()}
        why = row_text(facts["reason"], facts, words, viewer.private)
        lines.append(words("• row {row}: ", row=facts["row"]) + why)
    return lines


def _files(desk: Desk, run: ImportRun, words: Words) -> tuple[Callable[[], File], ...]:
    if run.reject_file_id is None:
        return ()
    stored, data = desk.files.get(run.reject_file_id)
    return (lambda: File(stored.name, reject_file(data, words)),)


def reject_file(data: bytes, words: Words) -> bytes:
    """The kept CSV of rejected rows (row, reason code, facts, cells) with its heads and reasons in words.

    The cells were made harmless when the file was kept; nothing is added to them here.
    """
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    _, _, _, *header = next(rows)
    writer.writerow([words.plain("Row"), words.plain("Reason"), words.plain("Details"), *header])
    for row, code, facts, *cells in rows:
        why = words.plain(ROWS[Reason(code)]) if code in ROWS else code
        writer.writerow([row, why, _details(facts, words), *cells])
    return out.getvalue().encode("utf-8-sig")


def _details(kept: str, words: Words) -> str:
    """The facts of a row in words; as they stand in a file that was kept before they were JSON."""
    if not kept.startswith("{"):
        return kept
    facts = json.loads(kept)
    return words.plain("; ").join(words.label(text, **facts) for names, text in BLAMED if facts.keys() >= names)
