"""The board of stops: what is open and who has it; for leads also how often and how fast parcels are stopped.

Surprising: it is one card that is edited with every stop, and each chat sees its own warehouses on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from domain.desk import Desk
from domain.floor import proofs
from domain.floor.parcels import Parcel, ParcelState, Stage, Stop, StopState
from domain.people.people import Actor, Right
from domain.records import NoticeKind
from domain.stops import feeds, recalls, stop_calls
from domain.stops.stop_desk import Board, Ended, StopFact
from handlers.card import Button, Card
from handlers.cards.floor.stops import SEEN, next_roles, span
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.stop_terms import MARKS
from handlers.wording.terms import step_name
from handlers.words import Words

SHOWN = 20
ANSWERS = 2000
"""So many of the newest answers to platforms are looked at."""
LISTED = 60
"""Waybills of the newest other stops: in a flood each one stands on the board at once."""


@drawing(NoticeKind.STOPS)
def board_card(desk: Desk, subject_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """Open stops of this viewer's warehouses, his own first, then the oldest, and the record for who leads."""
    if viewer.actor is None:
        return None
    words, actor = viewer.words, viewer.actor
    board = _board(desk, actor)
    boxes = desk.parcels.many([stop.parcel_id for stop in board.first])
    shown = [(stop, boxes[stop.parcel_id]) for stop in board.first]
    leads = Right.OVERRIDE in actor.rights
    lines = [words("⛔ Open stops: {count}", count=board.count), *(_by_stage(desk, board, words) if leads else []), ""]
    kept = proofs.counts(desk, list(boxes)) if leads else {}
    for stop, parcel in shown:
        photos = words(" · 📷 {count}", count=kept[parcel.id]) if parcel.id in kept else ""
        lines.append(stop_line(stop, parcel, words, leads=leads) + photos)
    if not board.count:
        lines = [words("✅ No open stops.")]
    if board.newest:
        lines.append(words("• the newest others: {waybills}", waybills=words.listed(board.newest)))
    lines += silent(desk, words)
    if leads and not board.newest:  # nobody reads statistics in a flood
        lines += _record(desk, actor, words)
    return Card("\n".join(lines), stop_buttons(shown))


def stop_buttons(shown: Sequence[tuple[Stop, Parcel]]) -> tuple[tuple[Button, ...], ...]:
    """A button for each that opens it, two in a row."""
    buttons = [Button(f"{MARKS[stop.kind]} {_tail(parcel.waybill)}", pack("st", stop.id)) for stop, parcel in shown]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def waiting_for(desk: Desk, actor: Actor) -> list[tuple[Stop, Parcel]]:
    """Open stops whose clock runs against this person, those that name them first, and where their parcels are."""
    stops = [stop for stop in _board(desk, actor).first if stop_calls.waits_for(stop, actor)]
    boxes = desk.parcels.many([stop.parcel_id for stop in stops])
    return [(stop, boxes[stop.parcel_id]) for stop in stops]


def _tail(waybill: str) -> str:
    """What fits into half a phone: waybills of a day differ at their ends, and the whole one stands in the text."""
    return waybill if len(waybill) <= 12 else f"…{waybill[-9:]}"


def _board(desk: Desk, actor: Actor) -> Board:
    if not any(right in actor.rights for right in SEEN):
        return Board((), (), {})
    return desk.stops.board(actor.warehouses, actor.person_id, SHOWN, LISTED)


def _by_stage(desk: Desk, board: Board, words: Words) -> list[str]:
    """How many in each stage, and how old the oldest is."""
    facts = [(stage, *board.stages[stage]) for stage in Stage if stage in board.stages]
    return [
        words(
            "{stage}: {count}, oldest {age}",
            stage=step_name(stage, words),
            count=count,
            age=span(desk.now - oldest, words),
        )
        for stage, count, oldest in facts
    ]


def stop_line(stop: Stop, parcel: Parcel, words: Words, *, leads: bool) -> str:
    """One stop in a list; whoever `leads` reads who is told next."""
    text = words(
        "{mark} {waybill} · {state} · since {time} · {who}",
        mark=MARKS[stop.kind],
        waybill=parcel.waybill or parcel.number,
        state=step_name(parcel.state, words),
        time=words.clock(stop.opened_at),
        who=stop.pulled_by or stop.acked_by or stop.named or words.plain("nobody yet"),
    )
    if stop.state is StopState.PULLED:
        text += words(" · on the stop shelf")
    if not leads or stop.next_at is None:
        return text
    return text + words(" · next: {who} at {time}", time=words.clock(stop.next_at), who=next_roles(stop, words))


def silent(desk: Desk, words: Words) -> list[str]:
    """Shops whose refunds may be missing, and what the gate does about it."""
    lines = []
    for one in feeds.stale(desk):
        facts = {"shop": one.shop.name, "minutes": one.minutes(desk.now)}
        if not one.shut:
            lines.append(words("📡 {shop}: nothing heard for {minutes} min, its parcels pass unchecked", **facts))
        else:
            lines.append(words("📡 {shop}: nothing heard for {minutes} min, its parcels are held back", **facts))
    return lines


