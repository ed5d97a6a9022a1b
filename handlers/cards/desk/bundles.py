"""Sets in words: on an order what a set is made up of, a recipe's card, and what a file of recipes would change.

Surprising: on an order and on paper the units behind a set are all there are of it, not those of one set, so that
nobody has to multiply.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.orders import bundles, kits
from domain.orders.bundles import Fault, Possible, Proposal, Tried, Why
from domain.orders.catalog import Bundle
from domain.orders.orders import Line, Order
from domain.people.people import Actor, Right, may
from handlers.card import Button, Card
from handlers.cards.desk.evidence import veiled
from handlers.taps import pack
from handlers.wording.goods import beside, title_of
from handlers.wording.terms import N_
from handlers.words import Html, Words

SHOWN = 12
SHOWN_FAULTS = 10
USAGE = N_(
    "Write a bundle like this: /bundle TEASET Tea set = CUP-W ×2, POT-L ×1\n"
    "Add «whole» at the end if its components must ship in one parcel. For many bundles send "
    "a CSV or Excel file with the columns bundle code, bundle name, component code, "
    "quantity, independent kit."
)
FAULTS = {
    Why.MISSING: N_("«{column}» is empty"),
    Why.NOT_A_NUMBER: N_("«{column}»: {value} is not a whole number"),
    Why.OUT_OF_RANGE: N_("«{column}»: {value} is not between 1 and 9999"),
    Why.NOT_YES_OR_NO: N_("«{column}»: {value} is neither yes nor no"),
    Why.PRODUCT: N_("{value} is a product's code: give the bundle a code of its own"),
    Why.NESTED: N_("{value} is a bundle itself: list its products instead"),
    Why.IS_PART: N_("{value} is a component of the bundle {other}, so it cannot be a bundle itself"),
    Why.TWICE: N_("{value} is already in row {other_row}"),
    Why.TWO_KINDS: N_("«independent kit» is not the same as in row {other_row}"),
    Why.TWO_NAMES: N_("the bundle is called {value} here, and something else in row {other_row}"),
    Why.PART_OF_REFUSED: N_("row {other_row} of the same bundle is wrong"),
}

FIRST_ROW = 2
"""Where the first part stands in the file that a typed recipe is read as."""
TYPED_FAULTS = {
    Why.MISSING: N_("«{part}» names no product"),
    Why.NOT_A_NUMBER: N_("«{part}»: {value} is not a whole number"),
    Why.OUT_OF_RANGE: N_("«{part}»: {value} is not between 1 and 9999"),
    Why.TWICE: N_("«{part}»: «{other}» is in it already"),
}


def parts_text(group: Sequence[Line], words: Words) -> str:
    """`White cup ×4, Pot ×2`: all units of a set that was bought."""
    return words.listed(f"{veiled(line.goods, True, 30)} ×{line.quantity}" for line in group)


def recipe_text(bundle: Bundle, words: Words) -> str:
    """`CUP-W ×2, POT-L ×1`, and whether it travels whole."""
    if not bundle.parts:
        return words.plain(N_("no components"))
    text = words.listed(f"{part.sku} ×{part.units}" for part in bundle.parts)
    return words.label(N_("{parts} · independent kit"), parts=text) if bundle.whole else text


def why_sets(desk: Desk, order: Order, words: Words) -> list[str]:
    """Which version of which recipe made up which line of an order."""
    found = []
    for group in kits.groups(order.lines):
        kit = group[0].kit
        if kit is None:
            continue
        recipe = next((one for one in desk.bundle_versions(kit.code) if one.version == kit.version), None)
        parts = words.listed(f"{line.quantity} × {line.sku}" for line in group)
        facts = {"line": group[0].line_no, "set": kit.code, "count": kits.sets(group), "parts": parts}
        text = words("🧩 #{line}: {count} × {set} = {parts}", **facts)
        if recipe is not None:
            told = {"version": kit.version, "by": recipe.by, "at": words.when(recipe.at)}
            text += words(", by version {version} of its components ({by}, {at})", **told)
        found.append(text)
    return found


def bundle_card(desk: Desk, actor: Actor, code: str, words: Words) -> Card:
    """A set: its recipe, how many there are, which orders wait for it. Raises NotAllowed, Unknown."""
    bundle = bundles.find(desk, actor, code)
    there = bundles.possible(desk, [bundle]).get(bundle.code)
    title = beside(bundle.code, bundle.title)
    lines = [words("<b>🧩 {code}</b> {title}", code=bundle.code, title=title).rstrip()]
    told = {"version": bundle.version, "by": bundle.by, "at": words.when(bundle.at)}
    lines.append(words("Components, version {version}, by {by} at {at}", **told))
    if bundle.whole:
        lines.append(words("Independent kit: its components ship in one parcel."))
    lines += ["", *_parts(desk, bundle, words), ""]
    lines.append(_possible(there, words) if there else words("Its components are incomplete: its orders stay held."))
    waiting = [order.number for order in bundles.waiting_for(desk, bundle.code) if may_see(actor, order)]
    if waiting:
        facts = {"count": len(waiting), "orders": words.listed(waiting[:5]) + (" …" if len(waiting) > 5 else "")}
        lines.append(words("⏳ {count} {count:order waits|orders wait} for it: {orders}", **facts))
    if may(actor, Right.PRODUCTS):
        now = ", ".join(f"{part.sku} ×{part.units}" for part in bundle.parts) or "-"
        told_as = f"/bundle {bundle.code} = {now}{' whole' if bundle.whole else ''}"
        lines += ["", words("To change it (counts for new orders): <code>{text}</code>", text=told_as)]
    return Card("\n".join(lines))


def may_see(actor: Actor, order: Order) -> bool:
    """Whether the order's number may be told."""
    return may(actor, Right.VIEW_ORDERS, shop=order.shop_id)


