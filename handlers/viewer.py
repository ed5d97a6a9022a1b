"""Who looks at a card: the chat, the words, and in private the person. Groups see masked names and phones."""

from dataclasses import dataclass

from domain.desk import Desk
from domain.people.people import Actor, ActorKind, Chat, Right, may
from handlers.words import Words


@dataclass(frozen=True, slots=True)
class Viewer:
    """`actor` is the person of a private chat; for a group an actor without rights of its own: buttons are shown
    to all and checked on the tap."""

    chat: Chat
    words: Words
    actor: Actor | None

    @property
    def private(self) -> bool:
        """Whether names, phones and addresses may be shown whole."""
        return self.chat.private

    def offers(self, right: Right, *, shop: int | None = None, warehouse: int | None = None) -> bool:
        """Whether to show a button that needs this right; a group shows all, the tap is checked."""
        if not self.private:
            return True
        return self.actor is not None and may(self.actor, right, shop=shop, warehouse=warehouse)


def viewer_of(desk: Desk, chat: Chat) -> Viewer:
    """The viewer behind one of our chats."""
    words = Words(chat.language, desk.catalog.company.zone)
    if not chat.private:
        scope = frozenset({chat.shop_id}) if chat.shop_id else None
        places = frozenset({chat.warehouse_id}) if chat.warehouse_id else None
        roles = frozenset({chat.role}) if chat.role else frozenset()
        return Viewer(chat, words, Actor(ActorKind.PERSON, chat.title, None, roles, scope, places))
    person = desk.people.by_telegram(chat.telegram_id)
    return Viewer(chat, words, person.acting() if person and person.active else None)
