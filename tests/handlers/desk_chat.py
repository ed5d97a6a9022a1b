"""Customer service's chat for tests: the floor's chat with real imports and reports behind it."""

from typing import Any

from bot.imports import Importer
from bot.reports import DayCloser
from domain.desk import Desk
from domain.intake import intake
from domain.intake.incoming import IncomingOrder
from domain.orders.orders import Order
from domain.people.people import SHOP, Person, Role
from handlers.services import Services
from storage.store import Store
from tests.filled import filled
from tests.handlers.floor_chat import Call, Clock, Doors, Floor, speaking

LINK = "https://t.me/xiaoer_bot?start="


class DeskChat(Floor):
    """`sees` is what the last update sent or changed; buttons by label as on the floor."""

    def _services(self) -> Services:
        return Services(
            Doors(self.store),
            Importer(self.store),
            DayCloser(self.store),
            lambda code: LINK + code,
            lambda: "one-time-code",
            self.clock,
        )

    def takes(self, *orders: IncomingOrder, shop: int = 0) -> list[Order]:
        """Orders come in from a shop; returned as they stand in review."""
        found: list[Order] = self.do(_received, self.cast.shops[shop].id, orders)
        return found

    def order(self, order_id: int) -> Order:
        """The order now."""
        found: Order = self.look(lambda desk: desk.orders.get(order_id))
        return found

    async def sends(self, person: Person, name: str, data: bytes, **more: Any) -> list[str]:
        """The person sends a document."""
        self.wire.files["doc"] = data
        document = {"file_id": "doc", "file_unique_id": "u", "file_name": name, "file_size": len(data), **more}
        return await self._message(person, {"document": document})

    async def replies(self, person: Person, question: Call, text: str) -> list[str]:
        """The person answers one of our questions, as Telegram quotes it: plain text with its entities."""
        plain = question.said["text"].replace("<b>", "").replace("</b>", "").replace("<pre>", "").replace("</pre>", "")
        head, _, mark = plain.removesuffix("</code>").rpartition("<code>")
        entity = {"type": "code", "offset": len(head.encode("utf-16-le")) // 2, "length": len(mark)}
        asked = {
            "message_id": question.message_id,
            "date": 1,
            "chat": {"id": person.telegram_id, "type": "private"},
            "from": {"id": self.bot.id, "is_bot": True, "first_name": "Xiaoer"},
            "text": head + mark,
            "entities": [entity],
        }
        return await self.writes(person, text, reply_to_message=asked)

    @property
    def labels(self) -> list[list[str]]:
        """The rows of buttons of the last message sent or changed."""
        shown = [call for call in self.last if call.name in ("sendMessage", "editMessageText")][-1]
        keyboard = (shown.said.get("reply_markup") or {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in keyboard]


def _received(desk: Desk, shop_id: int, orders: tuple[IncomingOrder, ...]) -> list[Order]:
    intake.receive(desk, SHOP, shop_id, orders)
    found = desk.orders.by_number(shop_id, [order.number for order in orders])
    return [found[order.number] for order in orders]


def open_desk(url: str, language: str = "en") -> DeskChat:
    """A seeded company whose people speak one language."""
    clock = Clock()
    store = Store(url, now=clock)
    return DeskChat(store, clock, filled(store, speaking, language, tuple(Role)))
