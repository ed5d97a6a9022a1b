"""The refunds' part of the bench: how long until a parcel is blocked, and until the warehouse hears of it.

Surprising: the parcels are in the hands of as many pickers as a big house has, because Telegram lets one chat hear one
message a second; a refund has arrived when the first message that names its parcel is in a chat of Telegram's.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from zoneinfo import ZoneInfo

import aiohttp

import channels
from bot.app import App
from bot.bench.taps import telegram_beside
from bot.company import GROUPS
from bot.seed import seed_store
from bot.settings import TELEGRAM_LIMITS, read_settings
from bot.shop_payloads import BUYERS, Sale, order_call, shopify_refund, signed
from domain.floor import release
from domain.intake import intake
from domain.intake.incoming import IncomingOrder, Platform
from domain.orders.catalog import Shop, Sku
from domain.people.people import OPERATOR, Chat, Person, Role
from domain.policy import policies
from domain.policy.policy import Policy, document_of
from domain.review import approval
from domain.stock.stock import Bucket, Document, Move
from storage.store import Store
from storage.unit import Unit

PICKERS = 40
REFUNDS = 400
_SKU = "CUP-W"
_PATIENCE = 30.0


@dataclass(slots=True)
class _Heard:
    """When each waybill was first named in a chat, by our own clock; reads the sandbox's stream of events."""

    url: str
    at: dict[str, float] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    all: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Until cancelled."""
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as http,
            http.get(f"{self.url}/sandbox/events") as answer,
        ):
            async for line in answer.content:
                if not line.startswith(b"data:"):
                    continue
                now, text = time.perf_counter(), json.dumps(json.loads(line[5:]), ensure_ascii=False)
                for waybill in [one for one in self.wanted if one in text]:
                    self.at[waybill] = now
                    self.wanted.discard(waybill)
                if not self.wanted:
                    self.all.set()


def _sales(skus: Mapping[str, Sku], count: int) -> list[Sale]:
    """Orders of one cup each to houses of their own."""
    at, cup = datetime.now(UTC), skus[_SKU]
    return [
        Sale(10**9 + n, replace(BUYERS[0], street=f"{n} Oak Street", phone=f"+1503555{n:04d}"), ((cup, 1),), at)
        for n in range(count)
    ]


def furnish(unit: Unit, people: Sequence[int], count: int) -> dict[int, str]:
    """The house with so many parcels being picked, each picker's wave in his own hands: order id there -> waybill."""
    seed_store(unit)
    floor = unit.people.chat_by_telegram(GROUPS[1][0])
    assert floor is not None
    unit.people.save_chat(replace(floor, role=Role.PICKER))
    unit.stock.apply([Move(1, _SKU, Bucket.GOOD, count, Document.ADJUST, 1)], OPERATOR.name)
    size = -(-count // len(people))
    rules = replace(Policy(), undo_seconds=0, wave_size=size, batch_limit=count)
    policies.apply(unit, OPERATOR, document_of(rules), unit.policy.version)
    shop = next(one for one in unit.catalog.shops.values() if one.platform is Platform.SHOPIFY)
    news = [_told(shop, sale) for sale in _sales(unit.catalog.skus, count)]
    intake.receive(unit, OPERATOR, shop.id, news)
    found = unit.orders.by_number(shop.id, [one.number for one in news])
    approval.approve_all(unit, OPERATOR, list(found.values()))
    release.release_due(unit)
    for number in people:
        chat = unit.people.add_chat(Chat(0, number, "private", f"picker {number}"))
        roles = frozenset({Role.PICKER})
        picker = unit.people.add(Person(0, number, f"picker {number}", chat.id, roles=roles, warehouses=frozenset({1})))
        wave = release.wave_now(unit, OPERATOR, 1)
        release.take_wave(unit, picker.acting(), wave.id, wave.revision)
    boxes = unit.parcels.of_orders(list({order.id for order in found.values()}))
    return {int(order.external_id): boxes[order.id][0].waybill for order in found.values()}


def _told(shop: Shop, sale: Sale) -> IncomingOrder:
    body, _ = order_call(shop, sale, "created")
    told = channels.payload(shop.platform, "orders/create", body, zone=ZoneInfo(shop.zone))
    assert isinstance(told, IncomingOrder)
    return told


async def _refund_all(
    door: str, shop: Shop, orders: Sequence[int], per_second: float
) -> dict[int, tuple[float, float]]:
    """Order -> (when its refund was told, seconds until the shop heard that it is written down)."""
    found: dict[int, tuple[float, float]] = {}

    async def tell(http: aiohttp.ClientSession, number: int) -> None:
        payload = shopify_refund(shop, str(number), 650, number + 10**9, datetime.now(UTC))
        body, headers = signed(shop, "refunds/create", payload)
        began = time.perf_counter()
        async with http.post(f"{door}/hooks/{shop.id}", data=body, headers=headers) as answer:
            answer.raise_for_status()
        found[number] = (began, time.perf_counter() - began)

    async with aiohttp.ClientSession() as http:
        tasks = []
        for number in orders:
            tasks.append(asyncio.create_task(tell(http, number)))
            await asyncio.sleep(1 / per_second)
        await asyncio.gather(*tasks)
    return found


async def new_people(url: str, count: int) -> list[int]:
    """So many new people who have written to the bot: Telegram lets it write to them from then on."""
    found = []
    async with aiohttp.ClientSession(base_url=url) as http:
        for number in range(count):
            async with http.post("/sandbox/people", json={"name": f"picker {number}"}) as answer:
                person = int((await answer.json())["id"])
            said = {"from": person, "text": "/start"}
            async with http.post(f"/sandbox/chats/{person}/messages", json=said) as answer:
                answer.raise_for_status()
            found.append(person)
    return found


async def refund_delays(count: int, per_second: float) -> tuple[list[float], list[float]]:
    """Seconds from the shop's call to the block, and to the first message that names the parcel, of each refund.
    Raises TimeoutError when one is never heard of."""
    async with telegram_beside(strict_limits=True) as telegram:
        with tempfile.TemporaryDirectory() as folder:
            settings = read_settings({}, data=Path(folder), port=0)
            settings = replace(settings, token=telegram.token, api_base=telegram.url, limits=TELEGRAM_LIMITS)
            store = Store(settings.database_url)
            people = await new_people(telegram.url, PICKERS)
            waybills = await store.run(furnish, people, count)
            heard = _Heard(telegram.url, wanted=set(waybills.values()))
            app = App(settings, store)
            opened = await app.start()
            listening = asyncio.create_task(heard.listen())
            try:
                await asyncio.sleep(5)  # what the start has to say is said
                shop = await store.read(shopify)
                told = await _refund_all(opened.hooks, shop, list(waybills), per_second)
                await asyncio.wait_for(heard.all.wait(), _PATIENCE)
            finally:
                listening.cancel()
                await app.stop()
                store.close()
    return [took for _, took in told.values()], [heard.at[waybills[one]] - began for one, (began, _) in told.items()]


def shopify(unit: Unit) -> Shop:
    return next(one for one in unit.catalog.shops.values() if one.platform is Platform.SHOPIFY)


def p99(values: Sequence[float]) -> float:
    """The 99th of a hundred."""
    return quantiles(values, n=100)[98]
