"""How an order is delivered, when, and what its packer must read, as the files and payloads tell it."""

import json
from datetime import UTC, datetime

import pytest

from channels.delivery import not_by_courier
from domain.intake.incoming import IncomingOrder
from tests.channels.making import PINDUODUO, SHOPIFY, SHOPIFY_ROW, csv_bytes, only, table
from tests.channels.test_amazon import NEW as AMAZON
from tests.channels.test_amazon import NEW_ROW as AMAZON_ROW
from tests.channels.test_amazon import tsv
from tests.channels.test_douyin import HEADER_75 as DOUYIN
from tests.channels.test_douyin import ROW as DOUYIN_ROW
from tests.channels.test_ebay import HEADER as EBAY
from tests.channels.test_ebay import ROW as EBAY_ROW
from tests.channels.test_ebay import report
from tests.channels.test_jd import HEADER as JD
from tests.channels.test_jd import ROW as JD_ROW
from tests.channels.test_json_orders import SHOPIFY as SHOPIFY_ORDER
from tests.channels.test_json_orders import WOO
from tests.channels.test_jst import HEADER as JST
from tests.channels.test_jst import ROW as JST_ROW
from tests.channels.test_woocommerce_csv import ITEMS, MUGS


def shopify(**changes: object) -> IncomingOrder:
    return only(json.dumps(SHOPIFY_ORDER | changes).encode())


def woo(**changes: object) -> IncomingOrder:
    return only(json.dumps(WOO | changes).encode())


def line_of(order: dict[str, object], **changes: object) -> dict[str, object]:
    told = order["line_items"]
    assert isinstance(told, list)
    return {**told[0], **changes}


@pytest.mark.parametrize(
    "word",
    [
        "上门自提",
        "到店自提",
        "买家自提",
        "自提",
        "门店自取",
        "无需物流",
        "无需发货",
        "同城配送",
        "商家自送",
        "面交",
        "Local pickup",
        "local_pickup",
        "Pick up in store",
        "Store Pickup",
        "In-store pickup",
        "Pickup",
        "Click & Collect",
        "Click and Collect",
        "Local Delivery",
        "PICKUP AT STORE",
        "Selbstabholung",
        "Retrait en magasin",
        "รับที่ร้าน",
    ],
)
def test_no_courier_is_wanted(word: str) -> None:
    assert not_by_courier("", word) == word


