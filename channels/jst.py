"""聚水潭 (JST): the ERP's order export, one row per article; several shops in one file, named by 店铺名称.

Surprising: JST counts as a platform of its own. What an ERP tells of a Taobao order must not overwrite what Taobao
told, so its shops are shops of ours with the platform `jst` and the name JST knows them by. An order is known by its
original online number; a reshipment has the same one and is told apart by JST's inner number. An exchange waits for
the goods it is for. Rows that were cancelled, merged away or split up are no goods. JST's after-sale list and its sales
report look like this one, but count what came back. Rule source: formats.md 1.6.
"""

from collections.abc import Sequence

from channels.after_sales import file_refund, line_refunds, refund_state
from channels.formats import Amounts, Format, Row, words
from channels.goods import own_ids
from channels.people import by_columns
from domain.intake.exchanges import for_return
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

_STATES = words(
    unpaid="待付款|等待付款",
    paid="|等供销商外仓发货|已付款待审核|已客审待财审|待审核|待财审|异常|发货中|待发货|已付款|已确认|打单拣货|等待订单合并|外部发货中",
    part_shipped="部分发货",
    shipped="已发货|供销商已发货|外部发货|已出库",
    done="已完成|交易成功|已签收",
    closed="取消|已取消|被取消|被合并|被拆分|线上锁定取消|已关闭|删除|已删除",
)
_WAITS = "等待售后收货"
_TROUBLE = "异常"
_AGAIN = ("补发", "换货", "补寄")


def _number(row: Row) -> str:
    online = row.identifier("original") or row.identifier("number")
    inner = row.identifier("external_id")
    again = any(word in row.text("order_type") for word in _AGAIN)
    return f"{online}-{inner}" if again and online else online or inner


def _hold(row: Row) -> str:
    """An exchange waits for the goods it is for: as the trouble column says, or by its kind where there is none. What
    JST itself has stopped (异常) waits too; a refund is told as one."""
    waits = _WAITS in row.text("trouble") if row.has("trouble") else "换货" in row.text("order_type")
    if waits:
        return for_return(row.identifier("original") or row.identifier("number"))
    stopped = row.text("state") == _TROUBLE and "退款" not in row.text("trouble")
    return row.text("trouble") or _TROUBLE if stopped else ""


def _state(row: Row) -> PlatformState:
    return row.word("state", _STATES) if row.has("state") else PlatformState.PAID


def _amounts(row: Row, state: PlatformState) -> Amounts:
    total = row.amount("total") or row.amount("paid")
    paid = row.amount("paid") if row.has("paid") else total
    open_ = state in (PlatformState.UNPAID, PlatformState.CLOSED)
    shipping = row.amount("shipping")
    return Amounts(goods=max(total - shipping, 0), shipping=shipping, total=total, paid=0 if open_ else paid)


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    live = [row for row in rows if _state(row) is not PlatformState.CLOSED] or rows
    return own_ids([_line(row) for row in live])


def _line(row: Row) -> IncomingLine:
    code = row.code("merchant_code")
    return IncomingLine(
        external_id=row.identifier("line_id") or f"{row.number}:{code}",
        title=row.text("title") or code,
        quantity=row.quantity("quantity"),
        merchant_code=code,
        variant=row.text("variant"),
        unit_price=row.amount("unit_price"),
        amount=row.amount("line_amount"),
        refund=refund_state(row.text("refund_state")),
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    """A refund status per article, or what JST calls the trouble of the order; neither tells an amount."""
    told = line_refunds(rows[0].number, _lines(rows))
    asked = any("退款" in row.text("trouble") for row in rows)
    return told or ((file_refund(rows[0].number, RefundState.REQUESTED, 0),) if asked else ())


ORDERS = Format(
    name="jst-orders",
    platform=Platform.JST,
    currency="CNY",
    must=frozenset({"external_id", "number", "merchant_code", "quantity"}),
    unlike="售后单号|售后登记日期|实退数量|申请数量",
    columns={
        "external_id": "内部订单号",
        "number": "线上订单号",
        "original": "原始线上订单号",
        "line_id": "线上子订单编号|线上子订单号",
        "order_type": "订单类型",
        "state": "状态|订单状态",
        "shop_name": "店铺名称|店铺",
        "merchant_code": "商品编码",
        "title": "商品名称|线上商品名|商品简称",
        "variant": "颜色规格|颜色及规格|线上颜色规格|规格",
        "quantity": "数量|商品数量|销售数量",
        "unit_price": "单价|商品单价|销售单价|售价",
        "line_amount": "商品金额|商品总金额|销售金额",
        "total": "应付金额|订单金额|订单应付金额",
        "paid": "已付金额|实付金额|买家实付",
        "refund_state": "退款状态|售后状态",
        "payment": "支付方式|付款方式|结算方式",
        "trouble": "异常类型|异常描述|问题类型",
        "shipping": "运费|买家运费|运费收入|收入运费",
        "placed_at": "下单时间|订单日期",
        "paid_at": "付款时间|付款日期",
        "promised_ship_at": "承诺发货时间|最晚发货时间|计划发货日期",
        "buyer_id": "买家账号|买家帐号|买家昵称",
        "buyer_message": "买家留言",
        "seller_note": "卖家备注|备注",
        "seller_flag": "旗帜|卖家旗帜",
        "invoice_title": "发票抬头",
        "receiver_name": "收货人|收件人|收货人姓名",
        "phone": "手机|收货人手机|联系手机",
        "province": "省|省份",
        "city": "市|城市",
        "district": "区|区县|区/县",
        "street": "街道",
        "address": "地址|收货地址|详细地址",
        "waybill": "快递单号|订单快递单号",
        "courier_hint": "快递公司|物流公司|订单快递公司",
        "warehouse_hint": "发货仓库|发货仓|仓库|仓库名称",
    },
    many_rows=True,
    scattered=True,
    each_row=True,
    repeated=("goods", "shipping", "total", "paid"),
    number=_number,
    state=_state,
    amounts=_amounts,
    receiver=by_columns,
    hold=_hold,
    lines=_lines,
    refunds=_refunds,
    refund_columns=frozenset({"refund_state", "trouble"}),
)
