"""Taobao's order list, detail list and item sheet."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState
from tests.channels.making import (
    DETAIL_ROW,
    DETAILS,
    ITEMS,
    TAOBAO,
    TAOBAO_ROW,
    columns,
    csv_bytes,
    only,
    read,
    refused,
    table,
    xlsx_bytes,
)

NUMBER = "2345678901234567891"
REFUNDS = columns(
    "订单编号,退款编号,支付宝交易号,订单付款时间,宝贝标题,买家实际支付金额,买家退款金额,退款的申请时间,退款完结时间,退款状态,货物状态,"
    "买家退款原因"
)
REFUND = {
    "订单编号": NUMBER,
    "退款编号": "200000000000000001",
    "宝贝标题": "绿茶 100 克",
    "买家实际支付金额": "94.50",
    "买家退款金额": "12.00",
    "退款的申请时间": "2026-05-02 09:00:00",
    "退款完结时间": "2026-05-02 10:00:00",
    "退款状态": "退款成功",
    "买家退款原因": "多拍",
}


def order_file(**changes: str) -> bytes:
    return csv_bytes(table(TAOBAO, TAOBAO_ROW | changes), "gb18030")


def test_classic_order() -> None:
    order = only(order_file(买家留言="快点", 订单备注="VIP"))
    assert replace(order, raw="") == replace(
        order,
        raw="",
        platform=Platform.TAOBAO,
        number=NUMBER,
        state=PlatformState.PAID,
        currency="CNY",
        row=2,
        shop_name="小二茶铺",
        placed_at=datetime(2026, 5, 1, 2, 0, tzinfo=UTC),
        paid_at=datetime(2026, 5, 1, 2, 1, 30, tzinfo=UTC),
        updated_at=None,
        goods=8800,
        shipping=650,
        discount=0,
        tax=0,
        total=9450,
        paid=9450,
        buyer_id="anna",
        buyer_message="快点",
        seller_note="VIP",
        receiver=Receiver("王小二", "13800001111", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310012", False),
        waybill="",
        lines=(),
        refunds=(),
        fragment=False,
        external_id="",
    )
    assert order.raw.split("\t")[0] == NUMBER


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("等待买家付款", PlatformState.UNPAID),
        ("买家已付款,等待卖家发货", PlatformState.PAID),
        ("买家已付款，等待卖家发货", PlatformState.PAID),
        ("卖家部分发货", PlatformState.PART_SHIPPED),
        ("卖家已发货，等待买家确认", PlatformState.SHIPPED),
        ("交易成功", PlatformState.DONE),
        ("交易关闭", PlatformState.CLOSED),
    ],
)
def test_states(told: str, state: PlatformState) -> None:
    assert only(order_file(订单状态=told)).state is state


def test_unpaid_order_has_paid_nothing() -> None:
    assert only(order_file(订单状态="等待买家付款")).paid == 0


def test_unknown_state_is_refused_with_its_word() -> None:
    facts = {"column": "订单状态", "value": "外星人签收"}
    assert refused(order_file(订单状态="外星人签收")) == [(2, "unknown_status", facts)]


def test_closed_and_repaid_is_refunded() -> None:
    order = only(order_file(订单状态="交易关闭", 退款金额="94.50"))
    assert (order.state, order.paid) == (PlatformState.CLOSED, 9450)
    assert order.refunds == (IncomingRefund(f"{NUMBER}:file", RefundState.SUCCESS, 9450),)


def test_no_refund_amount_is_no_refund() -> None:
    assert only(order_file(退款金额="0.00")).refunds == ()
    assert only(order_file(退款金额="NULL")).refunds == ()


@pytest.mark.parametrize(
    ("told", "refunds"),
    [
        ("没有申请退款", ()),
        ("退款成功", (IncomingRefund(f"{NUMBER}:file", RefundState.SUCCESS, 500),)),
        ("退款中", (IncomingRefund(f"{NUMBER}:file:open", RefundState.REQUESTED, 500),)),
        ("买家已经申请退款，等待卖家同意", (IncomingRefund(f"{NUMBER}:file:open", RefundState.REQUESTED, 500),)),
        ("退款关闭", (IncomingRefund(f"{NUMBER}:file:open", RefundState.CANCELLED, 500),)),
    ],
)
def test_refund_column_says_the_stage(told: str, refunds: tuple[IncomingRefund, ...]) -> None:
    data = csv_bytes(table([*TAOBAO, "退款状态"], TAOBAO_ROW | {"退款状态": told, "退款金额": "5.00"}))
    assert only(data).refunds == refunds


def test_modern_address_holds_name_phone_and_address() -> None:
    order = only(
        order_file(
            **{
                "收货人姓名": "",
                "联系手机": "",
                "收货地址 ": "王小二，86-13800001111，浙江省 杭州市 西湖区 文三路 1 号，310012",
            }
        )
    )
    assert order.receiver == Receiver(
        "王小二", "13800001111", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310012", False
    )


def test_changed_address_wins() -> None:
    order = only(order_file(修改后的收货地址="江苏省 苏州市 姑苏区 观前街 2 号(215000)"))
    assert (order.receiver.city, order.receiver.address) == ("苏州市", "观前街 2 号")


def test_address_without_separators_is_split() -> None:
    receiver = only(order_file(**{"收货地址 ": "浙江杭州西湖区文三路1号"})).receiver
    assert (receiver.province, receiver.city, receiver.district) == ("浙江省", "杭州市", "西湖区")
    assert receiver.address == "文三路1号"


def test_what_has_no_place_stays_in_the_street() -> None:
    receiver = only(order_file(**{"收货地址 ": "浙江省南京市鼓楼区中山路1号"})).receiver
    assert (receiver.province, receiver.city, receiver.district) == ("浙江省", "", "")
    assert receiver.address == "南京市鼓楼区中山路1号"


def test_the_extension_of_a_privacy_number_is_kept() -> None:
    assert only(order_file(联系手机="'18877771111转123")).receiver.phone == "18877771111-123"


@pytest.mark.parametrize(
    "changes",
    [
        {"收货人姓名": "王**"},
        {"联系手机": "138****1111"},
        {"收货地址 ": "浙江省 杭州市 西湖区 ****"},
        {"收货人姓名": "##abc##"},
    ],
)
def test_hidden_person_is_masked(changes: dict[str, str]) -> None:
    assert only(order_file(**changes)).receiver.masked


def test_privacy_number_keeps_its_extension() -> None:
    assert only(order_file(联系手机="18877771111-123")).receiver.phone == "18877771111-123"


def test_formula_in_a_name_is_data() -> None:
    assert only(order_file(收货人姓名="=HYPERLINK(1)")).receiver.name == "=HYPERLINK(1)"


def test_detail_list_gives_fragments() -> None:
    second = DETAIL_ROW | {"标题": "茶壶", "价格": "6.50", "购买数量": "1", "商家编码": "", "外部系统编号": "POT-1"}
    order = only(csv_bytes(table(DETAILS, DETAIL_ROW, second), "gb18030"))
    assert (order.fragment, order.number, order.row, order.total) == (True, NUMBER, 2, 0)
    assert order.lines == (
        IncomingLine(f"{NUMBER}:1", "绿茶 100 克", 2, "TEA-001", "", 4400),
        IncomingLine(f"{NUMBER}:2", "茶壶", 1, "POT-1", "", 650),
    )


def item(number: str, **changes: str) -> dict[str, str]:
    return {
        "子订单编号": number,
        "主订单编号": NUMBER,
        "商品标题": "绿茶",
        "商品价格": "44.00",
        "购买数量": "1",
        "订单状态": "交易成功",
        "商家编码": "TEA-001",
        "买家实付金额": "40.00",
        "退款状态": "没有申请退款",
    } | changes


def test_item_sheet_gives_lines_with_their_refunds() -> None:
    rows = [
        item("11"),
        item("12", 退款状态="退款成功", 退款金额="10.00"),
        item("13", 退款状态="退款中", 退款金额="7.00"),
        item("14", 退款状态="退款成功", 退款金额="5.00"),
    ]
    order = only(xlsx_bytes({"宝贝明细": table(ITEMS, *rows)}))
    assert [(line.external_id, line.amount, line.refund, line.refunded) for line in order.lines] == [
        ("11", 4000, RefundState.NONE, 0),
        ("12", 4000, RefundState.SUCCESS, 1000),
        ("13", 4000, RefundState.REQUESTED, 700),
        ("14", 4000, RefundState.SUCCESS, 500),
    ]
    assert order.refunds == (
        IncomingRefund(f"{NUMBER}:file", RefundState.SUCCESS, 1500, ("12", "14")),
        IncomingRefund(f"{NUMBER}:file:open", RefundState.REQUESTED, 700, ("13",)),
    )


def test_same_sub_order_twice_refuses_the_order() -> None:
    data = csv_bytes(table(ITEMS, item("11"), item("11")))
    assert refused(data) == [
        (2, "part_of_refused", {"value": NUMBER, "other_row": "3"}),
        (3, "duplicate_in_file", {"column": "子订单编号", "value": "11", "other_row": "2"}),
    ]


def test_workbook_with_both_sheets() -> None:
    orders, rejected = read(
        xlsx_bytes({"订单": table(TAOBAO, TAOBAO_ROW), "说明": [["随便"]], "宝贝明细": table(ITEMS, item("11"))})
    )
    assert rejected == []
    assert [(one.number, one.fragment, len(one.lines)) for one in orders] == [(NUMBER, False, 0), (NUMBER, True, 1)]


def test_waybill_that_excel_rounded_is_refused() -> None:
    facts = {"column": "物流单号", "value": "7.31E+13"}
    assert refused(order_file(**{"物流单号 ": "7.31E+13"})) == [(2, "excel_rounded_id", facts)]


@pytest.mark.parametrize("zip_code", ["(310012)", "（310012）", " 310012", "，310012", ""])
def test_postcode_spellings(zip_code: str) -> None:
    receiver = only(order_file(**{"收货地址 ": f"浙江省 杭州市 西湖区 文三路 1 号{zip_code}"})).receiver
    assert (receiver.address, receiver.zip) == ("文三路 1 号", "310012" if zip_code else "")


def test_postcode_of_zeros_is_none() -> None:
    receiver = only(order_file(**{"收货地址 ": "浙江省 杭州市 西湖区 文三路 1 号(000000)"})).receiver
    assert (receiver.address, receiver.zip) == ("文三路 1 号", "")


def test_long_run_of_spaces_in_an_address_costs_no_time() -> None:
    receiver = only(order_file(**{"收货地址 ": "a" + " " * 100_000 + "b"})).receiver
    assert receiver.province == ""


def test_refund_list_gives_refunds_alone() -> None:
    asked = {
        "退款编号": "200000000000000002",
        "退款状态": "买家已经申请退款，等待卖家同意",
        "退款完结时间": "",
        "买家退款金额": "8.50",
    }
    orders, rejected = read(csv_bytes(table(REFUNDS, REFUND, REFUND | asked), "gb18030"))
    assert rejected == []
    (order,) = orders
    assert (order.number, order.fragment, order.lines) == (NUMBER, True, ())
    assert order.refunds == (
        IncomingRefund(
            "200000000000000001", RefundState.SUCCESS, 1200, (), "多拍", datetime(2026, 5, 2, 2, tzinfo=UTC)
        ),
        IncomingRefund(
            "200000000000000002", RefundState.REQUESTED, 850, (), "多拍", datetime(2026, 5, 2, 1, tzinfo=UTC)
        ),
    )


def test_an_exchange_in_the_refund_list_is_no_refund() -> None:
    exchange = {"退款编号": "200000000000000003", "退款类型": "换货"}
    order = only(csv_bytes(table([*REFUNDS, "退款类型"], REFUND | {"退款类型": "仅退款"}, REFUND | exchange)))
    assert [one.external_id for one in order.refunds] == ["200000000000000001"]


@pytest.mark.parametrize("column", ["分阶段信息", "分阶段订单信息", "预售订单"])
def test_stages_of_payment_are_a_presale(column: str) -> None:
    assert only(csv_bytes(table([*TAOBAO, column], TAOBAO_ROW | {column: "[阶段1]已付定金"}))).presale


def test_refund_without_its_number_is_refused() -> None:
    orders, rejected = read(csv_bytes(table(REFUNDS, REFUND | {"退款编号": ""})))
    assert (orders, [(one.row, one.reason, one.facts) for one in rejected]) == (
        [],
        [(2, "missing", {"column": "退款编号"})],
    )


def test_a_changed_address_may_name_another_person() -> None:
    receiver = only(order_file(修改后的收货地址="李四，86-13900002222，广东省 深圳市 南山区 科技路 2 号")).receiver
    told = (receiver.name, receiver.phone, receiver.city, receiver.address)
    assert told == ("李四", "13900002222", "深圳市", "科技路 2 号")


TMALL_ITEMS = columns(
    "子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码,支付单号,买家应付货款,"
    "买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间"
)
NO_REFUND = (
    "2345678901234567892,2345678901234567891,绿茶,44.00,2,TEA-OUT,颜色:绿,,,买家已付款，等待卖家发货,,2026050122001,88.00,"
    "80.00,没有申请退款,无退款申请,2026-05-01 10:00:00,2026-05-01 10:01:30"
)
REFUNDED = (
    "2345678901234567893,2345678901234567891,茶壶,60.00,1,,,,,交易关闭,POT-1,2026050122001,60.00,60.00,退款成功,60.00,"
    "2026-05-01 10:00:00,2026-05-01 10:01:30"
)


def test_tmalls_item_sheet_says_in_words_that_there_is_no_refund() -> None:
    order = only(csv_bytes([TMALL_ITEMS, NO_REFUND.split(","), REFUNDED.split(",")], "gb18030"))
    assert [(line.merchant_code, line.quantity, line.amount, line.refund) for line in order.lines] == [
        ("TEA-OUT", 2, 8000, RefundState.NONE),
        ("POT-1", 1, 6000, RefundState.SUCCESS),
    ]
    assert [(one.state, one.amount) for one in order.refunds] == [(RefundState.SUCCESS, 6000)]


def test_the_order_list_says_it_too() -> None:
    order = only(csv_bytes(table(TAOBAO, TAOBAO_ROW | {"退款金额": "无退款申请"})))
    assert order.refunds == ()


def test_a_total_that_a_formula_left_empty_is_what_the_goods_and_the_postage_come_to() -> None:
    order = only(csv_bytes(table(TAOBAO, TAOBAO_ROW | {"总金额": ""})))
    assert (order.goods, order.shipping, order.total) == (8800, 650, 9450)
