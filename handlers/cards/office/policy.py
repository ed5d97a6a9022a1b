"""The house rules in chat: what is wrong with a document, what it would change, how far looking at the orders again
has come, and the versions there were.

Surprising: the dry run's card is no card of a record. It says what was true when it was made; its button names the
version it was made against, and a later version makes it refuse. Once it is put in force it becomes one.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from domain.desk import Desk
from domain.policy.choices import Fault
from domain.policy.policies import Told
from domain.policy.policy import Policy
from domain.policy.policy_versions import Look
from domain.records import NoticeKind
from domain.review.dry_run import Verdict
from handlers.card import Button, Card
from handlers.cards.desk.mapping import cut
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import N_, actor_name, hold_name
from handlers.words import Words

SHOWN_FAULTS = 15
MOST_CHOICES = 12
_NAMES = "different names"
_AMOUNT = re.compile(r"[\w.]*(?:amount_range|most_value|shortage_least|cs_approve|two_people)\.([A-Z]{3}): (.+)")
SHOWN_SETTINGS = 12
SHOWN_CHANGES = 4
SHOWN_ORDERS = 3
SHOWN_ROUTES = 6
LONGEST_CHANGE = 160
FAULTS = {
    "syntax": N_("not valid TOML: {told}"),
    "twice": N_("is in the file twice: keep one. Where tables [[{name}]] follow, remove {name} = []"),
    "unknown": N_("there is no such setting"),
    "unknown_near": N_("there is no such setting; did you mean {near}?"),
    "type": N_("expected {want}, found {told}"),
    "value": N_("{told} is not valid; choose from: {choices}"),
    "value_near": N_("{told} is not valid; did you mean {choices}?"),
    "range_high": N_("{told} is above {high}"),
    "range_low": N_("{told} is below {low}"),
    "missing": N_("{name} is missing"),
    "order": N_("{low} to {high} is not a range: both must be 0 or more, the lower one first"),
    "untouchable": N_("{code} can be neither switched off nor released this way"),
    "empty": N_("is empty; at least one is needed"),
    "rising": N_("{told}: each must be larger than the one before"),
    "backwards": N_("{until} is not after {start}"),
    "no_field": N_("orders have no field {told}"),
    "no_field_near": N_("orders have no field {told}; did you mean {near}?"),
    "no_number": N_("{op} needs a whole number, not {told}"),
    "no_pattern": N_("{told} is not a valid pattern"),
    "written_text": N_(
        "{told} is text people write: with a bad pattern one message could keep the system busy "
        "for ever. Use contains, = or several rules"
    ),
    "no_courier": N_("no courier of ours has the code {told}"),
    "no_courier_near": N_("no courier of ours has the code {told}; did you mean {near}?"),
    "no_product": N_("no product of ours has the code {told}"),
    "no_product_near": N_("no product of ours has the code {told}; did you mean {near}?"),
    "no_warehouse": N_("no warehouse of ours has the code {told}"),
    "no_warehouse_near": N_("no warehouse of ours has the code {told}; did you mean {near}?"),
    "no_shop": N_("no shop of ours is called {told}"),
    "no_shop_near": N_("no shop of ours is called {told}; did you mean {near}?"),
    "no_currency": N_("{told} is no currency: use a code like CNY or USD, or *"),
    "no_currency_near": N_("{told} is no currency; did you mean {near}?"),
    "no_place": N_("{told} is not a place I know"),
    "not_here": N_("{told} is neither in this file nor known already"),
    "again": N_("{told} is there already: keep one"),
    "a_product": N_("{value} is a product's code: give the bundle a code of its own"),
    "tiers": N_("tiers must rise by up_to_g; only the last may leave it out"),
    "no_aim": N_("names neither a courier nor a place, so it suspends nothing"),
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
    if why == "value":
        why, facts["choices"] = _choices(facts, words)
    if "want" in facts:
        facts["want"] = _kind(facts["want"], words)
    return words.plain(FAULTS[why]).format(**facts)


def _choices(facts: dict[str, str], words: Words) -> tuple[str, str]:
    """What would have done: all of it where that is a line or two, of more only what is like the word that stands
    there."""
    choices = [words.plain(N_("different names")) if one == _NAMES else one for one in facts["choices"].split(", ")]
    if len(choices) <= MOST_CHOICES:
        return "value", words.listed(choices)
    near = get_close_matches(facts["told"], choices, 1)
    return ("value_near", near[0]) if near else ("value", words.listed(choices[:MOST_CHOICES]) + " …")


def faults_card(name: str, faults: Sequence[Fault], words: Words) -> Card:
    """A document that does not do: every fault with its line."""
    lines = [
        words("<b>❌ {name} has mistakes.</b> Nothing was changed. Correct these lines and send it again:", name=name)
    ]
    for fault in faults[:SHOWN_FAULTS]:
        text = fault_text(fault, words)
        facts = {"line": fault.line, "path": fault.path, "why": text}
        lines.append(words("Line {line}: <code>{path}</code>: {why}" if fault.path else "Line {line}: {why}", **facts))
    if len(faults) > SHOWN_FAULTS:
        lines.append(words("… and {count} more", count=len(faults) - SHOWN_FAULTS))
    return Card("\n".join(lines))


def dry_run_card(
    name: str,
    file_id: int,
    version: int,
    verdict: Verdict,
    changed: Sequence[str],
    words: Words,
    most: int = SHOWN_SETTINGS,
) -> Card:
    """What would change, and the two buttons; of the settings at `most` so many."""
    lines = [
        words("<b>📜 {name}: tried on {count} {count:order|orders} in review</b>", name=name, count=verdict.looked),
        words(
            "Newly held: <b>{held}</b> · freed: <b>{freed}</b> · shipped differently: <b>{moved}</b>", **_sums(verdict)
        ),
    ]
    lines += _orders(verdict, words)
    lines += [
        words(title, then=then, now=now)
        for title, (now, then) in (
            (N_("🔐 Need a lead: {then} (now {now})"), verdict.lead),
            (N_("👥 Need two people: {then} (now {now})"), verdict.two),
        )
        if now != then
    ]
    lines += _approved(verdict, words)
    if changed:
        lines += ["", *_changes(changed, most, words)]
    else:
        lines.append(words("Its settings are the same as in version {version}.", version=version))
        return Card("\n".join(lines))
    row = (
        Button(words("✅ Put in force"), pack("p.ap", file_id, version), "success"),
        Button(words("🗑 Drop"), pack("p.dr", file_id), "danger"),
    )
    return Card("\n".join(lines), (row,))


def _orders(verdict: Verdict, words: Words) -> list[str]:
    """Orders in review: why they would be held or freed, which way they would go, and the first few of each."""
    lines = []
    for code, count in verdict.holds.most_common():
        facts = {"count": count, "orders": _named(verdict.first_held[code], count, words)}
        lines.append(words("✋ {hold}: +{count} ({orders})", hold=hold_name(code, words), **facts))
    for code, count in verdict.frees.most_common():
        facts = {"count": count, "orders": _named(verdict.first_freed[code], count, words)}
        lines.append(words("🟢 {hold}: −{count} ({orders})", hold=hold_name(code, words), **facts))
    moves = verdict.moves.most_common()
    for (now, then), count in moves[:SHOWN_ROUTES]:
        text = N_("🚚 {now} → {then}: {count} ({orders})")
        if now == then:
            text = N_("📦 {now}, merged or split differently: {count} ({orders})")
        orders = _named(verdict.first_moved[now, then], count, words)
        lines.append(words(text, now=now, then=then, count=count, orders=orders))
    if rest := sum(count for _, count in moves[SHOWN_ROUTES:]):
        lines.append(words("🚚 Other routes: {count}", count=rest))
    return lines


def _named(first: Sequence[str], count: int, words: Words) -> str:
    """The first orders of so many."""
    shown = first[:SHOWN_ORDERS]
    return words.listed(shown) + (" …" if count > len(shown) else "")


DECIDED = {
    "rematched": N_("🚚 Another courier once their wave is made: {count} ({orders})"),
    "stranded": N_("↩️ No courier takes them then, so back to review: {count} ({orders})"),
    "keep": N_("➖ Would get another courier now, but keep theirs: {count} ({orders})"),
    "held": N_("➖ Would be held if they came in now, but stay approved: {count} ({orders})"),
}


def _approved(verdict: Verdict, words: Words) -> list[str]:
    """What happens to those approved already, and what does not although it might be thought to."""
    found = verdict.decided
    lines = [words("🕑 New dispatch deadline: {count}", count=verdict.due)] if verdict.due else []
    if not found.looked:
        return lines
    if not found.changes:
        return [*lines, words("Approved, in no wave yet: {count}; nothing changes for them.", count=found.looked)]
    lines.append(words("<b>Approved, in no wave yet: {count}</b>", count=found.looked))
    for kind, text in DECIDED.items():
        count, first = getattr(found, kind), found.first.get(kind, [])
        if count:
            lines.append(words(text, count=count, orders=_named(first, count, words)))
    return lines


def _changes(changed: Sequence[str], most: int, words: Words) -> list[str]:
    """The first of them, and how many more."""
    lines = [
        words("<code>{line}</code>", line=cut(line, LONGEST_CHANGE)) + _money(line, words) for line in changed[:most]
    ]
    if len(changed) > most:
        lines.append(words("… and {count} more", count=len(changed) - most))
    return lines


def _money(line: str, words: Words) -> str:
    """Behind a change of amounts what they are in money: the file has them in cents, and 5000 is not ¥5,000."""
    found = _AMOUNT.fullmatch(line)
    if found is None:
        return ""
    told = re.sub(r"\d+", lambda number: words.money(int(number[0]), found[1]), found[2])
    return words(" ({told})", told=told)


def _sums(verdict: Verdict) -> dict[str, int]:
    return {"held": verdict.held, "freed": verdict.freed, "moved": verdict.moved}


def policy_card(policy: Policy, changed: Sequence[str], words: Words) -> Card:
    """Which version is in force and what it chooses otherwise than the defaults."""
    lines = [words("<b>📜 House rules, version {version}</b>", version=policy.version)]
    lines += _changes(changed, 25, words)
    if not changed:
        lines.append(words("All settings are at their defaults."))
    lines += [
        "",
        words(
            "To change them: get the file, edit it and send it back. It is tried out first and "
            "counts only once you put it in force."
        ),
    ]
    row = (Button(words("📄 The file"), pack("p.fl", policy.version)), _history(words))
    return Card("\n".join(lines), (row,))


def _history(words: Words) -> Button:
    return Button(words("🕘 Earlier versions"), pack("p.hi", 0))


@drawing(NoticeKind.POLICY)
def _draw(desk: Desk, version: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    look = desk.policies.look(version)
    if look is None:
        return None
    return look_card(look, desk.orders.screened_before(version), desk.policy.version, viewer.words)


def look_card(look: Look, left: int, version: int, words: Words) -> Card:
    """A version that was put in force, and what looking at the orders again under it has come to. `left` wait for it;
    `version` is in force now."""
    sums = {"held": f"{look.held:,}", "freed": f"{look.freed:,}", "looked": f"{look.looked:,}"}
    title = words("<b>📜 Version {version} is in force.</b>", version=look.version)
    if version > look.version:
        title = words(
            "<b>📜 Version {version} was in force until {next} replaced it.</b>",
            version=look.version,
            next=f"{look.version + 1}",
        )
        line = words("Orders checked again under it: {looked}, newly held {held}, freed {freed}.", **sums)
    elif left:
        facts = {**sums, "all": f"{look.looked + left:,}"}
        line = words(
            "⏳ Checked again: {looked} of {all} {all:order|orders}, newly held {held}, freed {freed}.", **facts
        )
    elif look.looked:
        line = words(
            "✅ Checked all {looked} {looked:order|orders} in review again: newly held {held}, freed {freed}.", **sums
        )
    else:
        line = words("No order was in review, so none had to be checked again.")
    return Card(f"{title}\n{line}", ((_history(words),),))


def history_card(told: Sequence[Told], older: bool, version: int, words: Words) -> Card:
    """Versions, newest first: since when, whose, what they changed; `version` is in force now."""
    lines = [words("<b>🕘 House rules, version by version</b>")]
    rows = []
    for one in told:
        number = one.kept.version
        facts = {"version": number, "at": words.when(one.kept.at), "by": actor_name(one.kept.by, words)}
        lines += ["", words("<b>Version {version}</b> · {at} · {by}", **facts)]
        if number == version:
            lines[-1] += words(" · in force")
        if one.changes is None:
            lines.append(words("Written by another version of Xiaoer; it cannot be read here."))
        else:
            first = one is told[-1] and not older
            same = words("All settings are at their defaults.") if first else words("Same as the version before.")
            lines += _changes(one.changes, SHOWN_CHANGES, words) or [same]
        row = [Button(words.label("📄 Version {version}", version=number), pack("p.fl", number))]
        if number != version and one.changes is not None:
            row.append(Button(words.label("↩️ Back to {version}", version=number), pack("p.bk", number)))
        rows.append(tuple(row))
    if not told:
        lines.append(words("All settings are at their defaults."))
    if older:
        rows.append((Button(words("⬅️ Older"), pack("p.hi", told[-1].kept.version)),))
    return Card("\n".join(lines), tuple(rows))
