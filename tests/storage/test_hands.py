"""The line of orders in review: what the store answers about it is what going through the orders one by one says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from domain.orders.orders import Order, OrderStatus
from domain.review.holds import Hold, HoldCode, Source, open_codes
from domain.review.lineup import Hand, Heap, Sieve
from storage.types import NEVER
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each

SINCE = NOW - timedelta(minutes=10)
ENDS = {"missed": NOW, "2": NOW + timedelta(hours=2)}
STATES = [OrderStatus.REVIEW] * 5 + [OrderStatus.APPROVED]


def filled(each: Each, chance: Random) -> dict[int, tuple[Order, Hand]]:
    """Sixty orders of three shops in all states of being taken, put off, held and due."""
    people = [person.id for person in each.cast.people.values()][:2]

    def fill(unit: Unit) -> dict[int, tuple[Order, Hand]]:
        made = {}
        for number in range(60):
            due = chance.choice([None, *(NOW + timedelta(minutes=m) for m in (-5, 0, 90, 120, 121, 500))])
            codes = chance.sample([HoldCode.MESSAGE, HoldCode.FREEZE], chance.randrange(3))
            holds = tuple(Hold(code, Source.SCREENING, NOW, {}) for code in codes)
            order = factory.order(unit, chance.choice(each.cast.shops), str(number), due_at=due, holds=holds)
            paid, cod = chance.choice([100, 500, 900]), chance.random() < 0.3
            age = timedelta(minutes=chance.randrange(3))
            order = replace(order, status=chance.choice(STATES), created_at=NOW - age, paid=paid, total=700, cod=cod)
            factory.put(unit, order)
            made[order.id] = (order, Hand())
        for order_id in chance.sample(sorted(made), 30):
            if chance.random() < 0.5:
                unit.hands.snooze(order_id, NOW + timedelta(minutes=chance.choice([-1, 0, 1])))
            else:
                unit.hands.take(order_id, chance.choice(people), SINCE)
            made[order_id] = (made[order_id][0], unit.hands.of(order_id))
        return made

    return each.store.run_now(fill)


def some_sieve(each: Each, chance: Random) -> Sieve:
    """Whatever can be asked."""
    shops = [shop.id for shop in each.cast.shops]
    people = [person.id for person in each.cast.people.values()]
    return Sieve(
        chance.choice([None, frozenset(shops[:2]), frozenset()] if chance.random() < 0.2 else [None]),
        chance.choice([SINCE, NOW]),
        held=chance.choice([None, None, True, False]),
        shop=chance.choice([0, 0, shops[0]]),
        code=chance.choice([None, None, HoldCode.MESSAGE]),
        alone=chance.choice([False, False, True]),
        within=chance.choice(
            [None, None, frozenset(), frozenset({HoldCode.MESSAGE}), frozenset({HoldCode.FREEZE, HoldCode.MESSAGE})]
        ),
        taken_at=chance.choice([None, None, None, NOW, SINCE]),
        due=chance.choice([None, None, NOW, NOW + timedelta(hours=2)]),
        up_to=chance.choice([None, 30]),
        awake=chance.choice([None, True, False]),
        hands=chance.choice([None, frozenset({0}), frozenset({0, people[0]}), frozenset({people[1]})]),
        ceilings=chance.choice([None, {"*": 500}, {"CNY": 100, "*": 600}]),
        floors=chance.choice([None, None, {"*": 400}, {"CNY": 600, "*": 100}]),
    )


def fits(sieve: Sieve, order: Order, hand: Hand) -> bool:
    """The sieve's words, one order at a time."""
    holder = hand.taken_by if hand.taken_at and hand.taken_at > sieve.taken_since else 0
    awake = not (hand.snoozed_until and hand.snoozed_until > NOW)
    amount = order.total if order.cod else order.paid
    most, least = (
        None if told is None else told.get(order.currency, told["*"]) for told in (sieve.ceilings, sieve.floors)
    )
    checks: list[Callable[[], bool]] = [
        lambda: order.status is OrderStatus.REVIEW,
        lambda: sieve.shops is None or order.shop_id in sieve.shops,
        lambda: sieve.held is None or order.held is sieve.held,
        lambda: sieve.shop in (0, order.shop_id),
        lambda: sieve.code is None or any(hold.open and hold.code is sieve.code for hold in order.holds),
        lambda: not sieve.alone or len(open_codes(order.holds)) == 1,
        lambda: sieve.within is None or sieve.within.issuperset(open_codes(order.holds)),
        lambda: sieve.taken_at is None or (holder != 0 and hand.taken_at == sieve.taken_at),
        lambda: sieve.due is None or (order.due_at is not None and order.due_at < sieve.due),
        lambda: sieve.up_to is None or order.id <= sieve.up_to,
        lambda: sieve.awake is None or awake is sieve.awake,
        lambda: sieve.hands is None or holder in sieve.hands,
        lambda: most is None or amount <= most,
        lambda: least is None or amount > least,
    ]
    return all(check() for check in checks)