def _parts(desk: Desk, bundle: Bundle, words: Words) -> list[str]:
    if not bundle.parts:
        return [words("No components.")]
    lines = []
    for part in bundle.parts:
        known = part.sku in desk.catalog.skus
        text = N_("• {units} × <code>{sku}</code> {title}") if known else N_("• {units} × ❓ {sku}: no such product")
        title = title_of(desk, part.sku, "", 40)
        lines.append(words(text, units=part.units, sku=part.sku, title=title).rstrip())
    return lines


def _possible(there: Possible, words: Words) -> str:
    return words("Bundles to ship {ship} · to sell {sell} (limited by {least})", **_facts(there))


def _facts(there: Possible) -> dict[str, object]:
    return {"ship": there.ship, "sell": there.sell, "least": there.least}


def all_card(desk: Desk, actor: Actor, words: Words) -> Card:
    """All sets, those of which the fewest are to sell first. Raises NotAllowed."""
    known = bundles.every(desk, actor)
    if not known:
        return Card(words("There are no bundles yet.") + "\n" + words(USAGE))
    there = bundles.possible(desk, known)
    known.sort(key=lambda one: (there[one.code].sell if one.code in there else -1, one.code))
    lines = [words("🧩 {count} {count:bundle|bundles}", count=len(known)), ""]
    for bundle in known[:SHOWN]:
        name = words("<code>{code}</code> {title}", code=bundle.code, title=beside(bundle.code, bundle.title)).rstrip()
        one = there.get(bundle.code)
        text = words("to ship {ship}, to sell {sell}", **_facts(one)) if one else words("components incomplete")
        lines.append(words("• {name}: {text}", name=Html(name), text=text))
    lines += [words("… and {count} more", count=len(known) - SHOWN)] if len(known) > SHOWN else []
    return Card("\n".join([*lines, "", words(USAGE)]))


