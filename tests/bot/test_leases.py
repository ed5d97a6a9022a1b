"""What a dead worker held is free at the next start; what a living or a distant one holds is not."""

import os
import subprocess
import sys

from bot.leases import free_the_dead, worker_name
from bot.seed import seed_store
from domain.people.people import Chat
from domain.records import Notice, NoticeKind
from storage.store import Store
from storage.unit import Unit

HOST = worker_name().rpartition(":")[0]


def held(unit: Unit, worker: str, telegram_id: int) -> int:
    """A notice in the worker's hands."""
    chat = unit.people.add_chat(Chat(0, telegram_id, "private", "somebody"))
    unit.outbox.add([Notice(NoticeKind.DIGEST, 0, chat.id, "one", unit.now)])
    (claimed,) = unit.deliveries.claim(worker, unit.now, 10, 60)
    return claimed.id


def claimable(unit: Unit) -> list[int]:
    return [claimed.id for claimed in unit.deliveries.claim("next", unit.now, 10, 60)]


def test_only_the_dead_of_this_machine_give_up_what_they_hold(store: Store) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    store.run_now(seed_store)
    dead = store.run_now(held, f"{HOST}:{gone.pid}", 9001)
    store.run_now(held, f"{HOST}:{os.getppid()}", 9002)
    store.run_now(held, f"elsewhere.example:{gone.pid}", 9003)
    mine = store.run_now(held, worker_name(), 9004)
    assert store.run_now(claimable) == []
    assert store.run_now(free_the_dead, worker_name()) == 2
    assert sorted(store.run_now(claimable)) == sorted([dead, mine])
    assert store.run_now(free_the_dead, worker_name()) == 0


def test_a_lease_that_is_nobodys_is_left_alone(store: Store) -> None:
    assert store.run_now(free_the_dead, worker_name()) == 0
    assert store.read_now(lambda unit: unit.deliveries.next_due()) is None
