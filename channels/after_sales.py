"""Refunds of files that tell them on their lines, and the words they tell them by.

Surprising: such files have no refund numbers. All refunds of one order go under `<number>:file` (done) and
`<number>:file:open` (not yet), whichever file of the platform tells them, so that no refund counts twice.
"""

from collections.abc import Sequence

from channels.formats import normal
from domain.intake.incoming import IncomingLine, IncomingRefund, RefundState

_NONE = {
    normal(word) for word in ("", "没有申请退款", "无退款申请", "未申请退款", "无", "无售后", "normal", "no", "none")
}
_CANCELLED = (
    "关闭",
    "撤销",
    "取消",
    "拒绝",
    "驳回",
    "cancel",
    "reject",
    "closed",
    "换货成功",
    "维修成功",
    "补寄成功",
    "补发成功",
)
_DONE = ("成功", "已退款", "全额退款", "退款完成", "completed", "refunded")


def says_none(told: str) -> bool:
    """Whether a cell says that there is no refund."""
    return normal(told) in _NONE


def refund_state(told: str) -> RefundState:
    """A status column's word. One we don't know is a refund in progress: better held than shipped."""
    text = told.casefold()
    if says_none(told):
        return RefundState.NONE
    if any(word in text for word in _CANCELLED):
        return RefundState.CANCELLED
    return RefundState.SUCCESS if any(word in text for word in _DONE) else RefundState.REQUESTED


def whole_refund(number: str, state: RefundState, amount: int) -> tuple[IncomingRefund, ...]:
    """What an order-level column tells: nothing when there is no refund."""
    return () if state is RefundState.NONE else (file_refund(number, state, amount),)


def file_refund(number: str, state: RefundState, amount: int, lines: tuple[str, ...] = ()) -> IncomingRefund:
    """A refund under the order's own number; `amount` in minor units."""
    suffix = ":open" if state is not RefundState.SUCCESS else ""
    return IncomingRefund(external_id=f"{number}:file{suffix}", state=state, amount=amount, line_ids=lines)


def line_refunds(number: str, lines: Sequence[IncomingLine]) -> tuple[IncomingRefund, ...]:
    """What the lines tell together: what is paid back, and what is asked for or, when nothing is, was withdrawn."""
    refunds: list[IncomingRefund] = []
    for state in (RefundState.SUCCESS, RefundState.REQUESTED, RefundState.CANCELLED):
        hit = [line for line in lines if line.refund is state]
        if hit and not (state is RefundState.CANCELLED and any(r.state is RefundState.REQUESTED for r in refunds)):
            amount = sum(line.refunded for line in hit)
            refunds.append(file_refund(number, state, amount, tuple(line.external_id for line in hit)))
    return tuple(refunds)
