"""The tie-out: each check can fail, and says by how much."""

import dataclasses

import pytest

from domain.finance.day_report import Check, DayReport, ShipmentRow, StockRow, Tie, Unit, control_of, tie_out
from tests.exports.example_day import NOON, ORDERS, REFUNDS, REPORT


def failures(report: DayReport) -> dict[tuple[str, str], int]:
    return {(check.name, check.currency): check.off for check in tie_out(report) if not check.ok}


def parcel(waybill: str, freight: int) -> ShipmentRow:
    return ShipmentRow(NOON, "P", waybill, "SF", "HZ-1", ("A",), 0, 0, freight, "CNY", "", "")


def cash(waybill: str, freight: int, due: int) -> ShipmentRow:
    return dataclasses.replace(parcel(waybill, freight), collect=due, collect_currency="CNY")


def units(opening: int, came: int, left: int, on_hand: int) -> StockRow:
    return StockRow("HZ-1", "TEE", "", opening, came, left, on_hand, 0, 0, 0, "CNY")


def test_the_example_ties() -> None:
    assert failures(REPORT) == {}
    assert len(tie_out(REPORT)) == 2 * 12 + 2 + 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"orders": ORDERS[:3]}, {(Check.ORDERS, "USD"): -1, (Check.PAID, "USD"): -2001}),
        ({"shops": REPORT.shops[1:]}, {(Check.SHOPS_PAID, "CNY"): -12_345}),
        ({"refunds": REFUNDS[1:]}, {(Check.REFUNDS, "CNY"): -1, (Check.REFUNDED, "CNY"): -2_500}),
        ({"refunds": (*REFUNDS[:1], REFUNDS[2])}, {}),
        ({"shipments": (parcel("W1", 1200), parcel("W1", 850))}, {(Check.WAYBILLS, ""): -1}),
        ({"shipments": (parcel("W1", 1200), parcel("W2", 851))}, {(Check.FREIGHT, "CNY"): 1}),
        (
            {"shipments": (cash("W1", 1200, 9_901), parcel("W2", 850))},
            {(Check.COD_PARCELS, "CNY"): 1, (Check.COD, "CNY"): 9_901},
        ),
        ({"recalls": REPORT.recalls[1:]}, {(Check.RECALLS, "CNY"): -1, (Check.RECALL_FEES, "CNY"): -1_200}),
        ({"ties": (Tie("x", 5, 3, Unit.PIECES),)}, {("x", ""): -2}),
    ],
)
def test_what_is_missing_fails_by_its_amount(
    change: dict[str, tuple[object, ...]], expected: dict[tuple[str, str], int]
) -> None:
    assert failures(dataclasses.replace(REPORT, **change)) == expected  # type: ignore[arg-type]  # by field name


def test_a_surplus_does_not_hide_a_loss() -> None:
    stock = (units(1, 2, 1, 3), units(5, 0, 0, 4))
    report = dataclasses.replace(REPORT, stock=stock, controls=())
    check = next(check for check in tie_out(report) if check.name == Check.STOCK_MOVES)
    assert (check.expected, check.actual, check.off, check.ok) == (7, 7, 2, False)


def test_a_currency_without_a_control_is_compared_with_zero() -> None:
    assert failures(dataclasses.replace(REPORT, controls=REPORT.controls[:1])) == {
        (Check.ORDERS, "USD"): 2,
        (Check.PAID, "USD"): 7_000,
        (Check.REFUNDS, "USD"): 1,
        (Check.REFUNDED, "USD"): 999,
        (Check.RECALLS, "USD"): 1,
        (Check.RECALL_FEES, "USD"): 700,
    }
    assert control_of(REPORT, "EUR").paid == 0