@pytest.mark.parametrize(
    "word",
    [
        "",
        "快递配送",
        "自提点",
        "菜鸟自提柜",
        "送货上门",
        "超商取貨",
        "7-ELEVEN 取貨",
        "取貨付款",
        "顺丰",
        "Standard",
        "Pickup point (InPost)",
        "Pickup: LEX MY, Delivery: LEX MY",
        "Parcel locker pickup",
        "Store and forward",
        "USPS Ground Advantage",
        "Free shipping",
        "DHL Packstation",
        "Awaiting collection",
    ],
)
def test_a_courier_is_wanted_all_the_same(word: str) -> None:
    assert not_by_courier(word) == ""


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (csv_bytes(table([*JD, "配送方式"], JD_ROW | {"配送方式": "上门自提"})), "上门自提"),
        (csv_bytes(table([*JST, "发货方式"], JST_ROW | {"发货方式": "无需物流"})), "无需物流"),
        (csv_bytes(table([*DOUYIN, "收货方式"], DOUYIN_ROW | {"收货方式": "到店自提"})), "到店自提"),
        (csv_bytes(table([*DOUYIN, "收货方式"], DOUYIN_ROW | {"收货方式": "快递"})), ""),
        (
            csv_bytes(table([*SHOPIFY, "Shipping Method"], SHOPIFY_ROW | {"Shipping Method": "Pick up in store"})),
            "Pick up in store",
        ),
        (csv_bytes(table([*SHOPIFY, "Shipping Method"], SHOPIFY_ROW | {"Shipping Method": "Standard"})), ""),
        (report(EBAY_ROW | {"Click And Collect": "Yes"}, header=[*EBAY, "Click And Collect"]), "Click And Collect"),
        (report(EBAY_ROW | {"Click And Collect": "No"}, header=[*EBAY, "Click And Collect"]), ""),
        (report(EBAY_ROW), ""),
        (tsv(AMAZON, AMAZON_ROW | {"ship-service-level": "Pickup"}), "Pickup"),
        (tsv(AMAZON, AMAZON_ROW | {"ship-service-level": "Expedited"}), ""),
    ],
)
def test_files_say_that_it_is_fetched(data: bytes, word: str) -> None:
    assert only(data).pickup == word


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({"method_id": "local_pickup", "method_title": "Abholung bei uns"}, "Abholung bei uns"),
        ({"method_id": "local_pickup:7", "method_title": ""}, "local_pickup:7"),
        ({"method_id": "pickup_location", "method_title": "Shop Hangzhou"}, "Shop Hangzhou"),
        ({"method_id": "flat_rate", "method_title": "Local pickup"}, "Local pickup"),
        ({"method_id": "flat_rate", "method_title": "Flat rate"}, ""),
    ],
)
def test_woocommerce_says_that_it_is_fetched(chosen: dict[str, str], word: str) -> None:
    assert woo(shipping_lines=[{**chosen, "total": "0.00"}]).pickup == word


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"shipping_lines": [{"price": "0.00", "title": "Pick up in store", "code": "Shop 1"}]}, "Pick up in store"),
        ({"shipping_lines": [{"price": "0.00", "title": "Shop 1", "code": "Local pickup"}]}, "Local pickup"),
        ({"fulfillment_orders": [{"delivery_method": {"method_type": "pick_up"}}]}, "pick_up"),
        ({"fulfillment_orders": [{"delivery_method": {"method_type": "local"}}]}, "local"),
        ({"fulfillment_orders": [{"delivery_method": {"method_type": "pickup_point"}}]}, ""),
        ({"fulfillment_orders": [{"delivery_method": {"method_type": "shipping"}}]}, ""),
        ({"fulfillment_orders": [{"delivery_method": None}]}, ""),
    ],
)
def test_shopify_says_that_it_is_fetched(changes: dict[str, object], word: str) -> None:
    assert shopify(**changes).pickup == word


@pytest.mark.parametrize(
    ("flags", "virtual"),
    [
        ({}, False),
        ({"requires_shipping": True}, False),
        ({"requires_shipping": None}, False),
        ({"requires_shipping": False}, True),
        ({"requires_shipping": "false"}, True),
        ({"gift_card": True}, True),
        ({"requires_shipping": True, "gift_card": False}, False),
    ],
)
def test_shopify_says_what_needs_no_shipping(flags: dict[str, object], virtual: bool) -> None:
    (line,) = shopify(line_items=[line_of(SHOPIFY_ORDER, **flags)]).lines
    assert (line.virtual, line.amount) == (virtual, 2700)


@pytest.mark.parametrize(("told", "virtual"), [("false", True), ("FALSE", True), ("true", False), ("", False)])
def test_shopifys_file_says_what_needs_no_shipping(told: str, virtual: bool) -> None:
    column = "Lineitem requires shipping"
    (line,) = only(csv_bytes(table([*dict.fromkeys([*SHOPIFY, column])], SHOPIFY_ROW | {column: told}))).lines
    assert line.virtual is virtual


def test_woocommerce_says_what_needs_no_shipping_where_it_says_so() -> None:
    lines = [line_of(WOO, virtual=True), line_of(WOO, id=637), line_of(WOO, id=638, virtual=False)]
    assert [one.virtual for one in woo(line_items=lines).lines] == [True, False, False]
    header = [*ITEMS, "item_virtual"]
    told = [only(csv_bytes(table(header, MUGS | {"item_virtual": word}))) for word in ("1", "yes", "0", "")]
    assert [one.lines[0].virtual for one in told] == [True, True, False, False]


