"""1688: the list of sold goods (已卖出货品), a workbook whose order cells are merged over the order's goods.

The list of bought goods (已买到货品) has the same columns. A list of sold goods has one seller, us.

Surprising: saved as CSV the merged cells are empty, and such rows are the order's above only if with them its goods
come to what it says they cost. 订单号 stands twice in the header, the first counts; and an export cut down to the
money has no state at all, which then is what payment and waybill say. Rule source: formats.md 1.5.
"""

from collections.abc import Collection, Sequence

from channels.after_sales import whole_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import paid_whole, sharing
from channels.people import by_one_string
from channels.reasons import Reason, Refused
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_REFUNDING = ("退款中", "退款退货中")
_REFUNDED = "退款成功"
_STATES = words(
    unpaid="等待买家付款|待付款|等待付款|待付尾款|等待买家付尾款",
    paid="等待卖家发货|待发货|买家已付款，等待卖家发货|买家已付款|已付款|待卖家发货|退款中|退款退货中",
    part_shipped="部分发货|卖家部分发货",
    shipped="等待买家收货|等待买家确认收货|等待确认收货|等待买家签收|卖家已发货|已发货|待收货|已收货",
    done="交易成功|已完成|交易完成",
    closed="交易关闭|交易取消|交易终止|退款成功|已关闭|已取消|订单取消",
)


def _state(row: Row) -> PlatformState:
    if row.has("state"):
        return row.word("state", _STATES)
    if row.waybill("waybill"):
        return PlatformState.SHIPPED
    paid = row.moment("paid_at") or (not row.has("paid_at") and row.amount("total"))
    return PlatformState.PAID if paid else PlatformState.UNPAID


def _amounts(row: Row, state: PlatformState) -> Amounts:
    return paid_whole(row, state, row.amount("goods"), row.amount("total"))


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    """Raises Refused for a row that was put to this order for want of a number and does not fit it."""
    strays = [row for row in rows[1:] if not row.text("goods")]
    if strays and sum(row.amount("unit_price") * row.quantity("quantity") for row in rows) != rows[0].amount("goods"):
        raise strays[0].blame(Refused(Reason.MISSING), "number")
    return sharing(rows, _line, rows[0].amount("total"))


def _line(row: Row) -> IncomingLine:
    merchant_code = row.code("merchant_code") or row.code("goods_code")
    article = row.identifier("sku") or row.identifier("offer") or merchant_code
    return IncomingLine(
        external_id=f"{row.number}:{article}",
        title=row.text("title") or merchant_code or article,
        quantity=row.quantity("quantity"),
        merchant_code=merchant_code,
        variant=row.text("variant"),
        unit_price=row.amount("unit_price"),
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    row, told = rows[0], rows[0].text("state")
    if told == _REFUNDED:
        return whole_refund(row.number, RefundState.SUCCESS, row.amount("total"))
    return whole_refund(row.number, RefundState.REQUESTED if told in _REFUNDING else RefundState.NONE, 0)


def _bought(rows: Sequence[Row], ours: Collection[str]) -> str:
    """The buyer, where there are several sellers, or all that is told of buyers is one of our own names."""
    told = [(row.text("company"), row.text("buyer_id")) for row in rows if row.text("number")]
    sellers = {row.text("seller") for row in rows} - {""}
    own = bool(told) and all({normal(name) for name in names} & {*ours} for names in told)
    return next((company or member for company, member in told), "?") if own or len(sellers) > 1 else ""


ORDERS = Format(
    name="1688-orders",
    platform=Platform.ALIBABA_1688,
    currency="CNY",
    must=frozenset({"number", "company", "goods", "quantity"}),
    columns={
        "number": "订单号|订单编号",
        "company": "买家公司名称|买家公司名",
        "buyer_id": "买家会员名|买家公司名称|买家公司名",
        "seller": "卖家公司名|卖家公司名称|卖家会员名",
        "goods": "货品总价|货品总价(元)",
        "shipping": "运费|运费(元)",
        "total": "实付款（元）|实付款",
        "state": "订单状态",
        "placed_at": "订单创建时间",
        "paid_at": "订单付款时间",
        "receiver_name": "收货人姓名|收货人",
        "whole_address": "收货地址",
        "zip": "邮编",
        "mobile": "联系手机",
        "phone": "联系电话",
        "title": "货品标题|货品名称|商品名称",
        "variant": "规格|货品规格",
        "unit_price": "单价(元)|单价",
        "quantity": "数量",
        "merchant_code": "单品货号",
        "goods_code": "货号|物料编号",
        "offer": "Offer_ID|Offer ID",
        "sku": "SKU_ID|SKU ID",
        "waybill": "运单号",
        "buyer_message": "买家留言",
        "seller_note": "卖家备注|备注",
        "seller_flag": "旗帜颜色|备注旗帜",
        "invoice_title": "发票：购货单位名称|发票抬头",
        "courier_hint": "物流公司",
    },
    many_rows=True,
    unmerged=("number", "company", "buyer_id", "goods", "total", "state", "placed_at", "paid_at", "receiver_name"),
    state=_state,
    amounts=_amounts,
    receiver=by_one_string,
    lines=_lines,
    refunds=_refunds,
    bought=_bought,
)