def place(order: Order) -> tuple[datetime, datetime, int]:
    return order.due_at or NEVER, order.created_at, order.id


def test_every_question_is_answered_as_one_by_one(each: Each) -> None:
    chance = Random(7)
    made = filled(each, chance)
    for _ in range(120):
        sieve, other = some_sieve(each, chance), chance.choice(list(made.values()))[0]
        line = sorted((order for order, hand in made.values() if fits(sieve, order, hand)), key=place)
        ahead = [order for order in line if place(order) < place(other)]
        behind = [order for order in line if place(order) > place(other)]
        expected = (
            len(line),
            max((order.id for order in line), default=0),
            [(order.id, order.revision) for order in line[:5]],
            behind[0].id if behind else None,
            ahead[-1].id if ahead else None,
            (len(ahead), len(line), other in line),
            {code: n for code in HoldCode if (n := sum(code in open_codes(order.holds) for order in line))},
        )

        def answers(unit: Unit, sieve: Sieve = sieve, other: Order = other) -> object:
            hands = unit.hands
            head, after, before = hands.head(sieve, 5), hands.after(sieve, other), hands.before(sieve, other)
            standing, codes = hands.standing(sieve, other), hands.codes(sieve)
            return hands.count(sieve), hands.last_id(sieve), head, after, before, standing, codes

        assert each.store.read_now(answers) == expected, sieve


def test_the_heaps_add_up(each: Each) -> None:
    chance = Random(8)
    made = filled(each, chance)
    for sieve in (Sieve(None, SINCE), *(some_sieve(each, chance) for _ in range(20))):
        heaps = each.store.read_now(heaps_of, sieve)
        line = [(order, hand) for order, hand in made.values() if fits(sieve, order, hand)]
        kinds = {(order.shop_id, order.held, order.currency) for order, _ in line}
        assert {(heap.shop_id, heap.held, heap.currency) for heap in heaps} == kinds
        assert len(heaps) == len(kinds)
        for heap in heaps:
            mine = [
                (order, hand)
                for order, hand in line
                if (order.shop_id, order.held, order.currency) == (heap.shop_id, heap.held, heap.currency)
            ]
            _adds_up(heap, mine, sieve.taken_since)
    assert each.store.read_now(heaps_of, Sieve(frozenset(), SINCE)) == []


def heaps_of(unit: Unit, sieve: Sieve) -> list[Heap]:
    return unit.hands.heaps(sieve, ENDS)


def _adds_up(heap: Heap, mine: list[tuple[Order, Hand]], since: datetime) -> None:
    dues = sorted(order.due_at for order, _ in mine if order.due_at)
    buckets = {"missed": dues[: sum(due <= NOW for due in dues)]}
    buckets["2"] = [due for due in dues if NOW < due <= ENDS["2"]]
    buckets[""] = [due for due in dues if due > ENDS["2"]]
    assert (heap.orders, heap.paid) == (len(mine), sum(order.paid for order, _ in mine))
    assert heap.first_due == (dues[0] if dues else None)
    assert heap.due == {name: len(found) for name, found in buckets.items() if found}
    assert heap.taken == sum(bool(hand.taken_by and hand.taken_at and hand.taken_at > since) for _, hand in mine)
    assert heap.snoozed == sum(bool(hand.snoozed_until and hand.snoozed_until > NOW) for _, hand in mine)


def test_a_set_is_taken_but_for_what_somebody_else_has(each: Each) -> None:
    anna, bella = (person.id for person in list(each.cast.people.values())[:2])

    def taken(unit: Unit) -> list[int]:
        made = [factory.order(unit, each.cast.shops[0], str(number)) for number in range(5)]
        factory.put(unit, *made)
        ids = [order.id for order in made]
        unit.hands.take(ids[1], bella, SINCE)
        unit.hands.snooze(ids[2], NOW + timedelta(hours=1))
        unit.hands.take_all(ids, anna, SINCE)
        assert [unit.hands.of(one).taken_by for one in ids] == [anna, bella, anna, anna, anna]
        assert unit.hands.of(ids[2]) == Hand(anna, NOW, None)
        unit.hands.take_all([], bella, SINCE)
        unit.hands.take_all(ids, bella, NOW)  # every take from before is over
        return [unit.hands.of(one).taken_by for one in ids]

    assert each.store.run_now(taken) == [bella] * 5
