"""Pinduoduo: the order search export (发货管理-订单查询), CSV or xlsx, one row is one order of one article; and the
list of the after-sale desk (售后工作台).

Surprising: the refund hides in the status itself (`已发货，退款成功`), has no amount of its own and so is the whole
payment; the order's day is in its number, which serves when 订单成交时间 is empty. Rule source: formats.md 1.3.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from channels.after_sales import refund_list
from channels.formats import Amounts, Format, Row, normal
from channels.people import by_columns
from channels.reasons import Reason, Refused, shown
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_REFUNDED = "退款成功"
_PART = "部分退款"
_AND_REFUND = re.compile(r"[，,、 ]+[^，,、 ]*(?:退款|售后)[^，,、 ]*$")
_NOT_SENT = "未发货"
_NO_GROUP_YET = {normal(word) for word in ("待成团", "待分享", "拼团中")}
_STATES = {
    normal(word): state
    for word, state in {
        "待支付": PlatformState.UNPAID,
        "待付款": PlatformState.UNPAID,
        "待支付尾款": PlatformState.UNPAID,
        "待付尾款": PlatformState.UNPAID,
        "已付定金，待付尾款": PlatformState.UNPAID,
        "待发货": PlatformState.PAID,
        "待成团": PlatformState.PAID,
        "待分享": PlatformState.PAID,
        "拼团中": PlatformState.PAID,
        "部分发货": PlatformState.PART_SHIPPED,
        "已发货，待签收": PlatformState.SHIPPED,
        "已发货，待收货": PlatformState.SHIPPED,
        "待收货": PlatformState.SHIPPED,
        "待确认收货": PlatformState.SHIPPED,
        "已发货": PlatformState.SHIPPED,
        "已签收": PlatformState.DONE,
        "已收货": PlatformState.DONE,
        "已评价": PlatformState.DONE,
        "交易成功": PlatformState.DONE,
        "已取消": PlatformState.CLOSED,
        _NOT_SENT: PlatformState.CLOSED,  # told with 退款成功
        "退款成功": PlatformState.CLOSED,
    }.items()
}
_NO_REFUND = {normal(word) for word in ("", "无售后", "无售后或售后取消", "无售后或售后关闭")}
_NOT_CHECKED = {normal(word) for word in ("", "否", "无", "0", "false")}
_CANCELLED = ("取消", "关闭", "撤销", "拒绝", "驳回", "换货成功", "维修成功", "补寄成功", "补发成功")


def _state(row: Row) -> PlatformState:
    state = _STATES.get(normal(row.text("state"))) or _STATES.get(normal(_AND_REFUND.sub("", row.text("state"))))
    if state is None:
        raise row.blame(Refused(Reason.UNKNOWN_STATUS, value=shown(row.text("state"))), "state")
    open_ = row.text("state").startswith(_NOT_SENT) and not _is_refunded(row)
    return PlatformState.PAID if open_ else state


def _refund_state(row: Row) -> RefundState:
    """A word we don't know is a refund in progress: better held than shipped."""
    told, beside = row.text("refund_state"), _AND_REFUND.search(row.text("state"))
    if _PART in told + row.text("state"):  # of an amount nobody tells
        return RefundState.REQUESTED
    if _REFUNDED in told or _REFUNDED in row.text("state"):
        return RefundState.SUCCESS
    if normal(told) in _NO_REFUND:
        return RefundState.REQUESTED if beside else RefundState.NONE
    return RefundState.CANCELLED if any(word in told for word in _CANCELLED) else RefundState.REQUESTED


def _case_state(told: str) -> RefundState:
    """The after-sale list's own word, which says of each case what the order list says of all."""
    if _REFUNDED in told:
        return RefundState.SUCCESS
    return RefundState.CANCELLED if any(word in told for word in _CANCELLED) else RefundState.REQUESTED


def _discount(row: Row) -> int:
    return sum(abs(row.money(field)) for field in ("shop_discount", "platform_discount", "instant_discount", "coupon"))


def _shipping(row: Row) -> int:
    """With what is paid for carrying it in and putting it up."""
    return sum(row.amount(field) for field in ("shipping", "carried_in", "put_up", "carried_and_put_up"))


def _payable(row: Row) -> int:
    if row.has("paid"):
        return row.amount("paid")
    return max(row.amount("goods") + _shipping(row) - _discount(row), 0)


def _amounts(row: Row, state: PlatformState) -> Amounts:
    payable = _payable(row)
    nothing = state is PlatformState.UNPAID or (state is PlatformState.CLOSED and not _is_refunded(row))
    return Amounts(
        goods=row.amount("goods"),
        shipping=_shipping(row),
        discount=_discount(row),
        total=payable,
        paid=0 if nothing else payable,
    )