def dry_run_card(desk: Desk, name: str, file_id: int, found: Tried, words: Words, typed: Sequence[str] = ()) -> Card:
    """What rows would change and for which orders, with the two buttons; without where there is nothing to keep.
    `typed` are the parts of a recipe that was no file."""
    proposal = found.proposal
    lines = [
        words("<b>🧩 {name}: {count} {count:bundle|bundles} to change</b>", name=name, count=len(proposal.changed))
    ]
    lines += [_changed(desk, bundle, words) for bundle in proposal.changed[:SHOWN]]
    if len(proposal.changed) > SHOWN:
        lines.append(words("… and {count} more", count=len(proposal.changed) - SHOWN))
    if proposal.same:
        lines.append(words("Unchanged: {count}", count=len(proposal.same)))
    lines += _unknown(proposal, words)
    lines += typed_faults(proposal.faults, typed, words) if typed else fault_lines(proposal.faults, words)
    if not proposal.changed:
        return Card("\n".join([*lines, "", words("Nothing to save.")]))
    lines += ["", words("Orders already taken in keep the components they have.")]
    if found.waiting:
        facts = {"waiting": found.waiting, "freed": found.freed}
        text = N_(
            "⏳ {waiting} {waiting:order waits|orders wait} for these bundles; {freed} of them can go on once you save."
        )
        lines.append(words(text, **facts))
    else:
        lines.append(words("No order waits for these bundles."))
    row = (
        Button(words("✅ Save"), pack("bn.k", file_id, proposal.mark), "success"),
        Button(words("🗑 Drop"), pack("bn.d", file_id), "danger"),
    )
    return Card("\n".join(lines), (row,))


def _changed(desk: Desk, bundle: Bundle, words: Words) -> str:
    old = desk.catalog.bundles.get(bundle.code)
    name = f"{bundle.code} {beside(bundle.code, bundle.title)}".rstrip()
    facts = {"name": name[:60], "parts": recipe_text(bundle, words)}
    if old is None:
        return words("• new: <b>{name}</b>: {parts}", **facts)
    return words("• <b>{name}</b>: {parts} (was: {was})", was=recipe_text(old, words), **facts)


def _unknown(proposal: Proposal, words: Words) -> list[str]:
    return [
        words(
            "⚠ {set}: no such product yet: {parts}. Its orders stay held until there is.",
            set=code,
            parts=words.listed(parts),
        )
        for code, parts in list(proposal.unknown.items())[:SHOWN]
    ]


def fault_lines(faults: Sequence[Fault], words: Words) -> list[str]:
    """Row by row, with what is wrong."""
    if not faults:
        return []
    lines = ["", words("<b>Rejected rows: {count}</b>", count=len(faults))]
    for one in faults[:SHOWN_FAULTS]:
        lines.append(words("• row {row}: {why}", row=one.row, why=_why(FAULTS[one.why], one, words)))
    if len(faults) > SHOWN_FAULTS:
        lines.append(words("… and {count} more", count=len(faults) - SHOWN_FAULTS))
    return lines


def _why(text: str, fault: Fault, words: Words, **more: str) -> str:
    return words.label(text, **{name: fact[:80] for name, fact in {**fault.facts, **more}.items()})


def typed_faults(faults: Sequence[Fault], typed: Sequence[str], words: Words) -> list[str]:
    """What is wrong with what was typed. The set is refused whole: that one part has a fault says it of all of them."""
    found = [one for one in faults if one.why is not Why.PART_OF_REFUSED]
    lines = ["", words("<b>Not taken:</b>")] if found else []
    for one in found[:SHOWN_FAULTS]:
        other = typed[int(one.facts.get("other_row", FIRST_ROW)) - FIRST_ROW]
        text = TYPED_FAULTS.get(one.why, FAULTS[one.why])
        lines.append(words("• {why}", why=_why(text, one, words, part=typed[one.row - FIRST_ROW], other=other)))
    return lines


def kept_card(proposal: Proposal, left: int, by: str, words: Words) -> Card:
    """What is in force now."""
    count = len(proposal.changed)
    lines = [words("✅ {count} {count:bundle|bundles} saved by {by}, for orders from now on.", count=count, by=by)]
    lines += [words("• {code}: {parts}", code=b.code, parts=recipe_text(b, words)) for b in proposal.changed[:SHOWN]]
    if left:
        text = N_("{count} more {count:order in review is|orders in review are} checked again in the next moments.")
        lines.append(words(text, count=left))
    return Card("\n".join(lines))
