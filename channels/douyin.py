"""Douyin (抖店): the order export in its two layouts, and the after-sale list (售后单).

Surprising: each row is a sub-order with a state of its own, while the freight is the whole order's on every row; in
the merged export one row is an order and its cells are joined by `;`. The after-sale list knows only refunds, and
may tell them before the order is ours. Receivers are ciphertext (`##…##`, `$$…$$`) unless the shop may decrypt.
Rule source: formats.md 1.4.
"""

from collections.abc import Sequence

from channels.after_sales import line_refunds, refund_list, refund_state
from channels.formats import Amounts, Format, Row, words
from channels.goods import once, shared, was_paid
from channels.orders import ours_or_sent
from channels.people import by_columns
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_STATES = words(
    unpaid="待支付|待确认|待付款|部分支付|已付定金|已支付定金|待付尾款|待支付尾款",
    paid="待发货|备货中|已支付|已付款|待商家发货",
    part_shipped="部分发货",
    shipped="已发货|待收货|运输中",
    done="已完成|已收货|已签收|交易成功",
    closed="已关闭|已取消|交易关闭",
)
_OTHERS = ("供应商", "平台仓", "代发")
_PART = "部分退款"


def _state(row: Row) -> PlatformState:
    """What Douyin's own warehouse handles (平台仓自流转), or a supplier sends (发货主体), is not shipped again here."""
    state = row.word("state", _STATES)
    by_others = row.text("by_douyin") == "是" or any(word in row.text("sent_by") for word in _OTHERS)
    return ours_or_sent(state, by_others)


def _goods(row: Row) -> int:
    return row.amount("goods") if row.has("goods") else row.amount("unit_price") * row.quantity("quantity")


def _amounts(row: Row, state: PlatformState) -> Amounts:
    payable = row.amount("payable")
    return Amounts(
        goods=_goods(row),
        shipping=row.amount("shipping"),
        discount=abs(row.money("discount")),
        total=payable,
        paid=payable if was_paid(row, state) else 0,
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    alone = {_state(row) for row in rows} == {PlatformState.CLOSED}
    lines = once(rows, tuple(_line(row, alone) for row in rows))
    paid = [line.amount for line in lines]
    merged = len(rows) > 1 and len({row.line for row in rows}) == 1
    return shared(lines, sum(paid)) if merged and not all(paid) else lines


def _line(row: Row, alone: bool) -> IncomingLine:
    """A closed sub-order of an order that lives on is refunded, whatever its after-sale cell says. Of a part that was
    refunded only the after-sale list tells how much: until then it is one asked for."""
    quantity, amount = row.quantity("quantity"), row.amount("payable")
    told = RefundState.REQUESTED if _PART in row.text("refund_state") else refund_state(row.text("refund_state"))
    refund = RefundState.SUCCESS if _state(row) is PlatformState.CLOSED and not alone else told
    return IncomingLine(
        external_id=row.identifier("line_id"),
        title=row.text("title"),
        quantity=quantity,
        merchant_code=row.code("merchant_code") or row.code("goods_code"),
        variant=row.text("variant"),
        unit_price=row.amount("unit_price") if row.has("unit_price") else _goods(row) // quantity,
        amount=amount,
        refund=refund,
        refunded=amount if refund is RefundState.SUCCESS else 0,
    )


def _line_refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    return line_refunds(rows[0].number, _lines(rows))


ORDERS = Format(
    name="douyin-orders",
    platform=Platform.DOUYIN,
    currency="CNY",
    must=frozenset({"number", "line_id", "title", "quantity", "state"}),
    columns={
        "number": "主订单编号",
        "line_id": "子订单编号",
        "title": "选购商品|商品名称",
        "variant": "商品规格",
        "quantity": "商品数量",
        "merchant_code": "商家编码",
        "goods_code": "货号",
        "unit_price": "商品单价",
        "goods": "商品金额",
        "payable": "订单应付金额",
        "shipping": "运费",
        "discount": "优惠总金额",
        "state": "订单状态",
        "refund_state": "售后状态",
        "payment": "支付方式",
        "order_type": "订单类型",
        "placed_at": "订单提交时间",
        "paid_at": "支付完成时间",
        "promised_ship_at": "承诺发货时间",
        "ship_from": "预约发货时间",
        "buyer_message": "买家留言",
        "seller_note": "商家备注",
        "seller_flag": "旗帜颜色",
        "receiver_name": "收件人",
        "phone": "收件人手机号",
        "province": "省",
        "city": "市",
        "district": "区",
        "street": "街道",
        "address": "详细地址",
        "waybill": "快递信息|快递单号",
        "warehouse_hint": "仓库名称",
        "by_douyin": "是否平台仓自流转",
        "sent_by": "发货主体",
        "merge_code": "open_address_id|oaid",
        "shop_name": "店铺名称",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    repeated=("shipping",),
    joined="line_id",
    state=_state,
    amounts=_amounts,
    receiver=by_columns,
    lines=_lines,
    refunds=_line_refunds,
)


REFUNDS = refund_list(
    "douyin-refunds",
    Platform.DOUYIN,
    {
        "case": "售后单号",
        "number": "订单号|主订单编号",
        "line_id": "商品单号|子订单编号",
        "kind": "售后类型",
        "refund_state": "售后状态",
        "goods": "退商品金额（元）|退商品金额",
        "shipping": "退运费金额（元）|退运费金额",
        "tax": "退税费金额（元）|退税费金额",
        "reason": "售后原因",
        "asked_at": "售后申请时间",
        "done_at": "商家退款时间",
        "credited_at": "用户到账时间",
    },
    must=("case", "number", "kind", "refund_state"),
    amounts=("goods", "shipping", "tax"),
)
