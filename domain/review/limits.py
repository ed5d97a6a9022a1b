"""Who may approve how much alone: above one limit it takes a lead, from another two people, the second not the first.

Surprising: the first yes of two is no approval. It claims no stock and starts no clock; it only says whose yes is
there, and whatever changes the order (a hold, an edit, news from the platform, an undo) forgets it.
"""

from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import OverLimit, Refusal, SameApprover, TwoPeople
from domain.orders.orders import Order
from domain.people.people import Actor, ActorKind, Right, may
from domain.policy.policy import Policy, of_currency


def over(policy: Policy, amount: int, currency: str) -> bool:
    """Whether an approval of that much needs a lead."""
    return amount > of_currency(policy.limits.cs_approve, currency)


def two_needed(policy: Policy, amount: int, currency: str) -> bool:
    """Whether two people must approve that much."""
    return amount >= of_currency(policy.limits.two_people, currency)


def alone(policy: Policy) -> dict[str, int]:
    """Currency -> the most that one person may approve, whoever it is; minor units, '*' = the other currencies."""
    named = {*policy.limits.two_people, *policy.limits.cs_approve}
    return {currency: of_currency(policy.limits.two_people, currency) - 1 for currency in named}


def ceilings(policy: Policy, actor: Actor) -> dict[str, int] | None:
    """Currency -> the most this actor approves alone in his shops, so in a batch: no second person and no lead is
    missing. Minor units, '*' = the other currencies; None = any amount."""
    if actor.kind is ActorKind.OPERATOR:
        return None
    chosen, most = policy.limits, alone(policy)
    if actor.kind is ActorKind.PERSON and may(actor, Right.OVERRIDE):
        return most
    return {currency: min(amount, of_currency(chosen.cs_approve, currency)) for currency, amount in most.items()}


def fault(policy: Policy, actor: Actor, order: Order) -> Refusal | None:
    """Why this actor's yes does not approve the order now: OverLimit, TwoPeople, SameApprover, or None.

    The operator's shell has no limits; other machines have those of a person who is no lead.
    """
    if actor.kind is ActorKind.OPERATOR:
        return None
    amount, currency = order.stake, order.currency
    lead = actor.kind is ActorKind.PERSON and may(actor, Right.OVERRIDE, shop=order.shop_id)
    if over(policy, amount, currency) and not lead:
        return OverLimit(order.number, amount, of_currency(policy.limits.cs_approve, currency), currency)
    if not two_needed(policy, amount, currency):
        return None
    if actor.person_id is None or not order.first_approver:
        return TwoPeople(order.number, amount, of_currency(policy.limits.two_people, currency), currency)
    return SameApprover(order.number) if order.first_approver == actor.person_id else None


def alone_fault(policy: Policy, order: Order) -> Refusal | None:
    """Why no single person may approve it, whoever asks: a batch tells that also of an order with a first yes."""
    amount, currency = order.stake, order.currency
    if not two_needed(policy, amount, currency):
        return None
    return TwoPeople(order.number, amount, of_currency(policy.limits.two_people, currency), currency)


def first_yes(desk: Desk, actor: Actor, order: Order) -> Order:
    """Write down who of two said yes first; the order stays in review. Raises LostRace."""
    assert actor.person_id is not None
    desk.orders.save([replace(order, first_approver=actor.person_id)])
    history.note(desk, actor, "order", order.id, "approved_first")
    return replace(order, first_approver=actor.person_id, revision=order.revision + 1)
