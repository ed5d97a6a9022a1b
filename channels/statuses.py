"""What a status word probably means, for tables whose platform nobody wrote down.

Surprising: a word is known by what it contains, and the order of the list decides: `unshipped` is asked before
`shipped`, `部分发货` before `发货`. A word about a refund is never taken for a finished order.
"""

from channels.formats import normal
from domain.intake.incoming import PlatformState, RefundState
from domain.intake.table_mapping import Meaning

_HINTS: tuple[tuple[Meaning, str], ...] = (
    (Meaning.REFUNDING, "部分退款 partiallyrefunded partlyrefunded partialrefund"),
    (Meaning.CLOSED, "退款成功 退款完成 已退款 全额退款 refunded"),
    (Meaning.REFUNDING, "退款 售后 退货 refund returnrequested"),
    (Meaning.PART_SHIPPED, "部分发货 部分出库 partiallyshipped partlyshipped partiallyfulfilled partshipped"),
    (Meaning.CLOSED, "取消 关闭 作废 撤单 cancel closed void expired failed"),
    (Meaning.UNPAID, "未付 待付 未支付 待支付 等待买家付款"),
    (
        Meaning.UNPAID,
        "unpaid notpaid awaitingpayment pendingpayment waitingforpayment",
    ),
    (Meaning.PAID, "待发 未发 待出库 未出库 待配货 配货中 备货 等待卖家发货 待处理 待审核"),
    (
        Meaning.PAID,
        "unshipped notshipped toship unfulfilled notfulfilled awaitingship awaitingfulfil readytoship acknowledged",
    ),
    (Meaning.SHIPPED, "已发货 已出库 已揽 待收 待签收 配送中 运输中 派送中 shipped dispatched intransit fulfilled"),
    (Meaning.DONE, "成功 完成 已签收 已收货 已结束 complete delivered finished received"),
    (Meaning.PAID, "已付 已支付 已下单 已确认 付款成功 paid processing confirmed"),
    (Meaning.UNPAID, "pending"),
)
_MEANINGS = tuple((hint, meaning) for meaning, hints in _HINTS for hint in hints.split())
_WHOLE = {"新订单": Meaning.PAID, "新": Meaning.PAID, "new": Meaning.PAID, "done": Meaning.DONE, "open": Meaning.PAID}
_NO_REFUND = {
    normal(word)
    for word in ("", "无", "否", "0", "无售后", "无退款", "未退款", "没有申请退款", "未申请退款", "无售后或售后取消")
} | {"no", "none", "false", "na", "norefund", "notrefunded"}
_WITHDRAWN = ("取消", "关闭", "撤销", "拒绝", "驳回", "cancel", "closed", "rejected", "declined", "withdrawn")
_RETURNED = ("成功", "完成", "已退款", "全额退款", "refunded", "success", "completed")
_OPEN = ("部分", "未", "不", "partial", "not", "un")


def meaning_of(word: str) -> Meaning | None:
    """What a status word means, None when nothing in it is known."""
    told = normal(word)
    if told in _WHOLE:
        return _WHOLE[told]
    return next((meaning for hint, meaning in _MEANINGS if hint in told), None)


def state_of(meaning: Meaning) -> PlatformState:
    """The platform state behind a meaning."""
    return PlatformState.PAID if meaning is Meaning.REFUNDING else PlatformState(meaning)


def refund_of(word: str) -> RefundState:
    """What a refund column's word means. A word we don't know is a refund in progress: better held than shipped."""
    told = normal(word)
    if told in _NO_REFUND:
        return RefundState.NONE
    if any(hint in told for hint in _WITHDRAWN):
        return RefundState.CANCELLED
    if any(hint in told for hint in _RETURNED) and not told.startswith(_OPEN):
        return RefundState.SUCCESS
    return RefundState.REQUESTED
