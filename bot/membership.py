"""What Telegram says about the chats themselves: blocked and unblocked, added and kicked, group to supergroup.

Surprising: this is handled before any chat topic, because a parked chat must come back even when nobody on the
staff list is talking.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain.desk import Desk
from domain.people import notices

_AWAY = frozenset({"left", "kicked"})


def tells_of_chats(update: Mapping[str, object]) -> bool:
    """Whether `note` has something to do."""
    message = update.get("message")
    return "my_chat_member" in update or (isinstance(message, Mapping) and "migrate_to_chat_id" in message)


def note(desk: Desk, update: Mapping[str, object]) -> None:
    """Write down what the update says about a chat we know."""
    change, message = update.get("my_chat_member"), update.get("message")
    if isinstance(change, Mapping):
        _present(desk, _number(change, "chat", "id"), str(_at(change, "new_chat_member", "status")))
    if isinstance(message, Mapping) and "migrate_to_chat_id" in message:
        readdress(desk, _number(message, "chat", "id"), _number(message, "migrate_to_chat_id"))


def readdress(desk: Desk, old: int, new: int) -> None:
    """A group got another Telegram id: our chat follows."""
    chat = desk.people.chat_by_telegram(old)
    if chat is not None and desk.people.chat_by_telegram(new) is None:
        desk.people.save_chat(replace(chat, telegram_id=new, kind="supergroup"))


def _present(desk: Desk, telegram_id: int, status: str) -> None:
    """Away: nothing is sent there until we are back, and others hear of it."""
    chat = desk.people.chat_by_telegram(telegram_id)
    if chat is None or bool(chat.parked) is (status in _AWAY):
        return
    if status in _AWAY:
        notices.unreachable(desk, chat, status)
    else:
        desk.people.save_chat(replace(chat, parked=""))


def _at(body: Mapping[str, object], *path: str) -> object:
    value: object = body
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _number(body: Mapping[str, object], *path: str) -> int:
    value = _at(body, *path)
    if not isinstance(value, int):
        raise TypeError(f"{'.'.join(path)} is no number")
    return value
