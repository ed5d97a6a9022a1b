"""Staff, chats, invitations, strangers, cards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.people.people import Chat, Invite, Person, Role, Station
from domain.records import CardRow, NoticeKind
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def test_a_person_comes_back_as_it_went_in_and_saves_by_revision(each: Each) -> None:
    """Roles, scopes (none, empty, some) and the station."""
    person = each.store.run_now(
        lambda unit: factory.hire(
            unit, 5_000_000_000, "何静", Role.RECEIVER, Role.PICKER, shops=frozenset(), warehouses=frozenset({3, 1})
        )
    )
    assert each.store.read_now(lambda unit: unit.people.get(person.id)) == person
    assert each.store.read_now(lambda unit: unit.people.by_telegram(5_000_000_000)) == person
    news = replace(person, station=Station.PICK, last_parcel=9, active=False, roles=frozenset())
    each.store.run_now(lambda unit: unit.people.save(news))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.people.save(replace(person, name="late")))
    assert each.store.read_now(lambda unit: unit.people.get(person.id)) == replace(news, revision=2)


def test_staff_is_everybody_by_id(each: Each) -> None:
    """The cast as it was hired."""
    staff = each.store.read_now(lambda unit: unit.people.staff())
    assert staff.people == (*each.cast.people.values(), each.cast.anna2)
    assert staff.with_role(frozenset({Role.CS})) == (each.cast.people[Role.CS], each.cast.anna2)


def test_a_chat_follows_its_telegram_id(each: Each) -> None:
    """A group became a supergroup: same chat, new address."""
    made = Chat(0, -100, "group", "仓库群", role=Role.PICKER, warehouse_id=each.cast.warehouses[0].id)
    chat = each.store.run_now(lambda unit: unit.people.add_chat(made))
    each.store.run_now(lambda unit: unit.people.save_chat(replace(chat, telegram_id=-100_200, kind="supergroup")))
    moved = replace(chat, telegram_id=-100_200, kind="supergroup")
    assert each.store.read_now(lambda unit: unit.people.chat_by_telegram(-100)) is None
    assert each.store.read_now(lambda unit: unit.people.chat_by_telegram(-100_200)) == moved
    assert each.store.read_now(lambda unit: unit.people.chats())[-1] == moved


def test_unknown_people_and_chats_are_refused_by_name(each: Each) -> None:
    """get, chat and save_chat; look-ups by Telegram's id answer None."""

    def kind(call: str) -> str:
        def go(unit: Unit) -> None:
            if call == "get":
                unit.people.get(10**9)
            elif call == "chat":
                unit.people.chat(10**9)
            else:
                unit.people.save_chat(Chat(10**9, 1, "private", "x"))

        with pytest.raises(Unknown) as refusal:
            each.store.run_now(go)
        return refusal.value.kind

    assert [kind("get"), kind("chat"), kind("save_chat")] == ["person", "chat", "chat"]
    assert each.store.read_now(lambda unit: unit.people.by_telegram(1)) is None


def test_an_invitation_is_used_once(each: Each) -> None:
    """Who was first is remembered."""
    made = Invite("hash", (Role.CS, Role.FINANCE), each.cast.shops[0].id, None, 1, NOW + timedelta(hours=1))
    each.store.run_now(lambda unit: unit.people.add_invite(made))
    assert each.store.read_now(lambda unit: unit.people.invite("hash")) == made
    assert each.store.run_now(lambda unit: unit.people.use_invite("hash", 7, NOW)) is True
    assert each.store.run_now(lambda unit: unit.people.use_invite("hash", 8, NOW)) is False
    assert each.store.run_now(lambda unit: unit.people.use_invite("other", 8, NOW)) is False
    assert each.store.read_now(lambda unit: unit.people.invite("hash")) == replace(made, used_by=7, used_at=NOW)
    assert each.store.read_now(lambda unit: unit.people.invite("other")) is None


def test_a_stranger_is_answered_again_only_after_a_while(each: Each) -> None:
    """Knocking meanwhile does not lengthen the quiet."""

    def knock(minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return each.store.run_now(lambda unit: unit.people.seen_stranger(66, "Eve", at, 60))

    assert [knock(0), knock(1), knock(59), knock(60), knock(61), knock(120)] == [True, False, False, True, False, True]


def test_cards_say_which_message_shows_what(each: Each) -> None:
    """A message shows one thing; a thing may be shown by many."""
    one, two = each.cast.people[Role.CS].chat_id, each.cast.people[Role.OWNER].chat_id

    def put(chat: int, message: int, subject: int) -> None:
        each.clock.move(1)
        each.store.run_now(lambda unit: unit.cards.put(chat, message, NoticeKind.ORDER, subject))

    for chat, message, subject in ((one, 10, 1), (two, 10, 1), (one, 11, 2), (one, 10, 2)):
        put(chat, message, subject)
    shows = each.store.read_now(lambda unit: unit.cards.at(one, 10))
    assert shows is not None
    assert shows == CardRow(shows.id, one, 10, NoticeKind.ORDER, 2)
    of_two = each.store.read_now(lambda unit: unit.cards.of(NoticeKind.ORDER, 2))
    assert [(card.chat_id, card.message_id) for card in of_two] == [(one, 10), (one, 11)]
    assert each.store.read_now(lambda unit: unit.cards.of(NoticeKind.STOP, 2)) == []
    assert each.store.read_now(lambda unit: unit.cards.at(one, 99)) is None
    recent = each.store.read_now(lambda unit: unit.cards.recent(2))
    assert [(card.chat_id, card.message_id) for card in recent] == [(one, 10), (one, 11)]


def test_a_person_needs_a_chat_that_exists(each: Each) -> None:
    """The database itself says no."""
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        each.store.run_now(lambda unit: unit.people.add(Person(0, 77, "x", 10**9)))
    assert each.store.read_now(lambda unit: unit.people.by_telegram(77)) is None
