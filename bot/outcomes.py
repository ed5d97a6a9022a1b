"""What a failed delivery means: one pure table from Telegram's errors to what the messenger does next.

Surprising: texts are compared because Telegram gives most refusals one code (400). An unknown 400 is final:
asking again would fail again, so the owner is told instead.
"""

from dataclasses import dataclass

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.ptb import seconds_of

MOST_ATTEMPTS = 20
_LONGEST_BACK_OFF = 300.0


@dataclass(frozen=True, slots=True)
class Fine:
    """It is as it should be; `message_id` of a message that is new and to be remembered."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Anew:
    """The message to edit is gone: send the card as a new one."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after some seconds."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Park:
    """Nobody can be reached in this chat any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group is a supergroup now, under another Telegram id."""

    to: int


@dataclass(frozen=True, slots=True)
class Drop:
    """It can never be delivered as it is."""

    why: str


Outcome = Fine | Anew | Again | Park | Moved | Drop

_GONE_CHATS = ("chat not found", "not enough rights to send", "have no rights to send", "chat_write_forbidden")
_GONE_MESSAGES = ("message to edit not found", "message can't be edited", "message_id_invalid")


def outcome_of(error: Exception, attempts: int) -> Outcome:
    """What to do after this error on the attempt with that number. Raises InvalidToken: nothing can work then."""
    if isinstance(error, InvalidToken):
        raise error
    if isinstance(error, RetryAfter):
        return Again(seconds_of(error), "429")
    if isinstance(error, ChatMigrated):
        return Moved(error.new_chat_id)
    if isinstance(error, Forbidden):
        return Park(_plain(error))
    if isinstance(error, BadRequest):
        return _bad_request(_plain(error))
    if isinstance(error, (NetworkError, TelegramError, TimeoutError)):
        return _passing(f"{type(error).__name__}: {error}", attempts)
    return _passing(f"{type(error).__name__}: {error}", attempts * 4)


def _bad_request(text: str) -> Outcome:
    if "message is not modified" in text:
        return Fine()
    if any(words in text for words in _GONE_MESSAGES):
        return Anew()
    if any(words in text for words in _GONE_CHATS):
        return Park(text)
    return Drop(text)


def _passing(why: str, attempts: int) -> Outcome:
    """2, 4, 8 ... 300 seconds apart, more than an hour in all; a fault of our own gets a quarter of the tries."""
    if attempts >= MOST_ATTEMPTS:
        return Drop(why)
    return Again(min(2.0 ** min(attempts, 10), _LONGEST_BACK_OFF), why)


def _plain(error: TelegramError) -> str:
    return error.message.casefold()
