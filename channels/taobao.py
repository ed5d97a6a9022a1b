"""Taobao and Tmall: the order list (classic CSV and today's xlsx), the detail list, the item sheet, the refund list.

Surprising: the order lists name goods only in one joined title, so they give orders without lines; the detail list
and the item sheet give fragments that know only lines, the refund list one of refunds. Order list and item sheet tell
the same refunds, see channels/after_sales.py.
Rule source: formats.md 1.1.
"""

from collections.abc import Sequence
from dataclasses import replace

from channels.after_sales import line_refunds, refund_list, refund_state, says_none, whole_refund
from channels.formats import Amounts, Format, Row, normal
from channels.goods import once
from channels.people import by_one_string
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_STATES = {
    normal(word): state
    for word, state in {
        "等待买家付款": PlatformState.UNPAID,
        "没有创建支付宝交易": PlatformState.UNPAID,
        "付款确认中": PlatformState.UNPAID,
        "定金已付，等待付尾款": PlatformState.UNPAID,
        "买家已付款,等待卖家发货": PlatformState.PAID,
        "等待卖家发货": PlatformState.PAID,
        "买家已付款": PlatformState.PAID,
        "卖家部分发货": PlatformState.PART_SHIPPED,
        "部分发货": PlatformState.PART_SHIPPED,
        "卖家已发货，等待买家确认": PlatformState.SHIPPED,
        "等待买家确认收货": PlatformState.SHIPPED,
        "买家已签收": PlatformState.SHIPPED,
        "交易成功": PlatformState.DONE,
        "交易关闭": PlatformState.CLOSED,
        "付款以后用户退款成功，交易自动关闭": PlatformState.CLOSED,
        "付款以前，卖家或买家主动关闭交易": PlatformState.CLOSED,
    }.items()
}


def _state(row: Row) -> PlatformState:
    return row.word("state", _STATES)


def _amounts(row: Row, state: PlatformState) -> Amounts:
    goods, shipping = row.amount("goods"), row.amount("shipping")
    total = row.amount("total") if row.text("total") else goods + shipping
    paid = 0 if state is PlatformState.UNPAID else row.amount("paid")
    return Amounts(goods=goods, shipping=shipping, total=total, paid=paid)


def _back(row: Row) -> int:
    """What is paid back; the column says it in words where nothing was asked for (无退款申请)."""
    return 0 if says_none(row.text("refunded")) else row.amount("refunded")


def _order_refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    row = rows[0]
    amount, told = _back(row), row.text("refund_state")
    state = refund_state(told) if told else RefundState.SUCCESS if amount else RefundState.NONE
    return whole_refund(row.number, state, amount)


def _given_up(rows: Sequence[Row], lines: tuple[IncomingLine, ...]) -> tuple[IncomingLine, ...]:
    """A closed sub-order of an order that lives on is paid back, whether or not the file has a word for it."""
    closed = [_state(row) is PlatformState.CLOSED for row in rows]
    if all(closed):
        return lines
    return tuple(
        replace(line, refund=RefundState.SUCCESS, refunded=line.refunded or line.amount) if gone else line
        for line, gone in zip(lines, closed, strict=True)
    )


def _detail_lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    number = rows[0].number
    lines = tuple(
        IncomingLine(
            external_id=f"{number}:{place}",
            title=row.text("title"),
            quantity=row.quantity("quantity"),
            merchant_code=row.code("merchant_code") or row.code("outer_code"),
            variant=row.text("variant"),
            unit_price=row.amount("unit_price"),
        )
        for place, row in enumerate(rows, start=1)
    )
    return _given_up(rows, lines)


def _item_lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    return _given_up(rows, once(rows, tuple(map(_item_line, rows))))


def _item_line(row: Row) -> IncomingLine:
    refund, amount = refund_state(row.text("refund_state")), row.amount("line_amount")
    whole = amount if refund is RefundState.SUCCESS and not row.has("refunded") else 0
    merchant_code = row.code("merchant_code") or row.code("outer_code")
    return IncomingLine(
        external_id=row.identifier("line_id"),
        title=row.text("title"),
        quantity=row.quantity("quantity"),
        merchant_code=merchant_code,
        variant=row.text("variant"),
        unit_price=row.amount("unit_price"),
        amount=amount,
        refund=refund,
        refunded=_back(row) or whole,
    )


