"""The blacklist: entries are proposed, decided by a lead, appealed against, and end by a lead or by themselves.

Surprising: a proposal is an entry that does not work yet. An entry works on orders in review only (a person may stop
the later ones), and only through screening: what changes the list screens the orders it is about anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import history
from domain.customers.customer_records import (
    Appeal,
    Customer,
    Entry,
    EntryState,
    Figures,
    KeyKind,
    ListLevel,
    Reason,
    address_key,
    buyer_key,
    keys_of,
    phone_keys,
)
from domain.customers.customers import (
    all_figures,
    changed,
    figures,
    last_orders,
    require_all,
    require_some,
    require_where_known,
    seen,
    shops_of,
    shown_on_orders,
)
from domain.desk import Desk
from domain.errors import BadValue, ReasonNeeded, Stale, WrongStatus
from domain.people import notices
from domain.people.people import CLOCK, Actor, Right, Role
from domain.planning.planning import refresh
from domain.records import Event, NoticeKind
from domain.review import looking
from domain.review.holds import HoldCode

LONGEST_TEXT = 1000
_MANY = 10_000
_RECENT = 20


@dataclass(frozen=True, slots=True)
class Screened:
    """What a new entry is about: orders in review screened for it at once, and how many in review the clock looks at
    in the next moments."""

    about: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """How strictly and how long (`days`, 0 = until lifted), and what else the entry recognises by."""

    level: ListLevel
    days: int
    kinds: frozenset[KeyKind] = frozenset()


def possible_keys(desk: Desk, customer: Customer) -> dict[KeyKind, tuple[str, ...]]:
    """Phones and address of the newest order that tells them; what is masked everywhere is missing."""
    found: dict[KeyKind, tuple[str, ...]] = {}
    for order in last_orders(desk, customer, None, _RECENT):
        address = address_key(order.receiver)
        told = {KeyKind.PHONE: phone_keys(order.receiver), KeyKind.ADDRESS: (address,) if address else ()}
        found = {kind: keys for kind, keys in told.items() if keys} | found
    return found


def _keys(desk: Desk, customer: Customer, kinds: Collection[KeyKind]) -> tuple[str, ...]:
    more = possible_keys(desk, customer) if kinds else {}
    wanted = [kind for kind in KeyKind if kind in kinds and kind is not KeyKind.BUYER]
    for kind in wanted:
        if kind not in more:
            raise BadValue("key", kind, "told_key")
    return (buyer_key(customer.platform, customer.buyer_id), *(key for kind in wanted for key in more[kind]))


def _until(desk: Desk, days: int) -> datetime | None:
    if days not in desk.policy.customers.entry_days:
        raise BadValue("days", str(days), "entry_days")
    return desk.now + timedelta(days=days) if days else None


def _text(text: str, step: str) -> str:
    told = text.strip()
    if not told:
        raise ReasonNeeded(step)
    if len(told) > LONGEST_TEXT:
        raise BadValue("evidence", told[:60], "short_text")
    return told


def require_lists(desk: Desk, actor: Actor, customer: Customer, kinds: Collection[KeyKind] = ()) -> None:
    """Raises NotAllowed unless the actor decides wherever the entry works: in the shops the customer bought in,
    and in every shop there is once it goes by phone or address."""
    require_where_known(desk, actor, Right.CUSTOMER_LISTS, customer)
    if set(kinds) - {KeyKind.BUYER}:
        require_all(actor, Right.CUSTOMER_LISTS, desk.catalog.shops)


def propose(desk: Desk, actor: Actor, customer_id: int, revision: int, reason: Reason, text: str) -> Entry:
    """Ask a lead to list the customer. Raises NotAllowed, Stale, ReasonNeeded, WrongStatus when it is asked already."""
    customer = desk.customers.get(customer_id)
    require_some(desk, actor, Right.CUSTOMERS, customer)
    seen(desk, customer, revision)
    if any(one.state is EntryState.PROPOSED for one in _of(desk, customer)):
        raise WrongStatus(_veiled(customer), EntryState.PROPOSED, "not_proposed")
    known = figures(desk, customer)
    new = replace(_new(desk, actor, customer, reason, text), facts=known.facts())
    return put_proposals(desk, actor, [(customer, new, known)])[0]


def _of(desk: Desk, customer: Customer) -> tuple[Entry, ...]:
    return desk.customers.entries([customer.id]).get(customer.id, ())


def _new(desk: Desk, actor: Actor, customer: Customer, reason: Reason, text: str) -> Entry:
    told = _text(text, "blacklist")
    key = buyer_key(customer.platform, customer.buyer_id)
    return Entry(0, customer.id, EntryState.PROPOSED, reason, actor.name, desk.now, keys=(key,), evidence=told)


def put_proposals(desk: Desk, actor: Actor, new: Sequence[tuple[Customer, Entry, Figures]]) -> list[Entry]:
    """Add proposals and tell the leads. The customers' revision moves with them, so that two never meet."""
    entries = _put(desk, actor, [(customer, entry) for customer, entry, _ in new], "proposed")
    for entry, (customer, _, known) in zip(entries, new, strict=True):
        _tell_leads(desk, entry, customer, known)
    return entries


