"""The messenger against the real sandbox: what arrives, and what every kind of failure leads to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.error import InvalidToken

from bot import membership
from domain.desk import Desk
from domain.people.people import Chat
from domain.records import NoticeKind
from handlers.card import Card, File
from tests.bot.house import ANNA, CS_GROUP, OWNER, House, card, open_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


async def _sent(house: House, chat: int, text: str, subject: int = 1) -> None:
    house.cards[subject] = card(text)
    await house.notify(chat, subject, f"first:{subject}")
    await house.deliver()
    assert (await house.texts(chat))[-1] == text


async def test_a_notice_becomes_a_message_with_its_buttons_once(house: House) -> None:
    house.cards[1] = card("<b>Order</b> 1")
    await house.notify(ANNA, 1, "new:1")
    await house.notify(ANNA, 1, "new:1")
    await house.deliver()
    await house.deliver()
    (message,) = await house.messages(ANNA)
    assert message["text"] == "Order 1"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert message["reply_markup"]["inline_keyboard"] == [
        [{"text": "OK", "callback_data": "ok:1:1", "style": "success"}]
    ]
    assert await house.waiting() == {"waiting": 0, "sent": 1, "dropped": 0, "parked": 0}


async def test_a_redraw_edits_the_card_that_is_there(house: House) -> None:
    await _sent(house, ANNA, "open")
    house.cards[1] = card("approved")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == ["approved"]


async def test_a_redraw_keeps_the_filter_of_a_queue_card(house: House) -> None:
    await _sent(house, ANNA, "open")
    (message,), chat = await house.messages(ANNA), await house.chat(ANNA)
    assert chat is not None
    await house.store.run(_filter, chat.id, message["message_id"])
    house.cards[1] = card("approved")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == ["approved [hold.FREEZE]"]


async def test_cards_of_several_parts_are_each_redrawn_as_their_own(house: House) -> None:
    await _sent(house, ANNA, "all")
    (first,), chat = await house.messages(ANNA), await house.chat(ANNA)
    assert chat is not None
    await house.store.run(_filter, chat.id, first["message_id"])
    await house.notify(ANNA, 1, "again:1")
    await house.deliver()
    assert await house.texts(ANNA) == ["all", "all"]
    house.cards[1] = card("fewer")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == ["fewer [hold.FREEZE]", "fewer"]


def _filter(desk: Desk, chat_id: int, message_id: int) -> None:
    desk.cards.put(chat_id, message_id, NoticeKind.ORDER, 1, "hold.FREEZE")


async def test_a_redraw_of_what_is_not_there_sends_nothing(house: House) -> None:
    house.cards[1] = card("approved")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == []
    assert (await house.waiting())["sent"] == 1


async def test_a_record_that_wants_no_card_any_more_loses_its_buttons(house: House) -> None:
    await _sent(house, ANNA, "worry")
    house.cards[1] = None
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    (message,) = await house.messages(ANNA)
    assert message["text"] == "worry"
    assert "reply_markup" not in message


async def test_not_modified_is_success(house: House) -> None:
    await _sent(house, ANNA, "same")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == ["same"]
    assert await house.waiting() == {"waiting": 0, "sent": 2, "dropped": 0, "parked": 0}


async def test_an_edit_of_a_message_that_is_gone_sends_it_anew(house: House) -> None:
    await _sent(house, ANNA, "open")
    await house.fault("editMessageText", 400, description="Bad Request: message to edit not found")
    house.cards[1] = card("approved")
    await house.notify(ANNA, 1, "redraw:1", redraw=True)
    await house.deliver()
    assert await house.texts(ANNA) == ["open", "approved"]


async def test_429_silences_that_chat_alone_and_nothing_is_sent_twice(house: House) -> None:
    house.cards |= {1: card("for Anna"), 2: card("for the owner")}
    await house.fault("sendMessage", 429, chat_id=ANNA, retry_after=30)
    await house.notify(ANNA, 1, "a")
    await house.notify(OWNER, 2, "b")
    await house.deliver()
    assert await house.texts(ANNA) == []
    assert await house.texts(OWNER) == ["for the owner"]
    assert house.limiter.delay(ANNA) > 29
    assert house.limiter.delay(OWNER) == 0
    await house.deliver()
    assert await house.calls("sendMessage") == 2


async def test_after_a_429_it_arrives_once(house: House) -> None:
    house.cards[1] = card("for Anna")
    await house.fault("sendMessage", 429, retry_after=1)
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    house.clock.tick(1)
    await house.deliver()
    await house.deliver()
    assert await house.texts(ANNA) == ["for Anna"]
    assert await house.calls("sendMessage") == 2


@pytest.mark.parametrize("code", [500, 502])
async def test_a_server_error_is_tried_again_later(house: House, code: int) -> None:
    house.cards[1] = card("hello")
    await house.fault("sendMessage", code)
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    await house.deliver()
    assert await house.texts(ANNA) == []
    house.clock.tick(2)
    await house.deliver()
    assert await house.texts(ANNA) == ["hello"]


async def test_a_lost_connection_is_tried_again_later(house: House) -> None:
    house.cards[1] = card("hello")
    await house.fault("sendMessage", 0, drop=True)
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    house.clock.tick(2)
    await house.deliver()
    assert await house.texts(ANNA) == ["hello"]


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (400, "Bad Request: chat not found"),
    ],
)
async def test_a_chat_nobody_reads_is_parked_and_the_owner_gets_its_notices(
    house: House, code: int, description: str
) -> None:
    anna = await house.chat(ANNA)
    assert anna is not None
    house.cards |= {1: card("approve me"), anna.id: card("Anna cannot be reached")}
    await house.fault("sendMessage", code, chat_id=ANNA, description=description)
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    await house.deliver()
    await house.deliver()
    assert await house.texts(OWNER) == ["Anna cannot be reached", "approve me"]
    parked = await house.chat(ANNA)
    assert parked is not None
    assert parked.parked in description.casefold()
    await house.notify(ANNA, 1, "b")
    await house.deliver()
    assert await house.calls("sendMessage") == 3


async def test_what_waited_behind_the_first_notice_reaches_the_owner_too(house: House) -> None:
    """A redraw is first to find the chat gone; the notices behind it must not wait there for ever."""
    anna = await house.chat(ANNA)
    assert anna is not None
    house.cards |= {1: card("old card"), 90: card("stop!"), anna.id: card("Anna cannot be reached")}
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    await house.fault("editMessageText", 403, chat_id=ANNA, description="Forbidden: bot was blocked by the user")
    await house.notify(ANNA, 1, "redraw", redraw=True)
    await house.notify(ANNA, 90, "b")
    for _ in range(3):
        await house.deliver()
    assert await house.texts(OWNER) == ["Anna cannot be reached", "stop!"]


async def test_a_person_who_blocks_us_is_told_of_at_once(house: House) -> None:
    anna = await house.chat(ANNA)
    assert anna is not None
    house.cards |= {1: card("stop!"), anna.id: card("Anna cannot be reached")}
    await house.notify(ANNA, 1, "a")
    gone = {"chat": {"id": ANNA}, "new_chat_member": {"status": "kicked"}}
    await house.store.run(membership.note, {"update_id": 1, "my_chat_member": gone})
    await house.store.run(membership.note, {"update_id": 2, "my_chat_member": gone})
    for _ in range(2):
        await house.deliver()
    assert await house.texts(OWNER) == ["Anna cannot be reached", "stop!"]
    assert await house.texts(ANNA) == []


async def test_a_group_that_became_a_supergroup_is_followed(house: House) -> None:
    moved = (await house.http.post(f"/sandbox/chats/{CS_GROUP}/upgrade")).json()
    house.cards[1] = card("to the group")
    await house.notify(CS_GROUP, 1, "a")
    await house.deliver()
    await house.deliver()
    assert await house.texts(moved["id"]) == ["to the group"]
    assert await house.chat(CS_GROUP) is None
    chat = await house.chat(moved["id"])
    assert isinstance(chat, Chat)
    assert chat.kind == "supergroup"


async def test_what_telegram_never_takes_is_dropped_and_the_owner_told(house: House) -> None:
    house.cards[1] = card("<b>torn")
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    assert await house.texts(ANNA) == []
    (told,) = await house.texts(OWNER)
    assert told.startswith("⚠️ 事故 ")
    assert "安娜 Anna" in told
    assert await house.waiting() == {"waiting": 0, "sent": 0, "dropped": 1, "parked": 0}


async def test_a_refused_token_ends_the_messenger(house: House) -> None:
    house.cards[1] = card("hello")
    await house.fault("sendMessage", 401)
    await house.notify(ANNA, 1, "a")
    with pytest.raises(InvalidToken):
        await house.messenger.run()


async def test_a_group_card_is_edited_at_most_every_three_seconds(house: House) -> None:
    await _sent(house, CS_GROUP, "0 of 2")
    for text in ("1 of 2", "2 of 2"):
        house.cards[1] = card(text)
        await house.notify(CS_GROUP, 1, "redraw:1", redraw=True)
        await house.deliver()
    assert await house.texts(CS_GROUP) == ["1 of 2"]
    house.clock.tick(3)
    await house.deliver()
    assert await house.texts(CS_GROUP) == ["2 of 2"]
    assert await house.calls("editMessageText") == 2


async def test_files_follow_and_a_failed_file_repeats_neither_message_nor_the_others(house: House) -> None:
    files = (lambda: File("a.pdf", b"%PDF-a"), lambda: File("b.pdf", b"%PDF-b"))
    house.cards[1] = Card("wave 1", files=files)
    await house.notify(ANNA, 1, "wave:1", NoticeKind.WAVE)
    await house.fault("sendDocument", 0, delay_ms=1)
    await house.fault("sendDocument", 500)
    await house.deliver()
    house.clock.tick(2)
    await house.deliver()
    messages = await house.messages(ANNA)
    assert [message.get("text") or message["document"]["file_name"] for message in messages] == [
        "wave 1",
        "a.pdf",
        "b.pdf",
    ]


async def test_a_silent_answer_after_the_work_may_repeat_but_never_vanish(house: House) -> None:
    house.cards[1] = card("hello")
    await house.fault("sendMessage", 500, after=True)
    await house.notify(ANNA, 1, "a")
    await house.deliver()
    house.clock.tick(2)
    await house.deliver()
    assert await house.texts(ANNA) == ["hello", "hello"]
