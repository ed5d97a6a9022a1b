"""An order as a sales platform tells it, before it is ours: what every channel parses into.

Surprising: an `IncomingOrder` may be a *fragment* that knows only its lines (Taobao's detail list) or only its
refunds (Douyin's after-sale list), and a whole one may carry refunds, because most exports have no refund file.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """A sales platform; JST (聚水潭) is an ERP whose exports hold several shops, see docs/formats.md. OTHER is any we
    have no format for; its tables are read by a mapping."""

    TAOBAO = "taobao"
    PINDUODUO = "pinduoduo"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    JD = "jd"
    DOUYIN = "douyin"
    ALIBABA_1688 = "alibaba_1688"
    JST = "jst"
    AMAZON = "amazon"
    EBAY = "ebay"
    SHOPEE = "shopee"
    TIKTOK = "tiktok"
    LAZADA = "lazada"
    OTHER = "other"


class PlatformState(StrEnum):
    """Where the platform says the order stands."""

    UNPAID = "unpaid"
    PAID = "paid"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    DONE = "done"
    CLOSED = "closed"


class RefundState(StrEnum):
    """Where the platform says a refund stands. REQUESTED covers every open stage."""

    NONE = "none"
    REQUESTED = "requested"
    SUCCESS = "success"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the parcel. `masked` says the platform hides the person: never an identity, never a merge key. A
    privacy number keeps its extension in `phone` (18877771111-123)."""

    name: str = ""
    phone: str = ""
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    zip: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One line of goods. `amount` is what the buyer pays for the whole line (minor units), 0 when not told. `virtual`:
    the platform says that it needs no shipping (a gift card, a tip)."""

    external_id: str
    title: str
    quantity: int
    merchant_code: str = ""
    variant: str = ""
    unit_price: int = 0
    amount: int = 0
    refund: RefundState = RefundState.NONE
    refunded: int = 0
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class IncomingRefund:
    """One refund on the order: `external_id` is the platform's refund number, or made from the order's when it
    has none (then stable from file to file). `line_ids` empty = the whole order. `amount` in minor units. `units` of
    each of `line_ids`, where they are told (0 = not of this one)."""

    external_id: str
    state: RefundState
    amount: int
    line_ids: tuple[str, ...] = ()
    reason: str = ""
    at: datetime | None = None
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """An order or, when `fragment`, only its lines or refunds. Amounts in minor units of `currency`; times aware UTC.

    `paid` is what the buyer paid, 0 while unpaid; `discount` what was taken off, positive. `row` is where in the
    file it begins (1 = first line of the file; 0 for payloads) and `raw` the source as read, for the record.
    `external_id` is the platform's inner id where it is not the number (Shopify), for what refers to it by that.

    What a platform may tell beside: `cod` cash on delivery; `presale` paid before it can ship; `promised_ship_at`
    the last moment to ship; `seller_flag` the seller's own mark (red, 1-5); `invoice` its title or kind;
    `warehouse_hint` and `courier_hint` as the platform names them; `merge_code` one for orders that may share a
    parcel; `order_type` the platform's word (补发订单); `risk` its own opinion of fraud; `platform_hold` why it lets
    the order wait itself (domain/exchanges); `pickup` its word for a delivery that is no courier's (上门自提, Local
    pickup, 无需物流); `ship_from` the first moment to ship, which the buyer chose. Texts as told, "" when
    not told. `untold`: names of fields that this file has no column for; what another told of them stays.
    """

    platform: Platform
    number: str
    state: PlatformState
    currency: str
    row: int
    raw: str
    shop_name: str = ""
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    updated_at: datetime | None = None
    goods: int = 0
    shipping: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    paid: int = 0
    buyer_id: str = ""
    buyer_message: str = ""
    seller_note: str = ""
    receiver: Receiver = field(default_factory=Receiver)
    waybill: str = ""
    lines: tuple[IncomingLine, ...] = ()
    refunds: tuple[IncomingRefund, ...] = ()
    fragment: bool = False
    external_id: str = ""
    cod: bool = False
    presale: bool = False
    promised_ship_at: datetime | None = None
    seller_flag: str = ""
    invoice: str = ""
    warehouse_hint: str = ""
    courier_hint: str = ""
    merge_code: str = ""
    order_type: str = ""
    risk: str = ""
    platform_hold: str = ""
    pickup: str = ""
    ship_from: datetime | None = None
    untold: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Fragment:
    """What was told of an order before the order itself: it waits for it."""

    lines: tuple[IncomingLine, ...] = ()
    refunds: tuple[IncomingRefund, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not become an order. `reason` is a code (see channels/reasons.py), `facts` fill its text;
    `cells` is the row as it stood, for the file of rejected rows."""

    row: int
    reason: str
    facts: dict[str, str]
    cells: tuple[str, ...] = ()
