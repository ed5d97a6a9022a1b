"""Who acts, and what they may do: roles, rights and scopes. Every command asks `require` before it touches anything.

Surprising: rights are checked here and nowhere else; keyboards only hide what would be refused anyway.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import NotAllowed


class Role(StrEnum):
    """What a person is hired for."""

    OWNER = "owner"
    CS = "cs"
    CS_LEAD = "cs_lead"
    PICKER = "picker"
    PACKER = "packer"
    DISPATCHER = "dispatcher"
    RECEIVER = "receiver"
    FINANCE = "finance"
    BUYER = "buyer"


WAREHOUSE_ROLES = frozenset({Role.PICKER, Role.PACKER, Role.DISPATCHER, Role.RECEIVER})


class Right(StrEnum):
    """What a command asks for."""

    VIEW_ORDERS = "view_orders"
    IMPORT = "import"
    APPROVE = "approve"
    OVERRIDE = "override"
    EDIT = "edit"
    REFUND = "refund"
    CUSTOMERS = "customers"
    CUSTOMER_LISTS = "customer_lists"
    WAVE = "wave"
    REASSIGN = "reassign"
    PRINT = "print"
    PICK = "pick"
    CHECK = "check"
    PACK = "pack"
    WEIGH = "weigh"
    HAND_OVER = "hand_over"
    PUT_BACK = "put_back"
    RECEIVE = "receive"
    STOCK = "stock"
    STOCK_WORK = "stock_work"
    STOCK_APPROVE = "stock_approve"
    REPORT = "report"
    STAFF = "staff"
    POLICY = "policy"
    PRODUCTS = "products"


_FLOOR = {Right.STOCK, Right.PUT_BACK, Right.STOCK_WORK}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.CS: frozenset(
        {Right.VIEW_ORDERS, Right.IMPORT, Right.APPROVE, Right.EDIT, Right.REFUND, Right.STOCK, Right.CUSTOMERS}
    ),
    Role.CS_LEAD: frozenset(
        {
            Right.VIEW_ORDERS,
            Right.IMPORT,
            Right.APPROVE,
            Right.OVERRIDE,
            Right.EDIT,
            Right.REFUND,
            Right.STOCK,
        }
        | {Right.WAVE, Right.REASSIGN, Right.PRINT, Right.CUSTOMERS, Right.CUSTOMER_LISTS}
        | {Right.STOCK_WORK, Right.STOCK_APPROVE, Right.PRODUCTS}
    ),
    Role.PICKER: frozenset(_FLOOR | {Right.PICK, Right.WAVE, Right.PRINT}),
    Role.PACKER: frozenset(_FLOOR | {Right.CHECK, Right.PACK, Right.PRINT}),
    Role.DISPATCHER: frozenset(_FLOOR | {Right.WEIGH, Right.HAND_OVER, Right.WAVE, Right.REASSIGN, Right.PRINT}),
    Role.RECEIVER: frozenset(_FLOOR | {Right.RECEIVE}),
    Role.FINANCE: frozenset({Right.VIEW_ORDERS, Right.REPORT, Right.STOCK, Right.STOCK_APPROVE}),
    Role.BUYER: frozenset({Right.VIEW_ORDERS, Right.STOCK, Right.PRODUCTS}),
}


class ActorKind(StrEnum):
    """Who or what caused a change."""

    PERSON = "person"
    SHOP = "shop"
    CLOCK = "clock"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in one command. `shops` and `warehouses` None = all; `cause` is the Telegram update behind it, `chat_id`
    where it was written or tapped."""

    kind: ActorKind
    name: str
    person_id: int | None = None
    roles: frozenset[Role] = frozenset()
    shops: frozenset[int] | None = None
    warehouses: frozenset[int] | None = None
    cause: int | None = None
    chat_id: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """The union of the roles' rights; machines and the operator's shell may do all."""
        if self.kind is not ActorKind.PERSON:
            return frozenset(Right)
        return frozenset().union(*(RIGHTS[role] for role in self.roles))


CLOCK = Actor(ActorKind.CLOCK, "clock")
SHOP = Actor(ActorKind.SHOP, "shop")
OPERATOR = Actor(ActorKind.OPERATOR, "operator")


def may(actor: Actor, right: Right, *, shop: int | None = None, warehouse: int | None = None) -> bool:
    """Whether the actor has the right, within scope."""
    in_shop = shop is None or actor.shops is None or shop in actor.shops
    in_warehouse = warehouse is None or actor.warehouses is None or warehouse in actor.warehouses
    return right in actor.rights and in_shop and in_warehouse


def require(actor: Actor, right: Right, *, shop: int | None = None, warehouse: int | None = None) -> None:
    """Raises NotAllowed when `may` says no; `scope` tells whether the right or the place is missing."""
    if right not in actor.rights:
        raise NotAllowed(right)
    if not may(actor, right, shop=shop):
        raise NotAllowed(right, scope="shop")
    if not may(actor, right, warehouse=warehouse):
        raise NotAllowed(right, scope="warehouse")


class Station(StrEnum):
    """What a scan means to the person who scans: the step it asks for."""

    PICK = "pick"
    CHECK = "check"
    PACK = "pack"
    WEIGH = "weigh"
    HAND_OVER = "hand_over"
    PUT_BACK = "put_back"
    RECEIVE = "receive"


STATION_RIGHT = {station: Right(station.value) for station in Station}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on the staff. `chat_id` is our id of the private chat; `station` and `last_parcel` belong to scanning."""

    id: int
    telegram_id: int
    name: str
    chat_id: int
    language: str = "zh"
    active: bool = True
    roles: frozenset[Role] = frozenset()
    shops: frozenset[int] | None = None
    warehouses: frozenset[int] | None = None
    station: Station | None = None
    last_parcel: int | None = None
    deputy_id: int | None = None
    revision: int = 1

    def acting(self, cause: int | None = None, chat_id: int | None = None) -> Actor:
        """The person as an actor of one command."""
        return Actor(ActorKind.PERSON, self.name, self.id, self.roles, self.shops, self.warehouses, cause, chat_id)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat we talk in, under our own id, since Telegram's changes when a group becomes a supergroup.

    `role` (with the scopes) makes a group the desk of that role; `parked` tells why nothing is delivered there.
    `quiet` are the chat's own quiet hours (`22:00-08:00` or `off`), '' = the company's.
    """

    id: int
    telegram_id: int
    kind: str
    title: str
    language: str = "zh"
    role: Role | None = None
    shop_id: int | None = None
    warehouse_id: int | None = None
    parked: str = ""
    quiet: str = ""

    @property
    def private(self) -> bool:
        """Whether one person reads it: only there are names, phones and addresses shown whole."""
        return self.kind == "private"


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time link. Only the hash of its code is kept."""

    code_hash: str
    role_names: tuple[Role, ...]
    shop_id: int | None
    warehouse_id: int | None
    created_by: int | None
    expires_at: datetime
    used_by: int | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, by id: small, read whole."""

    people: tuple[Person, ...] = field(default_factory=tuple)

    def with_role(
        self, roles: frozenset[Role], *, shop: int | None = None, warehouse: int | None = None
    ) -> tuple[Person, ...]:
        """Active people in any of the roles whose scope covers the place."""
        return tuple(
            person
            for person in self.people
            if person.active
            and person.roles & roles
            and (shop is None or person.shops is None or shop in person.shops)
            and (warehouse is None or person.warehouses is None or warehouse in person.warehouses)
        )
