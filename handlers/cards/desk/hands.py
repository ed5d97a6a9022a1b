"""What else an order in review carries: in whose hands it is, until when it is put off, whose first yes is there.

Surprising: none of it forbids anything. A decision about an order in somebody's hands is asked once more, that is all.
"""

from domain.desk import Desk
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Right
from domain.policy.policy import of_currency
from domain.review import limits, queue
from domain.review.lineup import Hand
from handlers.viewer import Viewer
from handlers.words import Words


def taker(desk: Desk, hand: Hand, words: Words) -> str:
    """'Bella since 10:02'."""
    assert hand.taken_at is not None
    return words("{name} since {at}", name=desk.people.get(hand.taken_by).name, at=words.clock(hand.taken_at))


def hand_lines(desk: Desk, order: Order, viewer: Viewer) -> list[str]:
    """The lines under the card's head; none once the order has left review."""
    if order.status is not OrderStatus.REVIEW:
        return []
    words, hand = viewer.words, desk.hands.of(order.id)
    lines = _yes_lines(desk, order, words)
    if holder := queue.holder(desk, hand):
        mine = viewer.private and viewer.actor is not None and holder == viewer.actor.person_id
        who = taker(desk, hand, words)
        lines.append(words("🙋 In your hands ({who})", who=who) if mine else words("👀 In hand: {who}", who=who))
    if queue.snoozed(desk, hand):
        lines.append(words("💤 Put off until {at}", at=words.when(hand.snoozed_until)))
    return lines


def _yes_lines(desk: Desk, order: Order, words: Words) -> list[str]:
    amount, currency, chosen = order.stake, order.currency, desk.policy.limits
    if order.first_approver:
        first = next((e for e in desk.history("order", order.id) if e.verb == "approved_first"), None)
        facts = {"who": desk.people.get(order.first_approver).name, "at": words.clock(first.at) if first else "-"}
        return [words("☝️ {who} said yes at {at}; a second person must approve", **facts)]
    if limits.two_needed(desk.policy, amount, currency):
        limit = words.money(of_currency(chosen.two_people, currency), currency)
        return [words("👥 From {limit} on two people approve", limit=limit)]
    if limits.over(desk.policy, amount, currency):
        limit = words.money(of_currency(chosen.cs_approve, currency), currency)
        return [words("🔐 Above {limit} a lead approves", limit=limit)]
    return []


def may_say_yes(desk: Desk, order: Order, viewer: Viewer) -> bool:
    """Whether to show an approval at all: a group shows it to all, the tap is checked."""
    if not viewer.private:
        return True
    amount, currency = order.stake, order.currency
    if limits.over(desk.policy, amount, currency) and not viewer.offers(Right.OVERRIDE, shop=order.shop_id):
        return False
    two = limits.two_needed(desk.policy, amount, currency)
    return not (two and viewer.actor is not None and order.first_approver == (viewer.actor.person_id or -1))


def of_two(desk: Desk, order: Order, words: Words) -> str:
    """What an approval's label says behind its text where two people approve."""
    if not limits.two_needed(desk.policy, order.stake, order.currency):
        return ""
    return words(" (2 of 2)") if order.first_approver else words(" (1 of 2)")
