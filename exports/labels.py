"""Codes of the domain in a person's words, for the columns of a workbook.

Surprising: an unknown code is shown as it is. A new state must be seen in the sheet, not break the night's run.
"""

from collections.abc import Callable, Mapping

from domain.finance.day_report import Check, CostBasis, Unit
from domain.floor.parcels import ParcelState
from domain.intake.incoming import Platform, RefundState
from domain.orders.orders import OrderStatus
from domain.policy.policy_stops import RecallKind
from domain.stops.stop_desk import RecallState

Translate = Callable[[str], str]


def order_statuses(tr: Translate) -> Mapping[str, str]:
    """Where the order stands."""
    return {
        OrderStatus.UNPAID: tr("Unpaid"),
        OrderStatus.REVIEW: tr("In review"),
        OrderStatus.APPROVED: tr("Approved"),
        OrderStatus.RELEASED: tr("In the warehouse"),
        OrderStatus.SHIPPED: tr("Shipped"),
        OrderStatus.PUT_BACK: tr("Being put back"),
        OrderStatus.CANCELLED: tr("Cancelled"),
        OrderStatus.ELSEWHERE: tr("Shipped elsewhere"),
    }


def refund_states(tr: Translate) -> Mapping[str, str]:
    """Where the refund stands."""
    return {
        RefundState.NONE: tr("None"),
        RefundState.REQUESTED: tr("Requested"),
        RefundState.SUCCESS: tr("Refunded"),
        RefundState.CANCELLED: tr("Withdrawn"),
    }


def stages(tr: Translate) -> Mapping[str, str]:
    """Where the parcel was when the refund came."""
    return {
        ParcelState.PLANNED: tr("Before release"),
        ParcelState.OWED: tr("Waits for goods"),
        ParcelState.READY: tr("Released, not picked"),
        ParcelState.IN_WAVE: tr("Being picked"),
        ParcelState.PICKED: tr("Picked"),
        ParcelState.CHECKED: tr("Checked"),
        ParcelState.PACKED: tr("Packed"),
        ParcelState.WEIGHED: tr("Weighed"),
        ParcelState.HANDED_OVER: tr("Handed over"),
        ParcelState.CANCELLED: tr("Cancelled"),
    }


def recall_kinds(tr: Translate) -> Mapping[str, str]:
    """What a courier was asked to do."""
    return {
        RecallKind.SENDER: tr("Bring it back"),
        RecallKind.STATION: tr("Hold it at the station"),
        RecallKind.ADDRESS: tr("Deliver elsewhere"),
    }


def recall_states(tr: Translate) -> Mapping[str, str]:
    """How far a recall is."""
    return {
        RecallState.REGISTERED: tr("Registered"),
        RecallState.ASKING: tr("Courier asked"),
        RecallState.ACCEPTED: tr("Accepted"),
        RecallState.RECEIVED: tr("Back"),
        RecallState.FAILED: tr("Failed"),
        RecallState.DROPPED: tr("Dropped"),
    }


def platforms(tr: Translate) -> Mapping[str, str]:
    """The sales platforms' names."""
    return {
        Platform.TAOBAO: tr("Taobao"),
        Platform.PINDUODUO: tr("Pinduoduo"),
        Platform.SHOPIFY: tr("Shopify"),
        Platform.WOOCOMMERCE: tr("WooCommerce"),
        Platform.JD: tr("JD"),
        Platform.DOUYIN: tr("Douyin"),
        Platform.ALIBABA_1688: tr("1688"),
        Platform.JST: tr("JST"),
        Platform.AMAZON: tr("Amazon"),
        Platform.EBAY: tr("eBay"),
        Platform.SHOPEE: tr("Shopee"),
        Platform.TIKTOK: tr("TikTok Shop"),
        Platform.LAZADA: tr("Lazada"),
        Platform.OTHER: tr("Other"),
    }


def checks(tr: Translate) -> Mapping[str, str]:
    """What each tie-out check compares."""
    return {
        Check.ORDERS: tr("Orders of the day: the store's count = rows of the order sheet"),
        Check.PAID: tr("Paid: the store's sum = sum of the order sheet"),
        Check.SHOPS_PAID: tr("Paid: order sheet = sum of the overview's shops"),
        Check.REFUNDS: tr("Refunds: the store's count = refunded rows of the refund sheet"),
        Check.REFUNDED: tr("Refunded: the store's sum = sum of the refund sheet"),
        Check.SHIPMENTS: tr("Parcels handed over: the store's count = rows of the shipment sheet"),
        Check.FREIGHT: tr("Freight estimate: the store's sum = sum of the shipment sheet"),
        Check.COD_PARCELS: tr("Parcels with cash on delivery: the store's count = rows of the shipment sheet"),
        Check.COD: tr("Cash on delivery: the store's sum = sum of the shipment sheet"),
        Check.RECALLS: tr("Recalls: the store's count = rows of the recall sheet"),
        Check.RECALL_FEES: tr("Recall fees: the store's sum = sum of the recall sheet"),
        Check.STOCK_VALUE: tr("Stock value: the store's sum = sum of the stock sheet"),
        Check.WAYBILLS: tr("Parcels handed over = different waybills"),
        Check.STOCK_MOVES: tr("Stock: opening + in - out + since = on hand, for every SKU"),
    }


def units(tr: Translate) -> Mapping[str, str]:
    """What a check counts, if it is not money."""
    return {Unit.COUNT: tr("count"), Unit.PIECES: tr("pieces"), Unit.GRAMS: tr("grams")}


def cost_bases(tr: Translate) -> Mapping[CostBasis, str]:
    """What an order's goods cost is made of."""
    return {
        CostBasis.LEFT: tr("average cost as it left"),
        CostBasis.PARTLY: tr("as it left; the rest at average in stock"),
        CostBasis.EXPECTED: tr("average in stock: nothing has left"),
    }


def yes_no(answer: bool | None, tr: Translate) -> str:
    """Yes, no, or still open."""
    if answer is None:
        return tr("undecided")
    return tr("yes") if answer else tr("no")
