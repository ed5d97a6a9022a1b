"""Whole files: encodings, where the header is, rows that are no orders, and files that are none."""

from pathlib import Path

import pytest

import channels
from channels.reasons import Reason
from tests.channels.making import (
    DETAIL_ROW,
    DETAILS,
    PDD_ROW,
    PINDUODUO,
    SHANGHAI,
    SHOPIFY,
    SHOPIFY_ROW,
    TAOBAO,
    TAOBAO_ROW,
    csv_bytes,
    only,
    read,
    refused,
    table,
    xlsx_bytes,
)

ONE = table(TAOBAO, TAOBAO_ROW)
NUMBER = TAOBAO_ROW["订单编号"]
PREAMBLE = [["导出时间：2026-05-02"], [], ["店铺", "小二茶铺"]]


def unreadable(data: bytes | Path, name: str = "file") -> tuple[str, dict[str, str]]:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read(name, data, zone=SHANGHAI)
    return refusal.value.code, refusal.value.facts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    order = only(csv_bytes(ONE, encoding, delimiter))
    assert (order.number, order.receiver.name) == (NUMBER, "王小二")


def test_data_may_be_a_path(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(csv_bytes(ONE, "gb18030"))
    orders, rejected = read(path)
    assert ([one.number for one in orders], rejected) == ([NUMBER], [])


def test_what_the_file_says_of_itself() -> None:
    parsed = channels.read("whatever.txt", csv_bytes(ONE), zone=SHANGHAI)
    assert (parsed.format, parsed.platform, parsed.header) == ("taobao-orders", "taobao", tuple(TAOBAO))


def test_header_below_a_preamble() -> None:
    data = csv_bytes([*PREAMBLE, *ONE])
    assert only(data).row == 5


def test_header_after_thirty_rows_is_not_looked_for() -> None:
    code, facts = unreadable(csv_bytes([*[["x"]] * 30, *ONE]))
    assert (code, facts["columns"]) == (Reason.UNKNOWN_HEADER, "x")


def test_columns_in_any_order_with_unknown_ones_between() -> None:
    header = ["新栏目", *reversed(TAOBAO)]
    assert only(csv_bytes(table(header, TAOBAO_ROW | {"新栏目": "?"}))).paid == 9450


def test_totals_comments_blanks_and_repeated_headers_are_counted_not_imported() -> None:
    lines: list[list[object]] = [
        *ONE,
        ["合计", *["1.00"] * (len(TAOBAO) - 1)],
        ["", "总计：", "94.50"],
        ["#----------"],
        [],
        ["\t", "", " "],
        list(TAOBAO),
        ["3 record(s) downloaded"],
    ]
    parsed = channels.read("f", csv_bytes(lines), zone=SHANGHAI)
    assert [type(one).__name__ for one in parsed.items] == ["IncomingOrder"]
    assert parsed.control_rows == [3, 4, 5, 8, 9]


def test_article_called_total_is_an_order() -> None:
    assert only(csv_bytes(table(PINDUODUO, PDD_ROW | {"商品": "合计绿茶"}))).lines[0].title == "合计绿茶"


def test_torn_row_is_refused_alone() -> None:
    data = csv_bytes(ONE)
    torn = data + b'"9999999999999999999","anna","88.0'
    orders, rejected = read(torn)
    assert [one.number for one in orders] == [NUMBER]
    (row,) = rejected
    assert (row.row, row.reason, row.facts) == (3, "torn_row", {"expected": str(len(TAOBAO)), "found": "3"})
    assert row.cells == ("9999999999999999999", "anna", "88.0")


def test_row_without_its_last_cells_is_whole_where_they_are_nothing_to_us() -> None:
    """As Excel saves a CSV whose last columns are empty for many rows."""
    header, row = ONE
    data = csv_bytes([[*header, "是否信用购", "体验期结束时间"], [*row, ""]])
    assert only(data).number == NUMBER
    assert [one[1] for one in refused(csv_bytes([[*header, "是否信用购", "体验期结束时间"], row]))] == ["torn_row"]


def test_torn_row_of_a_known_order_refuses_that_order() -> None:
    lines = table(DETAILS, DETAIL_ROW)
    torn: list[list[object]] = [*lines, lines[1][:4]]
    assert [(row, reason) for row, reason, _ in refused(csv_bytes(torn))] == [
        (2, "part_of_refused"),
        (3, "torn_row"),
    ]


def test_file_torn_inside_a_character_is_read_up_to_there() -> None:
    data = csv_bytes(table(TAOBAO, TAOBAO_ROW, TAOBAO_ROW | {"订单编号": "2345678901234567892"}))
    cut = data.rindex("王".encode()) + 1
    orders, rejected = read(data[:cut])
    assert [one.number for one in orders] == [NUMBER]
    assert [one.reason for one in rejected] == ["torn_row"]


def test_row_with_too_many_cells_is_torn_and_blank_ones_are_forgiven() -> None:
    assert only(csv_bytes([ONE[0], [*ONE[1], "", " "]])).number == NUMBER
    assert [one[1] for one in refused(csv_bytes([ONE[0], [*ONE[1], "x"]]))] == ["torn_row"]


def test_cell_beyond_all_measure_is_refused_and_the_next_line_is_read() -> None:
    lines: list[list[object]] = [ONE[0], ["x" * 200_000], ONE[1]]
    orders, rejected = read(csv_bytes(lines))
    assert [one.number for one in orders] == [NUMBER]
    assert [(one.row, one.reason) for one in rejected] == [(2, "unreadable_line")]


def test_order_twice_is_imported_once() -> None:
    orders, rejected = read(csv_bytes([*ONE, ONE[1]]))
    assert [one.number for one in orders] == [NUMBER]
    facts = {"column": "订单编号", "value": NUMBER, "other_row": "2"}
    assert [(one.row, one.reason, one.facts) for one in rejected] == [(3, "duplicate_in_file", facts)]


def test_excel_rounded_ids_in_e_notation() -> None:
    rows = [TAOBAO_ROW | {"订单编号": "2.34568E+18"}, TAOBAO_ROW | {"订单编号": "2.34568E+18"}]
    facts = {"column": "订单编号", "value": "2.34568E+18"}
    assert refused(csv_bytes(table(TAOBAO, *rows))) == [(2, "excel_rounded_id", facts), (3, "excel_rounded_id", facts)]


def test_excel_rounded_ids_written_out() -> None:
    ids = ["2345678901234560000", "2345678901234570000"]
    data = csv_bytes(table(TAOBAO, *(TAOBAO_ROW | {"订单编号": one} for one in ids)))
    assert [(row, reason, facts["value"]) for row, reason, facts in refused(data)] == [
        (2, "excel_rounded_id", ids[0]),
        (3, "excel_rounded_id", ids[1]),
    ]


def test_one_id_ending_in_zeros_among_others_is_genuine() -> None:
    ids = ["2345678901234560000", "2345678901234567891"]
    orders, rejected = read(csv_bytes(table(TAOBAO, *(TAOBAO_ROW | {"订单编号": one} for one in ids))))
    assert ([one.number for one in orders], rejected) == (ids, [])


def test_nul_bytes_never_reach_an_order() -> None:
    order = only(csv_bytes(table(SHOPIFY, SHOPIFY_ROW | {"Notes": "a\0b"})))
    assert order.buyer_message == "ab"
    assert "\0" not in order.raw


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\n,,", b"[]", b"{}", b'{"orders":[]}'])
def test_empty(data: bytes) -> None:
    assert unreadable(data)[0] == Reason.EMPTY


@pytest.mark.parametrize("data", [b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n", b"abc\0\0def", b"\xff\xd8\xff\xe0"])
def test_not_a_table(data: bytes) -> None:
    assert unreadable(data) == (Reason.NOT_A_TABLE, {})


@pytest.mark.parametrize("begins", [b"RIFF\x24\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic", b"BM6\x03", b"II*\0"])
def test_a_picture_of_any_kind_is_no_table_however_it_is_called(begins: bytes) -> None:
    picture = begins + bytes(byte for _ in range(9) for byte in range(1, 256))
    assert unreadable(picture, "orders.csv") == (Reason.NOT_A_TABLE, {})


@pytest.mark.parametrize("line", [b"column," * 2_000_000, b"x" * 9_000_000])
def test_a_line_without_end_is_no_header(line: bytes) -> None:
    assert unreadable(line) == (Reason.UNKNOWN_HEADER, {"columns": "…", "nearest": "", "lacking": ""})


def test_wrong_encoding() -> None:
    assert unreadable(b"\x81\x8d,\xff\n") == (Reason.WRONG_ENCODING, {})


def test_unknown_header_names_the_columns_and_the_nearest_format() -> None:
    code, facts = unreadable(csv_bytes([["Name", "Currency", "Total", "Lineitem name"], ["#1", "USD", "1", "x"]]))
    assert code == Reason.UNKNOWN_HEADER
    assert facts == {
        "columns": "Name, Currency, Total, Lineitem name",
        "nearest": "shopify-orders",
        "lacking": "Lineitem quantity, Financial Status",
    }


def test_what_a_near_miss_lacks_is_told_once() -> None:
    _, facts = unreadable(csv_bytes([["订单号", "订单状态", "商品", "商品总价", "数量"], ["1"] * 5]))
    assert (facts["nearest"], facts["lacking"]) == ("pinduoduo-orders", "商品数量(件)")


def test_file_of_another_kind_has_no_nearest_format() -> None:
    assert unreadable(csv_bytes([["date", "amount"], ["1", "2"]])) == (
        Reason.UNKNOWN_HEADER,
        {"columns": "date, amount", "nearest": "", "lacking": ""},
    )


def test_csv_that_is_called_xlsx_is_read_by_content_or_named_for_what_it_is() -> None:
    orders, _ = read(csv_bytes(ONE), "orders.xlsx")
    assert [one.number for one in orders] == [NUMBER]
    assert unreadable(b"hello,world\n", "orders.xlsx")[0] == Reason.NOT_A_WORKBOOK


def test_two_hundred_megabytes_are_refused_by_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert unreadable(path) == (Reason.TOO_LARGE, {"megabytes": "200", "limit": "60"})


def test_over_a_million_lines_are_refused() -> None:
    assert unreadable(csv_bytes(ONE) + b"x\n" * 1_000_001)[0] == Reason.TOO_MANY_ROWS


def test_sheets_of_two_platforms_are_refused() -> None:
    data = xlsx_bytes({"a": ONE, "b": table(PINDUODUO, PDD_ROW)})
    assert unreadable(data) == (Reason.MIXED_PLATFORMS, {"platforms": "pinduoduo, taobao"})
