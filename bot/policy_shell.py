"""`run.py policy`: check, apply and show the policy from the command line, with the line of every fault.

Surprising: nothing here prints; run.py decides between words and JSON.
"""

from pathlib import Path

from bot.shell import Json, Refused
from domain import policies
from domain.choices import Fault
from domain.dry_run import Verdict, compare
from domain.people import OPERATOR
from domain.policy import Policy, document_of
from handlers.cards.policy import fault_text
from handlers.words import Words
from storage.store import Store
from storage.unit import Unit

_LARGEST = 1 << 20
_PIECE = 200


def fault_line(path: Path, fault: Fault) -> str:
    """`FILE:12: merge.most_orders: 100 is above 50`."""
    where = f"{path}:{fault.line}" if fault.line else str(path)
    return (
        f"{where}: {fault.path}: {fault_text(fault, Words('en', 'UTC'))}"
        if fault.path
        else f"{where}: {fault_text(fault, Words('en', 'UTC'))}"
    )


def document(path: Path) -> str:
    """What the file says. Raises Refused for one that is too large or not UTF-8, OSError."""
    if path.stat().st_size > _LARGEST:
        raise Refused(f"{path}: a policy is no larger than {_LARGEST >> 20} MB")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Refused(f"{path}:{line}: not UTF-8; save it as UTF-8") from None


def check(store: Store, path: Path) -> tuple[str, Policy]:
    """The document and the policy it makes. Raises Refused with one line per fault, OSError."""
    text = document(path)
    found = policies.check(text, store.read_now(lambda unit: unit.catalog))
    if found.value is None:
        raise Refused("\n".join(fault_line(path, fault) for fault in found.faults))
    return text, found.value


def dry_run(store: Store, path: Path) -> Json:
    """What the file would change over the orders in review. Raises Refused, OSError."""
    _, policy = check(store, path)
    ids = store.read_now(lambda unit: unit.orders.in_review(shops=None, held=None, limit=1_000_000))
    verdict = Verdict()
    for start in range(0, len(ids), _PIECE):
        verdict.add(store.read_now(compare, policy, [order_id for order_id, _ in ids[start : start + _PIECE]]))
    return {
        "looked": verdict.looked,
        "held": verdict.held,
        "freed": verdict.freed,
        "moved": verdict.moved,
        "holds": dict(verdict.holds),
        "frees": dict(verdict.frees),
        "first": {"held": verdict.first_held, "freed": verdict.first_freed, "moved": verdict.first_moved},
    }


def apply(store: Store, path: Path) -> Json:
    """Put the file in force. Raises Refused, OSError, domain refusals."""
    text, _ = check(store, path)
    base = store.read_now(lambda unit: unit.policy.version)
    done = store.run_now(policies.apply, OPERATOR, text, base)
    return {"version": done.policy.version, "diff": done.diff, "orders": done.orders}


def show(store: Store, number: int | None) -> Json:
    """A version with every choice it makes, None = the one in force. Raises Refused when there is none."""

    def look(unit: Unit) -> Json | None:
        now = unit.policy
        if number is None or number == now.version:
            return {"version": now.version, "document": document_of(now)}
        kept = {one.version: one for one in unit.catalog_admin.policies()}
        return {"version": number, "document": document_of(kept[number])} if number in kept else None

    found = store.read_now(look)
    if found is None:
        raise Refused(f"there is no version {number} of the policy")
    return found