def _item_refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    return line_refunds(rows[0].number, _item_lines(rows))


ORDERS = Format(
    name="taobao-orders",
    platform=Platform.TAOBAO,
    currency="CNY",
    must=frozenset({"number", "state", "placed_at", "mark"}),
    columns={
        "mark": "买家应付货款|买家实际支付金额|买家实付金额|买家支付宝账号|买家应付邮费|宝贝标题|宝贝种类"
        "|宝贝总数量|支付单号|支付详情|确认收货打款金额|修改后的收货地址",
        "number": "订单编号",
        "state": "订单状态",
        "placed_at": "订单创建时间",
        "paid_at": "订单付款时间",
        "goods": "买家应付货款",
        "shipping": "买家应付邮费",
        "total": "总金额",
        "paid": "买家实际支付金额|买家实付金额",
        "refunded": "退款金额",
        "refund_state": "退款状态",
        "buyer_id": "买家会员名|买家昵称",
        "buyer_message": "买家留言",
        "seller_note": "订单备注|商家备注|商家备忘",
        "shop_name": "店铺名称",
        "receiver_name": "收货人姓名",
        "mobile": "联系手机",
        "phone": "联系电话",
        "whole_address": "收货地址",
        "changed_address": "修改后的收货地址",
        "waybill": "物流单号",
        "invoice_title": "发票抬头",
        "presale": "预售订单|分阶段订单信息|分阶段信息",
        "promised_ship_at": "承诺发货时间|最晚发货时间",
        "seller_flag": "旗帜颜色|备注旗帜|备注标签|插旗颜色",
        "merge_code": "oaid",
    },
    state=_state,
    amounts=_amounts,
    receiver=by_one_string,
    refunds=_order_refunds,
)

DETAILS = Format(
    name="taobao-details",
    platform=Platform.TAOBAO,
    currency="CNY",
    must=frozenset({"number", "title", "unit_price", "quantity", "state"}),
    columns={
        "number": "订单编号",
        "title": "标题",
        "unit_price": "价格",
        "quantity": "购买数量",
        "outer_code": "外部系统编号",
        "variant": "商品属性",
        "seller_note": "备注",
        "state": "订单状态",
        "merchant_code": "商家编码",
    },
    many_rows=True,
    scattered=True,
    fragment=True,
    state=_state,
    lines=_detail_lines,
)

ITEMS = Format(
    name="taobao-items",
    platform=Platform.TAOBAO,
    currency="CNY",
    must=frozenset({"number", "line_id", "title", "quantity", "state"}),
    columns={
        "number": "主订单编号",
        "line_id": "子订单编号",
        "title": "商品标题|宝贝标题|标题",
        "unit_price": "商品价格|宝贝价格|价格",
        "quantity": "购买数量",
        "state": "订单状态",
        "merchant_code": "商家编码",
        "outer_code": "外部系统编号",
        "variant": "商品属性",
        "line_amount": "买家实付金额|买家实际支付金额",
        "refund_state": "退款状态",
        "refunded": "退款金额",
        "placed_at": "订单创建时间",
        "paid_at": "订单付款时间",
        "waybill": "物流单号",
    },
    many_rows=True,
    scattered=True,
    fragment=True,
    state=_state,
    lines=_item_lines,
    refunds=_item_refunds,
)

REFUNDS = refund_list(
    "taobao-refunds",
    Platform.TAOBAO,
    {
        "case": "退款编号",
        "number": "订单编号|主订单编号",
        "line_id": "子订单编号",
        "kind": "退款类型|售后类型",
        "refund_state": "退款状态",
        "refunded": "买家退款金额|退款金额",
        "reason": "买家退款原因|退款原因",
        "asked_at": "退款的申请时间|退款申请时间",
        "done_at": "退款完结时间|完结时间",
    },
    must=("case", "number", "refund_state", "refunded"),
)
