"""Notices: once per key, in order per chat, one worker each, and a redraw that is never forgotten."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.people.people import Role
from domain.records import ClaimedNotice, Notice, NoticeKind
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each

ONE, TWO = Role.CS, Role.FINANCE


def notice(each: Each, key: str, role: Role = ONE, seconds: float = 0, **changes: object) -> Notice:
    """A notice to that person's chat, due so many seconds from the start."""
    due = NOW + timedelta(seconds=seconds)
    base = Notice(NoticeKind.ORDER, 7, each.cast.people[role].chat_id, key, due, data={"why": "x"})
    return replace(base, **changes)  # type: ignore[arg-type]


def add(each: Each, *notices: Notice) -> None:
    """Queue them."""
    each.store.run_now(lambda unit: unit.outbox.add(notices))


def claim(each: Each, worker: str = "w1", limit: int = 10) -> list[ClaimedNotice]:
    """What the worker gets now, for a minute."""
    return each.store.run_now(lambda unit: unit.deliveries.claim(worker, each.clock(), limit, 60))


def sent(each: Each, claimed: Sequence[ClaimedNotice]) -> None:
    """All of them were delivered."""

    def go(unit: Unit) -> None:
        for one in claimed:
            unit.deliveries.sent(one.id, one.version, unit.now)

    each.store.run_now(go)


def keys(claimed: Sequence[ClaimedNotice]) -> list[str]:
    """What is in hand."""
    return [one.notice.key for one in claimed]


def test_a_notice_is_kept_once_per_chat_and_key(each: Each) -> None:
    """Also after it was sent, also twice in one set; another chat's is another."""
    first = notice(each, "a")
    add(each, first, first, notice(each, "a", TWO))
    claimed = claim(each)
    assert [one.notice for one in claimed] == [first, notice(each, "a", TWO)]
    assert [(one.attempts, one.version) for one in claimed] == [(1, 1), (1, 1)]
    sent(each, claimed)
    add(each, first)
    assert claim(each) == []
    counts = each.store.read_now(lambda unit: unit.deliveries.counts())
    assert counts == {"waiting": 0, "sent": 2, "dropped": 0, "parked": 0}


def test_a_chat_hears_one_thing_at_a_time_in_order(each: Each) -> None:
    """A retried notice keeps its place; other chats go on."""
    add(each, notice(each, "late", seconds=1), notice(each, "first"), notice(each, "other", TWO))
    add(each, notice(each, "future", seconds=99))
    each.clock.move(2)
    first = claim(each)
    assert keys(first) == ["first", "other"]
    assert claim(each, "w2") == []
    later = each.clock() + timedelta(seconds=5)
    each.store.run_now(lambda unit: unit.deliveries.retry(first[0].id, later, "429"))
    sent(each, first[1:])
    assert claim(each) == []
    assert each.store.read_now(lambda unit: unit.deliveries.next_due()) == later
    each.clock.move(5)
    again = claim(each)
    assert [(one.notice.key, one.attempts) for one in again] == [("first", 2)]
    sent(each, again)
    assert keys(claim(each)) == ["late"]


def test_a_redraw_waits_again_after_it_was_sent(each: Each) -> None:
    """And is moved, not added, while it waits."""
    redraw = notice(each, "redraw", redraw=True)
    add(each, redraw, redraw)
    add(each, replace(redraw, data={"why": "y"}))
    claimed = claim(each)
    assert [(one.notice.data, one.version) for one in claimed] == [({"why": "y"}, 2)]
    sent(each, claimed)
    assert claim(each) == []
    add(each, redraw)
    assert [(one.version, one.attempts) for one in claim(each)] == [(3, 1)]


def test_a_redraw_asked_for_while_it_is_delivered_stays_pending(each: Each) -> None:
    """The worker's `sent` speaks of an older version."""
    redraw = notice(each, "redraw", redraw=True)
    add(each, redraw)
    claimed = claim(each)
    add(each, redraw)
    assert claim(each, "w2") == []
    sent(each, claimed)
    assert [one.version for one in claim(each)] == [2]


