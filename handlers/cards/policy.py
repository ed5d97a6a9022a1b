"""The house rules in chat: what is wrong with a document, what it would change, and which version is in force.

Surprising: the dry run's card is no card of a record. It says what was true when it was made; its button names the
version it was made against, and a later version makes it refuse.
"""

from collections.abc import Sequence

from domain.choices import Fault
from domain.dry_run import Verdict
from domain.policy import Policy
from handlers.card import Button, Card
from handlers.taps import pack
from handlers.terms import N_, hold_name
from handlers.words import Words

SHOWN_FAULTS = 15
FAULTS = {
    "syntax": N_("this is not TOML: {told}"),
    "unknown": N_("there is no such choice"),
    "unknown_near": N_("there is no such choice; did you mean {near}?"),
    "type": N_("{want} is wanted, this is {told}"),
    "value": N_("{told} does not do; wanted: {choices}"),
    "range_high": N_("{told} is above {high}"),
    "range_low": N_("{told} is below {low}"),
    "missing": N_("{name} is missing"),
    "order": N_("{low} to {high} is no range: both from 0 up, the lower first"),
    "untouchable": N_("{code} can neither be switched off nor released so"),
    "rule": N_("the rule {name} could never be true ({told})"),
    "no_courier": N_("no courier of ours has the code {told}"),
    "no_courier_near": N_("no courier of ours has the code {told}; did you mean {near}?"),
    "no_place": N_("{told} names no place I know"),
    "no_aim": N_("names neither a courier nor a province, so it suspends nothing"),
}


KINDS = {
    "table": N_("a table"),
    "list": N_("a list"),
    "whole number": N_("a whole number"),
    "true or false": N_("true or false"),
    "text": N_("text in quotes"),
}


def _kind(want: str, words: Words) -> str:
    """What kind of value is wanted; `list of 2` has a count of its own."""
    name, _, count = want.partition(" of ")
    return words.label(N_("a list of {count}"), count=count) if count else words.plain(KINDS.get(name, name))


def fault_text(fault: Fault, words: Words) -> str:
    """Why, as plain text."""
    why = fault.why
    if fault.facts.get("near"):
        why += "_near"
    elif why == "range":
        high, told = fault.facts.get("high", ""), fault.facts["told"]
        over = high and told.lstrip("-").isdigit() and int(told) > int(high)
        why = "range_high" if over else "range_low"
    facts = dict(fault.facts)
    if "want" in facts:
        facts["want"] = _kind(facts["want"], words)
    return words.plain(FAULTS[why]).format(**facts)


def faults_card(name: str, faults: Sequence[Fault], words: Words) -> Card:
    """A document that does not do: every fault with its line."""
    lines = [words("<b>❌ {name} does not do.</b> Nothing was changed.", name=name)]
    for fault in faults[:SHOWN_FAULTS]:
        text = fault_text(fault, words)
        facts = {"line": fault.line, "path": fault.path, "why": text}
        lines.append(words("Line {line}: <code>{path}</code> {why}" if fault.path else "Line {line}: {why}", **facts))
    if len(faults) > SHOWN_FAULTS:
        lines.append(words("… and {count} more", count=len(faults) - SHOWN_FAULTS))
    return Card("\n".join(lines))


def dry_run_card(name: str, file_id: int, version: int, verdict: Verdict, diff: str, words: Words) -> Card:
    """What would change, and the two buttons."""
    lines = [
        words("<b>📜 {name}: tried on {count} orders in review</b>", name=name, count=verdict.looked),
        words("Newly held: <b>{held}</b> · freed: <b>{freed}</b> · sent otherwise: <b>{moved}</b>", **_sums(verdict)),
    ]
    lines += [
        words("✋ {hold}: +{count}", hold=hold_name(code, words), count=n) for code, n in verdict.holds.most_common()
    ]
    lines += [
        words("🟢 {hold}: −{count}", hold=hold_name(code, words), count=n) for code, n in verdict.frees.most_common()
    ]
    for title, numbers in (
        (N_("Would be held: {orders}"), verdict.first_held),
        (N_("Would be free: {orders}"), verdict.first_freed),
        (N_("Would go otherwise: {orders}"), verdict.first_moved),
    ):
        if numbers:
            lines.append(words(title, orders=words.listed(numbers) + (" …" if len(numbers) >= 5 else "")))
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    if changed:
        lines += ["", *(words("<code>{line}</code>", line=line[:120]) for line in changed[:12])]
    if len(changed) > 12:
        lines.append(words("… and {count} more", count=len(changed) - 12))
    if not changed:
        lines.append(words("It chooses the same as version {version}.", version=version))
        return Card("\n".join(lines))
    row = (
        Button(words("✅ Put in force"), pack("p.ap", file_id, version), "success"),
        Button(words("🗑 Drop"), pack("p.dr", file_id), "danger"),
    )
    return Card("\n".join(lines), (row,))


def _sums(verdict: Verdict) -> dict[str, int]:
    return {"held": verdict.held, "freed": verdict.freed, "moved": verdict.moved}


def policy_card(policy: Policy, changed: Sequence[str], words: Words) -> Card:
    """Which version is in force and what it chooses otherwise than the defaults."""
    lines = [words("<b>📜 House rules, version {version}</b>", version=policy.version)]
    lines += [words("<code>{line}</code>", line=line[:120]) for line in changed[:25]]
    if not changed:
        lines.append(words("Everything as it comes."))
    lines += [
        "",
        words("To change them: get the file, edit it, send it back. It is tried first and counts when you say so."),
    ]
    return Card("\n".join(lines), ((Button(words("📄 The file"), pack("p.fl")),),))
