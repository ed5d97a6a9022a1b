"""`run.py policy`: check, try, apply and show the policy and its history, with the line of every fault.

Surprising: nothing here prints; run.py decides between words and JSON. `apply` looks at the orders again itself, beside
a running desk's clock: both take the batches one after the other.
"""

import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from bot.shell import Json, Refused
from bot.toml_files import document, fault_line
from domain.errors import Unknown
from domain.people.people import OPERATOR
from domain.policy import policies
from domain.policy.policy import Policy
from domain.review import decided, looking
from domain.review.dry_run import Verdict, compare, pieces
from handlers.cards.office.policy import dry_run_card
from handlers.words import Words, unmarked
from storage.store import Store

_TELL_SECONDS = 2
_ALL = 1_000_000
Source = Path | int
"""A file, or the number of a version."""


def check(store: Store, source: Source) -> tuple[str, Policy]:
    """The document and the policy it makes. Raises Refused with one line per fault, OSError."""
    path = Path(f"version {source}") if isinstance(source, int) else source
    text = again(store, source) if isinstance(source, int) else document(source)
    found = policies.check(text, store.read_now(lambda unit: unit.catalog))
    if found.value is None:
        raise Refused("\n".join(fault_line(path, fault) for fault in found.faults))
    return text, found.value


def again(store: Store, version: int) -> str:
    """The whole document of a version. Raises Refused when there is none."""
    try:
        return store.read_now(policies.document_again, OPERATOR, version)
    except Unknown:
        raise Refused(f"there is no version {version} of the policy") from None


def dry_run(store: Store, source: Source) -> tuple[Json, str]:
    """What it would change over the orders in review, and for those approved, as JSON and in the words of the chat's
    card. Raises Refused, OSError."""
    _, policy = check(store, source)
    verdict = Verdict()
    for piece in store.read_now(pieces):
        verdict.add(store.read_now(compare, policy, piece))
    name = f"version {source}" if isinstance(source, int) else source.name
    base = store.read_now(lambda unit: unit.policy)
    words = Words("en", "UTC")
    changed = policies.changes(base, policy)
    card = dry_run_card(name, 0, base.version, verdict, changed, words, most=len(changed))
    return _verdict(verdict), unmarked(card.text)


def _verdict(verdict: Verdict) -> Json:
    approved = verdict.decided
    return {
        "looked": verdict.looked,
        "held": verdict.held,
        "freed": verdict.freed,
        "moved": verdict.moved,
        "lead": dict(zip(("now", "then"), verdict.lead, strict=True)),
        "two_people": dict(zip(("now", "then"), verdict.two, strict=True)),
        "holds": dict(verdict.holds),
        "frees": dict(verdict.frees),
        "moves": [{"now": now, "then": then, "orders": n} for (now, then), n in verdict.moves.most_common()],
        "first": {
            "held": verdict.first_held,
            "freed": verdict.first_freed,
            "moved": list(chain.from_iterable(verdict.first_moved.values())),
        },
        "due": verdict.due,
        "approved": {
            "looked": approved.looked,
            **{kind: getattr(approved, kind) for kind in decided.KINDS},
            "first": approved.first,
        },
    }


def apply(store: Store, source: Source, tell: Callable[[str], None]) -> tuple[Json, str]:
    """Put it in force and look at the orders in review again; `tell` hears how far that is. Returns what came of it as
    JSON and in words. Raises Refused, OSError, domain refusals."""
    text, _ = check(store, source)
    base = store.read_now(lambda unit: unit.policy.version)
    done = store.run_now(policies.apply, OPERATOR, text, base)
    version, last = done.policy.version, time.monotonic()
    while store.run_now(looking.look_again):
        if time.monotonic() - last >= _TELL_SECONDS:
            last = time.monotonic()
            tell(_so_far(store, version))
    tell(_so_far(store, version))
    look = store.read_now(lambda unit: unit.policies.look(version))
    found = {} if look is None else {"looked": look.looked, "held": look.held, "freed": look.freed}
    told = "\n".join([f"version {version} is in force", *done.changes])
    return {"version": version, "changes": done.changes, "orders": done.orders, **found}, told


def _so_far(store: Store, version: int) -> str:
    """`looked at 12,400 of 100,000, newly held 31, freed 4`."""
    look, left = store.read_now(lambda unit: (unit.policies.look(version), unit.orders.screened_before(version)))
    if look is None:
        return f"{left:,} orders wait to be looked at"
    return f"looked at {look.looked:,} of {look.looked + left:,}, newly held {look.held:,}, freed {look.freed:,}"


def show(store: Store, number: int | None) -> Json:
    """A version with every choice it makes, None = the one in force. Raises Refused when there is none."""
    version = store.read_now(lambda unit: unit.policy.version) if number is None else number
    return {"version": version, "document": again(store, version)}


def history(store: Store) -> tuple[Json, str]:
    """Every version, newest first, as JSON (`changes` is null for one that cannot be read any more) and in words."""
    told, _ = store.read_now(policies.history_of, OPERATOR, _ALL)
    versions, lines = [], []
    for one in told:
        at, changed = one.kept.at.isoformat(), one.changes
        versions.append({"version": one.kept.version, "at": at, "by": one.kept.by, "changes": changed})
        lines.append(f"version {one.kept.version}  {at}  {one.kept.by}")
        lines += [f"    {line}" for line in changed or ()]
    return {"versions": versions}, "\n".join(lines) or "no version yet: everything as it comes"