def _put(desk: Desk, actor: Actor, new: Sequence[tuple[Customer, Entry]], verb: str) -> list[Entry]:
    entries = desk.customers.add_entries([entry for _, entry in new])
    desk.record([_event(desk, actor, entry, verb, entry.evidence) for entry in entries])
    changed(desk, [customer for customer, _ in new])
    return entries


def _veiled(customer: Customer) -> str:
    """The customer in a refusal, which a group may read."""
    return f"{customer.buyer_id[:1]}**"


def _tell_leads(desk: Desk, entry: Entry, customer: Customer, known: Figures) -> None:
    """Tell the leads, and the owners where no lead has all the shops that the decision is about."""
    shops = known.shops or shops_of(desk, customer.platform)
    leads = desk.people.staff().with_role(frozenset({Role.CS_LEAD}))
    able = any(lead.shops is None or lead.shops >= shops for lead in leads)
    roles = {Role.CS_LEAD} if able else {Role.CS_LEAD, Role.OWNER}
    key = f"entry:{entry.id}:{entry.state}:{entry.revision}"
    notices.tell(desk, NoticeKind.ENTRY, entry.id, roles, key=key, shop=min(shops))


def _event(desk: Desk, actor: Actor, entry: Entry, verb: str, reason: str) -> Event:
    facts = {"entry": str(entry.id), "level": entry.level, "why": entry.reason}
    return history.line(desk, actor, "customer", entry.customer_id, verb, reason, **facts)


def add(
    desk: Desk, actor: Actor, customer_id: int, revision: int, reason: Reason, terms: Terms, text: str
) -> tuple[Entry, Screened]:
    """List a customer at once; returns the entry and what it holds.

    Raises NotAllowed, Stale, ReasonNeeded without evidence, BadValue for a term or key there is not.
    """
    customer = desk.customers.get(customer_id)
    require_lists(desk, actor, customer, terms.kinds)
    seen(desk, customer, revision)
    new = _new(desk, actor, customer, reason, text)
    new = _working(desk, actor, replace(new, facts=figures(desk, customer).facts()), customer, terms)
    (entry,) = _put(desk, actor, [(customer, new)], "blacklisted")
    return entry, _screen_new(desk, customer, entry)


def _working(desk: Desk, actor: Actor, entry: Entry, customer: Customer, terms: Terms) -> Entry:
    return replace(
        entry,
        state=EntryState.ACTIVE,
        level=terms.level,
        keys=_keys(desk, customer, terms.kinds),
        expires_at=_until(desk, terms.days),
        decided_by=actor.name,
        decided_at=desk.now,
    )


def _decided(desk: Desk, actor: Actor, entry_id: int, revision: int, state: EntryState) -> tuple[Entry, Customer]:
    """The entry a lead decides on. Raises NotAllowed, Stale, WrongStatus."""
    entry = desk.customers.entry(entry_id)
    customer = desk.customers.get(entry.customer_id)
    require_lists(desk, actor, customer, entry.kinds)
    entry_seen(desk, entry, revision)
    if entry.state is not state:
        raise WrongStatus(_veiled(customer), entry.state, state)
    return entry, customer


def entry_seen(desk: Desk, entry: Entry, revision: int) -> None:
    """Raises Stale, with who did what when, unless the entry is as the card showed it."""
    if entry.revision == revision:
        return
    events = desk.history("customer", entry.customer_id)
    last = next((event for event in events if event.data.get("entry") == str(entry.id)), None)
    raise Stale("entry", last.verb, last.actor, last.at) if last else Stale("entry", "changed")


def confirm(desk: Desk, actor: Actor, entry_id: int, revision: int, terms: Terms) -> tuple[Entry, Screened]:
    """A proposal works from now on; returns it and what it holds. Raises NotAllowed, Stale, WrongStatus."""
    entry, customer = _decided(desk, actor, entry_id, revision, EntryState.PROPOSED)
    require_lists(desk, actor, customer, terms.kinds)
    _write(desk, actor, [_working(desk, actor, entry, customer, terms)], "blacklisted")
    entry = desk.customers.entry(entry_id)
    return entry, _screen_new(desk, customer, entry)


def dismiss(desk: Desk, actor: Actor, entry_id: int, revision: int) -> Entry:
    """Not this one: proposed again only when it gets worse. Raises NotAllowed, Stale, WrongStatus."""
    entry, customer = _decided(desk, actor, entry_id, revision, EntryState.PROPOSED)
    _end(desk, actor, [(entry, customer)], EntryState.DISMISSED, "dismissed", "")
    return desk.customers.entry(entry_id)


