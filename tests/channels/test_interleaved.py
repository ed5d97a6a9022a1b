"""An order whose rows do not stand together, and one that was exported twice into one file."""

import pytest

from domain.intake.incoming import IncomingOrder, RejectedRow
from tests.channels import test_jd, test_shopee, test_tiktok
from tests.channels.making import DETAIL_ROW, DETAILS, csv_bytes, read, table

Told = dict[str, str]
FORMATS = [
    (test_jd.HEADER, test_jd.ROW, test_jd.SECOND, "订单号", "301234567899"),
    (test_shopee.HEADER, test_shopee.ROW, test_shopee.SECOND, "Order ID", "260501ABCD9999"),
    (test_tiktok.HEADER, test_tiktok.ROW, test_tiktok.SECOND, "Order ID", "577000000000000009"),
    (DETAILS, DETAIL_ROW, DETAIL_ROW | {"标题": "茶壶", "商家编码": "POT-1"}, "订单编号", "2345678901234567899"),
]


def told(header: list[str], *rows: Told) -> tuple[list[IncomingOrder], list[RejectedRow]]:
    return read(csv_bytes(table(header, *rows)), currency="SGD")


@pytest.mark.parametrize(("header", "first", "second", "number", "other"), FORMATS)
def test_rows_that_stand_apart_are_one_order(
    header: list[str], first: Told, second: Told, number: str, other: str
) -> None:
    (whole,), _ = told(header, first, second)
    orders, rejected = told(header, first, first | {number: other}, second)
    assert rejected == []
    assert [one.number for one in orders] == [other, first[number]]
    assert (orders[1].lines, orders[1].total) == (whole.lines, whole.total)


@pytest.mark.parametrize(("header", "first", "second", "number", "other"), FORMATS)
def test_rows_that_come_again_are_duplicates(
    header: list[str], first: Told, second: Told, number: str, other: str
) -> None:
    (whole,), _ = told(header, first, second)
    orders, rejected = told(header, first, second, first | {number: other}, first, second)
    assert [(one.row, one.reason, one.facts["other_row"]) for one in rejected] == [
        (5, "duplicate_in_file", "2"),
        (6, "duplicate_in_file", "2"),
    ]
    assert [one.lines for one in orders if one.number == first[number]] == [whole.lines]


def test_a_bad_row_far_below_refuses_the_whole_order() -> None:
    header, first, second, number, other = FORMATS[0]
    orders, rejected = told(header, first, first | {number: other}, second | {"订购数量": "x"})
    assert [one.number for one in orders] == [other]
    assert [(one.row, one.reason) for one in rejected] == [(2, "part_of_refused"), (4, "not_a_number")]
