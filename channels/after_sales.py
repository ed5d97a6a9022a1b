"""Refunds of order files, the words they tell them by, and the platforms' lists of refunds alone.

Surprising: order files have no refund numbers. All refunds of one order go under `<number>:file` (done) and
`<number>:file:open` (not yet), whichever file of the platform tells them, so that no refund counts twice. And an
exchange, a repair or a resend stands in a list of refunds, but is none.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from channels.formats import Format, Row, normal
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, RefundState

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
    "dibatalkan",
    "ditolak",
    "recusad",
    "rejeitad",
    "ยกเลิกคำขอ",
    "ปฏิเสธ",
    "hủy yêu cầu",
    "huỷ yêu cầu",
    "từ chối",
    "拒絕",
    "撤銷",
    "换货成功",
    "维修成功",
    "补寄成功",
    "补发成功",
)
_NO_MONEY = ("换货", "维修", "补寄", "补发", "exchange", "repair", "replacement")
_DONE = (
    "成功",
    "已退款",
    "全额退款",
    "退款完成",
    "completed",
    "refunded",
    "refund paid",
    "concluíd",
    "reembolsad",
    "dikembalikan",
    "คืนเงินสำเร็จ",
    "คืนเงินแล้ว",
    "hoàn tiền thành công",
    "đã hoàn tiền",
)


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


def refund_list(
    name: str,
    platform: Platform,
    columns: Mapping[str, str],
    must: Collection[str],
    *,
    amounts: Sequence[str] = ("refunded",),
    read: Callable[[str], RefundState] = refund_state,
    currency: str = "CNY",
) -> Format:
    """The format of a list of refunds: a row each, with `case` (its number), `number` (the order's), `refund_state` and
    the `amounts` that go back; where told also `kind`, `line_id`, `reason`, `asked_at`, `done_at`
    and `credited_at`."""

    def refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
        return tuple(_case(row, amounts, read) for row in rows if not _is_no_money(row))

    return Format(
        name=name,
        platform=platform,
        columns=columns,
        must=frozenset(must),
        currency=currency,
        many_rows=True,
        scattered=True,
        fragment=True,
        state=_of_a_refund,
        refunds=refunds,
    )


def _of_a_refund(_row: Row) -> PlatformState:
    """A list of refunds tells no state of the order, and nothing asks a fragment for one."""
    return PlatformState.PAID


def _is_no_money(row: Row) -> bool:
    return any(word in row.text("kind").casefold() for word in _NO_MONEY)


def _case(row: Row, amounts: Sequence[str], read: Callable[[str], RefundState]) -> IncomingRefund:
    row.needed("case")
    line_id = row.identifier("line_id")
    return IncomingRefund(
        external_id=row.identifier("case"),
        state=read(row.needed("refund_state")),
        amount=sum(row.amount(field) for field in amounts),
        line_ids=(line_id,) if line_id else (),
        reason=row.text("reason"),
        at=row.moment("done_at") or row.moment("credited_at") or row.moment("asked_at"),
    )
