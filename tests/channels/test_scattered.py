"""However a file lays out an order's rows, the order is the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels import test_amazon, test_douyin, test_lazada
from tests.channels.making import csv_bytes, only, read, table
from tests.channels.test_douyin import HEADER_75, douyin_file

PIECES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=12, unique=True)
AMOUNT = st.integers(0, 10**7).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
JOINED = ("子订单编号", "选购商品", "商家编码", "商品数量", "商品金额", "订单应付金额", "优惠总金额")


@given(PIECES)
def test_pieces_are_counted_once_in_any_order(pieces: list[tuple[int, int]]) -> None:
    """(order, article) of each piece, some articles twice."""
    rows = [
        test_lazada.ROW | {"orderItemId": str(place), "orderNumber": f"40{order}", "sellerSku": f"A{article}"}
        for place, (order, article) in enumerate([*pieces, *pieces[::2]])
    ]
    told = {}
    for turn in (rows, rows[::-1]):
        orders, rejected = read(csv_bytes(table(test_lazada.HEADER, *turn)), currency="MYR")
        assert rejected == []
        told[turn is rows] = {
            (one.number, line.merchant_code, line.quantity, line.amount) for one in orders for line in one.lines
        }
        assert sum(line.quantity for one in orders for line in one.lines) == len(rows)
        assert sum(one.total for one in orders) == 1000 * len(rows)
    assert told[True] == told[False]


@given(st.lists(st.tuples(st.integers(1, 99), AMOUNT, AMOUNT), min_size=2, max_size=5))
def test_a_merged_row_is_its_rows(goods: list[tuple[int, str, str]]) -> None:
    rows = [
        test_douyin.ROW
        | {"子订单编号": f"69{place}", "选购商品": f"茶 {place}", "商家编码": f"T{place}", "优惠总金额": "0.00"}
        | {"商品数量": str(count), "商品金额": price, "订单应付金额": paid}
        for place, (count, price, paid) in enumerate(goods)
    ]
    merged = rows[0] | {name: ";".join(row[name] for row in rows) for name in JOINED}
    apart, one = only(douyin_file(HEADER_75, *rows)), only(douyin_file(HEADER_75, merged))
    assert (one.total, one.paid, one.goods, one.shipping) == (apart.total, apart.paid, apart.goods, apart.shipping)
    assert [(line.external_id, line.quantity) for line in one.lines] == [
        (line.external_id, line.quantity) for line in apart.lines
    ]
    assert sum(line.amount for line in one.lines) == apart.total


@pytest.mark.parametrize(
    ("told", "promised"),
    [
        ("48小时内", None),
        ("2026-05-03", datetime(2026, 5, 3, 15, 59, 59, tzinfo=UTC)),
        ("2026-05-03 12:00:00", datetime(2026, 5, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_promise_is_a_help_and_never_a_fault(told: str, promised: datetime | None) -> None:
    assert only(douyin_file(HEADER_75, test_douyin.ROW | {"承诺发货时间": told})).promised_ship_at == promised


def test_a_rounded_number_is_refused_in_a_scattered_file_too() -> None:
    rows = [test_amazon.ALL_ROW | {"amazon-order-id": text} for text in ("1.23E+17", "111-1234567-7654321")]
    orders, rejected = read(test_amazon.tsv(test_amazon.ALL, *rows))
    assert [one.number for one in orders] == ["111-1234567-7654321"]
    assert [(one.row, one.reason) for one in rejected] == [(2, "excel_rounded_id")]