def test_a_redraw_that_waits_keeps_its_time_and_one_on_its_way_starts_anew(each: Each) -> None:
    """Asking again and again neither puts it off for ever nor hurries it, and holds up nobody behind it."""
    add(each, notice(each, "redraw", seconds=3, redraw=True))
    each.clock.move(2)
    add(each, notice(each, "redraw", seconds=5, redraw=True))
    assert claim(each) == []
    each.clock.move(1)
    claimed = claim(each)
    assert [one.version for one in claimed] == [2]
    add(each, notice(each, "redraw", seconds=6, redraw=True), notice(each, "behind", seconds=3))
    sent(each, claimed)
    behind = claim(each)
    assert keys(behind) == ["behind"]
    sent(each, behind)
    assert claim(each) == []
    each.clock.move(3)
    assert [one.version for one in claim(each)] == [3]


def test_a_redraw_that_backs_off_is_not_hurried(each: Each) -> None:
    """Asking again does not undo the wait a 429 asked for."""
    redraw = notice(each, "redraw", redraw=True)
    add(each, redraw)
    (one,) = claim(each)
    each.store.run_now(lambda unit: unit.deliveries.retry(one.id, NOW + timedelta(seconds=30), "429"))
    add(each, redraw)
    assert claim(each) == []
    each.clock.move(30)
    assert keys(claim(each)) == ["redraw"]


def test_a_lease_that_is_over_is_taken_over(each: Each) -> None:
    """The worker was killed; another delivers."""
    add(each, notice(each, "a"))
    (first,) = claim(each)
    assert each.store.read_now(lambda unit: unit.deliveries.next_due()) == NOW + timedelta(seconds=60)
    each.clock.move(59)
    assert claim(each, "w2") == []
    each.clock.move(1)
    assert [(one.id, one.attempts) for one in claim(each, "w2")] == [(first.id, 2)]


def test_a_parked_chat_gets_nothing_until_it_is_unparked(each: Each) -> None:
    """Its notices wait."""
    add(each, notice(each, "a"), notice(each, "b", TWO))
    chat_id = each.cast.people[ONE].chat_id
    each.store.run_now(lambda unit: unit.people.save_chat(replace(unit.people.chat(chat_id), parked="blocked")))
    assert [one.key for one in each.store.read_now(lambda unit: unit.outbox.waiting(chat_id))] == ["a"]
    sent(each, claim(each))
    assert each.store.read_now(lambda unit: unit.deliveries.next_due()) is None
    counts = each.store.read_now(lambda unit: unit.deliveries.counts())
    assert counts == {"waiting": 1, "sent": 1, "dropped": 0, "parked": 1}
    each.store.run_now(lambda unit: unit.people.save_chat(replace(unit.people.chat(chat_id), parked="")))
    assert keys(claim(each)) == ["a"]


def test_a_dropped_notice_makes_way(each: Each) -> None:
    """It is gone for ever; the next one comes."""
    add(each, notice(each, "a"), notice(each, "b", seconds=0))
    (one,) = claim(each)
    each.store.run_now(lambda unit: unit.deliveries.dropped(one.id, NOW, "400"))
    assert keys(claim(each)) == ["b"]


def test_nothing_waits(each: Each) -> None:
    """No due time; a future one is told."""
    assert each.store.read_now(lambda unit: unit.deliveries.next_due()) is None
    add(each, notice(each, "a", seconds=9))
    assert claim(each) == []
    assert each.store.read_now(lambda unit: unit.deliveries.next_due()) == NOW + timedelta(seconds=9)


def test_a_notice_of_a_command_that_fails_is_not_kept(each: Each) -> None:
    """Facts go out with the commit or not at all."""

    def fail(unit: Unit) -> None:
        unit.outbox.add([notice(each, "a")])
        raise RuntimeError("after the notice")

    with pytest.raises(RuntimeError, match="after the notice"):
        each.store.run_now(fail)
    assert each.store.read_now(lambda unit: unit.deliveries.counts())["waiting"] == 0