def _is_refunded(row: Row) -> bool:
    return _refund_state(row) is RefundState.SUCCESS


def placed_at(row: Row) -> datetime | None:
    """订单成交时间, or else the day at the front of the number (`260531-…`), midnight in the shop's zone."""
    told = row.moment("placed_at") or row.moment("paid_at")
    if told:
        return told
    day = row.number[:6]
    try:
        start = datetime.strptime(day, "%y%m%d")  # noqa: DTZ007 -- the zone is put on below
    except ValueError:
        return None
    return start.replace(tzinfo=row.layout.zone).astimezone(UTC)


def _hold(row: Row) -> str:
    """PDD is still looking at the buyer: what is sent now may be sent into a fraud. And a group that does not come
    together is paid back."""
    if normal(row.text("state")) in _NO_GROUP_YET:
        return row.text("state")
    return "" if normal(row.text("checked")) in _NOT_CHECKED else "审核中"


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    row = rows[0]
    quantity, goods = row.quantity("quantity"), row.amount("goods")
    refund = _refund_state(row)
    amount = max(_payable(row) - _shipping(row), 0)
    return (
        IncomingLine(
            external_id=row.number,
            title=row.text("title"),
            quantity=quantity,
            merchant_code=row.code("sku_code") or row.code("goods_code"),
            variant=row.text("variant"),
            unit_price=goods // quantity,
            amount=amount,
            refund=refund,
            refunded=amount if refund is RefundState.SUCCESS else 0,
        ),
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    row = rows[0]
    state = _refund_state(row)
    if state is RefundState.NONE:
        return ()
    amount = _payable(row) if state is RefundState.SUCCESS else 0
    return (IncomingRefund(external_id=f"{row.identifier('number')}:file", state=state, amount=amount),)


ORDERS = Format(
    name="pinduoduo-orders",
    platform=Platform.PINDUODUO,
    currency="CNY",
    must=frozenset({"number", "state", "title", "quantity", "goods", "mark"}),
    columns={
        "mark": "商品数量(件)|商家实收金额(元)|商家实收金额|样式ID|店铺优惠折扣(元)|店铺优惠折扣|多多支付立减金额(元)"
        "|多多支付立减金额|商家编码-规格维度|商家编码-SKU维度",
        "number": "订单号",
        "title": "商品|商品名称",
        "state": "订单状态",
        "goods": "商品总价(元)|商品总价",
        "shipping": "邮费(元)|邮费",
        "shop_discount": "店铺优惠折扣(元)|店铺优惠折扣",
        "platform_discount": "平台优惠折扣(元)|平台优惠折扣",
        "instant_discount": "多多支付立减金额(元)|多多支付立减金额",
        "coupon": "拼多多优惠券(元)|拼多多优惠券",
        "carried_in": "送货入户费(元)|送货入户费",
        "put_up": "上门安装费(元)|上门安装费",
        "carried_and_put_up": "送货入户并安装费(元)|送货入户并安装费",
        "paid": "用户实付金额(元)|用户实付金额|顾客实付金额(元)|顾客实付金额",
        "quantity": "商品数量(件)|商品数量",
        "variant": "商品规格",
        "sku_code": "商家编码-规格维度|商家编码-SKU维度",
        "goods_code": "商家编码-商品维度",
        "seller_note": "商家备注",
        "buyer_message": "买家留言",
        "gift": "赠品|赠品名称",
        "refund_state": "售后状态",
        "waybill": "快递单号",
        "placed_at": "订单成交时间",
        "paid_at": "支付时间|订单成交时间",
        "shop_name": "店铺名称",
        "promised_ship_at": "承诺发货时间",
        "presale": "是否预售",
        "checked": "是否审核中",
        "warehouse_hint": "仓库名称",
        "receiver_name": "收货人|收件人",
        "phone": "联系电话|手机|收货人电话|手机号",
        "province": "省",
        "city": "市",
        "district": "区",
        "street": "街道|镇",
        "address": "详细地址|收货地址|地址",
    },
    state=_state,
    placed_at=placed_at,
    amounts=_amounts,
    receiver=by_columns,
    hold=_hold,
    lines=_lines,
    refunds=_refunds,
    refund_columns=frozenset({"refund_state", "state"}),
)

REFUNDS = refund_list(
    "pinduoduo-refunds",
    Platform.PINDUODUO,
    {
        "case": "售后编号",
        "number": "订单编号|订单号",
        "kind": "售后类型",
        "refund_state": "售后状态",
        "refunded": "退款金额(元)|退款金额",
        "reason": "申请原因|售后原因|退款原因",
        "asked_at": "申请时间|售后申请时间",
        "done_at": "退款时间|退款成功时间",
    },
    must=("case", "number", "refund_state", "refunded"),
    read=_case_state,
)
