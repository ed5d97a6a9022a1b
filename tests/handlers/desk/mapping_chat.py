"""A table nobody knows, and the taps that teach it."""

from dataclasses import replace
from typing import Any

from domain.intake.table_mapping import TableMapping
from domain.orders.orders import Order
from domain.people.people import Person, Role
from tests.channels.making import csv_bytes
from tests.handlers.desk_chat import DeskChat

HEADER = ["单号", "品名", "几个", "编码", "实付(元)", "状态", "收货人", "电话", "收货地址", "店长的话"]
ROWS = [
    [
        "A-1",
        "陶瓷杯 <b>",
        "2",
        "CUP-01",
        "78.00",
        "新单",
        "张三丰",
        "13800001234",
        "浙江省 杭州市 西湖区 文三路 1 号",
        "王小明说快",
    ],
    ["A-2", "花茶", "1", "TEA-01", "59.00", "已取消", "李四", "13900001234", "浙江省 杭州市 西湖区 文三路 2 号", ""],
]
TABLE = csv_bytes([HEADER, *ROWS])
SHOP = "小满旗舰店"
SAID = ("🕑 Status, times", "What the status words mean", "❓«新单» = not said, rejected", "◀ Back")


def anna(desk: DeskChat) -> Person:
    return desk.cast.people[Role.CS]


def orders(desk: DeskChat) -> list[Order]:
    ids = [order_id for order_id, _ in desk.look(lambda d: d.orders.in_review(shops=None, held=None))]
    return [desk.order(order_id) for order_id in sorted(ids)]


def saved(desk: DeskChat) -> list[TableMapping]:
    found: list[TableMapping] = desk.look(lambda d: d.mappings.saved())
    return found


async def begun(desk: DeskChat, data: bytes = TABLE, **more: Any) -> str:
    """The table was sent and its shop chosen; the card as text."""
    await desk.sends(anna(desk), "erp.csv", data, **more)
    [card] = await desk.taps(anna(desk), SHOP)
    return card


async def taught(desk: DeskChat) -> str:
    """Quantity chosen, the one unknown word said, saved and read; the import's card."""
    await begun(desk)
    for label in ("🛒 Order, goods", "quantity ← –", "几个 · 2", "◀ Back", *SAID):
        await desk.taps(anna(desk), label)
    [done] = await desk.taps(anna(desk), "✅ Remember and read")
    return done


def draft(desk: DeskChat) -> TableMapping:
    """The mapping that the newest card's buttons name."""
    data, _ = desk.button(anna(desk).telegram_id, "◀ Back")
    found: TableMapping = desk.look(lambda d: d.mappings.get(int(data.split(":")[1])))
    return found


def only(unit: Any, person: Person, shop: int) -> Person:
    unit.people.save(replace(person, shops=frozenset({shop}), language="en"))
    unit.people.save_chat(replace(unit.people.chat(person.chat_id), language="en"))
    found: Person = unit.people.get(person.id)
    return found


async def to_group(desk: DeskChat, data: bytes) -> list[str]:
    """The file comes into the service's group."""
    await desk.writes(desk.cast.people[Role.OWNER], "/desk cs", group=True)
    desk.wire.files["doc"] = data
    document = {"file_id": "doc", "file_unique_id": "u", "file_name": "erp.csv", "file_size": len(data)}
    return await desk._message(anna(desk), {"document": document}, group=True)
