"""What a batch left aside: how many for which reason, and the first of them as buttons.

Surprising: reasons are grouped as people would say them, without the order's number, so ten alike are one line.
"""

from collections import Counter
from collections.abc import Iterable

from domain import errors
from domain.desk import Desk
from domain.errors import Refusal
from domain.review.approval import Approvals
from handlers.card import Card
from handlers.cards.desk.orders import order_button
from handlers.wording.refusals import refusal_text
from handlers.wording.terms import hold_name
from handlers.words import Words

MOST_BUTTONS = 10


def reason_lines(refused: Iterable[Refusal], words: Words) -> list[str]:
    """Why not, each reason once with how many; the most frequent first."""
    counts = Counter(_reason(refusal, words) for refusal in refused)
    return [words("• {reason}: {count}", reason=reason, count=count) for reason, count in counts.most_common()]


def _reason(refusal: Refusal, words: Words) -> str:
    if isinstance(refusal, errors.HeldOrder):
        return words.listed(hold_name(code, words) for code in refusal.codes) or words.plain("no parcel planned")
    if isinstance(refusal, errors.OutsideHours):
        return words.label("approvals are open {hours}, next from {until} on", **_hours(refusal, words))
    if isinstance(refusal, errors.TwoPeople):
        return words.label("two people approve from {limit}", limit=words.money(refusal.limit, refusal.currency))
    if isinstance(refusal, errors.OverLimit):
        return words.label("above {limit} a lead approves", limit=words.money(refusal.limit, refusal.currency))
    if isinstance(refusal, errors.SameApprover):
        return words.plain("the first yes was yours")
    if isinstance(refusal, errors.InHand):
        return words.plain("in hand, or put off")
    if isinstance(refusal, errors.Stale):
        return words.plain("changed meanwhile, perhaps planned anew: look again")
    return refusal_text(refusal, words)


def _hours(refusal: errors.OutsideHours, words: Words) -> dict[str, str]:
    return {"hours": refusal.hours, "until": words.when(refusal.opens)}


def left_card(desk: Desk, outcome: Approvals, words: Words) -> Card:
    """The message behind a batch that could not approve everything."""
    lines = [words("<b>Not approved: {count}</b>", count=len(outcome.refused))]
    lines += reason_lines(outcome.refused.values(), words)
    if len(outcome.left) > MOST_BUTTONS:
        lines.append(words("… and {count} more in the queue", count=len(outcome.left) - MOST_BUTTONS))
    now = desk.orders.many([order.id for order in outcome.left[:MOST_BUTTONS]])
    return Card("\n".join(lines), tuple((order_button(desk, order, words),) for order in now.values()))
