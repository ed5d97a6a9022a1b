"""Plays the shops: new orders, changed addresses, cancellations, and refunds at the worst moments, for the sandbox.

Surprising: it looks into the store to find parcels that are being picked, packed or weighed, and refunds just those;
everything then comes in as signed webhooks through the shops' door, like the real thing.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx

from bot import shop_payloads
from bot.shop_payloads import BUYERS, Sale
from domain.desk import Desk
from domain.floor.parcels import IN_HOUSE
from domain.intake.incoming import Platform
from domain.orders.catalog import Catalog, Shop
from domain.orders.orders import Order, OrderStatus
from storage.store import Store

log = logging.getLogger(__name__)
_MESSAGES = ("", "", "", "", "", "Please gift wrap it, urgent!", "Leave it with the neighbour")
_REMEMBERED = 50


class Traffic:
    """Implements the sandbox's traffic switch. `hooks` is the shops' door (set it before the switch is used);
    `seconds` is the mean time between two doings."""

    def __init__(
        self,
        store: Store,
        *,
        hooks: str = "",
        seconds: float = 4.0,
        chance: random.Random | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self.hooks = hooks
        self._seconds = seconds
        self._chance = chance or random.Random()  # noqa: S311  # plays dice, keeps no secret
        self._sleep = sleep
        self._sales: list[tuple[Shop, Sale]] = []
        self._number = int(datetime.now(UTC).timestamp())
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, wanted: bool | None) -> bool:
        """Switch on or off (None only asks); whether it runs now."""
        if wanted is True and not self._runs():
            self._task = asyncio.create_task(self.run(), name="traffic")
        if wanted is False:
            await self.stop()
        return self._runs()

    async def stop(self) -> None:
        """Off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def run(self) -> None:
        """Until cancelled. A shop's door that is closed is knocked at again."""
        async with httpx.AsyncClient(base_url=self.hooks, trust_env=False, timeout=20) as http:
            while True:
                try:
                    log.info("traffic: %s", await self.step(http))
                except httpx.HTTPError as error:
                    log.warning("traffic: the shops' door does not answer: %s", type(error).__name__)
                await self._sleep(self._chance.expovariate(1 / self._seconds))

    async def step(self, http: httpx.AsyncClient) -> str:
        """One doing; says which. Falls back to a new order when there is nothing to change."""
        doing = self._chance.choices(("order", "refund", "move", "cancel"), (60, 20, 12, 8))[0]
        if doing == "refund" and await self._refund(http):
            return doing
        if doing in ("move", "cancel") and self._sales:
            await self._change(http, doing)
            return doing
        await self._order(http)
        return "order"

    async def _order(self, http: httpx.AsyncClient) -> None:
        catalog = await self._store.read(_catalog)
        shop = self._chance.choice(shop_payloads.usable(list(catalog.shops.values())))
        self._number += 1
        sold = sorted(code for code, sku in catalog.skus.items() if sku.enabled)
        codes = self._chance.sample(sold, self._chance.choice((1, 1, 1, 2, 3)))
        items = tuple((catalog.skus[code], self._chance.choice((1, 1, 1, 2))) for code in codes)
        message = self._chance.choice(_MESSAGES)
        sale = Sale(self._number, self._chance.choice(BUYERS), items, datetime.now(UTC), message)
        self._sales = [*self._sales, (shop, sale)][-_REMEMBERED:]
        await self._tell(http, shop, *shop_payloads.order_call(shop, sale, "created"))

    async def _change(self, http: httpx.AsyncClient, doing: str) -> None:
        place = self._chance.randrange(len(self._sales))
        shop, sale = self._sales.pop(place)
        if doing == "cancel":
            gone = Sale(sale.number, sale.buyer, sale.items, datetime.now(UTC), sale.message, cancelled=True)
            await self._tell(http, shop, *shop_payloads.order_call(shop, gone, "cancelled"))
            return
        moved = sale.moved(f"{self._chance.randrange(1, 99)} New Road", datetime.now(UTC))
        self._sales.append((shop, moved))
        await self._tell(http, shop, *shop_payloads.order_call(shop, moved, "updated"))

    async def _refund(self, http: httpx.AsyncClient) -> bool:
        """Refund an order whose parcel is in somebody's hands; else any that is approved. False when there is none."""
        orders = await self._store.read(_refundable)
        if not orders:
            return False
        order = self._chance.choice(orders)
        shop = (await self._store.read(_catalog)).shops[order.shop_id]
        self._number += 1
        cents, now = order.paid - order.refunded, datetime.now(UTC)
        payload = shop_payloads.shopify_refund(shop, order.external_id, cents, self._number, now)
        await self._tell(http, shop, *shop_payloads.signed(shop, "refunds/create", payload))
        return True

    async def _tell(self, http: httpx.AsyncClient, shop: Shop, body: bytes, headers: dict[str, str]) -> None:
        answer = await http.post(f"/hooks/{shop.id}", content=body, headers=headers)
        answer.raise_for_status()

    def _runs(self) -> bool:
        return self._task is not None and not self._task.done()


def _catalog(desk: Desk) -> Catalog:
    return desk.catalog


def _refundable(desk: Desk) -> list[Order]:
    """Shopify orders worth a refund, those in the warehouse's hands first and alone when there are any."""
    boxes = desk.parcels.many(desk.parcels.stuck(IN_HOUSE, desk.now, 200)).values()
    ids = {order_id for box in boxes for order_id in box.order_ids}
    ids = ids or set(desk.orders.waiting_since(OrderStatus.APPROVED, desk.now, 200))
    return [
        order
        for order in desk.orders.many(ids).values()
        if order.platform is Platform.SHOPIFY and order.external_id.isdecimal() and order.paid > order.refunded
    ]
