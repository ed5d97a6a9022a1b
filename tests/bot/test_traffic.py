"""The traffic maker against the real door: every kind of doing is taken, and refunds find parcels in hand."""

import random
from collections import Counter

import httpx
import pytest

from bot.seed import seed_store
from bot.traffic import Traffic
from bot.web import Web
from domain.orders.orders import OrderStatus
from storage.store import Store

pytestmark = pytest.mark.anyio


async def test_a_day_of_traffic_is_taken_in(store: Store) -> None:
    store.run_now(seed_store)
    web = Web(store, lambda: None)
    await web.start(0)
    traffic = Traffic(store, hooks=web.base_url, chance=random.Random(7))
    async with httpx.AsyncClient(base_url=web.base_url, trust_env=False, verify=False) as http:
        doings = Counter([await traffic.step(http) for _ in range(60)])
    await web.stop()
    assert {"order", "move", "cancel"} <= set(doings)
    clean = sum(pair[0] for pair in store.read_now(lambda unit: unit.orders.review_counts(None)).values())
    held = sum(pair[1] for pair in store.read_now(lambda unit: unit.orders.review_counts(None)).values())
    cancelled = store.read_now(
        lambda unit: unit.orders.waiting_since(OrderStatus.CANCELLED, unit.now.replace(year=2999), 99)
    )
    assert clean + held + len(cancelled) == doings["order"]
    assert clean > 0


async def test_the_switch(store: Store) -> None:
    store.run_now(seed_store)
    web = Web(store, lambda: None)
    await web.start(0)
    traffic = Traffic(store, hooks=web.base_url)
    assert [await traffic(None), await traffic(True), await traffic(True), await traffic(False)] == [
        False,
        True,
        True,
        False,
    ]
    await web.stop()
