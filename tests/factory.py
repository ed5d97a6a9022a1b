"""Small builders for everybody's tests: an invented company, its cast, and orders.

Surprising: nothing here is fixed by id. Ask the returned objects, or the desk, for theirs.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from domain.desk import Desk
from domain.intake.incoming import IncomingLine, IncomingOrder, Platform, PlatformState, Receiver
from domain.orders.catalog import Company, Courier, Shop, Sku, Warehouse
from domain.orders.deadlines import dispatch_deadline
from domain.orders.orders import Line, Order, OrderStatus
from domain.people.people import Actor, Chat, Person, Role
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

SHOPS = (
    Shop(0, "小满旗舰店", Platform.TAOBAO, "CNY", "Asia/Shanghai"),
    Shop(0, "小满拼多多店", Platform.PINDUODUO, "CNY", "Asia/Shanghai"),
    Shop(0, "Xiaoman Global", Platform.SHOPIFY, "USD", "America/New_York", secret="shh"),
)
WAREHOUSES = (
    Warehouse(0, "HZ", "杭州仓", "浙江省", 1),
    Warehouse(0, "WH", "武汉仓", "湖北省", 2),
)
COURIERS = (
    Courier(0, "YTO", "圆通", "YT", 10, 1, 1000, 500, 1000, 200, 30_000, excluded=frozenset({"西藏自治区"})),
    Courier(0, "SF", "顺丰", "SF", 12, 2, 1000, 1200, 500, 400, 50_000, cod=True),
    Courier(0, "DHL", "DHL", "DH", 9, 3, 500, 9000, 500, 3000, 30_000, countries=frozenset({"US", "DE", "GB"})),
)
SKUS = (
    Sku("CUP-01", "6900000000014", "陶瓷杯 白", 320, 1200, 3900, bin="A-01"),
    Sku("CUP-02", "6900000000021", "陶瓷杯 蓝", 330, 1250, 3900, bin="A-02"),
    Sku("TEA-01", "6900000000038", "茉莉花茶 100g", 140, 1800, 5900, bin="B-01"),
    Sku("LAMP-01", "6900000000045", "台灯", 1500, 6500, 16_900, bin="C-01"),
    Sku("TOWEL-01", "6900000000052", "毛巾", 200, 900, 2900, bin="D-01"),
)
OPENING = {"CUP-01": 100, "CUP-02": 50, "TEA-01": 30, "LAMP-01": 10, "TOWEL-01": 0}

CAST = {
    Role.OWNER: "小满 Xiaoman",
    Role.CS: "安娜 Anna",
    Role.CS_LEAD: "李雷 Li Lei",
    Role.PICKER: "王强 Wang Qiang",
    Role.PACKER: "赵敏 Zhao Min",
    Role.DISPATCHER: "鲍里斯 Boris",
    Role.RECEIVER: "何静 He Jing",
    Role.FINANCE: "陈晨 Chen Chen",
    Role.BUYER: "孙丽 Sun Li",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The seeded company: its places and one person of every role (Anna's second is `anna2`)."""

    shops: tuple[Shop, ...]
    warehouses: tuple[Warehouse, ...]
    couriers: tuple[Courier, ...]
    people: dict[Role, Person]
    anna2: Person

    def actor(self, role: Role, cause: int | None = None) -> Actor:
        """The person of that role, acting."""
        return self.people[role].acting(cause)


def seed(unit: Unit) -> Cast:
    """3 shops, 2 warehouses, 3 couriers, 5 skus with opening stock, an alias, one person of every role."""
    admin = unit.catalog_admin
    admin.set_company(Company("小满家居", "Asia/Shanghai", "CNY"))
    shops = tuple(admin.add_shop(shop) for shop in SHOPS)
    warehouses = tuple(admin.add_warehouse(warehouse) for warehouse in WAREHOUSES)
    couriers = tuple(admin.add_courier(courier, first_waybill=1001) for courier in COURIERS)
    admin.put_skus(SKUS)
    admin.put_aliases({(0, "WHITE-CUP"): "CUP-01", (shops[2].id, "BLUE"): "CUP-02"})
    unit.stock.apply(opening(warehouses), "seed")
    people = {role: hire(unit, 1000 + number, name, role) for number, (role, name) in enumerate(CAST.items())}
    return Cast(shops, warehouses, couriers, people, hire(unit, 1100, "贝拉 Bella", Role.CS))


def opening(warehouses: tuple[Warehouse, ...]) -> list[Move]:
    """The opening stock of every warehouse as moves."""
    return [
        Move(warehouse.id, sku, Bucket.GOOD, units, Document.OPENING, 0)
        for warehouse in warehouses
        for sku, units in OPENING.items()
    ]


def hire(desk: Desk, telegram_id: int, name: str, *roles: Role, **scope: Any) -> Person:
    """A person with a private chat; `scope` = shops=, warehouses= (frozensets) and other Person fields."""
    chat = desk.people.add_chat(Chat(0, telegram_id, "private", name))
    return desk.people.add(Person(0, telegram_id, name, chat.id, roles=frozenset(roles), **scope))


def receiver(**changes: Any) -> Receiver:
    """Someone in Hangzhou with a whole address."""
    base = Receiver("张三", "13800001234", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号 2 单元 303", "310000")
    return replace(base, **changes)


def incoming(number: str = "1001", **changes: Any) -> IncomingOrder:
    """A paid Taobao order of two white cups, as a channel would parse it; change what the test is about."""
    base = IncomingOrder(
        platform=Platform.TAOBAO,
        number=number,
        state=PlatformState.PAID,
        currency="CNY",
        row=2,
        raw=f"raw {number}",
        placed_at=NOW,
        paid_at=NOW,
        goods=7800,
        total=7800,
        paid=7800,
        buyer_id=f"buyer {number}",
        receiver=receiver(),
        lines=(incoming_line(),),
    )
    return replace(base, **changes)


def incoming_line(code: str = "CUP-01", quantity: int = 2, **changes: Any) -> IncomingLine:
    """A line of white cups."""
    base = IncomingLine(f"L-{code}", f"goods {code}", quantity, code, unit_price=3900, amount=3900 * quantity)
    return replace(base, **changes)


def order(desk: Desk, shop: Shop, number: str = "1001", **changes: Any) -> Order:
    """An order in REVIEW with one line, not yet added (see `put`)."""
    base = Order(
        id=desk.orders.next_ids(1)[0],
        shop_id=shop.id,
        platform=shop.platform,
        number=number,
        external_id=f"x{number}",
        status=OrderStatus.REVIEW,
        platform_state=PlatformState.PAID,
        currency=shop.currency,
        created_at=NOW,
        placed_at=NOW,
        paid_at=NOW,
        goods=7800,
        total=7800,
        paid=7800,
        buyer_id=f"buyer {number}",
        receiver=receiver(),
        lines=(line(),),
    )
    made = replace(base, **changes)
    return made if "due_at" in changes else replace(made, due_at=dispatch_deadline(made, desk.policy))


def line(line_no: int = 1, sku: str | None = "CUP-01", quantity: int = 2, **changes: Any) -> Line:
    """An order line."""
    base = Line(line_no, f"L{line_no}", f"goods {sku}", "", sku or "?", quantity, 3900, 3900 * quantity, sku)
    return replace(base, **changes)


def put(desk: Desk, *orders: Order) -> None:
    """Add orders with an invented source text."""
    desk.orders.add(orders, [f"raw {one.number}" for one in orders])
