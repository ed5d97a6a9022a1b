"""A running desk with parcels on the floor, and its scan page in a real browser with a scanner that types.

Surprising: the parcels are made, and refunds told, through a store of our own beside the running program's: another
process at the same database, as a second worker would be.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from domain.floor import fulfilment
from domain.floor.floor import count_of_hour
from domain.floor.parcels import Parcel, ParcelState
from domain.people.people import CLOCK, OPERATOR, Station
from domain.review import review
from domain.stops import interception
from storage.store import Store
from storage.unit import Unit
from tests.journeys.live import BELLA, Live, running, shopify, shopify_file, wait_for

PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 30_000


@dataclass
class Floor:
    """The program, the store beside it, and its parcels."""

    live: Live
    store: Store
    boxes: list[Parcel]

    def now(self, place: int) -> Parcel:
        """The parcel as it is."""
        number = self.boxes[place].id
        return self.store.read_now(lambda desk: desk.parcels.get(number))

    def states(self) -> list[ParcelState]:
        """Of all parcels."""
        return [self.now(place).state for place in range(len(self.boxes))]

    def reaches(self, place: int, state: ParcelState) -> None:
        """Wait until the parcel is there."""
        wait_for(f"parcel {place} {state}", lambda: self.now(place).state is state)

    def refund(self, place: int) -> None:
        """A buyer wants the money back."""
        order_id = self.boxes[place].order_ids[0]
        self.store.run_now(lambda desk: interception.typed(desk, OPERATOR, order_id, "不想要了"))

    def walk(self, place: int, until: ParcelState) -> None:
        """Somebody else scans the parcel on, to a state."""
        while (box := self.now(place)).state is not until:
            station = self.store.read_now(fulfilment.next_station, box)
            assert station is not None
            grams = box.expected_g if station is Station.WEIGH else None
            assert self.store.run_now(fulfilment.scan, OPERATOR, station, box.waybill, grams).ok

    def _id(self, person: int) -> int:
        found = self.store.read_now(lambda desk: desk.people.by_telegram(person))
        assert found is not None
        return found.id

    def of_hour(self, person: int) -> int:
        """Their good scans of this hour: fewer than they made when the hour has turned meanwhile."""
        return self.store.read_now(count_of_hour, self._id(person))

    def logged(self, person: int) -> list[str]:
        """The codes somebody scanned, in order."""
        number = self._id(person)
        events = self.store.read_now(lambda desk: desk.history("shift", number, 200))
        return [event.data["code"] for event in reversed(events)]

    def address(self, person: int) -> str:
        """The scan page's address behind the button of this person's chat."""
        message = self.live.ask(person, "/scan", "扫码枪|scanner")
        (row,) = message["reply_markup"]["inline_keyboard"]
        body = {"from": person, "message_id": message["message_id"], "button": row[0]["text"]}
        answer = self.live.http.post(f"/sandbox/chats/{person}/taps", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["opens"]["web_app"]["url"])


def _approve(unit: Unit, count: int) -> None:
    for order_id, revision in unit.orders.in_review(shops=None, held=False, limit=count):
        review.approve(unit, CLOCK, order_id, revision)


def _waved(unit: Unit) -> list[Parcel]:
    waves = [wave for place in unit.catalog.warehouses for wave in unit.waves.open_of(place)]
    return [parcel for wave in waves for parcel in unit.parcels.of_wave(wave.id)]


@contextmanager
def floor(data: Path, count: int) -> Iterator[Floor]:
    """`count` parcels of one cup each, in a wave."""
    with running(data) as live:
        rows = [shopify(4000 + number, "CUP-W", 1, "12.00") for number in range(count)]
        live.upload(BELLA, "orders_export.csv", shopify_file(*rows), f"{count}")
        store = Store(f"sqlite:///{data / 'xiaoer.db'}")
        try:
            wait_for("orders", lambda: len(store.read_now(_clean)) >= count)
            store.run_now(_approve, count)
            wait_for("waves", lambda: len(store.read_now(_waved)) == count)
            yield Floor(live, store, store.read_now(_waved))
        finally:
            store.close()


def _clean(unit: Unit) -> list[tuple[int, int]]:
    return unit.orders.in_review(shops=None, held=False)


class Phone:
    """A phone with the page open. Script errors on it fail the test at `close`."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(cls, on: Browser, address: str) -> "Phone":
        context = await on.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
        phone = cls(await context.new_page(), address)
        await phone.page.goto(address)
        await expect(phone.page.get_by_test_id("stations").locator("button").first).to_be_visible(timeout=PATIENCE_MS)
        return phone

    def shown(self, test_id: str) -> Any:
        """A part of the page."""
        return self.page.get_by_test_id(test_id)

    async def station(self, name: str) -> None:
        """Press a station."""
        await self.shown("stations").locator(f"button[data-id='{name}']").click()

    async def types(self, code: str, suffix: str = "Enter") -> None:
        """The scanner types a code as fast as it can."""
        await self.page.keyboard.type(code)
        await self.page.keyboard.press(suffix)

    async def verdict(self, verdict: str) -> None:
        """Wait for the big words' colour."""
        await expect(self.shown("panel")).to_have_attribute("data-verdict", verdict, timeout=PATIENCE_MS)

    async def loses_the_first_answer(self) -> list[str]:
        """From here on the server does the first call and its answer is lost on the way. Returns what is sent."""
        calls: list[str] = []

        async def lose(route: Route) -> None:
            calls.append(route.request.post_data or "")
            if len(calls) == 1:
                await route.fetch()
                await route.abort("connectionreset")
            else:
                await route.continue_()

        await self.page.route("**/scan/jobs", lose)
        return calls

    async def waiting(self) -> int:
        """Jobs that lie in the phone."""
        key = "Object.keys(localStorage).find((name) => /^xiaoer\\.scan\\.\\d+$/.test(name))"
        found: int = await self.page.evaluate(f"JSON.parse(localStorage.getItem({key}) || '[]').length")
        return found

    async def sent(self) -> None:
        """Wait until nothing lies in the phone any more."""
        for _ in range(300):
            if not await self.waiting():
                return
            await self.page.wait_for_timeout(100)
        raise AssertionError(f"{await self.waiting()} scans are still in the phone")

    async def wide(self) -> bool:
        """Whether the page is wider than the phone."""
        found: bool = await self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return found

    @property
    def origin(self) -> str:
        """Where the page is served."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    async def close(self) -> None:
        """Nothing went wrong in its scripts."""
        assert self.errors == []
        await self.page.context.close()


async def beside(work: Callable[[], None]) -> None:
    """Do something in the store while the browser goes on."""
    await asyncio.to_thread(work)
