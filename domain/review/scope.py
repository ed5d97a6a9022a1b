"""A part of the line of orders in review: what queue and digest show and what a batch approves, in one shape.

Surprising: deadlines are told twice. `hours` moves with the clock, for whoever walks; `due` stands still, so that a
batch button means a minute later what it meant when it was drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.desk import Desk
from domain.money import decimals
from domain.people.people import Actor
from domain.review.holds import HoldCode
from domain.review.limits import alone, ceilings
from domain.review.lineup import Sieve

NO_END = 2**62
"""More than any amount."""


class Amount(StrEnum):
    """Above what the person approves alone, whoever else it takes; or enough that two people must."""

    OVER = "over"
    TWO = "two"


class Hand(StrEnum):
    """In my hands, or put off by anybody."""

    MINE = "mine"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True)
class Scope:
    """All it says must fit; what it leaves out may be anything, but what is put off is in no walk unless asked for.

    `held`: True the held, False the clean. `hours`: due within so many, 0 = missed; `due`: due before. `above`: more
    than so many whole units of the order's currency.
    """

    held: bool | None = None
    shop: int = 0
    code: HoldCode | None = None
    hours: int | None = None
    due: datetime | None = None
    amount: Amount | None = None
    above: int = 0
    hand: Hand | None = None


ALL = Scope()
HELD = Scope(held=True)


def without(scope: Scope, *names: str) -> Scope:
    """The scope with nothing said about these fields."""
    return replace(scope, **{name: getattr(ALL, name) for name in names})


def fixed(desk: Desk, scope: Scope) -> Scope:
    """The same orders, with a deadline that stands still: whole minutes, so that a card does not age by the second."""
    if scope.hours is None:
        return scope
    due = (desk.now + timedelta(hours=scope.hours)).replace(second=0, microsecond=0)
    return replace(scope, hours=None, due=min(due, scope.due or due))


def taken_since(desk: Desk) -> datetime:
    """A take from before this is over, by the policy's minutes."""
    return desk.now - timedelta(minutes=desk.policy.take_minutes)


def sieve_of(desk: Desk, actor: Actor, scope: Scope) -> Sieve:
    """The scope in the actor's shops."""
    return Sieve(
        actor.shops,
        taken_since(desk),
        held=scope.held,
        shop=scope.shop,
        code=scope.code,
        due=fixed(desk, scope).due,
        awake=False if scope.hand is Hand.SNOOZED else None,
        hands=frozenset({actor.person_id or -1}) if scope.hand is Hand.MINE else None,
        floors=_floors(desk, actor, scope),
    )


def _floors(desk: Desk, actor: Actor, scope: Scope) -> Mapping[str, int] | None:
    """Currency -> what the order must be above, the higher of the two that may be said."""
    said: list[Mapping[str, int]] = []
    if scope.amount is Amount.OVER:
        said.append(ceilings(desk.policy, actor) or {"*": NO_END})
    if scope.amount is Amount.TWO:
        said.append(alone(desk.policy))
    if scope.above:
        currencies = {shop.currency for shop in desk.catalog.shops.values()}
        said.append({name: scope.above * 10 ** decimals(name) for name in (*currencies, "*")})
    if not said:
        return None
    return {name: max(one.get(name, one["*"]) for one in said) for name in {name for one in said for name in one}}
