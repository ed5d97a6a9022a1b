"""JD's order list."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, Receiver, RefundState
from tests.channels.making import columns, csv_bytes, only, read, refused, table, xlsx_bytes

HEADER = columns(
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,商家应收,订单状态,"
    "订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,"
    "商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道,送装服务,"
    "服务费,仓库id,仓库名称,商家SKUID"
)
ROW = {
    "订单号": "301234567890",
    "商品ID": "10170858471951",
    "商品名称": "绿茶 100 克",
    "订购数量": "2",
    "支付方式": "在线支付",
    "下单时间": "2026-06-10 14:41:34",
    "京东价": "20.00",
    "订单金额": "50.00",
    "结算金额": "46.00",
    "余额支付": "6.00",
    "应付金额": "40.00",
    "商家应收": "44.00",
    "订单状态": "等待出库",
    "下单帐号": "jd_anna",
    "客户姓名": "王小二",
    "客户地址": "浙江省 杭州市 西湖区 文三路 1 号",
    "联系电话": "13800001111",
    "订单备注": "放门口",
    "发票抬头": "小二茶铺",
    "商家备注": "老客户",
    "商家备注等级（等级1-5为由高到低）": "1",
    "运费金额": "6.00",
    "付款确认时间": "2026-06-10 14:42:00",
    "仓库名称": "杭州仓",
    "商家SKUID": "TEA-001",
}
SECOND = ROW | {
    "商品ID": "10170858471952",
    "商品名称": "茶壶",
    "订购数量": "1",
    "京东价": "10.00",
    "商家SKUID": "POT-1",
}


def jd_file(*rows: dict[str, str]) -> bytes:
    """As JD writes it: every cell a text formula."""
    head, *lines = table(HEADER, *rows)
    return csv_bytes([head, *([f'="{cell}"' for cell in line] for line in lines)], "gb18030")


def test_order_of_two_lines() -> None:
    order = only(jd_file(ROW, SECOND))
    assert (order.number, order.state, order.currency, order.cod) == ("301234567890", PlatformState.PAID, "CNY", False)
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (5000, 600, 1000, 4600, 4600)
    assert order.lines == (
        IncomingLine("301234567890:10170858471951", "绿茶 100 克", 2, "TEA-001", "", 2000, 3200),
        IncomingLine("301234567890:10170858471952", "茶壶", 1, "POT-1", "", 1000, 800),
    )
    assert order.placed_at == datetime(2026, 6, 10, 6, 41, 34, tzinfo=UTC)
    assert order.receiver == Receiver("王小二", "13800001111", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号")
    assert (order.buyer_id, order.buyer_message, order.seller_note) == ("jd_anna", "放门口", "老客户")
    assert (order.seller_flag, order.invoice, order.warehouse_hint) == ("1", "小二茶铺", "杭州仓")
    assert order.refunds == ()


def test_xlsx_reads_like_csv() -> None:
    assert only(xlsx_bytes({"订单": table(HEADER, ROW | {"订购数量": 2})})).lines == only(jd_file(ROW)).lines


def test_a_subset_of_columns_takes_the_sellers_due() -> None:
    header = columns("订单号,商品ID,商品名称,订购数量,商家应收,订单状态,商家SKUID,下单时间,付款确认时间")
    row = {name: ROW[name] for name in header} | {"订单状态": "完成"}
    order = only(csv_bytes(table(header, row)))
    assert (order.total, order.paid, order.state) == (4400, 4400, PlatformState.DONE)
    assert order.lines[0].amount == 4400


@pytest.mark.parametrize(
    ("told", "state", "paid"),
    [
        ("等待付款", PlatformState.UNPAID, 0),
        ("等待确认收货", PlatformState.SHIPPED, 4600),
        ("(删除)等待出库", PlatformState.CLOSED, 4600),
        ("已取消", PlatformState.CLOSED, 4600),
        ("锁定", PlatformState.PAID, 4600),
        ("等待打包", PlatformState.PAID, 4600),
        ("WAIT_GOODS_RECEIVE_CONFIRM", PlatformState.SHIPPED, 4600),
        ("FINISHED_L", PlatformState.DONE, 4600),
        ("TRADE_CANCELED", PlatformState.CLOSED, 4600),
    ],
)
def test_states(told: str, state: PlatformState, paid: int) -> None:
    order = only(jd_file(ROW | {"订单状态": told}))
    assert (order.state, order.paid) == (state, paid)


def test_a_locked_order_is_a_refund_asked_for() -> None:
    assert only(jd_file(ROW | {"订单状态": "锁定"})).refunds == (
        IncomingRefund("301234567890:file:open", RefundState.REQUESTED, 0),
    )


def test_cancelled_before_payment_paid_nothing() -> None:
    assert only(jd_file(ROW | {"订单状态": "已取消", "付款确认时间": ""})).paid == 0


def test_cash_on_delivery() -> None:
    assert only(jd_file(ROW | {"支付方式": "货到付款"})).cod


def test_the_same_article_twice_is_two_lines() -> None:
    assert [line.external_id for line in only(jd_file(ROW, ROW)).lines] == [
        "301234567890:10170858471951",
        "301234567890:10170858471951:2",
    ]


def test_unknown_state_is_refused() -> None:
    assert refused(jd_file(ROW | {"订单状态": "飞走"})) == [
        (2, "unknown_status", {"column": "订单状态", "value": "飞走"})
    ]


def test_a_row_that_lost_its_number_goes_with_the_order_above() -> None:
    orders, rejected = read(jd_file(ROW, SECOND | {"订单号": "", "下单时间": ""}, ROW | {"订单号": "301234567891"}))
    assert [one.number for one in orders] == ["301234567891"]
    assert [(one.row, one.reason) for one in rejected] == [(2, "part_of_refused"), (3, "missing")]


def test_what_is_locked_may_say_where_it_stood() -> None:
    order = only(jd_file(ROW | {"订单状态": "(锁定)等待出库"}))
    assert order.state is PlatformState.PAID
    assert order.refunds == (IncomingRefund("301234567890:file:open", RefundState.REQUESTED, 0),)


def test_phone_that_a_spreadsheet_made_a_number() -> None:
    assert only(jd_file(ROW | {"联系电话": "13800001111.0"})).receiver.phone == "13800001111"


@pytest.mark.parametrize("told", ["POP锁定", "等待退款", "退款中"])
def test_locked_or_to_be_refunded_in_other_words_is_held(told: str) -> None:
    order = only(jd_file(ROW | {"订单状态": told}))
    assert (order.state, [one.state for one in order.refunds]) == (PlatformState.PAID, [RefundState.REQUESTED])


@pytest.mark.parametrize(("told", "hold"), [("暂停", "暂停"), ("POP_ORDER_PAUSE", "暂停"), ("等待出库", "")])
def test_an_order_that_jd_lets_wait_is_held(told: str, hold: str) -> None:
    order = only(jd_file(ROW | {"订单状态": told}))
    assert (order.state, order.platform_hold) == (PlatformState.PAID, hold)


def test_a_cancelled_order_whose_time_of_payment_is_never_was_not_paid() -> None:
    assert only(jd_file(ROW | {"订单状态": "已取消", "付款确认时间": "0000-00-00 00:00:00"})).paid == 0
