"""What a check looks like: counters of the box in hand, notes to read, weights learnt.

Surprising: the counters stand on the running card of the shift, which is edited anyway; a check has no card of its own.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.errors import NoteUnread
from domain.floor import checking, learning
from domain.floor.floor import Outcome
from domain.floor.parcels import Parcel
from domain.orders import kits
from domain.people.people import Actor
from handlers.card import Button, Card
from handlers.taps import pack
from handlers.wording.goods import built_text, title_of
from handlers.wording.terms import N_
from handlers.words import Words

SHOWN = 12
WANT = {
    checking.SERIAL: N_("now scan the serial number of {sku}"),
    checking.BATCH: N_("now scan the batch of {sku}"),
}


def check_lines(desk: Desk, parcel: Parcel, words: Words) -> list[str]:
    """The box in hand, product by product."""
    now = checking.progress(desk, parcel)
    facts = {"waybill": parcel.waybill, "done": sum(one.done for one in now.lines), "of": sum(o.of for o in now.lines)}
    lines = [words("🔍 Check {waybill}: {done} of {of}", **facts)]
    for line in now.lines[:SHOWN]:
        mark = "✅" if line.done == line.of else "▫️"
        goods = f"{line.sku} {title_of(desk, line.sku, line.title, 40)}".rstrip()
        lines.append(words("{mark} {done}/{of} {goods}", mark=mark, done=line.done, of=line.of, goods=goods))
    lines += [words("… and {count} more", count=len(now.lines) - SHOWN)] if len(now.lines) > SHOWN else []
    sets = kits.in_box(parcel.live_items, desk.orders.many(parcel.live_orders))
    if sets:
        lines.append(words("🧩 Bundles: {sets}", sets=words.listed(built_text(desk, one, words) for one in sets)))
    return [*lines, *([f"👉 {words(WANT[now.want], sku=now.sku)}"] if now.want else [])]


def held_lines(desk: Desk, parcel: Parcel, words: Words) -> list[str]:
    """What the box should hold, for who opens it and counts again."""
    units = list(checking.expected(parcel).items())
    lines = [
        words("• {units} × {goods}", units=count, goods=f"{sku} {title_of(desk, sku, '', 40)}".rstrip())
        for sku, count in units[:SHOWN]
    ]
    return [*lines, *([words("… and {count} more", count=len(units) - SHOWN)] if len(units) > SHOWN else [])]


def note_buttons(outcomes: Sequence[Outcome], words: Words) -> tuple[tuple[Button, ...], ...]:
    """One button for each parcel whose notes wait to be read."""
    waiting = [outcome.refusal for outcome in outcomes if isinstance(outcome.refusal, NoteUnread)]
    return tuple(
        (Button(words.label("✅ Read: {waybill}", waybill=one.waybill), pack("ck", one.parcel_id)),)
        for one in waiting[:5]
    )


def learnt_card(desk: Desk, actor: Actor, words: Words) -> Card:
    """Every product whose parcels weigh something else than the catalogue says."""
    found = learning.proposals(desk)
    if not found:
        least = desk.policy.weighing.learn_samples
        return Card(
            words(
                "No weight to propose. I need {count} weighed {count:parcel|parcels} with one product alone.",
                count=least,
            )
        )
    lines, rows = [words("⚖️ The scales say another weight for:"), ""], []
    for one in found[:SHOWN]:
        known = words.grams(one.known) if one.known else words.plain("unknown")
        facts = {"sku": one.sku, "known": known, "grams": words.grams(one.grams), "count": one.samples}
        lines.append(words("{sku}: {known} → {grams} (median of {count} {count:parcel|parcels})", **facts))
        label = words.label("{sku}: take {grams}", sku=one.sku, grams=words.grams(one.grams))
        rows.append((Button(label, pack("wl", one.grams, one.known, one.sku)),))
    return Card("\n".join(lines), tuple(rows))
