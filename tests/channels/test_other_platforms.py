"""Tables of platforms without a format, in their own layouts: what is proposed for them, and what they read as."""

from collections.abc import Mapping

import channels
from channels import learning
from channels.mapping import format_of
from channels.proposal import propose
from domain.intake.incoming import IncomingOrder, Platform, PlatformState, Receiver, RefundState
from domain.orders.catalog import Shop
from tests.channels.making import SHANGHAI, csv_bytes, table

KUAISHOU = {
    "订单编号": "2311112233445566",
    "订单创建时间": "2026-11-11 08:00:00",
    "订单支付时间": "2026-11-11 08:01:00",
    "订单状态": "待发货",
    "实付款": "¥39.80",
    "快递费": "¥0.00",
    "商品名称": "茶",
    "商品规格": "100g",
    "SKU编码": "TEA-1",
    "商品单价": "¥19.90",
    "成交数量": "2",
    "收货人姓名": "张*",
    "收货人电话": "138****1234",
    "收货地址-省": "浙江省",
    "收货地址-市": "杭州市",
    "收货地址-区": "西湖区",
    "收货地址-街道": "文新街道",
    "收货地址": "文三路***",
    "售后状态": "售后处理中",
    "推广者昵称": "主播小美",
    "旗帜颜色": "红",
}
XIAOHONGSHU = {
    "订单号": "P700112233445566771",
    "订单状态": "配货中",
    "商品名称": "茶",
    "商家编码": "TEA-1",
    "SKU件数": "2",
    "用户应付金额(元)": "35.00",
    "收件人姓名": "李四",
    "省": "上海市",
    "市": "上海市",
    "区": "浦东新区",
    "收件人地址": "碧波路 1 号",
    "用户备注": "周末送",
    "包裹备注标记": "红旗",
    "包裹备注信息": "发顺丰",
    "是否预售": "是",
}
WANGDIANTONG = {
    "订单编号": "JY202611110001",
    "店铺": "小二茶铺",
    "订单状态": "待审核",
    "货到付款": "是",
    "货到付款金额": "89.0000",
    "收件人": "王五",
    "收货地址": "浙江省杭州市西湖区文三路1号",
    "收件人手机": "13812345678",
    "收件人电话": "",
    "应收金额": "89.0000",
    "商家编码": "TEA-1",
    "货品名称": "茶",
    "下单数量": "2.0000",
    "成交价": "44.5000",
}
YOUZAN = {
    "订单号": "E20261111080000012345678",
    "商品名称": "茶",
    "规格编码": "TEA-1",
    "商品编码": "TEA",
    "商品数量": "2",
    "商品优惠方式": "",
    "店铺优惠（分摊）": "10.00",
    "商品实际成交金额": "90.00",
    "收货人/提货人": "赵六",
    "收货人手机号/提货人手机号": "13812345678",
    "收货人省份": "北京市",
    "收货人城市": "北京市",
    "收货人地区": "朝阳区",
    "详细收货地址/提货地址": "建国路1号",
    "商品发货方式": "同城送",
    "商品退款状态": "退款中",
}
ETSY = {
    "Sale Date": "11/25/26",
    "Item Name": "Cup",
    "Quantity": "2",
    "Price": "20.00",
    "Discount Amount": "2.00",
    "Shipping Discount": "0.00",
    "Order Shipping": "5.00",
    "Currency": "USD",
    "Date Paid": "11/25/2026",
    "Ship Name": "Amy Lee",
    "Ship Address1": "1 Main St",
    "Ship Address2": "Apt 2",
    "Ship City": "Boston",
    "Ship State": "MA",
    "Ship Zipcode": "02108",
    "Ship Country": "United States",
    "Order ID": "3112233445",
    "SKU": "CUP-1",
}
WALMART = {
    "Order#": "200011223344556",
    "Order Date": "2026-11-11",
    "Ship By": "2026-11-13",
    "Customer Name": "Amy Lee",
    "Ship to Address 1": "1 Main St",
    "City": "Boston",
    "State": "MA",
    "Zip": "02108",
    "Status": "Acknowledged",
    "Item Description": "Tea",
    "Qty": "2",
    "SKU": "TEA-1",
    "Item Cost": "20.00",
}


def read_as_proposed(row: Mapping[str, str], currency: str = "CNY") -> IncomingOrder:
    """The one order of a table, read by what is proposed for it and nothing corrected."""
    data = csv_bytes(table([*row], row))
    seen = learning.glance(data)
    assert seen is not None
    key = seen.table.signature
    reading = propose(seen.table.header, seen.rows, (), lambda column: learning.words(data, key, column))
    mapped = {key: format_of(reading, Shop(7, "x", Platform.OTHER, currency, "Asia/Shanghai"))}
    (order,) = channels.read("f.csv", data, zone=SHANGHAI, mapped=mapped).items
    assert isinstance(order, IncomingOrder), order
    return order


def test_kuaishou() -> None:
    order = read_as_proposed(KUAISHOU)
    assert (order.number, order.state, order.paid, order.seller_flag) == (
        "2311112233445566",
        PlatformState.PAID,
        3980,
        "红",
    )
    assert order.buyer_id == ""  # who told of the goods is not who bought them
    assert order.receiver == Receiver(
        "张*", "138****1234", "CN", "浙江省", "杭州市", "西湖区", "文新街道 文三路***", masked=True
    )
    (line,) = order.lines
    assert (line.quantity, line.merchant_code, line.amount, line.refund) == (2, "TEA-1", 3980, RefundState.REQUESTED)


def test_xiaohongshu() -> None:
    order = read_as_proposed(XIAOHONGSHU)
    assert (order.buyer_message, order.seller_note, order.seller_flag) == ("周末送", "发顺丰", "红旗")
    assert (order.presale, order.paid, order.lines[0].quantity) == (True, 3500, 2)


def test_wangdiantong() -> None:
    order = read_as_proposed(WANGDIANTONG)
    assert (order.number, order.shop_name, order.receiver.phone) == ("JY202611110001", "小二茶铺", "13812345678")
    assert (order.cod, order.total, order.paid) == (True, 8900, 0)
    assert [(line.quantity, line.unit_price) for line in order.lines] == [(2, 4450)]


def test_youzan() -> None:
    order = read_as_proposed(YOUZAN)
    assert (order.shop_name, order.pickup, order.discount, order.paid) == ("", "同城送", 1000, 9000)
    assert order.receiver == Receiver("赵六", "13812345678", "CN", "北京市", "北京市", "朝阳区", "建国路1号")
    assert [(line.merchant_code, line.refund) for line in order.lines] == [("TEA-1", RefundState.REQUESTED)]


def test_etsy() -> None:
    order = read_as_proposed(ETSY, "USD")
    told = order.placed_at, order.paid_at
    assert [when.astimezone(SHANGHAI).date().isoformat() for when in told if when] == ["2026-11-25", "2026-11-25"]
    assert (order.goods, order.shipping, order.discount, order.total) == (4000, 500, 200, 4300)
    assert order.receiver == Receiver("Amy Lee", "", "US", "MA", "Boston", "", "1 Main St, Apt 2", "02108")


def test_walmart() -> None:
    order = read_as_proposed(WALMART, "USD")
    assert (order.state, order.receiver.province, order.lines[0].unit_price) == (PlatformState.PAID, "MA", 2000)
