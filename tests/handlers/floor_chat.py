"""A warehouse's chat for tests: a real dispatcher over a real store, people who write and tap, and what was sent.

Surprising: Telegram is replaced below aiogram's session, the lowest seam there is, so filters, middlewares and
markup are the real ones.
"""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from re import sub
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from pydantic import TypeAdapter

from domain.desk import Desk
from domain.floor import manifests, release
from domain.floor.parcels import Parcel, ParcelState, Stop, Wave
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order
from domain.people.people import CLOCK, SHOP, Person, Role
from domain.people.staff import set_language
from domain.records import NoticeKind
from domain.review import review
from domain.stops import interception
from handlers.card import Card
from handlers.draw import draw
from handlers.markup import markup
from handlers.routers import routers
from handlers.services import Services
from storage.store import Store
from storage.unit import Unit
from tests.factory import NOW, Cast, incoming, seed
from tests.filled import filled

GROUP = -5000
_ON_THE_FLOOR = (Role.OWNER, Role.CS, Role.CS_LEAD, Role.PICKER, Role.PACKER, Role.DISPATCHER, Role.RECEIVER)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Call:
    """One call of the Bot API: its method, its fields, and the id of the message it sent or changed."""

    name: str
    said: dict[str, Any]
    message_id: int = 0


