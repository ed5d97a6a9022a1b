"""Everything Telegram would remember: people, chats, messages, files, commands and what the bot was not told yet.

A step is: check, then change tables without awaiting, then `commit` (the server does it before it answers).
As on Telegram, private chats and basic groups share one run of message ids; each supergroup has its own.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from bot.sandbox.events import Events
from bot.sandbox.journal import Blobs, Journal, JournalDamaged, Key, Row, Table
from bot.sandbox.shapes import (
    Chat,
    FileKind,
    JsonObject,
    Message,
    Person,
    Queued,
    StoredFile,
    Tap,
    User,
    Webhook,
)

_FIRST = {"update": 100_000_001, "person": 1001, "group": 4_000_001, "supergroup": 2_000_000_001, "tap": 7_000_000_001}
_PREFIX: dict[FileKind, str] = {"photo": "AgAC", "document": "BQAC", "video": "BAAC"}
K = TypeVar("K", int, str)
V = TypeVar("V")


class World:
    """The state of the sandbox. `now` gives aware datetimes; `directory` None keeps it in memory.

    JournalDamaged or DataInUse (from `journal`) when the directory cannot be used.
    """

    def __init__(self, *, bot: User, directory: Path | None, now: Callable[[], datetime]) -> None:
        self.bot = bot
        self.now = now
        self.events = Events()
        self._journal = Journal(directory)
        self.blobs = Blobs(None if directory is None else directory / "files")
        self._tables: dict[str, Table[int, object] | Table[str, object]] = {}
        self.people: Table[int, Person] = self._table("people")
        self.chats: Table[int, Chat] = self._table("chats")
        self.updates: Table[int, Queued] = self._table("updates")
        self.taps: Table[str, Tap] = self._table("taps")
        self.files: Table[str, StoredFile] = self._table("files")
        self.commands: Table[str, list[JsonObject]] = self._table("commands")
        self.webhooks: Table[str, Webhook] = self._table("webhooks")
        self.allowed: Table[str, list[str]] = self._table("allowed")
        self._counters: Table[str, int] = self._table("counters")
        self._messages: Table[str, Message] = self._table("messages")
        self._history: dict[int, dict[int, Message]] = {}
        try:
            self._load()
        except (JournalDamaged, OSError):
            self._journal.close()
            raise

    def _table(self, name: str) -> Table[K, V]:
        table: Table[K, V] = Table(name, self._journal)
        self._tables[name] = cast(Table[K, object], table)
        return table

    def _load(self) -> None:
        for name, key, value in self._journal.replay():
            self._tables[name].load(key, value)
        for message in self._messages.rows.values():
            self._index(message)
        self._journal.start(self._rows())

    def _rows(self) -> Iterator[Row]:
        for name, table in self._tables.items():
            for key, value in list(table.rows.items()):
                yield name, cast(Key, key), value

    def commit(self) -> None:
        """Make the step just done outlive the process."""
        self._journal.commit()

    def close(self) -> None:
        """Give the data directory back."""
        self._journal.close()

    def unix(self) -> int:
        """Now, in whole seconds since 1970."""
        return int(self.now().timestamp())

    def next(self, counter: str) -> int:
        """The next number of a run that survives restarts."""
        number = self._counters.rows.get(counter, _FIRST.get(counter, 1) - 1) + 1
        return self._counters.put(counter, number)

    def user(self, person_id: int) -> User:
        """The person, or the bot itself, as a User object. KeyError for an unknown id."""
        if person_id == self.bot["id"]:
            return self.bot
        person = self.people.rows[person_id]
        return {
            "id": person_id,
            "is_bot": False,
            "first_name": person["name"],
            "language_code": person["language"],
        }

    def chat_view(self, chat: Chat) -> JsonObject:
        """The chat as it stands in messages."""
        if chat["type"] == "private":
            return {"id": chat["id"], "type": "private", "first_name": chat["title"]}
        return {"id": chat["id"], "type": chat["type"], "title": chat["title"]}

    def history(self, chat_id: int) -> list[Message]:
        """The chat's messages as they stand now, oldest first."""
        return list(self._history.get(chat_id, {}).values())

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """One message, None when it never was or is deleted."""
        return self._history.get(chat_id, {}).get(message_id)

    def post(self, chat: Chat, sender: User, content: JsonObject) -> Message:
        """Put a new message into a chat; id, sender, chat and date are added to `content`."""
        counter = f"messages {chat['id']}" if chat["type"] == "supergroup" else "messages"
        head: JsonObject = {
            "message_id": self.next(counter),
            "from": sender,
            "chat": self.chat_view(chat),
            "date": self.unix(),
        }
        message = cast(Message, head | content)
        self._save(chat["id"], message)
        self.events.publish("message", chat["id"], message)
        return message

    def change(self, chat_id: int, message: Message) -> Message:
        """Replace a message by its edited form."""
        self._save(chat_id, message)
        self.events.publish("edit", chat_id, message)
        return message

    def delete(self, chat_id: int, message_id: int) -> None:
        """Take a message out of its chat."""
        self._messages.drop(f"{chat_id}/{message_id}")
        del self._history[chat_id][message_id]
        self.events.publish("delete", chat_id, {"message_id": message_id})

    def _save(self, chat_id: int, message: Message) -> None:
        self._messages.put(f"{chat_id}/{message['message_id']}", message)
        self._index(message)

    def _index(self, message: Message) -> None:
        chat_id = cast(int, message["chat"]["id"])
        self._history.setdefault(chat_id, {})[message["message_id"]] = message

    def keep_file(self, blob: tuple[str, int], name: str, mime: str, kind: FileKind) -> StoredFile:
        """Give the blob (SHA-256, size in bytes) a new file_id."""
        sha, size = blob
        file_id = _PREFIX[kind] + secrets.token_urlsafe(24)
        return self.files.put(
            file_id,
            {
                "file_id": file_id,
                "file_unique_id": "Ag" + sha[:14],
                "sha": sha,
                "size": size,
                "name": name,
                "mime": mime,
                "kind": kind,
            },
        )
