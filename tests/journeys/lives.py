"""What people and shops do all day, one order's life at a time: bought, approved, scanned, refunded at a bad moment.

Surprising: nobody here knows that the bot is killed now and then. They write, tap and wait for what Telegram shows.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

from bot import shop_payloads
from bot.shop_payloads import BUYERS, Sale
from domain.desk import Desk
from domain.floor.parcels import OPEN_STOPS, Parcel, ParcelState
from domain.intake.incoming import Platform
from domain.orders.catalog import Catalog, Shop
from domain.orders.orders import Order, OrderStatus
from domain.stops import pulls
from tests.bot.test_imports import HEAD, row
from tests.journeys.killed_house import BORIS, MIN, House, until

ANNA, BELLA, LEI = 1002, 1003, 1004
STEPS = (
    ("/pick", ParcelState.PICKED),
    ("/pack", ParcelState.PACKED),
    ("/weigh", ParcelState.WEIGHED),
    ("/ship", ParcelState.HANDED_OVER),
)
_MOMENTS = ("never", "review", "approved", "/pick", "/pack", "/weigh", "/ship", "/ship", "shipped")
_SIDE_BY_SIDE = 6
_APART = 0.4
_MOST_TAPS = 8


@dataclass
class Tap:
    """A tap on "approve" and what its person was answered."""

    person: int
    order_id: int
    toast: str
    alert: bool


@dataclass(frozen=True)
class Button:
    """A button under a message."""

    message_id: int = 0
    data: str = ""


@dataclass
class Lives:
    """The day's traffic. `typed` are orders somebody typed a refund for, `told` those whose shop told one."""

    house: House
    chance: random.Random
    shop: Shop
    catalog: Catalog
    bought: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    number: int = 700_000
    shown: deque[int] = field(default_factory=lambda: deque(maxlen=4))
    """What scales told last: those that show the same twice are taken for stuck."""

    @classmethod
    def of(cls, house: House, seed: int) -> "Lives":
        """Everybody of a house."""
        catalog = house.store.read_now(lambda unit: unit.catalog)
        shop = next(shop for shop in catalog.shops.values() if shop.platform is Platform.SHOPIFY)
        return cls(house, random.Random(seed), shop, catalog)

    async def run(self, stop: asyncio.Event) -> None:
        """New lives until `stop`; returns when the last one has ended."""
        room = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def one(number: int) -> None:
            try:
                await (self._file(number) if number % 4 == 0 else self._life(number))
            finally:
                room.release()

        async with asyncio.TaskGroup() as lives:
            while not stop.is_set():
                await room.acquire()
                self.number += 10
                lives.create_task(one(self.number))
                await asyncio.sleep(_APART * self.chance.random() * 2)

    async def _file(self, number: int) -> None:
        """Bella sends an export of three orders."""
        numbers = [number + place for place in range(3)]
        data = (HEAD + "".join(row(one) for one in numbers)).encode()
        name = f"orders-{number}.csv"
        self.house.files[name] = [f"#{one}" for one in numbers]
        await self.house.send_file(BELLA, name, data)

    async def _life(self, number: int) -> None:
        sale = self._sale(number)
        name = f"#{number}"
        moment = self.chance.choice(_MOMENTS)
        await self.house.hook(self.shop.id, *shop_payloads.order_call(self.shop, sale, "created"))
        self.bought.append(name)
        order = self._order(name)
        if moment == "review":
            await self._refund(order)
        people = self.chance.sample((ANNA, BELLA), self.chance.choice((1, 1, 2)))
        await asyncio.gather(*(self._approve(person, order) for person in people))
        if moment == "approved":
            await self._refund(order)
        parcel = await until(lambda: self._waved(order.id), f"a waybill for {name}")
        if parcel.waybill:
            await self._walk(order, parcel, moment)

    def _sale(self, number: int) -> Sale:
        sku = self.catalog.skus[self.chance.choice(("CUP-W", "CUP-B", "BOWL-S", "TEA-JAS", "BULB-E27", "TOWEL-F"))]
        buyer = replace(self.chance.choice(BUYERS), street=f"{number} Long Road")
        return Sale(number, buyer, ((sku, 1),), datetime.now(UTC))

    def _order(self, name: str) -> Order:
        """The order a shop was thanked for is there."""
        return self.house.store.read_now(lambda desk: desk.orders.by_number(self.shop.id, [name]))[name]

    async def _now(self, order_id: int) -> Order:
        return await self.house.store.read(lambda desk: desk.orders.get(order_id))

    async def _approve(self, person: int, order: Order) -> None:
        """Open the card and tap until the order has left review."""
        for _ in range(_MOST_TAPS):
            asked = await self.house.say(person, f"/order {order.number}")
            found = await self._card(person, order, asked)
            if not found.data:
                return
            await self._tap(person, order.id, found)
            if (await self._now(order.id)).status is not OrderStatus.REVIEW:
                return
        raise AssertionError(f"{order.number} is still in review after {_MOST_TAPS} taps")

    async def _card(self, person: int, order: Order, after: int) -> Button:
        return await until(lambda: self._button(person, order.id, after), f"the card of {order.number}")

    async def _button(self, person: int, order_id: int, after: int) -> Button | None:
        """What approves the order; nothing to tap when it is in review no more."""
        for message in await self.house.told(person, after):
            for line in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in line:
                    if str(button.get("callback_data", "")).startswith(f"o.ok:{order_id}:"):
                        return Button(message["message_id"], button["callback_data"])
        return Button() if (await self._now(order_id)).status is not OrderStatus.REVIEW else None

    async def _tap(self, person: int, order_id: int, button: Button) -> None:
        wanted = {"from": person, "message_id": button.message_id, "button": button.data}
        answer = await self.house.telegram.post(f"/sandbox/chats/{person}/taps", json=wanted)
        if answer.status_code == 404:  # the card was drawn again in this very moment
            return
        assert answer.status_code == 200, answer.text
        told = answer.json()
        self.taps.append(Tap(person, order_id, told["toast"] or "", told["alert"]))

    async def _refund(self, order: Order) -> None:
        if self.chance.random() < 0.5:
            self.typed.append(order.number)
            await self.house.say(LEI, f"/refund {order.number} changed their mind")
            return
        payload = shop_payloads.shopify_refund(
            self.shop, order.external_id, order.paid, int(order.external_id) + 1, datetime.now(UTC)
        )
        await self.house.hook(self.shop.id, *shop_payloads.signed(self.shop, "refunds/create", payload))
        self.told.append(order.number)

    async def _waved(self, order_id: int) -> Parcel | None:
        """Its parcel once it has a waybill, or as it is once the order is not going anywhere."""
        order, parcel = await self.house.store.read(_box, order_id)
        if parcel is None or parcel.waybill:
            return parcel
        return parcel if order.status is OrderStatus.CANCELLED or (order.held or order.refunded) else None

    async def _walk(self, order: Order, parcel: Parcel, moment: str) -> None:
        """From station to station; a refund comes in the middle of a scan."""
        for command, state in STEPS:
            floor = self.chance.sample((BORIS, MIN), self.chance.choice((1, 1, 1, 2)))
            grams = next(g for g in count(parcel.expected_g) if g not in self.shown)
            self.shown.append(grams)
            scan = f"{command} {parcel.waybill}" + (f" {grams}g" if command == "/weigh" else "")
            doings = [self.house.say(person, scan) for person in floor]
            await asyncio.gather(*doings, *([self._refund(order)] if moment == command else []))
            now = await self._after(scan, parcel.id, state)
            if now.state is not state:
                break
        if moment == "shipped":
            await self._refund(order)
        await self._put_back(parcel)

    async def _after(self, scan: str, parcel_id: int, state: ParcelState) -> Parcel:
        return await until(lambda: self._moved(parcel_id, state), f"{scan} done or stopped")

    async def _moved(self, parcel_id: int, state: ParcelState) -> Parcel | None:
        parcel = await self.house.store.read(lambda desk: desk.parcels.get(parcel_id))
        return parcel if parcel.state in (state, ParcelState.CANCELLED) or parcel.blocked else None

    async def _put_back(self, parcel: Parcel) -> None:
        """Most stopped parcels are unpacked; some lie about until the evening."""
        stops = await self.house.store.read(lambda desk: desk.stops.of_parcels([parcel.id]).get(parcel.id, ()))
        if any(stop.state in OPEN_STOPS for stop in stops) and self.chance.random() < 0.7:
            shelf = pulls.shelf_code(parcel.warehouse_id or 0)
            await self.house.say(BORIS, f"/putback {parcel.waybill} {shelf} {parcel.waybill}")


def _box(desk: Desk, order_id: int) -> tuple[Order, Parcel | None]:
    """The order and its parcel, a live one first."""
    boxes = sorted(desk.parcels.of_orders([order_id]).get(order_id, ()), key=lambda box: box.state == "cancelled")
    return desk.orders.get(order_id), boxes[0] if boxes else None
