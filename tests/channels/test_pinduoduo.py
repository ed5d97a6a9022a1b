"""Pinduoduo's order search export."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, RefundState
from tests.channels.making import PDD_ROW, PINDUODUO, csv_bytes, only, refused, table, xlsx_bytes

NUMBER = "260531-662941284701219"


def pdd_file(**changes: str) -> bytes:
    """As exported: every cell ends with a tab, blank is a tab."""
    head, *rows = table(PINDUODUO, PDD_ROW | {_column(name): value for name, value in changes.items()})
    return csv_bytes([head, *([f"{cell}\t" for cell in row] for row in rows)])


def _column(name: str) -> str:
    return next(column for column in PINDUODUO if column.startswith(name))


def test_order() -> None:
    order = only(pdd_file(快递单号="YT1,YT2"))
    assert (order.number, order.state, order.currency) == (NUMBER, PlatformState.PAID, "CNY")
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (3000, 400, 300, 3100, 3100)
    assert order.placed_at == datetime(2026, 5, 31, 15, 10, 5, tzinfo=UTC)
    assert order.waybill == "YT1,YT2"
    assert order.refunds == ()
    assert order.lines == (IncomingLine(NUMBER, "绿茶 100 克", 3, "TEA-001", "罐装", 1000, 2700),)


def test_xlsx_reads_like_csv() -> None:
    book = only(xlsx_bytes({"订单": table(PINDUODUO, PDD_ROW | {"商品总价(元)": 30.0, "商品数量(件)": 3})}))
    text = only(pdd_file())
    assert (book.lines, book.goods, book.placed_at) == (text.lines, text.goods, text.placed_at)


def test_missing_time_comes_from_the_number() -> None:
    assert only(pdd_file(订单成交时间="")).placed_at == datetime(2026, 5, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "state", "paid", "refunded"),
    [
        ("待支付", PlatformState.UNPAID, 0, False),
        ("待发货", PlatformState.PAID, 3100, False),
        ("已发货，待签收", PlatformState.SHIPPED, 3100, False),
        ("已签收", PlatformState.DONE, 3100, False),
        ("已收货", PlatformState.DONE, 3100, False),
        ("已取消", PlatformState.CLOSED, 0, False),
        ("未发货，退款成功", PlatformState.CLOSED, 3100, True),
        ("已发货，退款成功", PlatformState.SHIPPED, 3100, True),
        ("已签收，退款成功", PlatformState.DONE, 3100, True),
    ],
)
def test_status_tells_state_and_refund(told: str, state: PlatformState, paid: int, refunded: bool) -> None:
    order = only(pdd_file(订单状态=told))
    assert (order.state, order.paid) == (state, paid)
    wanted = (IncomingRefund(f"{NUMBER}:file", RefundState.SUCCESS, 3100),) if refunded else ()
    assert order.refunds == wanted


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("售后处理中", RefundState.REQUESTED),
        ("退款中", RefundState.REQUESTED),
        ("某个新词", RefundState.REQUESTED),
        ("售后关闭", RefundState.CANCELLED),
        ("退款成功", RefundState.SUCCESS),
    ],
)
def test_after_sale_status(told: str, state: RefundState) -> None:
    order = only(pdd_file(售后状态=told))
    assert [one.state for one in order.refunds] == [state]
    assert [line.refund for line in order.lines] == [state]


def test_separate_receiver_columns() -> None:
    header = [*PINDUODUO, "收货人", "手机", "省", "市", "区", "街道", "详细地址"]
    row = PDD_ROW | dict(
        zip(
            header[-7:], ["王小二", "13800001111", "浙江省", "杭州市", "西湖区", "文新街道", "文三路 1 号"], strict=True
        )
    )
    receiver = only(csv_bytes(table(header, row))).receiver
    assert (receiver.name, receiver.phone, receiver.masked) == ("王小二", "13800001111", False)
    assert (receiver.province, receiver.city, receiver.district) == ("浙江省", "杭州市", "西湖区")
    assert receiver.address == "文新街道 文三路 1 号"


def test_ciphertext_receiver_is_masked() -> None:
    header = [*PINDUODUO, "收货人"]
    assert only(csv_bytes(table(header, PDD_ROW | {"收货人": "~AgAAAAJ~0~"}))).receiver.masked


def test_unknown_status_is_refused() -> None:
    assert refused(pdd_file(订单状态="飞走了")) == [(2, "unknown_status", {"column": "订单状态", "value": "飞走了"})]


@pytest.mark.parametrize(
    ("state", "after_sale", "refund"),
    [
        ("待发货，退款中", "", (RefundState.REQUESTED, 0)),
        ("待发货", "部分退款成功", (RefundState.REQUESTED, 0)),
        ("未发货,退款成功", "退款成功", (RefundState.SUCCESS, 3100)),
        ("退款成功", "", (RefundState.SUCCESS, 3100)),
    ],
)
def test_refunds_told_in_other_words(state: str, after_sale: str, refund: tuple[RefundState, int]) -> None:
    order = only(csv_bytes(table(PINDUODUO, PDD_ROW | {"订单状态": state, "售后状态": after_sale})))
    assert [(one.state, one.amount) for one in order.refunds] == [refund]


@pytest.mark.parametrize(("told", "hold"), [("是", "审核中"), ("审核中", "审核中"), ("否", ""), ("", "")])
def test_an_order_that_is_being_checked_is_held(told: str, hold: str) -> None:
    row = PDD_ROW | {"是否审核中": told}
    assert only(csv_bytes(table([*PINDUODUO, "是否审核中"], row))).platform_hold == hold


@pytest.mark.parametrize(
    ("told", "state", "refund"),
    [
        ("未发货，退款中", PlatformState.PAID, [RefundState.REQUESTED]),
        ("未发货，退款成功", PlatformState.CLOSED, [RefundState.SUCCESS]),
        ("已发货，待收货", PlatformState.SHIPPED, []),
        ("待确认收货", PlatformState.SHIPPED, []),
        ("已评价", PlatformState.DONE, []),
    ],
)
def test_states_of_other_years(told: str, state: PlatformState, refund: list[RefundState]) -> None:
    order = only(csv_bytes(table(PINDUODUO, PDD_ROW | {"订单状态": told})))
    assert (order.state, [one.state for one in order.refunds]) == (state, refund)


def test_a_resend_that_is_through_asks_for_no_money() -> None:
    order = only(csv_bytes(table(PINDUODUO, PDD_ROW | {"订单状态": "已签收", "售后状态": "补寄成功"})))
    assert [one.state for one in order.refunds] == [RefundState.CANCELLED]


@pytest.mark.parametrize(
    ("gift", "note"),
    [("茶匙*1", "急单; 赠品：茶匙*1"), ("否", "急单"), ("-", "急单"), ("", "急单")],
)
def test_a_gift_stands_in_the_note(gift: str, note: str) -> None:
    row = PDD_ROW | {"商家备注": "急单", "赠品": gift}
    assert only(csv_bytes(table([*PINDUODUO, "赠品"], row))).seller_note == note


@pytest.mark.parametrize("told", ["待成团", "待分享", "拼团中"])
def test_a_group_that_is_not_complete_is_not_sent(told: str) -> None:
    order = only(pdd_file(订单状态=told))
    assert (order.state, order.platform_hold) == (PlatformState.PAID, told)


@pytest.mark.parametrize("told", ["待支付尾款", "已付定金，待付尾款"])
def test_a_deposit_is_no_payment(told: str) -> None:
    order = only(pdd_file(订单状态=told))
    assert (order.state, order.paid, order.total) == (PlatformState.UNPAID, 0, 3100)


@pytest.mark.parametrize(("told", "pickup"), [("是", "是否门店自提"), ("否", ""), ("", "")])
def test_what_is_fetched_at_the_store_gets_no_courier(told: str, pickup: str) -> None:
    assert only(csv_bytes(table([*PINDUODUO, "是否门店自提"], PDD_ROW | {"是否门店自提": told}))).pickup == pickup


def test_carrying_in_and_putting_up_is_paid_beside_the_goods() -> None:
    extra = {"送货入户费(元)": "20.00", "上门安装费(元)": "", "拼多多优惠券(元)": "5.00"}
    order = only(csv_bytes(table([*PINDUODUO, *extra], PDD_ROW | extra | {"用户实付金额(元)": "46.00"})))
    assert (order.goods, order.shipping, order.discount, order.total) == (3000, 2400, 800, 4600)
    assert [line.amount for line in order.lines] == [2200]


REFUND = {
    "售后编号": "38600112233",
    "订单编号": NUMBER,
    "订单金额(元)": "31.00",
    "退款金额(元)": "27.00",
    "售后类型": "仅退款",
    "售后状态": "待商家处理",
    "商品名称": "绿茶 100 克",
    "申请原因": "多拍",
    "申请时间": "2026-06-01 10:00:00",
}
REFUNDS = [*REFUND]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("待商家处理", RefundState.REQUESTED),
        ("退货退款，待买家发货", RefundState.REQUESTED),
        ("退款成功", RefundState.SUCCESS),
        ("买家撤销", RefundState.CANCELLED),
        ("商家拒绝退款", RefundState.CANCELLED),
    ],
)
def test_the_after_sale_list_gives_refunds_alone(told: str, state: RefundState) -> None:
    order = only(csv_bytes(table(REFUNDS, REFUND | {"售后状态": told})))
    assert (order.number, order.fragment, order.lines) == (NUMBER, True, ())
    at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    assert order.refunds == (IncomingRefund("38600112233", state, 2700, (), "多拍", at),)


def test_an_exchange_in_it_is_no_refund() -> None:
    order = only(csv_bytes(table(REFUNDS, REFUND, REFUND | {"售后编号": "38600112234", "售后类型": "换货"})))
    assert [one.external_id for one in order.refunds] == ["38600112233"]
