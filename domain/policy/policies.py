"""The policy as people change it: a document is checked against the desk, then accepted as the next version.

Surprising: accepting one neither screens nor marks anything. Orders say under which version they were screened, and
the clock looks at the older ones again batch by batch (looking.py), so that nobody waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.orders.catalog import Catalog
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.policy.choices import Reading, choices_of, literal
from domain.policy.policy import Policy, document_of, policy_of
from domain.policy.policy_names import strange
from domain.policy.policy_versions import Look, PolicyVersion
from domain.records import NoticeKind

_EVENT = 8000


@dataclass(frozen=True, slots=True)
class Applied:
    """The policy as it is in force now, what it chooses otherwise than before, and how many orders are looked at
    again."""

    policy: Policy
    changes: tuple[str, ...]
    orders: int


@dataclass(frozen=True, slots=True)
class Told:
    """A version and what it chose otherwise than the one before, None when one of the two cannot be read any more."""

    kept: PolicyVersion
    changes: tuple[str, ...] | None


def check(document: str, catalog: Catalog) -> Reading[Policy]:
    """The policy a document makes, with every fault by its line: the schema's, and what only the catalog and the table
    of places tell (`policy_names`). Nothing is written."""
    found = policy_of(document, 0)
    faults = tuple(sorted((*found.faults, *strange(document, catalog)), key=lambda fault: fault.line))
    return Reading(None, faults) if faults else found


def changes(old: Policy, new: Policy) -> tuple[str, ...]:
    """What the new one chooses otherwise, one line a choice: `limits.cs_approve.CNY: 500000 → 800000`. Of a list only
    what came and went is told (but numbers, a range or steps, whole: each means something by its place), and where a
    table lost or got a key what `*` says in its place."""
    before, after = dict(_flat(old, ())), dict(_flat(new, ()))
    paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    return tuple(_change(path, before, after) for path in paths)


def _flat(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Every choice with its dotted path."""
    if is_dataclass(value):
        for one in choices_of(value):
            yield from _flat(getattr(value, one.name), (*path, one.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flat(one, (*path, str(key)))
    elif value is not None:
        yield ".".join(path), value


def _change(path: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    old, new = before.get(path), after.get(path)
    if isinstance(old, tuple) and isinstance(new, tuple) and not all(isinstance(one, int) for one in (*old, *new)):
        came = [f"+{literal(one)}" for one in new if one not in old]
        went = [f"−{literal(one)}" for one in old if one not in new]
        if came or went:
            return f"{path}: {' '.join((*went, *came))}"
    return f"{path}: {_counts(path, before)} → {_counts(path, after)}"


def _counts(path: str, flat: Mapping[str, object]) -> str:
    """What a choice is, of a key that a table does not name what stands under `*`; – for nothing."""
    other = f"{path.rpartition('.')[0]}.*"
    if path in flat:
        return literal(flat[path])
    return f"{literal(flat[other])} (*)" if other in flat else "–"


def history_of(desk: Desk, actor: Actor, limit: int, before: int | None = None) -> tuple[list[Told], bool]:
    """The newest versions (of those before one), and whether there are older ones. Raises NotAllowed."""
    require(actor, Right.POLICY)
    kept = desk.policies.versions(limit + 1, before)
    read = [one.policy for one in kept]
    if len(kept) <= limit:
        read.append(Policy())
    pairs = zip(kept[:limit], read, read[1:], strict=False)
    told = [Told(one, changes(old, new) if old and new else None) for one, new, old in pairs]
    return told, len(kept) > limit


def document_again(desk: Desk, actor: Actor, version: int) -> str:
    """The whole document of a version, as this Xiaoer writes it. Raises NotAllowed, Unknown, BadValue for one that it
    cannot read."""
    require(actor, Right.POLICY)
    if version == desk.policy.version:
        return document_of(desk.policy)
    kept = desk.policies.get(version).policy
    if kept is None:
        raise BadValue("policy", str(version), "policy_document")
    return document_of(kept)


def apply(desk: Desk, actor: Actor, document: str, expected: int) -> Applied:
    """Accept a document as the next version; every order in review is now due. `expected` is the version it was made
    from. Raises NotAllowed, Stale when another version came meanwhile, BadValue for a document with faults."""
    require(actor, Right.POLICY)
    old = desk.policy
    if old.version != expected:
        raise _overtaken(desk, old.version)
    checked = check(document, desk.catalog)
    if checked.value is None:
        first = checked.faults[0]
        raise BadValue("policy", f"{first.line}: {first.path}", "policy_document")
    new = desk.keep_policy(checked.value, actor.name, document)
    desk.policies.begin_look(Look(new.version, desk.now))
    notices.redraw(desk, NoticeKind.POLICY, [old.version])
    changed, orders = changes(old, new), desk.orders.screened_before(new.version)
    told = {"orders": str(orders), "changes": "\n".join(changed)[:_EVENT]}
    history.note(desk, actor, "policy", new.version, "policy_applied", **told)
    return Applied(new, changed, orders)


def _overtaken(desk: Desk, version: int) -> Stale:
    """Who put another version in force meanwhile."""
    kept = desk.policies.versions(1)
    return Stale("policy", "policy_applied", kept[0].by, kept[0].at) if kept else Stale("policy")
