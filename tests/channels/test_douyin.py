"""Douyin's order export in its layouts, and its after-sale list."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, RefundState
from tests.channels.making import columns, csv_bytes, only, read, refused, table

HEADER_75 = columns(
    "主订单编号,子订单编号,支付方式,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,"
    "订单完成时间,承诺发货时间,预约发货时间,买家留言,旗帜颜色,商家备注,APP渠道,订单状态,取消原因,售后状态,订单类型,"
    "发货时间,车型,是否是以旧换新,订单应付金额,运费,优惠总金额,平台优惠,商家优惠,收件人,收件人手机号,省,市,区,街道,"
    "详细地址,是否修改过地址,快递信息,序列号,仓库ID,仓库名称"
)
HEADER_74 = columns(
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,运费,优惠总金额,支付方式,"
    "收件人,收件人手机号,省,市,区,街道,详细地址,买家留言,订单提交时间,旗帜颜色,商家备注,支付完成时间,订单状态,"
    "承诺发货时间,订单类型,售后状态,仓库名称"
)
ROW = {
    "主订单编号": "6917000000000000123",
    "子订单编号": "6917000000000000123",
    "支付方式": "支付宝",
    "选购商品": "绿茶 100 克",
    "商家编码": "TEA-001",
    "商品数量": "2",
    "商品金额": "40.00",
    "订单提交时间": "2026-05-01 10:00:00",
    "支付完成时间": "2026-05-01 10:01:00",
    "承诺发货时间": "2026-05-03 10:01:00",
    "买家留言": "-",
    "旗帜颜色": "红旗",
    "订单状态": "待发货",
    "售后状态": "-",
    "订单类型": "普通订单",
    "订单应付金额": "38.00",
    "运费": "6.00",
    "优惠总金额": "2.00",
    "收件人": "##abc##",
    "收件人手机号": "$$xyz$$",
    "省": "浙江省",
    "市": "杭州市",
    "区": "西湖区",
    "街道": "文新街道",
    "详细地址": "##def##",
    "快递信息": "SF1234567890123-顺丰速运,10001-1",
    "仓库名称": "杭州仓",
}
SECOND = ROW | {
    "子订单编号": "6917000000000000456",
    "选购商品": "茶壶",
    "商家编码": "POT-1",
    "商品数量": "1",
    "商品金额": "10.00",
    "订单应付金额": "10.00",
    "优惠总金额": "0.00",
    "快递信息": "",
}
ROW_74 = {name: value for name, value in ROW.items() if name in HEADER_74} | {"商品单价": "20.00", "商品规格": "罐装"}
REFUNDS = columns(
    "售后单号,订单号,商品单号,商品名称,商品ID,应付金额（元）,商品发货状态,售后类型,退商品金额（元）,退运费金额（元）,"
    "退税费金额（元）,售后状态,售后申请时间,退款方式,售后原因,退货物流单号,商家退款时间,用户到账时间,商家编码"
)
REFUND = {
    "售后单号": "7300000000000000001",
    "订单号": "6917000000000000123",
    "商品单号": "6917000000000000456",
    "商品发货状态": "未发货",
    "售后类型": "未发货仅退款",
    "退商品金额（元）": "10.00",
    "退运费金额（元）": "1.00",
    "售后状态": "同意退款，退款成功",
    "售后申请时间": "2026-05-02 09:00:00",
    "售后原因": "多拍/拍错",
    "商家退款时间": "2026-05-02 10:00:00",
}


def douyin_file(header: list[str], *rows: dict[str, str]) -> bytes:
    """As exported: a byte order mark, a tab before every text."""
    head, *lines = table(header, *rows)
    return csv_bytes([head, *([f"\t{cell}" for cell in line] for line in lines)], "utf-8-sig")


def test_order_of_two_sub_orders() -> None:
    order = only(douyin_file(HEADER_75, ROW, SECOND))
    assert (order.number, order.state) == ("6917000000000000123", PlatformState.PAID)
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (5000, 600, 200, 4800, 4800)
    assert order.lines == (
        IncomingLine("6917000000000000123", "绿茶 100 克", 2, "TEA-001", "", 2000, 3800),
        IncomingLine("6917000000000000456", "茶壶", 1, "POT-1", "", 1000, 1000),
    )
    assert order.promised_ship_at == datetime(2026, 5, 3, 2, 1, tzinfo=UTC)
    assert (order.seller_flag, order.warehouse_hint, order.buyer_message) == ("红旗", "杭州仓", "")
    assert order.waybill == "SF1234567890123"


def test_ciphertext_is_masked_and_no_fault() -> None:
    receiver = only(douyin_file(HEADER_75, ROW)).receiver
    assert (receiver.masked, receiver.province, receiver.district) == (True, "浙江省", "西湖区")


def test_the_other_layout() -> None:
    order = only(douyin_file(HEADER_74, ROW_74))
    assert order.lines == (IncomingLine("6917000000000000123", "绿茶 100 克", 2, "TEA-001", "罐装", 2000, 3800),)
    assert (order.goods, order.total, order.promised_ship_at is None) == (4000, 3800, False)


def test_sub_orders_that_stand_apart_are_one_order() -> None:
    other = ROW | {"主订单编号": "6917000000000000999", "子订单编号": "6917000000000000999"}
    orders, rejected = read(douyin_file(HEADER_75, ROW, other, SECOND))
    assert rejected == []
    assert [(one.number, len(one.lines)) for one in orders] == [("6917000000000000999", 1), ("6917000000000000123", 2)]


def test_merged_export_reads_like_the_other() -> None:
    joined = {
        name: f"{ROW[name]};{SECOND[name]}"
        for name in ("子订单编号", "选购商品", "商家编码", "商品数量", "商品金额", "订单应付金额", "优惠总金额")
    }
    merged, apart = only(douyin_file(HEADER_75, ROW | joined)), only(douyin_file(HEADER_75, ROW, SECOND))
    assert merged.lines == apart.lines
    assert (merged.total, merged.shipping, merged.goods) == (apart.total, apart.shipping, apart.goods)


def test_merged_export_with_one_amount_counts_it_once() -> None:
    joined = {name: f"{ROW[name]};{SECOND[name]}" for name in ("子订单编号", "选购商品", "商家编码", "商品数量")}
    order = only(douyin_file(HEADER_75, ROW | joined | {"订单应付金额": "48.00"}))
    assert (order.total, [line.quantity for line in order.lines]) == (4800, [2, 1])


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("待支付", "待支付", PlatformState.UNPAID),
        ("待发货", "已发货", PlatformState.PART_SHIPPED),
        ("已发货", "已完成", PlatformState.SHIPPED),
        ("已完成", "已完成", PlatformState.DONE),
        ("已关闭", "待发货", PlatformState.PAID),
        ("已关闭", "已关闭", PlatformState.CLOSED),
    ],
)
def test_states_of_sub_orders_make_one(first: str, second: str, state: PlatformState) -> None:
    order = only(douyin_file(HEADER_75, ROW | {"订单状态": first}, SECOND | {"订单状态": second}))
    assert order.state is state


def test_a_closed_sub_order_of_a_living_order_is_refunded() -> None:
    order = only(douyin_file(HEADER_75, ROW, SECOND | {"订单状态": "已关闭", "售后状态": "退款成功"}))
    assert order.refunds == (
        IncomingRefund("6917000000000000123:file", RefundState.SUCCESS, 1000, ("6917000000000000456",)),
    )
    assert order.paid == 4800


@pytest.mark.parametrize(("told", "state"), [("售后中", RefundState.REQUESTED), ("售后关闭", RefundState.CANCELLED)])
def test_after_sale_word(told: str, state: RefundState) -> None:
    assert [one.state for one in only(douyin_file(HEADER_75, ROW | {"售后状态": told})).refunds] == [state]


def test_presale_by_its_type() -> None:
    assert only(douyin_file(HEADER_75, ROW | {"订单类型": "全款预售"})).presale
    assert not only(douyin_file(HEADER_75, ROW | {"订单类型": "非预售"})).presale


def test_a_sub_order_twice_is_refused() -> None:
    facts = {"column": "子订单编号", "value": "6917000000000000123", "other_row": "2"}
    assert refused(douyin_file(HEADER_75, ROW, ROW)) == [
        (2, "part_of_refused", {"value": "6917000000000000123", "other_row": "3"}),
        (3, "duplicate_in_file", facts),
    ]


def test_after_sale_list_tells_refunds_without_orders() -> None:
    asked = REFUND | {"售后单号": "7300000000000000002", "商品单号": "6917000000000000123", "售后状态": "待商家处理"}
    orders, rejected = read(douyin_file(REFUNDS, REFUND, asked | {"商家退款时间": "-"}))
    assert rejected == []
    assert [(one.number, one.fragment, one.lines) for one in orders] == [("6917000000000000123", True, ())]
    assert orders[0].refunds == (
        IncomingRefund(
            "7300000000000000001",
            RefundState.SUCCESS,
            1100,
            ("6917000000000000456",),
            "多拍/拍错",
            datetime(2026, 5, 2, 2, tzinfo=UTC),
        ),
        IncomingRefund(
            "7300000000000000002",
            RefundState.REQUESTED,
            1100,
            ("6917000000000000123",),
            "多拍/拍错",
            datetime(2026, 5, 2, 1, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(("told", "state"), [("售后关闭", RefundState.CANCELLED), ("退款中", RefundState.REQUESTED)])
def test_after_sale_states(told: str, state: RefundState) -> None:
    assert [one.state for one in only(douyin_file(REFUNDS, REFUND | {"售后状态": told})).refunds] == [state]


def test_an_exchange_is_no_refund() -> None:
    assert only(douyin_file(REFUNDS, REFUND | {"售后类型": "换货", "售后状态": "换货成功"})).refunds == ()


def test_an_after_sale_without_its_number_is_refused() -> None:
    assert refused(douyin_file(REFUNDS, REFUND | {"售后单号": ""})) == [(2, "missing", {"column": "售后单号"})]


def test_merged_export_with_one_count_for_all() -> None:
    """As many pieces as goods are one of each; of any other count nobody knows which."""
    joined = {name: f"{ROW[name]};{SECOND[name]}" for name in ("子订单编号", "选购商品", "商家编码")}
    order = only(douyin_file(HEADER_75, ROW | joined | {"商品数量": "2", "商品金额": "50.00", "订单应付金额": "48.01"}))
    assert [(line.quantity, line.amount) for line in order.lines] == [(1, 4801), (1, 0)]
    assert refused(douyin_file(HEADER_75, ROW | joined | {"商品数量": "5"})) == [
        (2, "shared_quantity", {"column": "商品数量", "value": "5"})
    ]


def test_a_part_that_was_refunded_is_asked_for_until_the_list_tells_how_much() -> None:
    order = only(douyin_file(HEADER_75, ROW | {"订单状态": "已发货", "售后状态": "部分退款成功"}))
    assert [(line.refund, line.refunded) for line in order.lines] == [(RefundState.REQUESTED, 0)]
    assert [(one.state, one.amount) for one in order.refunds] == [(RefundState.REQUESTED, 0)]


def test_amounts_may_have_their_unit_in_the_name() -> None:
    amounts = ("商品金额", "订单应付金额", "运费", "优惠总金额")
    named = [f"{name}（元）" if name in amounts else name for name in HEADER_75]
    row = {f"{name}（元）" if name in amounts else name: value for name, value in ROW.items()}
    told, plain = only(douyin_file(named, row)), only(douyin_file(HEADER_75, ROW))
    assert (told.goods, told.shipping, told.discount, told.total) == (
        plain.goods,
        plain.shipping,
        plain.discount,
        plain.total,
    )
    assert told.lines == plain.lines