def _record(desk: Desk, actor: Actor, words: Words) -> list[str]:
    """How refunds that came before the hand-over ended in the last days (rules.md D), what couriers brought back of
    those that came after, and how fast people were."""
    days = desk.policy.stops.record_days
    since = desk.now - timedelta(days=days)
    lines = [*_stayed(desk, desk.stops.ended(since, actor.warehouses), days, words), *_recalled(desk, actor, words)]
    facts = [one for one in desk.stops.facts(since, actor.warehouses) if one.state is not StopState.TOO_LATE]
    if any(fact.state is StopState.DONE for fact in facts):
        lines += _medians(facts, words)
    lines += _answered(desk, actor, since, words)
    return ["", *lines] if lines else []


def _stayed(desk: Desk, ended: Sequence[Ended], days: int, words: Words) -> list[str]:
    if not ended:
        return []
    names = {courier.id: courier.name for courier in desk.catalog.couriers.values()}
    steps = [stage.value for stage in Stage]
    by_stage = sorted(ended, key=lambda one: steps.index(stage_of(one)))
    by_courier = sorted(ended, key=lambda one: one.courier_id or 0)
    total = _share(sum(one.refunds for one in ended if one.stayed), sum(one.refunds for one in ended))
    return [
        words(
            "Refunds before the hand-over that did not ship, {days} {days:day|days}: {share}", days=days, share=total
        ),
        *_shares([(_stage_name(one, words), one) for one in by_stage], words),
        *_shares([(names.get(one.courier_id or 0, words.plain("no courier yet")), one) for one in by_courier], words),
    ]


def stage_of(one: Ended) -> Stage:
    """The row of rules.md B7 a refund came in at. One of waved parcels stands under picking, whoever had taken it."""
    if one.stage in ("", ParcelState.PLANNED):
        return Stage.REVIEW
    return Stage.APPROVED if one.stage in (ParcelState.OWED, ParcelState.READY) else Stage(one.stage)


def _stage_name(one: Ended, words: Words) -> str:
    stage = stage_of(one)
    return words.plain("heard of too late") if stage is Stage.IN_TRANSIT else step_name(stage, words)


def _recalled(desk: Desk, actor: Actor, words: Words) -> list[str]:
    """What couriers made of recalls, which are of parcels that had left."""
    days = desk.policy.stops.record_days
    counts: dict[int, tuple[int, int]] = {}
    for (courier, _), (good, whole) in recalls.successes(desk, desk.now - timedelta(days=days), actor.shops).items():
        before = counts.get(courier, (0, 0))
        counts[courier] = (before[0] + good, before[1] + whole)
    if not counts:
        return []
    total = _share(*(sum(column) for column in zip(*counts.values(), strict=True)))
    shares = [
        words("• {name}: {share}", name=desk.catalog.couriers[courier].name, share=_share(*counts[courier]))
        for courier in sorted(counts)
    ]
    return [words("Recalls by couriers: {share}", share=total), *shares]


def _share(good: int, whole: int) -> str:
    return f"{good}/{whole} ({good * 100 // whole}%)"


def _shares(ended: Sequence[tuple[str, Ended]], words: Words) -> list[str]:
    groups: dict[str, tuple[int, int]] = {}
    for name, one in ended:
        good, whole = groups.get(name, (0, 0))
        groups[name] = (good + one.refunds * one.stayed, whole + one.refunds)
    return [words("• {name}: {share}", name=name, share=_share(*counts)) for name, counts in groups.items()]


def _medians(facts: Sequence[StopFact], words: Words) -> list[str]:
    def middle(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> str:
        took = [(end - start).total_seconds() for start, end in pairs if start is not None and end is not None]
        return span(timedelta(seconds=median(took)), words) if took else "-"

    return [
        words(
            "Typically: blocked after {block}, somebody on it after {ack}, pulled after {pull}",
            block=middle((fact.told_at, fact.opened_at) for fact in facts),
            ack=middle((fact.opened_at, fact.acked_at) for fact in facts),
            pull=middle((fact.opened_at, fact.pulled_at) for fact in facts),
        )
    ]


def _answered(desk: Desk, actor: Actor, since: datetime, words: Words) -> list[str]:
    """How soon each shop's platform got its answers (rules.md D): the middle one, and the one that nineteen of twenty
    were as fast as. Where nothing is told to a platform it is when the answer was there for a person to give."""
    answers: dict[int, list[timedelta]] = {}
    for one in desk.replies.answered(since, actor.shops, ANSWERS):
        answers.setdefault(one.shop_id, []).append((one.said_at or one.decided_at) - one.asked_at)
    if not answers:
        return []
    lines = [words("Answers to platforms, from the request on:")]
    for shop_id, took in sorted(answers.items()):
        facts = {"shop": desk.catalog.shops[shop_id].name, "count": len(took)}
        half, most = (span(_percentile(took, percent), words) for percent in (50, 95))
        lines.append(
            words("• {shop}: {count} {count:answer|answers}, p50 {half}, p95 {most}", half=half, most=most, **facts)
        )
    return lines


def _percentile(took: Sequence[timedelta], percent: int) -> timedelta:
    """By nearest rank."""
    return sorted(took)[max(0, -(-len(took) * percent // 100) - 1)]