class Recorder(BaseSession):
    """Writes every call down and answers as Telegram would."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.failures: dict[str, Exception] = {}
        self._message_id = 100

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        name = method.__api_method__
        call = Call(name, method.model_dump(exclude_none=True, warnings=False))
        self.calls.append(call)
        if name in self.failures:
            raise self.failures[name]
        return TypeAdapter(method.__returning__).validate_python(self._answer(call))

    def _answer(self, call: Call) -> Any:
        said = call.said
        if call.name == "getFile":
            return {"file_id": said["file_id"], "file_unique_id": "u", "file_path": said["file_id"]}
        if call.name == "sendMediaGroup":
            return [self._message(call) for _ in said["media"]]
        if call.name.startswith(("send", "edit")):
            return self._message(call)
        return True

    def _message(self, call: Call) -> dict[str, Any]:
        self._message_id += 1
        call.message_id = call.said.get("message_id", self._message_id)
        chat = {"id": call.said["chat_id"], "type": "private"}
        return {"message_id": call.message_id, "date": 0, "chat": chat}

    async def stream_content(self, url: str, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield self.files[url.rsplit("/", 1)[-1]]


class Doors:
    """handlers.services.Store over the real one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._store.run(fn, *args, **kwargs)

    async def claimed(self, claim: int, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._store.run(fn, *args, claim=claim, **kwargs)

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._store.read(fn, *args, **kwargs)

    async def glance(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._store.glance(fn, *args, **kwargs)


async def _no_file(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("the floor imports and closes nothing")


@dataclass
class Floor:
    """The chat. `said` are the calls of the last update, without answers to taps."""

    store: Store
    clock: Clock
    cast: Cast
    wire: Recorder = field(default_factory=Recorder)
    update_id: int = 0
    last: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bot = Bot("42:TEST", self.wire, default=DefaultBotProperties(parse_mode="HTML"))
        self.dispatcher = Dispatcher()
        self.dispatcher.include_routers(*routers(self._services()))

    def _services(self) -> Services:
        return Services(Doors(self.store), _no_file, _no_file, str, lambda: "code", self.clock)

    def do(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """A command past the chat."""
        return self.store.run_now(fn, *args, **kwargs)

    def look(self, fn: Any, *args: Any) -> Any:
        """A look into the store."""
        return self.store.read_now(fn, *args)

    async def writes(self, person: Person, text: str, *, group: bool = False, **more: Any) -> list[str]:
        """The person writes; returns the texts sent or edited for it."""
        return await self._message(person, {"text": text, **more}, group=group)

    async def photographs(self, person: Person, picture: bytes, **more: Any) -> list[str]:
        """The person sends a photo."""
        self.wire.files["shot"] = picture
        size = {"file_id": "shot", "file_unique_id": "u", "width": 1, "height": 1, "file_size": len(picture)}
        return await self._message(person, {"photo": [size], **more})

    async def sends_file(self, person: Person, data: bytes, mime: str) -> list[str]:
        """The person sends a file."""
        self.wire.files["shot"] = data
        document = {"file_id": "shot", "file_unique_id": "u", "mime_type": mime, "file_size": len(data)}
        return await self._message(person, {"document": document})

    async def _message(self, person: Person, content: dict[str, Any], *, group: bool = False) -> list[str]:
        chat = (
            {"id": GROUP, "type": "group", "title": "仓库"} if group else {"id": person.telegram_id, "type": "private"}
        )
        sent = {"message_id": 1000 + self.update_id, "date": 0, "chat": chat, "from": _user(person), **content}
        return await self._feed({"message": sent})

    async def taps(self, person: Person, label: str, *, group: bool = False) -> list[str]:
        """The person presses the newest button of that label; returns texts as `writes`."""
        chat_id = GROUP if group else person.telegram_id
        data, shown = self.button(chat_id, label)
        return await self.presses(person, data, shown, group=group)

    async def presses(self, person: Person, data: str, shown: Call, *, group: bool = False) -> list[str]:
        """The person presses a button of a message, however old."""
        chat = {"id": shown.said["chat_id"], "type": "group" if group else "private"}
        text = unescape(sub("<[^>]+>", "", shown.said["text"]))
        message = {"message_id": shown.message_id, "date": 1, "chat": chat, "text": text}
        tap = {"id": "t", "from": _user(person), "chat_instance": "c", "data": data, "message": message}
        return await self._feed({"callback_query": tap})

    def button(self, chat_id: int, label: str) -> tuple[str, Call]:
        """(callback data, message) of the newest button with that label in a chat."""
        for call in reversed(self.wire.calls):
            keyboard = call.said.get("reply_markup") or {}
            for row in keyboard.get("inline_keyboard", []) if call.said.get("chat_id") == chat_id else []:
                for button in row:
                    if button["text"] == label:
                        return button["callback_data"], call
        raise AssertionError(f"no button {label!r}")

    async def _feed(self, content: dict[str, Any]) -> list[str]:
        self.update_id += 1
        update = {"update_id": self.update_id, **content}
        before = len(self.wire.calls)
        await self.dispatcher.feed_raw_update(self.bot, update)
        self.last = self.wire.calls[before:]
        return [call.said["text"] for call in self.last if call.name in ("sendMessage", "editMessageText")]

    @property
    def toasts(self) -> list[str]:
        """What the last tap was answered."""
        return [call.said.get("text", "") for call in self.last if call.name == "answerCallbackQuery"]

    async def answers(self, person: Person, text: str) -> list[str]:
        """The person answers the newest question of their chat, its marks of formatting and all."""
        asked = next(call for call in reversed(self.wire.calls) if call.said.get("chat_id") == person.telegram_id)
        plain = unescape(sub("<[^>]+>", "", asked.said["text"]))
        mark = plain.rsplit("\n", 1)[-1]
        before = len(plain[: -len(mark)].encode("utf-16-le")) // 2
        question = {
            "message_id": asked.message_id,
            "date": 0,
            "chat": {"id": person.telegram_id, "type": "private"},
            "from": {"id": self.bot.id, "is_bot": True, "first_name": "bot"},
            "text": plain,
            "entities": [{"type": "code", "offset": before, "length": len(mark)}],
        }
        return await self.writes(person, text, reply_to_message=question)

    async def shown(self, person: Person, kind: NoticeKind, subject_id: int) -> list[str]:
        """The card of a record comes to the person, as the messenger would send it."""
        card = self.card(person, kind, subject_id)
        sent = await self.bot.send_message(person.telegram_id, card.text, reply_markup=markup(card))
        self.do(lambda unit: unit.cards.put(person.chat_id, sent.message_id, kind, subject_id))
        return [card.text]

    def card(self, person: Person, kind: NoticeKind, subject_id: int) -> Card:
        """A record's card in the person's private chat, as it would be drawn now."""
        chat = self.look(lambda desk: desk.people.chat(person.chat_id))
        card = self.look(lambda desk: draw(desk, kind, subject_id, chat, {}))
        assert isinstance(card, Card)
        return card

    def release(self) -> None:
        """What can no longer be undone goes to the warehouse."""
        self.do(release.release_due)

    def orders(self, *orders: IncomingOrder) -> list[Order]:
        """Take orders in, approve them and let the undo window pass."""
        released: list[Order] = self.do(_released, self.cast, orders or (incoming(),))
        return released

    def wave(self) -> tuple[Wave, list[Parcel]]:
        """What is ready, as a wave of the first warehouse."""
        self.clock.forward(60)
        self.do(release.release_due)
        wave = self.do(release.wave_now, CLOCK, self.cast.warehouses[0].id)
        return wave, self.look(lambda desk: desk.parcels.of_wave(wave.id))

    def refund(self, order: Order, reason: str = "不想要了") -> Stop:
        """CS types a refund; returns the stop it opened."""
        self.do(interception.typed, self.cast.actor(Role.CS), order.id, reason)
        stops: list[Stop] = self.look(lambda desk: desk.stops.open_of(None))
        return stops[-1]

    async def ship(self, box: Parcel) -> None:
        """Scan a parcel from its wave out of the door, as four people would."""
        for role, text in (
            (Role.PICKER, box.waybill),
            (Role.PACKER, box.waybill),
            (Role.DISPATCHER, f"{box.waybill} {box.expected_g}"),
            (Role.DISPATCHER, box.waybill),
        ):
            await self.writes(self.cast.people[role], text)
        assert self.parcel(box.id).state is ParcelState.HANDED_OVER

    def collected(self, box: Parcel) -> None:
        """The courier signs for what stands on the dock: now it has left."""
        actor = self.cast.actor(Role.DISPATCHER)
        made = self.do(manifests.make, actor, box.warehouse_id or 0, box.courier_id or 0)
        self.do(manifests.sign, actor, manifests.signed(made, actor, "courier", self.clock.at), b"signed")

    def parcel(self, parcel_id: int) -> Parcel:
        """The parcel now."""
        box: Parcel = self.look(lambda desk: desk.parcels.get(parcel_id))
        return box

    def notices(self, person: Person, kind: NoticeKind) -> list[tuple[int, bool]]:
        """(subject, redraw) of the notices of a kind that wait for a person's chat; they count as sent now."""
        found = []
        while taken := self.do(lambda unit: unit.deliveries.claim("test", self.clock(), 50, 60)):
            for one in taken:
                self.do(lambda unit, one=one: unit.deliveries.sent(one.id, one.version, self.clock()))
                if one.notice.chat_id == person.chat_id and one.notice.kind is kind:
                    found.append((one.notice.subject_id, one.notice.redraw))
        return found

    def speaks(self, role: Role, language: str) -> Person:
        """The person of the role, in that language."""
        person = self.look(lambda desk: desk.people.get(self.cast.people[role].id))
        self.cast.people[role] = self.do(set_language, person, language)
        return self.cast.people[role]


def _released(desk: Desk, cast: Cast, orders: tuple[IncomingOrder, ...]) -> list[Order]:
    shop = cast.shops[0]
    intake.receive(desk, SHOP, shop.id, orders)
    found = desk.orders.by_number(shop.id, [order.number for order in orders])
    return [review.approve(desk, CLOCK, order.id, order.revision) for order in found.values()]


def _user(person: Person) -> dict[str, Any]:
    return {"id": person.telegram_id, "is_bot": False, "first_name": person.name, "language_code": person.language}


def open_floor(url: str) -> Floor:
    """A seeded company whose floor and customer service speak English."""
    clock = Clock()
    store = Store(url, now=clock)
    return Floor(store, clock, filled(store, speaking, "en", _ON_THE_FLOOR))


def speaking(unit: Unit, language: str, roles: Collection[Role]) -> Cast:
    """The seeded company; the people of these roles speak a language."""
    cast = seed(unit)
    for role in roles:
        cast.people[role] = set_language(unit, cast.people[role], language)
    return cast
