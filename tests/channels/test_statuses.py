"""What words about an order's state and refund are taken for; above all, never a stopped one for a running one."""

import pytest

from channels.statuses import meaning_of, refund_of, state_of
from domain.intake.incoming import PlatformState, RefundState
from domain.intake.table_mapping import Meaning

WORDS = {
    Meaning.UNPAID: "未付款 待付款 等待买家付款 Unpaid Awaiting-payment Pending-Payment PENDING",
    Meaning.PAID: "待发货 未发货 买家已付款,等待卖家发货 已付款 待出库 新订单 "
    "Unshipped Unfulfilled To-Ship paid processing new",
    Meaning.PART_SHIPPED: "部分发货 卖家部分发货 partially-shipped Partially-Fulfilled",
    Meaning.SHIPPED: "已发货 卖家已发货，等待买家确认 已发货，待签收 待收货 已出库 Shipped in-transit fulfilled",
    Meaning.DONE: "交易成功 已完成 完成 已签收 已收货 Completed delivered done",
    Meaning.CLOSED: "交易关闭 已取消 (删除)已取消 作废 cancelled "
    "Canceled closed 退款成功 未发货，退款成功 Refunded failed",
    Meaning.REFUNDING: "退款中 申请退款 已发货，退款中 售后中 "
    "退货中 部分退款成功 partially-refunded refund-requested Refunding",
}


@pytest.mark.parametrize(("meaning", "word"), [(one, word) for one, told in WORDS.items() for word in told.split()])
def test_what_a_word_means(meaning: Meaning, word: str) -> None:
    assert meaning_of(word.replace("-", " ")) is meaning


@pytest.mark.parametrize("word", ["", "甲", "A1", "???"])
def test_a_word_nobody_knows_means_nothing(word: str) -> None:
    assert meaning_of(word) is None


def test_every_meaning_is_a_state() -> None:
    """But the one that nobody has said."""
    said = {meaning.value: state_of(meaning) for meaning in Meaning if meaning is not Meaning.UNKNOWN}
    assert said == {state.value: state for state in PlatformState} | {"refunding": PlatformState.PAID}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("", RefundState.NONE),
        ("无售后", RefundState.NONE),
        ("没有申请退款", RefundState.NONE),
        ("N/A", RefundState.NONE),
        ("No", RefundState.NONE),
        ("退款成功", RefundState.SUCCESS),
        ("Refunded", RefundState.SUCCESS),
        ("已退款", RefundState.SUCCESS),
        ("退款关闭", RefundState.CANCELLED),
        ("Rejected", RefundState.CANCELLED),
        ("退款中", RefundState.REQUESTED),
        ("部分退款成功", RefundState.REQUESTED),
        ("partially refunded", RefundState.REQUESTED),
        ("什么", RefundState.REQUESTED),
    ],
)
def test_what_a_refund_word_means(told: str, state: RefundState) -> None:
    assert refund_of(told) is state
