"""Twenty of customer service at once, in chat, over the real wire: each with a card of their own of every order.

Surprising: the shop changes one of the orders after all have their cards, and the bot's edits come too late for every
thumb. So its cards are stale when they are tapped, and nobody can know.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from domain.desk import Desk
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Chat, Person, Role
from storage.store import Store
from storage.unit import Unit
from tests.journeys.live import BELLA, Live, Message, running, shopify, shopify_file, wait_for, words_of

CROWD = 20
SAME, CHANGED = 71001, 72001
NUMBERS = (SAME, CHANGED)
NOTHING = "Nothing was changed; the card is up to date now."


def hire(unit: Unit, people: dict[int, str]) -> None:
    """Everybody in it is customer service from now on."""
    for telegram_id, name in people.items():
        chat = unit.people.add_chat(Chat(0, telegram_id, "private", name, "en"))
        unit.people.add(Person(0, telegram_id, name, chat.id, "en", roles=frozenset({Role.CS})))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The desk's own database, beside the process that has it open."""
    made = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}")
    yield made
    made.close()


def orders(desk: Desk) -> dict[int, Order]:
    """By the number the shop gave them."""
    shop = next(shop for shop in desk.catalog.shops.values() if shop.name == "Xiaoman Global")
    found = desk.orders.by_number(shop.id, [f"#{number}" for number in NUMBERS])
    return {number: found[f"#{number}"] for number in NUMBERS}


def approvers(desk: Desk) -> dict[int, list[str]]:
    """Who approved each, once for each time."""
    return {
        number: [event.actor for event in desk.history("order", order.id) if event.verb == "approved"]
        for number, order in orders(desk).items()
    }


def slow(live: Live, people: dict[int, str]) -> None:
    """What the bot draws anew in these chats comes after everybody has tapped."""
    for chat in people:
        fault = {"method": "editMessageText", "chat_id": chat, "error_code": 0, "delay_ms": 15000, "times": 20}
        assert live.http.post("/sandbox/faults", json=fault).is_success


def test_twenty_review_in_chat_and_nobody_decides_on_a_stale_card(tmp_path: Path, store: Store) -> None:
    with running(tmp_path) as live:
        names = [f"Reviewer {place:02}" for place in range(CROWD)]
        made = [live.http.post("/sandbox/people", json={"name": name, "language": "en"}).json() for name in names]
        people = {int(one["id"]): name for one, name in zip(made, names, strict=True)}
        store.run_now(hire, people)
        rows = [shopify(number, "CUP-W", 1, "12.00") for number in NUMBERS]
        live.upload(BELLA, "orders_export.csv", shopify_file(*rows), f"新增：{len(NUMBERS)} ")

        def opens(person: int) -> dict[int, Message]:
            return {number: live.ask(person, f"/order #{number}", f"#{number}") for number in NUMBERS}

        with ThreadPoolExecutor(CROWD + 1) as pool:
            cards = dict(zip(people, pool.map(opens, people), strict=True))
            assert {words_of(card).split(" · ")[0] for own in cards.values() for card in own.values()} == {
                "🟢 Clean, waits for approval"
            }
            slow(live, people)
            news = shopify_file(shopify(CHANGED, "CUP-W", 2, "12.00"))
            sends = pool.submit(live.upload, BELLA, "orders_export.csv", news, "变更：1 ")
            wait_for("the change", lambda: store.read_now(orders)[CHANGED].total == 2400)
            start = Barrier(CROWD)

            def taps(person: int) -> list[tuple[int, str]]:
                turn = list(people).index(person) % len(NUMBERS)
                start.wait(30)
                mine = (*NUMBERS[turn:], *NUMBERS[:turn])
                return [(number, live.tap(person, cards[person][number], "o.ok:")) for number in mine]

            toasts = [toast for own in pool.map(taps, people) for toast in own]
            sends.result()
        live.http.delete("/sandbox/faults")
    told, order = store.read_now(approvers), store.read_now(orders)[CHANGED]
    assert (len(told[SAME]), told[CHANGED]) == (1, [])
    assert told[SAME][0] in names
    assert (order.status, order.paid) == (OrderStatus.REVIEW, 2400)
    said = Counter((number, toast if toast == "Approved." else NOTHING in toast) for number, toast in toasts)
    assert said == {(SAME, "Approved."): 1, (SAME, True): CROWD - 1, (CHANGED, True): CROWD}
