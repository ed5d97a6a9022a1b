"""What somebody else ships is not shipped again here, and what its platform holds waits, in whatever words."""

import pytest

from domain.intake.incoming import PlatformState, RefundState
from tests.channels.making import csv_bytes, only, refused, table, xlsx_bytes
from tests.channels.test_douyin import HEADER_75 as DOUYIN
from tests.channels.test_douyin import ROW as DOUYIN_ROW
from tests.channels.test_jd import ROW as JD_ROW
from tests.channels.test_jd import jd_file
from tests.channels.test_lazada import HEADER as LAZADA
from tests.channels.test_lazada import ROW as LAZADA_ROW

PAID, SHIPPED, CLOSED = PlatformState.PAID, PlatformState.SHIPPED, PlatformState.CLOSED


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("FBP", SHIPPED),
        ("FBP(京仓发货)", SHIPPED),
        ("京仓发货", SHIPPED),
        ("fbp", SHIPPED),
        ("SOP", PAID),
        ("LBP", PAID),
        ("SOPL", PAID),
        ("", PAID),
    ],
)
def test_what_lies_in_jds_warehouse_is_shipped_by_jd(told: str, state: PlatformState) -> None:
    assert only(jd_file(JD_ROW | {"订单类型": told})).state is state


def test_a_cancelled_order_of_jds_warehouse_stays_cancelled() -> None:
    assert only(jd_file(JD_ROW | {"订单类型": "FBP", "订单状态": "已取消"})).state is CLOSED


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Own Warehouse", SHIPPED),
        ("Fulfilled by Lazada", SHIPPED),
        ("FBL", SHIPPED),
        ("Dropshipping", PAID),
        ("standard", PAID),
        ("", PAID),
    ],
)
def test_what_lies_in_lazadas_warehouse_is_shipped_by_lazada(told: str, state: PlatformState) -> None:
    assert only(xlsx_bytes({"sheet1": table(LAZADA, LAZADA_ROW | {"deliveryType": told})}), "MYR").state is state


@pytest.mark.parametrize(
    ("told", "state"),
    [("供应商发货", SHIPPED), ("平台仓发货", SHIPPED), ("商家发货", PAID), ("商家", PAID), ("", PAID)],
)
def test_what_a_supplier_sends_for_douyin_is_not_sent_here(told: str, state: PlatformState) -> None:
    header = [*dict.fromkeys([*DOUYIN, "发货主体"])]
    assert only(csv_bytes(table(header, DOUYIN_ROW | {"发货主体": told}))).state is state


@pytest.mark.parametrize(
    ("told", "state", "hold"),
    [
        ("等待出库(暂停)", PAID, "暂停"),
        ("等待出库 （暂停）", PAID, "暂停"),
        ("(暂停)等待发货", PAID, "暂停"),
        ("等待付款(暂停)", PlatformState.UNPAID, "暂停"),
        ("等待确认收货(暂停)", SHIPPED, "暂停"),
        ("已取消(暂停)", CLOSED, "暂停"),
        ("等待出库(锁定)(暂停)", PAID, "暂停"),
    ],
)
def test_jd_may_pause_an_order_in_any_state(told: str, state: PlatformState, hold: str) -> None:
    order = only(jd_file(JD_ROW | {"订单状态": told}))
    assert (order.state, order.platform_hold) == (state, hold)
    asked = [RefundState.REQUESTED] if "锁定" in told else []
    assert [one.state for one in order.refunds] == asked


def test_a_state_that_jd_never_told_stays_unknown_when_it_is_paused() -> None:
    assert refused(jd_file(JD_ROW | {"订单状态": "等待开光(暂停)"})) == [
        (2, "unknown_status", {"column": "订单状态", "value": "等待开光(暂停)"})
    ]
