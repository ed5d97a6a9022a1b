"""聚水潭's order export."""

from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState
from tests.channels.making import columns, csv_bytes, only, read, refused, table

HEADER = columns(
    "内部订单号,线上订单号,线上子订单编号,原始线上订单号,成本价,快递单号,订单类型,状态,店铺名称,商品编码,数量,下单时间"
)
ROW = {
    "内部订单号": "900001",
    "线上订单号": "2345678901234567891",
    "线上子订单编号": "2345678901234567892",
    "原始线上订单号": "2345678901234567891",
    "成本价": "8.00",
    "快递单号": "@SF1234567890123",
    "订单类型": "普通订单",
    "状态": "已发货",
    "店铺名称": "小二茶铺",
    "商品编码": "TEA-001",
    "数量": "2",
    "下单时间": "2026-06-01 10:00:00",
}
SECOND = ROW | {"内部订单号": "900002", "线上子订单编号": "2345678901234567893", "商品编码": "POT-1", "数量": "1"}
SECOND |= {"快递单号": "@YT1234567890123"}


def jst_file(*rows: dict[str, str]) -> bytes:
    return csv_bytes(table(HEADER, *rows))


def test_an_order_the_erp_split_is_one_order() -> None:
    order = only(jst_file(ROW, SECOND))
    assert (order.platform, order.number, order.external_id) == (Platform.JST, "2345678901234567891", "900001")
    assert (order.state, order.shop_name) == (PlatformState.SHIPPED, "小二茶铺")
    assert order.waybill == "SF1234567890123 YT1234567890123"
    assert order.lines == (
        IncomingLine("2345678901234567892", "TEA-001", 2, "TEA-001"),
        IncomingLine("2345678901234567893", "POT-1", 1, "POT-1"),
    )


def test_a_cancelled_row_is_no_goods() -> None:
    order = only(jst_file(ROW | {"状态": "被拆分"}, SECOND | {"状态": "发货中"}))
    assert (order.state, [line.merchant_code for line in order.lines]) == (PlatformState.PAID, ["POT-1"])
    assert only(jst_file(ROW | {"状态": "已取消"})).state is PlatformState.CLOSED


def test_a_reshipment_is_an_order_of_its_own() -> None:
    orders, rejected = read(jst_file(ROW, SECOND | {"订单类型": "补发订单"}))
    assert rejected == []
    assert [(one.number, one.order_type, len(one.lines)) for one in orders] == [
        ("2345678901234567891", "普通订单", 1),
        ("2345678901234567891-900002", "补发订单", 1),
    ]


def test_an_order_made_in_the_erp_has_only_the_inner_number() -> None:
    assert only(jst_file(ROW | {"原始线上订单号": "", "线上订单号": ""})).number == "900001"


def test_rows_of_two_shops() -> None:
    other = ROW | {"原始线上订单号": "2345678901234567899", "店铺名称": "小二京东店"}
    orders, _ = read(jst_file(ROW, other))
    assert [one.shop_name for one in orders] == ["小二茶铺", "小二京东店"]


def test_no_number_at_all_is_refused() -> None:
    row = ROW | {"原始线上订单号": "", "线上订单号": "", "内部订单号": ""}
    assert refused(jst_file(row)) == [(2, "missing", {"column": "线上订单号"})]


def test_other_names_of_columns() -> None:
    names = {"数量": "销售数量", "店铺名称": "店铺", "下单时间": "订单日期", "状态": "订单状态"}
    header = [*(names.get(name, name) for name in HEADER), "线上商品名", "买家实付", "收入运费"]
    row = {names.get(name, name): value for name, value in ROW.items()}
    order = only(csv_bytes(table(header, row | {"线上商品名": "绿茶", "买家实付": "24.00", "收入运费": "4.00"})))
    assert (order.shop_name, order.total, order.shipping, order.goods) == ("小二茶铺", 2400, 400, 2000)
    assert [(line.title, line.quantity) for line in order.lines] == [("绿茶", 2)]


def test_refund_of_an_article_and_of_an_order_in_trouble() -> None:
    header = [*HEADER, "退款状态", "异常类型"]
    waiting = ROW | {"状态": "发货中"}
    number, other = ROW["线上订单号"], ROW["线上子订单编号"]
    told = only(csv_bytes(table(header, waiting | {"退款状态": "等待退款"})))
    assert told.refunds == (IncomingRefund(f"{number}:file:open", RefundState.REQUESTED, 0, (other,)),)
    trouble = only(csv_bytes(table(header, waiting | {"状态": "异常", "异常类型": "用户已申请退款"})))
    assert trouble.refunds == (IncomingRefund(f"{number}:file:open", RefundState.REQUESTED, 0),)
    assert only(csv_bytes(table(header, waiting | {"退款状态": "未申请退款"}))).refunds == ()


def test_an_exchange_waits_for_the_goods_of_the_order_it_is_for() -> None:
    again = SECOND | {"订单类型": "换货订单", "状态": "待审核"}
    (exchange,) = (one for one in read(jst_file(ROW, again))[0] if one.number.endswith("-900002"))
    assert exchange.platform_hold == "return:2345678901234567891"
    told = [*HEADER, "异常类型"]
    waits = csv_bytes(table(told, again | {"异常类型": "等待售后收货"}))
    assert only(waits).platform_hold == "return:2345678901234567891"
    assert only(csv_bytes(table(told, again | {"异常类型": ""}))).platform_hold == ""
    assert only(jst_file(ROW)).platform_hold == ""
