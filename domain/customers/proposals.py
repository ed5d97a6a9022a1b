"""Proposals for the blacklist out of behaviour: the machine notices, a person decides (rules.md B14).

Surprising: nothing remembers what was looked at. A customer is proposed while their figures are over the policy's
and worse than those of their last entry, so a dismissed one rests until there is something new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.customers.blacklist import expire, put_proposals
from domain.customers.customer_records import (
    Customer,
    Entry,
    EntryState,
    Figures,
    ListLevel,
    Reason,
    buyer_key,
    is_identity,
)
from domain.customers.customers import all_figures, shops_of
from domain.desk import Desk
from domain.intake.incoming import Platform
from domain.people.people import CLOCK
from domain.policy.policy_sections import Customers

_SHOWN = 10


def reasons(figures: Figures, policy: Customers) -> tuple[Reason, ...]:
    """Which limits the figures reach, the worst first."""
    often = figures.paid >= policy.refund_orders and figures.refund_percent >= policy.refund_percent
    reached = {
        Reason.EMPTY_PARCEL: figures.missing >= policy.missing_returns,
        Reason.REFUSED_PARCELS: figures.refusals >= policy.refusals,
        Reason.MALICIOUS_REFUND: often,
    }
    return tuple(reason for reason, hit in reached.items() if hit)


def worse(reason: Reason, now: Mapping[str, int], then: Mapping[str, int], policy: Customers) -> bool:
    """Whether what the reason is about grew since. For refunds: more of them at no lower a rate, or what was bought
    since reaches the limit by itself."""
    if reason is Reason.MALICIOUS_REFUND:
        more = now["refunded"] - then.get("refunded", 0)
        bought = now["paid"] - then.get("paid", 0)
        anew = bought >= policy.refund_orders and more * 100 >= policy.refund_percent * bought
        return anew or (more > 0 and now["percent"] >= then.get("percent", 0))
    name = "missing" if reason is Reason.EMPTY_PARCEL else "refusals"
    return now[name] > then.get(name, 0)


def _due(figures: Figures, entries: Sequence[Entry], policy: Customers) -> Reason | None:
    """Why this customer is to be proposed now; `entries` newest first."""
    strict = any(e.state is EntryState.ACTIVE and e.level is not ListLevel.WARN for e in entries)
    if strict or any(e.state is EntryState.PROPOSED for e in entries):
        return None
    now, then = figures.facts(), entries[0].facts if entries else {}
    return next((reason for reason in reasons(figures, policy) if worse(reason, now, then, policy)), None)


def _candidates(desk: Desk) -> set[tuple[Platform, str]]:
    policy = desk.policy.customers
    least = -(-policy.refund_orders * policy.refund_percent // 100)
    found = desk.customers.suspects(max(1, least), policy.missing_returns, policy.refusals)
    return {(platform, buyer) for platform, buyer in found if is_identity(buyer)}


def propose_all(desk: Desk) -> int:
    """Propose those whose behaviour asks for it, as one set; the worst while there is room. Returns how many."""
    room = desk.policy.customers.open_proposals - desk.customers.waiting()
    who = _candidates(desk) if room > 0 else set()
    if not who:
        return 0
    desk.customers.make(who - desk.customers.known(who).keys())
    customers = {customer.id: customer for customer in desk.customers.known(who).values()}
    figures = all_figures(desk, list(customers.values()))
    due = _worst(desk, customers, figures, room)
    proofs = _proofs(desk, [customers[customer_id] for customer_id in due])
    new = [
        (customers[i], replace(_proposal(desk, customers[i], reason, figures[i]), orders=proofs[i]), figures[i])
        for i, reason in due.items()
    ]
    if new:
        put_proposals(desk, CLOCK, new)
    return len(new)


def _worst(
    desk: Desk, customers: Mapping[int, Customer], figures: Mapping[int, Figures], room: int
) -> dict[int, Reason]:
    """customer id -> why, for as many as there is room."""
    entries, policy = desk.customers.entries(customers), desk.policy.customers
    due = {i: reason for i in customers if (reason := _due(figures[i], entries.get(i, ()), policy))}

    def harm(customer_id: int) -> tuple[int, int, int]:
        known = figures[customer_id]
        return -(known.missing + known.refusals), -known.refunded, customer_id

    return {i: due[i] for i in sorted(due, key=harm)[:room]}


def _proposal(desk: Desk, customer: Customer, reason: Reason, figures: Figures) -> Entry:
    return Entry(
        id=0,
        customer_id=customer.id,
        state=EntryState.PROPOSED,
        reason=reason,
        added_by=CLOCK.name,
        added_at=desk.now,
        keys=(buyer_key(customer.platform, customer.buyer_id),),
        facts=figures.facts(),
    )


def _proofs(desk: Desk, customers: Sequence[Customer]) -> dict[int, tuple[str, ...]]:
    """customer id -> the newest order numbers that speak against them."""
    found: dict[int, tuple[str, ...]] = {}
    for platform in {customer.platform for customer in customers}:
        mine = {customer.buyer_id: customer.id for customer in customers if customer.platform is platform}
        told = desk.customers.proofs(shops_of(desk, platform), list(mine))
        found |= {customer_id: told.get(buyer, ())[:_SHOWN] for buyer, customer_id in mine.items()}
    return found


def tick(desk: Desk) -> int:
    """The clock's job: end what has run out, propose what is due. Returns how many entries changed."""
    return expire(desk) + propose_all(desk)
