"""Files that are not what their name says: pages called .xls, zips, text in unusual encodings."""

from collections.abc import Callable, Sequence
from json import dumps

import pytest

import channels
from channels import learning
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
    html_bytes,
    only,
    read,
    table,
    xlsx_bytes,
    zip_bytes,
)

ONE = table(TAOBAO, TAOBAO_ROW)
PAID = {"financial_status": "paid", "currency": "USD", "total_price": "5.00", "line_items": []}
NUMBER = "2345678901234567891"
XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="s"><Table>{rows}</Table></Worksheet></Workbook>"""


def unreadable(data: bytes, name: str = "orders") -> tuple[str, dict[str, str]]:
    with pytest.raises(channels.Unreadable) as refusal:
        channels.read(name, data, zone=SHANGHAI)
    return refusal.value.code, refusal.value.facts


def same_but_raw(data: bytes) -> bool:
    told, known = only(data), only(csv_bytes(ONE))
    return (told.number, told.lines, told.receiver, told.paid, told.placed_at) == (
        known.number,
        known.lines,
        known.receiver,
        known.paid,
        known.placed_at,
    )


@pytest.mark.parametrize(
    "packed",
    [
        html_bytes,
        lambda lines: html_bytes(lines, "gb18030"),
        lambda lines: b"\xef\xbb\xbf" + html_bytes(lines),
        lambda lines: zip_bytes({"orders.csv": csv_bytes(lines, "gb18030")}),
        lambda lines: zip_bytes({"orders.xlsx": xlsx_bytes({"s": lines}), "__MACOSX/._orders.xlsx": b"mac"}),
        lambda lines: zip_bytes({"read me.pdf": b"%PDF-1.7", "orders.xls": html_bytes(lines)}),
        lambda lines: csv_bytes(lines, "utf-16-le", "\t"),
        lambda lines: csv_bytes(lines, "utf-16-be", ","),
        lambda lines: csv_bytes(lines, "utf-8-sig", "|"),
    ],
)
def test_one_order_in_many_wrappings(packed: Callable[[Sequence[Sequence[object]]], bytes]) -> None:
    assert same_but_raw(packed(ONE))


def test_order_list_and_details_of_one_zip_are_read_together_and_refusals_name_the_file() -> None:
    bad = table(DETAILS, DETAIL_ROW, DETAIL_ROW | {"购买数量": "0"})
    orders, rejected = read(zip_bytes({"订单.csv": csv_bytes(ONE), "宝贝.csv": csv_bytes(bad, "gb18030")}))
    assert [(one.number, one.fragment) for one in orders] == [(NUMBER, False)]
    assert [(one.row, one.reason, one.facts["sheet"]) for one in rejected] == [
        (2, "part_of_refused", "宝贝.csv"),
        (3, "negative_quantity", "宝贝.csv"),
    ]


def test_json_exports_of_a_zip_are_read_one_after_the_other_and_refusals_name_the_file() -> None:
    one, two = ({"id": n, "name": f"#{n}", **PAID} for n in (1, 2))
    data = zip_bytes({"1.json": dumps({"orders": [one, {"x": 1}]}).encode(), "2.json": dumps(two).encode()})
    orders, rejected = read(data)
    assert [(order.number, order.platform) for order in orders] == [("#1", "shopify"), ("#2", "shopify")]
    assert [(row.row, row.reason, row.facts["sheet"]) for row in rejected] == [(2, "not_an_order", "1.json")]


def test_a_zip_of_json_and_tables_is_read_when_they_are_of_one_platform() -> None:
    woo = {"id": 7, "number": "7", "status": "processing", "date_created_gmt": "2026-05-01T10:00:00"}
    woo |= {"currency": "USD", "total": "5.00", "date_paid_gmt": "2026-05-01T10:00:00", "line_items": []}
    assert unreadable(zip_bytes({"a.json": dumps(woo).encode(), "b.csv": csv_bytes(ONE)})) == (
        Reason.MIXED_PLATFORMS,
        {"platforms": "taobao, woocommerce"},
    )
    shopify = {"id": 1, "name": "#1", **PAID}
    table_ = csv_bytes(table(SHOPIFY, SHOPIFY_ROW))
    orders, _ = read(zip_bytes({"a.json": dumps(shopify).encode(), "b.csv": table_}))
    assert [order.number for order in orders] == ["#1", SHOPIFY_ROW["Name"]]


def test_broken_json_in_a_zip_is_named() -> None:
    code, facts = unreadable(zip_bytes({"a.json": b'{"orders": [', "b.csv": csv_bytes(ONE)}))
    assert (code, facts["file"]) == (Reason.BAD_JSON, "a.json")


def test_a_zip_of_two_platforms_is_refused() -> None:
    data = zip_bytes({"a.csv": csv_bytes(ONE), "b.csv": csv_bytes(table(PINDUODUO, PDD_ROW))})
    assert unreadable(data) == (Reason.MIXED_PLATFORMS, {"platforms": "pinduoduo, taobao"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zip_bytes({}), Reason.NOT_A_TABLE),
        (zip_bytes({"a/": b""}), Reason.EMPTY),
        (zip_bytes({"a.pdf": b"%PDF-1.7", "b.csv": b""}), Reason.NOT_A_TABLE),
        (zip_bytes({"in.zip": zip_bytes({"a.csv": csv_bytes(ONE)})}), Reason.NOT_A_WORKBOOK),
        (zip_bytes({"a.csv": b"hello,world,you"}), Reason.UNKNOWN_HEADER),
        (zip_bytes({"a.csv": b"1" * (61 << 20)}), Reason.TOO_LARGE),
        (b"<html><body>Please log in</body></html>", Reason.NOT_A_TABLE),
        (html_bytes([["a", "b"], ["1", "2"]]), Reason.UNKNOWN_HEADER),
    ],
)
def test_what_holds_no_orders_says_why(data: bytes, code: Reason) -> None:
    assert unreadable(data)[0] == code


def test_a_zip_with_a_password() -> None:
    data = bytearray(zip_bytes({"orders.csv": csv_bytes(ONE)}))
    central = data.rindex(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    assert unreadable(bytes(data)) == (Reason.ENCRYPTED, {})


def test_a_damaged_file_of_a_zip_is_named() -> None:
    book = xlsx_bytes({"s": ONE})
    code, facts = unreadable(zip_bytes({"good.csv": csv_bytes(ONE), "bad.xlsx": book[: len(book) // 2]}))
    assert (code, facts["file"]) == (Reason.NOT_A_WORKBOOK, "bad.xlsx")


def test_names_in_a_zip_of_windows_are_gbk() -> None:
    """Which leaves the mark of UTF-8 names away."""
    book = zip_bytes({"AAAA.xlsx": xlsx_bytes({"s": ONE})[:500]})
    code, facts = unreadable(book.replace(b"AAAA", "订单".encode("gb18030")))
    assert (code, facts["file"]) == (Reason.NOT_A_WORKBOOK, "订单.xlsx")


def test_cells_over_several_rows_and_columns_of_a_page() -> None:
    page = (
        "<table><tr><th>订单号</th><th colspan=2>买家公司名称</th><th>货品总价</th><th>数量</th><th>货号</th></tr>"
        "<tr><td rowspan=2>2300000000000001</td><td rowspan=2>小二商行</td><td></td><td rowspan=2>50.00</td>"
        "<td>2</td><td>TEA<br>-001</td></tr><tr><td>x</td><td>1</td><td>POT-1</td></tr></table>"
    )
    order = only(page.encode())
    assert [(line.quantity, line.merchant_code) for line in order.lines] == [(2, "TEA\n-001"), (1, "POT-1")]
    assert order.goods == 5000


def test_excel_xml_of_2003() -> None:
    def row(cells: Sequence[object]) -> str:
        told = [
            f'<Cell ss:Index="{at}"><Data ss:Type="String">{cell}</Data></Cell>'
            for at, cell in enumerate(cells, start=1)
            if cell
        ]
        return f"<Row>{''.join(told)}</Row>"

    assert same_but_raw(XML.format(rows="".join(map(row, ONE))).encode())


def test_a_page_may_be_learned_as_a_table() -> None:
    seen = learning.glance(html_bytes([["单号", "品名", "件数"], ["A1", "绿茶", "2"]]))
    assert seen is not None
    assert (seen.table.header, seen.rows) == (("单号", "品名", "件数"), (("A1", "绿茶", "2"),))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_a_character_cut_in_half_refuses_its_order_alone(encoding: str) -> None:
    """Exporters cut names by bytes; the rest of the file is as good as ever."""
    other = TAOBAO_ROW | {"订单编号": "2345678901234567898", "收货人姓名": "李小三"}
    whole = csv_bytes(table(TAOBAO, TAOBAO_ROW, other), encoding)
    name = "李小三".encode(encoding.removesuffix("-sig"))
    assert whole.count(name) == 1
    orders, rejected = read(whole.replace(name, name[:-1]))
    assert [order.receiver.name for order in orders] == ["王小二"]
    [row] = rejected
    assert (row.row, row.reason, row.facts["column"]) == (3, "broken_text", "收货人姓名")
    assert row.cells[0] == "2345678901234567898"


def test_a_title_cut_in_half_is_shown_as_it_is() -> None:
    header = [*PINDUODUO]
    whole = csv_bytes(table(header, PDD_ROW), "gb18030")
    title = PDD_ROW["商品"].encode("gb18030")
    order = only(whole.replace(title, "绿茶罐".encode("gb18030")[:-1]))
    assert (order.number, order.lines[0].title) == (PDD_ROW["订单号"], "绿茶\ufffd")


def test_what_is_broken_all_over_is_no_text() -> None:
    whole = csv_bytes(table(TAOBAO, TAOBAO_ROW))
    assert unreadable(whole.replace("订".encode(), b"\xff\x81")) == (Reason.WRONG_ENCODING, {})


@pytest.mark.parametrize("inside", [{"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}, {"a.iwa": b"1"}])
def test_another_programs_workbook_is_told_to_be_saved_as_xlsx(inside: dict[str, bytes]) -> None:
    assert unreadable(zip_bytes(inside))[0] == Reason.NOT_A_WORKBOOK
