"""The policy as people change it: a document is checked against the desk, then accepted as the next version.

Surprising: accepting one does not screen anything. Every order in review is marked by one statement, and the clock
looks at them again batch by batch (looking.py), so that nobody waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches, unified_diff

from domain import areas, history
from domain.catalog import Catalog
from domain.choices import Reading, fault_at
from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.people import Actor, Right, require
from domain.policy import Policy, document_of, policy_of

_DIFF = 8000
Odd = tuple[str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Applied:
    """The policy as it is in force now, what changed as a unified diff of the whole documents, and how many orders
    are looked at again."""

    policy: Policy
    diff: str
    orders: int


def check(document: str, catalog: Catalog) -> Reading[Policy]:
    """The policy a document makes, with every fault by its line: the schema's, or else what only the catalog tells
    (codes: no_courier, no_place, no_aim). Nothing is written."""
    read = policy_of(document, 0)
    if read.value is None:
        return read
    found = [fault_at(document, path, why, **facts) for path, why, facts in _odd(read.value, catalog)]
    faults = tuple(sorted(found, key=lambda fault: fault.line))
    return Reading(None, faults) if faults else read


def _odd(policy: Policy, catalog: Catalog) -> Iterator[Odd]:
    """What is well formed and would never have an effect."""
    strange = set(areas.unknown_areas(policy))
    for name in ("remote", "unreachable"):
        for told in getattr(policy.areas, name):
            if told in strange:
                yield f"areas.{name}", "no_place", {"told": told}
    codes = {courier.code.casefold(): courier.code for courier in catalog.couriers.values()}
    for number, one in enumerate(policy.suspensions, 1):
        path = f"suspensions.{number}"
        if not one.courier and not one.province:
            yield path, "no_aim", {}
        if one.courier and one.courier.casefold() not in codes:
            near = get_close_matches(one.courier.casefold(), codes, 1)
            yield f"{path}.courier", "no_courier", {"told": one.courier, "near": codes[near[0]] if near else ""}


def difference(old: Policy, new: Policy) -> str:
    """A unified diff of both as whole documents; '' when they choose the same."""
    names = (f"version {old.version}", f"version {new.version}")
    lines = unified_diff(document_of(old).splitlines(), document_of(new).splitlines(), *names, n=0, lineterm="")
    return "\n".join(lines)


def apply(desk: Desk, actor: Actor, document: str, expected: int) -> Applied:
    """Accept a document as the next version and mark every order in review. `expected` is the version it was made
    from. Raises NotAllowed, Stale when another version came meanwhile, BadValue for a document with faults."""
    require(actor, Right.POLICY)
    old = desk.policy
    if old.version != expected:
        raise Stale("policy")
    checked = check(document, desk.catalog)
    if checked.value is None:
        first = checked.faults[0]
        raise BadValue("policy", f"{first.line}: {first.path}", "policy_document")
    new = desk.keep_policy(checked.value, actor.name, document)
    orders = desk.orders.look_again(desk.now)
    diff = difference(old, new)
    history.note(desk, actor, "policy", new.version, "policy_applied", orders=str(orders), diff=diff[:_DIFF])
    return Applied(new, diff, orders)
