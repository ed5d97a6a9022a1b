"""The order: its lines, its holds and where it stands. Transitions are a literal table.

Surprising: "held" is not a status. An order in review is held while any hold is open, and an approved or released
order can get a hold too; the parcel's gate then stops it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import WrongStatus
from domain.intake.incoming import Platform, PlatformState, Receiver, RefundState
from domain.money import apportion
from domain.review.holds import Hold


class OrderStatus(StrEnum):
    """Where the order stands with us (rules.md B1)."""

    UNPAID = "unpaid"
    REVIEW = "review"
    APPROVED = "approved"
    RELEASED = "released"
    SHIPPED = "shipped"
    PUT_BACK = "put_back"
    CANCELLED = "cancelled"
    ELSEWHERE = "elsewhere"


MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.UNPAID: frozenset({OrderStatus.REVIEW, OrderStatus.CANCELLED, OrderStatus.ELSEWHERE}),
    OrderStatus.REVIEW: frozenset(
        {OrderStatus.APPROVED, OrderStatus.CANCELLED, OrderStatus.ELSEWHERE, OrderStatus.UNPAID}
    ),
    OrderStatus.APPROVED: frozenset({OrderStatus.REVIEW, OrderStatus.RELEASED, OrderStatus.CANCELLED}),
    OrderStatus.RELEASED: frozenset(
        {
            OrderStatus.SHIPPED,
            OrderStatus.PUT_BACK,
            OrderStatus.CANCELLED,
            OrderStatus.REVIEW,
            OrderStatus.ELSEWHERE,
        }
    ),
    OrderStatus.PUT_BACK: frozenset(
        {OrderStatus.CANCELLED, OrderStatus.RELEASED, OrderStatus.SHIPPED, OrderStatus.REVIEW}
    ),
    OrderStatus.SHIPPED: frozenset({OrderStatus.RELEASED}),
    OrderStatus.CANCELLED: frozenset({OrderStatus.REVIEW}),
    OrderStatus.ELSEWHERE: frozenset({OrderStatus.REVIEW}),
}

LIVE = frozenset({OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED})


@dataclass(frozen=True, slots=True)
class Kit:
    """Which set a line is a part of: the set's code, by which version of its recipe, how many units of the part a set
    holds, what the part is called, and whether the set travels whole (独立套件)."""

    code: str
    version: int
    per: int
    title: str
    whole: bool = False


class Virtual(StrEnum):
    """Who says that a line needs no shipping: its platform, or our own product (trait `virtual`); NO = it ships."""

    NO = ""
    TOLD = "told"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods. `sku` None = not matched; `dropped` = refunded before it shipped: it stays here. What is
    `virtual` is paid for like any other and never picked. A set that was bought is a line for each of its parts, each
    with its `kit`; texts and id are the set's (`domain.orders.kits`)."""

    line_no: int
    external_id: str
    title: str
    variant: str
    merchant_code: str
    quantity: int
    unit_price: int
    amount: int
    sku: str | None = None
    refund: RefundState = RefundState.NONE
    refunded: int = 0
    dropped: bool = False
    kit: Kit | None = None
    virtual: Virtual = Virtual.NO

    @property
    def ships(self) -> bool:
        """Whether it still wants shipping."""
        return not self.dropped and self.virtual is Virtual.NO

    @property
    def goods(self) -> str:
        """What the goods themselves are called: of a set its part."""
        return self.kit.title if self.kit else self.title

    @property
    def known_as(self) -> str:
        """What the shop calls the goods: its merchant code, or the title where it keeps no codes."""
        return self.merchant_code.strip() or self.title.strip()


def weights(lines: Sequence[Line]) -> list[int]:
    """What each line counts for where money is spread: its amount. Lists that tell prices and no amounts (Taobao's
    宝贝报表) go by price and count."""
    told = [max(line.amount, 0) for line in lines]
    return told if any(told) else [max(line.unit_price, 0) * line.quantity for line in lines]


@dataclass(frozen=True, slots=True)
class Order:
    """One platform order. Amounts in minor units of `currency`, times aware UTC; `revision` guards every save.

    `release_at` is when an approval takes effect (the undo window); `fingerprint` says whether a file brings news.
    Orders with one `merge_key` may share a parcel ('' never); `together` is the group a person made (the id of its
    first order), `apart` that a person wants it alone. `first_approver`: who of two people said yes first. `due_at` is
    until when it must have left (None = no clock runs), by the policy it was last screened under. `screened` is that
    policy's version, `look_at` when to screen it again by the clock; neither of these two is news about the order, so
    they make no two orders differ.
    """

    id: int
    shop_id: int
    platform: Platform
    number: str
    external_id: str
    status: OrderStatus
    platform_state: PlatformState
    currency: str
    created_at: datetime
    revision: int = 1
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    platform_updated_at: datetime | None = None
    goods: int = 0
    shipping: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    paid: int = 0
    refunded: int = 0
    buyer_id: str = ""
    buyer_message: str = ""
    seller_note: str = ""
    receiver: Receiver = field(default_factory=Receiver)
    lines: tuple[Line, ...] = ()
    holds: tuple[Hold, ...] = ()
    fingerprint: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    release_at: datetime | None = None
    reason: str = ""
    cod: bool = False
    presale: bool = False
    promised_ship_at: datetime | None = None
    seller_flag: str = ""
    invoice: str = ""
    warehouse_hint: str = ""
    courier_hint: str = ""
    merge_code: str = ""
    risk: str = ""
    platform_hold: str = ""
    pickup: str = ""
    ship_from: datetime | None = None
    merge_key: str = ""
    together: int = 0
    apart: bool = False
    first_approver: int = 0
    due_at: datetime | None = None
    look_at: datetime | None = field(default=None, compare=False)
    screened: int = field(default=0, compare=False)

    @property
    def held(self) -> bool:
        """Whether any hold is open."""
        return any(hold.open for hold in self.holds)

    @property
    def stake(self) -> int:
        """What it is worth to us, minor units: what was paid, with cash on delivery all of it."""
        return self.total if self.cod else self.paid

    @property
    def amount(self) -> int:
        """What people are shown beside its number, minor units: its stake, of one that nobody paid yet its total."""
        return self.stake or self.total

    @property
    def at_door(self) -> int:
        """What the courier collects, minor units: of cash on delivery what is not paid yet, without what was taken out
        of the order since; the total stays what the platform told."""
        if not self.cod:
            return 0
        gone = [line for line in self.lines if line.dropped]
        if not gone:
            return max(self.total - self.paid, 0)
        goods = apportion(max(self.total - self.shipping, 0), weights(self.lines))
        off = sum(part for line, part in zip(self.lines, goods, strict=True) if line.dropped)
        back = min(sum(line.refunded for line in gone), self.refunded)
        return max(self.total - off - (self.paid - back), 0)

    @property
    def bought(self) -> tuple[Line, ...]:
        """The lines the buyer keeps, those that need no shipping among them."""
        return tuple(line for line in self.lines if not line.dropped)

    @property
    def shippable(self) -> tuple[Line, ...]:
        """The lines that still want shipping."""
        return tuple(line for line in self.lines if line.ships)


def check_move(order: Order, to: OrderStatus) -> None:
    """Raises WrongStatus when the table has no such move."""
    if to not in MOVES[order.status]:
        raise WrongStatus(order.number, order.status, to)
