"""A mapping reads a table like any format: lines, amounts, states, refunds, and what it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import channels
from channels.formats import normal
from channels.mapping import format_of, names, signature
from channels.reasons import Reason, Unreadable
from domain.intake.incoming import (
    IncomingLine,
    IncomingOrder,
    IncomingRefund,
    Platform,
    PlatformState,
    Receiver,
    RefundState,
    RejectedRow,
)
from domain.intake.table_mapping import Reading
from domain.orders.catalog import Shop
from tests.channels.making import PDD_ROW, PINDUODUO, SHANGHAI, csv_bytes, table, xlsx_bytes

SHOP = Shop(7, "微信小店", Platform.OTHER, "CNY", "Asia/Shanghai")
HEADER = ["单号", "品名", "数量", "实付(元)", "状态", "收货地址", "姓名", "手机"]
READING = Reading(
    {
        "number": "单号",
        "title": "品名",
        "quantity": "数量",
        "paid": "实付(元)",
        "state": "状态",
        "whole_address": "收货地址",
        "receiver_name": "姓名",
        "phone": "手机",
    },
    {"新单": "paid", "已揽": "shipped", "退货中": "refunding", "怪": "closed"},
)
ROW = {
    "单号": "A-1",
    "品名": "绿茶",
    "数量": "2",
    "实付(元)": "¥39.00",
    "状态": "新单",
    "收货地址": "浙江省 杭州市 西湖区 文三路 1 号(310012)",
    "姓名": "张三",
    "手机": "'13800001234",
}


def read(
    data: bytes, reading: Reading = READING, header: Sequence[str] = HEADER, shop: Shop = SHOP
) -> tuple[list[IncomingOrder], list[RejectedRow]]:
    """Orders and refused rows by a mapping made for this header."""
    mapped = {signature(header): format_of(reading, shop)}
    parsed = channels.read("f.csv", data, zone=SHANGHAI, mapped=mapped)
    assert (parsed.format, parsed.platform, parsed.signature) == ("mapped", shop.platform, signature(header))
    items = list(parsed.items)
    orders = [item for item in items if isinstance(item, IncomingOrder)]
    return orders, [item for item in items if isinstance(item, RejectedRow)]


def rows(*changes: Mapping[str, str]) -> bytes:
    return csv_bytes(table(HEADER, *({**ROW, **change} for change in changes)))


def only(*changes: Mapping[str, str], reading: Reading = READING) -> IncomingOrder:
    orders, rejected = read(rows(*changes), reading)
    assert rejected == []
    (order,) = orders
    return order


def refused(*changes: Mapping[str, str], reading: Reading = READING) -> list[tuple[int, str, dict[str, str]]]:
    orders, rejected = read(rows(*changes), reading)
    assert orders == []
    return [(one.row, one.reason, one.facts) for one in rejected]


def with_columns(*extra: str, **columns: str) -> tuple[list[str], Reading]:
    """The header and reading with more columns; a field set to "" has none."""
    told = {field: column for field, column in {**READING.columns, **columns}.items() if column}
    return [*HEADER, *extra], replace(READING, columns=told)


def test_an_order_of_one_row() -> None:
    assert only({}) == IncomingOrder(
        platform=Platform.OTHER,
        number="A-1",
        state=PlatformState.PAID,
        currency="CNY",
        row=2,
        raw="\t".join(ROW.values()),
        goods=3900,
        total=3900,
        paid=3900,
        receiver=Receiver("张三", "13800001234", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310012"),
        lines=(IncomingLine("A-1:1", "绿茶", 2, unit_price=1950, amount=3900),),
    )


@pytest.mark.parametrize("second", ["¥39.00", "39", ""])
def test_an_amount_per_order_counts_once(second: str) -> None:
    """Repeated on its rows, or on the first row only."""
    order = only({}, {"品名": "杯", "数量": "1", "实付(元)": second})
    assert (order.paid, order.total, order.goods) == (3900, 3900, 3900)
    assert [(line.external_id, line.title, line.quantity, line.amount) for line in order.lines] == [
        ("A-1:1", "绿茶", 2, 0),
        ("A-1:2", "杯", 1, 0),
    ]


def test_rows_that_tell_different_amounts_refuse_the_order_rather_than_guess() -> None:
    assert refused({}, {"实付(元)": "9.00"}) == [
        (2, Reason.PART_OF_REFUSED, {"value": "A-1", "other_row": "3"}),
        (3, Reason.AMOUNTS_DIFFER, {"column": "实付(元)", "value": "9.00", "other_row": "2"}),
    ]


def test_an_amount_per_row_is_added_up() -> None:
    order = only({}, {"品名": "杯", "实付(元)": "9.00"}, reading=replace(READING, per_line=True))
    assert (order.paid, order.total, order.goods) == (4800, 4800, 4800)
    assert [(line.title, line.amount, line.unit_price) for line in order.lines] == [
        ("绿茶", 3900, 1950),
        ("杯", 900, 450),
    ]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.booleans())
def test_no_cent_is_lost_or_made(cents: list[int], per_line: bool) -> None:
    """Per row the order is the sum of its rows, and so are its lines; per order it is told once however often."""
    told = cents if per_line else [cents[0]] * len(cents)
    changes = [{"实付(元)": f"{amount / 100:.2f}"} for amount in told]
    order = only(*changes, reading=replace(READING, per_line=per_line))
    assert order.paid == order.total == order.goods == (sum(cents) if per_line else cents[0])
    if per_line or len(cents) == 1:
        assert sum(line.amount for line in order.lines) == order.paid


def test_prices_shipping_and_discount() -> None:
    """Without an amount paid they tell it; shipping and discount count once, from the first row."""
    header, reading = with_columns("单价", "运费", "优惠", paid="", unit_price="单价", shipping="运费", discount="优惠")
    row = {**ROW, "单价": "10.00", "运费": "6.00", "优惠": "-1.50"}
    data = csv_bytes(table(header, row, {**row, "品名": "杯", "数量": "1", "单价": "4.00"}))
    ((order,), rejected) = read(data, reading, header)
    assert rejected == []
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (2400, 600, 150, 2850, 2850)
    assert [line.amount for line in order.lines] == [2000, 400]


def test_what_was_paid_for_a_line_goes_before_its_price() -> None:
    header, reading = with_columns("单价", "运费", unit_price="单价", shipping="运费")
    data = csv_bytes(table(header, {**ROW, "单价": "20.00", "运费": "6.00"}))
    ((order,), _) = read(data, reading, header)
    (line,) = order.lines
    assert (order.goods, order.shipping, order.total, order.paid) == (4000, 600, 3900, 3900)
    assert (line.unit_price, line.amount) == (2000, 3300)


@pytest.mark.parametrize(
    ("word", "state", "refunds"),
    [
        ("新单", PlatformState.PAID, ()),
        (" 已揽 ", PlatformState.SHIPPED, ()),
        ("怪", PlatformState.CLOSED, ()),
        ("交易成功", PlatformState.DONE, ()),
        ("退货中", PlatformState.PAID, (IncomingRefund("A-1:file:open", RefundState.REQUESTED, 0),)),
    ],
)
def test_a_status_means_what_the_person_said_else_what_it_says(
    word: str, state: PlatformState, refunds: tuple[IncomingRefund, ...]
) -> None:
    order = only({"状态": word})
    assert (order.state, order.refunds) == (state, refunds)


@pytest.mark.parametrize("word", ["新词", ""])
def test_a_status_nobody_knows_is_refused(word: str) -> None:
    assert refused({"状态": word}) == [(2, Reason.UNKNOWN_STATUS, {"column": "状态", "value": word})]


@pytest.mark.parametrize(
    ("waybill", "paid_at", "state"),
    [
        ("", "2026-11-20 10:00", PlatformState.PAID),
        ("", "-", PlatformState.UNPAID),
        ("SF1234567890123", "", PlatformState.SHIPPED),
    ],
)
def test_without_a_status_the_waybill_and_the_payment_tell(waybill: str, paid_at: str, state: PlatformState) -> None:
    header, reading = with_columns("运单", "付款", state="", waybill="运单", paid_at="付款")
    ((order,), _) = read(csv_bytes(table(header, {**ROW, "运单": waybill, "付款": paid_at})), reading, header)
    assert (order.state, order.waybill) == (state, waybill)
    assert order.paid == (0 if state is PlatformState.UNPAID else 3900)


def test_a_closed_order_that_was_never_paid_has_nothing_paid() -> None:
    header, reading = with_columns("付款", paid_at="付款")
    row = {**ROW, "状态": "怪"}
    data = csv_bytes(table(header, row, {**row, "单号": "A-2", "付款": "2026-11-20 10:00"}))
    (never, paid), _ = read(data, reading, header)
    assert (never.total, never.paid) == (3900, 0)
    assert (paid.total, paid.paid, paid.paid_at) == (3900, 3900, datetime(2026, 11, 20, 2, 0, tzinfo=UTC))


def test_refunds_per_row() -> None:
    """A word nobody knows is a refund in progress."""
    header, reading = with_columns("售后", "退款", "明细号", refund_state="售后", refunded="退款", line_id="明细号")
    reading = replace(reading, per_line=True)
    data = csv_bytes(
        table(
            header,
            {**ROW, "明细号": "1", "售后": "退款成功", "退款": "20.00"},
            {**ROW, "明细号": "2", "售后": "等待处理"},
            {**ROW, "明细号": "3", "售后": "无售后"},
            {**ROW, "明细号": "4", "售后": "售后关闭"},
        )
    )
    ((order,), _) = read(data, reading, header)
    assert order.refunds == (
        IncomingRefund("A-1:file", RefundState.SUCCESS, 2000, ("1",)),
        IncomingRefund("A-1:file:open", RefundState.REQUESTED, 0, ("2",)),
    )
    assert [line.refund for line in order.lines] == [
        RefundState.SUCCESS,
        RefundState.REQUESTED,
        RefundState.NONE,
        RefundState.CANCELLED,
    ]


def test_a_sub_order_twice_is_refused() -> None:
    header, reading = with_columns("明细号", line_id="明细号")
    row = {**ROW, "明细号": "1"}
    orders, rejected = read(csv_bytes(table(header, row, row)), reading, header)
    assert orders == []
    assert [(one.row, one.reason) for one in rejected] == [(2, "part_of_refused"), (3, "duplicate_in_file")]


def test_parts_of_an_address_go_over_the_one_string() -> None:
    header, reading = with_columns("省", "国家", province="省", country="国家")
    ((order,), _) = read(csv_bytes(table(header, {**ROW, "省": "江苏省", "国家": "US"})), reading, header)
    assert (order.receiver.province, order.receiver.city, order.receiver.country) == ("江苏省", "杭州市", "US")


def test_a_column_tells_the_currency_and_a_foreign_shop_no_country() -> None:
    header, reading = with_columns("币种", currency="币种")
    dollar_shop = replace(SHOP, currency="USD", platform=Platform.SHOPIFY)
    data = csv_bytes(table(header, {**ROW, "币种": "jpy", "实付(元)": "390"}))
    ((order,), _) = read(data, reading, header, dollar_shop)
    assert (order.platform, order.currency, order.paid, order.receiver.country) == (Platform.SHOPIFY, "JPY", 390, "")
    ((order,), _) = read(rows({}), READING, HEADER, dollar_shop)
    assert (order.currency, order.receiver.country) == ("USD", "")


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"数量": "两"}, Reason.NOT_A_NUMBER, "数量"),
        ({"数量": "0"}, Reason.NEGATIVE_QUANTITY, "数量"),
        ({"品名": " "}, Reason.MISSING, "品名"),
        ({"单号": ""}, Reason.MISSING, "单号"),
        ({"单号": "1.23E+17"}, Reason.EXCEL_ROUNDED_ID, "单号"),
        ({"实付(元)": "-1"}, Reason.OUT_OF_RANGE, "实付(元)"),
    ],
)
def test_a_bad_row_names_its_column_as_the_file_spells_it(change: dict[str, str], reason: Reason, column: str) -> None:
    ((row, why, facts),) = refused(change)
    assert (row, why, facts["column"]) == (2, reason, column)


def test_the_same_header_otherwise_spelt_and_placed_is_read() -> None:
    """Columns in another order, full-width brackets, spaces; below a title row; GB18030; semicolons; a workbook."""
    other = ["手机 ", "姓名", "收货地址", "状态", "实付（元）", "数量", "品名", "单号"]
    cells = [ROW[name.strip().replace("（", "(").replace("）", ")")] for name in other]
    for data in (
        csv_bytes([["名称：导出"], other, cells], "gb18030"),
        csv_bytes([other, cells], delimiter=";"),
        xlsx_bytes({"说明": [["看第二页"]], "数据": [other, cells]}),
    ):
        (order,), rejected = read(data)
        assert (order.number, order.paid, order.receiver.phone, rejected) == ("A-1", 3900, "13800001234", [])


@pytest.mark.parametrize("header", [[*HEADER, "新列"], HEADER[:-1]])
def test_a_header_with_another_column_is_not_read(header: list[str]) -> None:
    data = csv_bytes([header, [ROW.get(name, "") for name in header]])
    with pytest.raises(Unreadable) as refusal:
        channels.read("f", data, zone=SHANGHAI, mapped={signature(HEADER): format_of(READING, SHOP)})
    assert refusal.value.code == Reason.UNKNOWN_HEADER


def test_a_known_format_wins() -> None:
    reading = Reading({"number": "订单号", "title": "商品", "quantity": "商品数量(件)"})
    data = csv_bytes(table(PINDUODUO, PDD_ROW))
    parsed = channels.read("f", data, zone=SHANGHAI, mapped={signature(PINDUODUO): format_of(reading, SHOP)})
    assert (parsed.format, parsed.signature) == ("pinduoduo-orders", "")


def test_a_bar_in_a_column_name_is_no_alternative() -> None:
    header = ["单|号", "号", "品名", "数量"]
    reading = Reading({"number": "单|号", "title": "品名", "quantity": "数量"})
    ((order,), _) = read(csv_bytes([header, ["A-1", "B-2", "茶", "1"]]), reading, header)
    assert order.number == "A-1"


def test_names_are_cleaned_and_each_stands_once() -> None:
    assert names([" 订单号\t", "", "#", "订单号 ", "Order ID", "order-id"]) == ("订单号", "Order ID")
    assert signature(["", " ", "#"]) == ""


@given(st.lists(st.text(max_size=12), max_size=8), st.randoms(use_true_random=False))
def test_a_signature_knows_neither_order_nor_repetition(header: list[str], chance: Any) -> None:
    turned = [*header, *header]
    chance.shuffle(turned)
    assert signature(turned) == signature(header)
    assert (signature(header) == "") == (not names(header))


@given(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, unique=True), st.sampled_from("甲乙丙丁戊"))
def test_another_column_is_another_signature(header: list[str], more: str) -> None:
    assert (signature([*header, more]) == signature(header)) == (normal(more) in map(normal, header))


def test_the_courier_and_the_warehouse_wished_for() -> None:
    header, reading = with_columns("物流公司", "仓库", courier_hint="物流公司", warehouse_hint="仓库")
    lines = table(header, {**ROW, "物流公司": "顺丰速运", "仓库": "杭州仓"}, {**ROW, "单号": "A-2"})
    (wishes, none), rejected = read(csv_bytes(lines), reading, header)
    assert rejected == []
    assert (wishes.courier_hint, wishes.warehouse_hint, wishes.waybill) == ("顺丰速运", "杭州仓", "")
    assert (none.courier_hint, none.warehouse_hint) == ("", "")
    assert {"courier_hint", "warehouse_hint"}.isdisjoint(wishes.untold)
    assert {"courier_hint", "warehouse_hint"} <= set(only({}).untold)
