"""JD (京东): the order list of 商家后台 交易, xlsx or CSV; one row per article, the order's cells on each.

Surprising: there is no refund and no waybill in it. An order that JD has locked (锁定) is being cancelled or looked
at, so it is told as a refund asked for; a deleted order's state begins with (删除); what JD sends from its own
warehouse (FBP) counts as shipped. Rule source: formats.md 1.2.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from channels.after_sales import whole_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import paid_whole, sharing, to_collect
from channels.orders import ours_or_sent
from channels.people import by_one_string
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_LOCKED = "锁定"
_DELETED = "删除"
_PAUSED = "暂停"
_BY_JD = re.compile(r"(?<![A-Z])FBP(?![A-Z])|京仓")
_STATES = words(
    unpaid="等待付款|待付款|等待付款确认|延迟付款确认|未付款",
    paid="等待出库|等待发货|待出库|待发货|等待打印|等待处理|等待商家发货|暂停|待退款|等待退款|退款中|已付款|付款成功|正在出库"
    "|等待打包|等待厂商处理|待审核|WAIT_SELLER_STOCK_OUT|WAIT_SELLER_DELIVERY|POP_ORDER_PAUSE|PAUSE",
    part_shipped="部分出库|部分发货",
    shipped="等待确认收货|等待收货|已出库|已发货|配送中|送货中|待收货|等待自提|WAIT_GOODS_RECEIVE_CONFIRM",
    done="完成|已完成|已签收|FINISHED_L",
    closed="已取消|取消|订单取消|已删除|已关闭|已退款|退款完成|TRADE_CANCELED",
)


def _state(row: Row) -> PlatformState:
    """A lock or a pause is told beside the state, (锁定)等待出库 or 等待出库(暂停), or instead of it."""
    told = normal(row.text("state"))
    if told.startswith(_DELETED):
        return PlatformState.CLOSED
    state = _STATES.get(told.replace(_LOCKED, "").replace(_PAUSED, ""))
    if state is None:
        state = PlatformState.PAID if _LOCKED in told else row.word("state", _STATES)
    return ours_or_sent(state, _BY_JD.search(row.text("order_type").upper()) is not None)


def _payable(row: Row) -> int:
    """What the buyer pays: online or in cash, and from the balance; the seller's due where neither is told."""
    if row.text("payable"):
        return row.amount("payable") + row.amount("balance")
    return row.amount("settled") or row.amount("due") or row.amount("goods")


def _amounts(row: Row, state: PlatformState) -> Amounts:
    """Of cash on delivery the balance is paid before the rest is due at the door."""
    total = _payable(row)
    whole = paid_whole(row, state, row.amount("goods") or max(total - row.amount("shipping"), 0), total)
    return replace(whole, paid=row.amount("balance")) if to_collect(row, state) else whole


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    return sharing(rows, _line, _payable(rows[0]))


def _line(row: Row) -> IncomingLine:
    article = row.identifier("article") or row.code("merchant_code")
    return IncomingLine(
        external_id=f"{row.number}:{article}",
        title=row.text("title"),
        quantity=row.quantity("quantity"),
        merchant_code=row.code("merchant_code") or row.code("goods_code"),
        unit_price=row.amount("unit_price"),
    )


def _hold(row: Row) -> str:
    """JD lets the order wait: it may still be changed or called off."""
    told = row.text("state")
    return _PAUSED if _PAUSED in told or "PAUSE" in told else ""


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    told = rows[0].text("state")
    asked = (_LOCKED in told or "退款" in told) and _state(rows[0]) is not PlatformState.CLOSED
    return whole_refund(rows[0].number, RefundState.REQUESTED if asked else RefundState.NONE, 0)


ORDERS = Format(
    name="jd-orders",
    platform=Platform.JD,
    currency="CNY",
    must=frozenset({"number", "article", "quantity", "state"}),
    columns={
        "number": "订单号|订单编号",
        "article": "商品ID|商品编号",
        "title": "商品名称",
        "quantity": "订购数量",
        "unit_price": "京东价",
        "goods": "订单金额",
        "settled": "结算金额",
        "balance": "余额支付",
        "payable": "应付金额",
        "due": "商家应收",
        "shipping": "运费金额",
        "payment": "支付方式",
        "state": "订单状态",
        "order_type": "订单类型",
        "placed_at": "下单时间",
        "paid_at": "付款确认时间",
        "promised_ship_at": "承诺发货时间|最晚发货时间",
        "buyer_id": "下单帐号|下单账号",
        "receiver_name": "客户姓名",
        "whole_address": "客户地址",
        "mobile": "联系电话",
        "buyer_message": "订单备注",
        "seller_note": "商家备注",
        "seller_flag": "商家备注等级（等级1-5为由高到低）|商家备注等级",
        "invoice_title": "发票抬头",
        "invoice_kind": "发票类型",
        "warehouse_hint": "仓库名称",
        "merchant_code": "商家SKUID|商家SKU",
        "goods_code": "货号",
        "shop_name": "店铺名称",
    },
    many_rows=True,
    scattered=True,
    state=_state,
    amounts=_amounts,
    receiver=by_one_string,
    hold=_hold,
    lines=_lines,
    refunds=_refunds,
)