def test_what_the_buyer_wants_from_a_day_on() -> None:
    header = [*dict.fromkeys([*DOUYIN, "预约发货时间"])]

    def told(word: str) -> datetime | None:
        return only(csv_bytes(table(header, DOUYIN_ROW | {"预约发货时间": word}))).ship_from

    assert told("2026-12-01 09:30:00") == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    assert told("2026-12-01") == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert (told(""), told("尽快"), told("-")) == (None, None, None)


def test_what_shopify_has_scheduled_waits_for_the_last_of_its_days() -> None:
    days = [
        {"status": "scheduled", "fulfill_at": "2026-06-01T00:00:00-04:00"},
        {"status": "scheduled", "fulfill_at": "2026-06-03T00:00:00-04:00"},
        {"status": "open", "fulfill_at": "2026-07-01T00:00:00-04:00"},
    ]
    assert shopify(fulfillment_orders=days).ship_from == datetime(2026, 6, 3, 4, tzinfo=UTC)
    assert shopify(fulfillment_orders=days[2:]).ship_from is None


def test_amazons_gifts_reach_the_packer_whichever_row_tells_them() -> None:
    header = [*AMAZON, "gift-wrap-type", "gift-message-text"]
    rows = [
        AMAZON_ROW,
        AMAZON_ROW
        | {"order-item-id": "90", "sku": "POT-1", "gift-wrap-type": "Red box", "gift-message-text": "=Happy birthday"},
    ]
    order = only(tsv(header, *rows))
    before = only(tsv(AMAZON, AMAZON_ROW)).buyer_message
    told = ["gift-wrap-type: Red box", "gift-message-text: =Happy birthday"]
    assert order.buyer_message == "; ".join(filter(None, [before, *told]))


def test_ebays_gift_message_reaches_the_packer() -> None:
    order = only(report(EBAY_ROW | {"Gift Message": "For Mum"}, header=[*EBAY, "Gift Message"]))
    assert order.buyer_message == "leave at door; Gift Message: For Mum"


def test_shopifys_attributes_reach_the_packer_from_either_door_and_tags_are_the_shops() -> None:
    attributes = [{"name": "Gift message", "value": "Hi"}, {"name": "_utm", "value": "x"}, {"name": "Day", "value": ""}]
    order = shopify(note_attributes=attributes, tags="vip, fragile")
    assert (order.buyer_message, order.seller_note) == ("ring; Gift message: Hi", "")
    columns = [*dict.fromkeys([*SHOPIFY, "Note Attributes", "Tags"])]
    row = SHOPIFY_ROW | {"Notes": "ring", "Note Attributes": "Gift message: Hi\n_utm: x", "Tags": "vip, fragile"}
    told = only(csv_bytes(table(columns, row)))
    assert (told.buyer_message, told.seller_note) == ("ring; Gift message: Hi", "")


def test_woocommerces_meta_for_the_packer_and_none_for_machines() -> None:
    meta = [
        {"key": "gift_message", "value": "Hi"},
        {"key": "_gift_wrap_id", "value": "7"},
        {"key": "is_vat_exempt", "value": "no"},
        {"key": "Delivery instructions", "value": "behind the shed"},
        {"key": "gift_list", "value": ["a"]},
    ]
    order = woo(meta_data=meta)
    assert order.buyer_message == "no bell; gift_message: Hi; Delivery instructions: behind the shed"


def test_a_no_to_gift_wrapping_says_nothing() -> None:
    row = dict.fromkeys(PINDUODUO, "") | {
        "商品": "绿茶",
        "订单号": "260501-1",
        "订单状态": "待发货",
        "商品总价(元)": "5",
    }
    row |= {"商品数量(件)": "1", "是否礼品包装": "否"}
    assert only(csv_bytes(table([*PINDUODUO, "是否礼品包装"], row))).buyer_message == ""
    assert only(csv_bytes(table([*PINDUODUO, "是否礼品包装"], row | {"是否礼品包装": "是"}))).buyer_message == (
        "是否礼品包装: 是"
    )
