"""Why a file or a row was not taken, as codes; the words for people are the handlers'.

Surprising: total and comment rows are in nobody's list here. They are control rows, counted and not imported,
and no fault of the file's owner.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A code and, behind each, the facts that fill its text. `value` facts are cut to 80 characters."""

    # Rows. Facts of all: `column` as the file spells it, where one column is to blame;
    # `sheet` where a workbook holds several sheets of orders; `order` where JSON tells whose it is.
    MISSING = "missing"  # column: an empty cell that an order cannot do without
    NOT_A_NUMBER = "not_a_number"  # column, value
    TOO_FINE = "too_fine"  # column, value: more decimals than the currency has
    OUT_OF_RANGE = "out_of_range"  # column, value: an amount or count no order has, or a negative amount
    NEGATIVE_QUANTITY = "negative_quantity"  # column, value: zero or less
    SHARED_QUANTITY = "shared_quantity"  # column, value: a merged export's one count for several goods
    NOT_A_DATE = "not_a_date"  # column, value
    EXCEL_ROUNDED_ID = "excel_rounded_id"  # column, value: a spreadsheet cut the digits; export again as text
    UNKNOWN_STATUS = "unknown_status"  # column, value
    UNKNOWN_CURRENCY = "unknown_currency"  # column, value
    TORN_ROW = "torn_row"  # expected, found: how many cells
    UNREADABLE_LINE = "unreadable_line"  # detail: the text is no table line (a cell over 131072 characters)
    BROKEN_TEXT = "broken_text"  # column, value: a character of it cannot be read
    DUPLICATE_IN_FILE = "duplicate_in_file"  # column, value, other_row: where the order stood first
    PART_OF_REFUSED = "part_of_refused"  # value, other_row: another row of this order was refused, so all are
    AMOUNTS_DIFFER = "amounts_differ"  # column, value, other_row: an amount per order that its rows tell differently
    OTHER_SHOP = "other_shop"  # column, value: a file of several shops names one that is not ours
    NOT_AN_ORDER = "not_an_order"  # JSON: an element that is no order object

    # Whole files and payloads. `file` beside the facts where it is one of a zip.
    EMPTY = "empty"  # no facts
    TOO_LARGE = "too_large"  # megabytes, limit
    TOO_MANY_ROWS = "too_many_rows"  # rows, limit
    WRONG_ENCODING = "wrong_encoding"  # no facts: neither UTF-8, UTF-16 nor GB18030
    NOT_A_TABLE = "not_a_table"  # no facts: an image, a PDF
    OTHER_ARCHIVE = "other_archive"  # no facts: packed, but not as a zip (RAR, 7z, gzip)
    NOT_A_WORKBOOK = "not_a_workbook"  # detail: named .xlsx or packed like one, but it is none or damaged
    ENCRYPTED = "encrypted"  # no facts: the workbook or zip has a password
    ZIP_BOMB = "zip_bomb"  # megabytes (unpacked, as told), limit
    TOO_MANY_CELLS = "too_many_cells"  # cells, limit: a sheet that spans more than memory should hold
    UNKNOWN_HEADER = "unknown_header"  # columns: those seen; nearest: a format; lacking: what it misses
    MIXED_PLATFORMS = "mixed_platforms"  # platforms
    BOUGHT = "bought"  # buyer: the platform's list of what we bought, with the columns of what we sold
    BAD_JSON = "bad_json"  # detail


def shown(value: str) -> str:
    """A cell's text as it goes into `facts`: cut, because a torn quote can make a cell of a whole file."""
    return value if len(value) <= 80 else value[:79] + "…"


class Unreadable(Exception):
    """A whole file or payload cannot be read. `code` is a `Reason`; nothing of it was imported."""

    def __init__(self, code: str, facts: dict[str, str] | None = None) -> None:
        super().__init__(code, facts or {})
        self.code = code
        self.facts = facts or {}


class Refused(Exception):
    """One row (or JSON object) cannot become an order. Never leaves channels/: it turns into a `RejectedRow`,
    or for a payload into `Unreadable`. `row` is the row to blame, 0 when it is the only one."""

    def __init__(self, reason: Reason, **facts: str) -> None:
        super().__init__(reason, facts)
        self.reason = reason
        self.facts = facts
        self.row = 0