def lift(desk: Desk, actor: Actor, entry_id: int, revision: int, reason: str) -> tuple[Entry, int]:
    """End an entry; orders it held are free of it, some (how many is returned) in the next moments only.

    Raises NotAllowed, Stale, WrongStatus, ReasonNeeded.
    """
    entry, customer = _decided(desk, actor, entry_id, revision, EntryState.ACTIVE)
    if entry.appeal is Appeal.ASKED:
        entry = replace(entry, appeal=Appeal.LIFTED)
    left = _end(desk, actor, [(entry, customer)], EntryState.LIFTED, "lifted", _text(reason, "lift"))
    shown_on_orders(desk, customer)
    return desk.customers.entry(entry_id), left


def appeal(desk: Desk, actor: Actor, entry_id: int, revision: int, text: str) -> Entry:
    """The customer objects, told by whoever heard it; the leads decide. Raises NotAllowed, Stale, WrongStatus."""
    entry = desk.customers.entry(entry_id)
    customer = desk.customers.get(entry.customer_id)
    require_some(desk, actor, Right.CUSTOMERS, customer)
    entry_seen(desk, entry, revision)
    if entry.state is not EntryState.ACTIVE:
        raise WrongStatus(_veiled(customer), entry.state, EntryState.ACTIVE)
    told = _text(text, "appeal")
    asked = replace(entry, appeal=Appeal.ASKED, appeal_text=told, appeal_by=actor.name, appeal_at=desk.now)
    _write(desk, actor, [asked], "appealed", told)
    entry = desk.customers.entry(entry_id)
    _tell_leads(desk, entry, customer, figures(desk, customer))
    return entry


def uphold(desk: Desk, actor: Actor, entry_id: int, revision: int) -> Entry:
    """The objection changes nothing (the other answer is `lift`). Raises NotAllowed, Stale, WrongStatus."""
    entry, customer = _decided(desk, actor, entry_id, revision, EntryState.ACTIVE)
    if entry.appeal is not Appeal.ASKED:
        raise WrongStatus(_veiled(customer), entry.state, "appealed")
    _write(desk, actor, [replace(entry, appeal=Appeal.UPHELD)], "appeal_upheld")
    return desk.customers.entry(entry_id)


def expire(desk: Desk) -> int:
    """End what has run out and free the orders it held. Returns how many entries."""
    over = desk.customers.expired(desk.policy.batch_limit)
    customers = desk.customers.many({entry.customer_id for entry in over})
    pairs = [(entry, customers[entry.customer_id]) for entry in over]
    if pairs:
        _end(desk, CLOCK, pairs, EntryState.EXPIRED, "expired", "")
    return len(over)


def _write(desk: Desk, actor: Actor, entries: Sequence[Entry], verb: str, reason: str = "") -> None:
    desk.customers.save_entries(entries)
    desk.record([_event(desk, actor, entry, verb, reason) for entry in entries])
    notices.redraw(desk, NoticeKind.ENTRY, [entry.id for entry in entries])
    notices.redraw(desk, NoticeKind.CUSTOMER, {entry.customer_id for entry in entries})


def _end(
    desk: Desk, actor: Actor, pairs: Sequence[tuple[Entry, Customer]], state: EntryState, verb: str, reason: str
) -> int:
    """Entries are over: they keep the figures of now, and the orders they held are screened again. Returns how many
    of those are looked at in the next moments only."""
    known = all_figures(desk, [customer for _, customer in pairs])
    over = [
        replace(
            entry,
            state=state,
            facts=known[customer.id].facts(),
            ended_by=actor.name,
            ended_at=desk.now,
            end_reason=reason,
        )
        for entry, customer in pairs
    ]
    _write(desk, actor, over, verb, reason)
    worked = {key for entry, _ in pairs if entry.state is EntryState.ACTIVE for key in entry.keys}
    if worked:
        return looking.at_once(desk, [HoldCode.BLACKLIST], lambda order: not worked.isdisjoint(keys_of(order)))
    return 0


def _screen_new(desk: Desk, customer: Customer, entry: Entry) -> Screened:
    """Screen what a new entry is about: the customer's orders by index, everybody's when it recognises by more."""
    shown_on_orders(desk, customer)
    if entry.level is ListLevel.WARN:
        return Screened()
    ids = set(desk.customers.order_ids(shops_of(desk, customer.platform), customer.buyer_id, _MANY, review=True))
    if entry.kinds - {KeyKind.BUYER}:
        ids.update(order_id for order_id, _ in desk.orders.in_review(shops=None, held=None, limit=_MANY))
    marked = desk.orders.look_again(desk.now) if len(ids) >= _MANY else 0
    about = [o for o in desk.orders.many(ids).values() if not set(entry.keys).isdisjoint(keys_of(o))]
    if about:
        refresh(desk, about)
        notices.redraw(desk, NoticeKind.ORDER, [order.id for order in about], digest=True)
    return Screened(len(about), max(0, marked - len(about)))
