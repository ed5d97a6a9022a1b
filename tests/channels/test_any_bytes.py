"""Whatever the bytes: orders, refused rows or Unreadable, and never another exception."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

import channels
from channels.payloads import payload
from channels.registry import FORMATS
from domain.intake.incoming import IncomingOrder, Platform, RejectedRow
from tests.channels import (
    test_1688,
    test_amazon,
    test_douyin,
    test_ebay,
    test_jd,
    test_jst,
    test_lazada,
    test_pinduoduo,
    test_shopee,
    test_taobao,
    test_tiktok,
    test_woocommerce_csv,
)
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
    table,
    xlsx_bytes,
)
from tests.channels.test_json_orders import SHOPIFY as SHOPIFY_JSON
from tests.channels.test_json_orders import WOO

CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "-", "1.23E+17", "=1+1", "'", "`", '="', '=""', "合计", "#", "1e9999", "sNaN", "٣", "9" * 40]),
    st.sampled_from(["0001-01-01", "9999-12-31 23:59:59 -2359", "2026-05-01 25:00", "-0.00", "(", "()", "1,,2", "."]),
    st.sampled_from(["a;b", ";", "1;2;3", "0", "13/13/2026", "03/04/2026 13:00:00 PM", "Foo-05-26", "IDR 1.234.567"]),
)
FILES = [
    (TAOBAO, TAOBAO_ROW),
    (DETAILS, DETAIL_ROW),
    (PINDUODUO, PDD_ROW),
    (test_pinduoduo.REFUNDS, test_pinduoduo.REFUND),
    (SHOPIFY, SHOPIFY_ROW),
    (test_taobao.REFUNDS, test_taobao.REFUND),
    (test_jd.HEADER, test_jd.ROW),
    (test_douyin.HEADER_75, test_douyin.ROW),
    (test_douyin.HEADER_74, test_douyin.ROW_74),
    (test_douyin.REFUNDS, test_douyin.REFUND),
    (test_1688.HEADER, dict(zip(test_1688.HEADER, test_1688.FIRST, strict=False)) | {"数量": "1"}),
    (test_jst.HEADER, test_jst.ROW),
    (test_amazon.NEW, test_amazon.NEW_ROW),
    (test_amazon.UNSHIPPED, test_amazon.UNSHIPPED_ROW),
    (test_amazon.ALL, test_amazon.ALL_ROW),
    (test_ebay.HEADER, test_ebay.ROW),
    (test_shopee.HEADER, test_shopee.ROW),
    (test_tiktok.HEADER, test_tiktok.ROW),
    (test_lazada.HEADER, test_lazada.ROW),
    (test_woocommerce_csv.REPORT, test_woocommerce_csv.CUPS),
    (test_woocommerce_csv.ITEMS, test_woocommerce_csv.MUGS),
    ([*test_woocommerce_csv.PACKED, "line_items"], test_woocommerce_csv.BOOK | {"line_items": "name:A|quantity:1"}),
]
WORKBOOK = xlsx_bytes({"s": table(TAOBAO, TAOBAO_ROW)})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | CELLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def survives(data: bytes) -> None:
    """Every item is an order or a refused row with a reason, and every text can be stored."""
    try:
        items = list(channels.read("file", data, zone=SHANGHAI, currency="USD").items)
    except channels.Unreadable as refusal:
        assert refusal.code in set(channels.Reason)
        return
    for item in items:
        if isinstance(item, RejectedRow):
            assert item.reason in set(channels.Reason)
        else:
            assert item.number
            assert all(line.quantity > 0 for line in item.lines)
            assert "\0" not in repr(item).encode().decode()


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    survives(data)


@given(
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"[", b'{"orders":[']),
    st.binary(),
)
def test_any_bytes_behind_a_known_beginning(head: bytes, tail: bytes) -> None:
    survives(head + tail)


@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_any_cells_under_a_known_header(file: tuple[list[str], dict[str, str]], draw: st.DataObject) -> None:
    header, row = file
    changes = draw.draw(st.lists(st.dictionaries(st.sampled_from(header), CELLS, max_size=4), max_size=3))
    survives(csv_bytes(table(header, *(row | change for change in changes)), "utf-8"))


@settings(max_examples=60)
@given(st.integers(min_value=0, max_value=len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_workbook(at: int, damage: bytes) -> None:
    survives(WORKBOOK[:at] + damage + WORKBOOK[at + len(damage) :])


@given(st.sampled_from([WOO, SHOPIFY_JSON]), st.data())
def test_any_values_in_an_order_object(order: dict[str, object], draw: st.DataObject) -> None:
    changes = draw.draw(st.dictionaries(st.sampled_from(sorted(order)), JSON, max_size=3))
    survives(json.dumps({"orders": [order | changes]}).encode())


@given(
    st.sampled_from(list(Platform)),
    st.sampled_from(["order.updated", "order.deleted", "orders/paid", "refunds/create"]),
    JSON | st.just(WOO),
    st.binary(),
)
def test_any_payload(platform: Platform, topic: str, value: object, noise: bytes) -> None:
    for body in (json.dumps(value).encode(), noise):
        try:
            told = payload(platform, topic, body, zone=SHANGHAI)
        except channels.Unreadable:
            continue
        assert told is None or isinstance(
            told, IncomingOrder | channels.IncomingDeletion | channels.IncomingRefundNotice
        )


def test_every_table_format_is_tried() -> None:
    known = {channels.read("file", csv_bytes(table(header, row)), zone=SHANGHAI).format for header, row in FILES}
    assert known == {one.name for one in FORMATS} - {"taobao-items"}
