"""`run.py policy`: check, apply and show the policy from the command line, with the line of every fault.

Surprising: nothing here prints; run.py decides between words and JSON.
"""

from pathlib import Path

from bot.shell import Json, Refused
from domain import policies
from domain.choices import Fault
from domain.people import OPERATOR
from domain.policy import Policy, document_of
from storage.store import Store
from storage.unit import Unit

_LARGEST = 1 << 20


def fault_line(path: Path, fault: Fault) -> str:
    """`FILE:12: merge.most_orders: 100 is above 50`."""
    where = f"{path}:{fault.line}" if fault.line else str(path)
    return f"{where}: {fault.path}: {_why(fault)}" if fault.path else f"{where}: {_why(fault)}"


def _why(fault: Fault) -> str:
    facts = {"near": "", "told": "", "low": "", "high": "", **fault.facts}
    near = f"; did you mean {facts['near']}?" if facts["near"] else ""
    if fault.why == "range":
        over = facts["high"] and facts["told"].lstrip("-").isdigit() and int(facts["told"]) > int(facts["high"])
        limit = f"above {facts['high']}" if over else f"below {facts['low']}"
        return f"{facts['told']} is {limit}"
    texts = {
        "syntax": "this is not TOML: {told}",
        "unknown": "there is no such choice{near}",
        "type": "{want} is wanted, this is {told}",
        "value": "{told} does not do; wanted: {choices}",
        "missing": "{name} is missing",
        "order": "{low} to {high} is no range: both from 0 up, the lower first",
        "untouchable": "{code} can neither be switched off nor released so",
        "no_courier": "no courier of ours has the code {told}{near}",
        "no_place": "{told} names no place I know",
        "no_aim": "names neither a courier nor a province, so it suspends nothing",
    }
    return texts[fault.why].format(**{**facts, "near": near})


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
