"""The day's report in six lines, with the workbook.

Surprising: the light is the tie-out's: red means that two sources disagree, and the workbook says by how much.
"""

from collections.abc import Callable, Mapping

from domain.desk import Desk
from domain.people.people import Right
from domain.records import NoticeKind, ReportRun, RunState
from handlers.card import Button, Card, File
from handlers.draw import drawing
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import actor_name
from handlers.words import Words


@drawing(NoticeKind.REPORT)
def report_card(desk: Desk, run_id: int, viewer: Viewer, data: Mapping[str, str]) -> Card | None:
    """One version of one day."""
    if viewer.actor is None:
        return None
    run, words = desk.reports.get(run_id), viewer.words
    if run.state is not RunState.DONE:
        return Card(words("📊 Report {day}: {state}", day=run.day.isoformat(), state=_state(run, words)))
    lines = [_head(run, words), *_figures(run, words)]
    made = {"at": words.when(run.made_at), "who": actor_name(run.asked_by, words)}
    lines.append(words("Made at {at}, asked by {who}.", **made))
    rows: tuple[tuple[Button, ...], ...] = ()
    if viewer.offers(Right.REPORT):
        rows = ((Button(words("🔄 New version"), pack("f.n", f"{run.day:%Y%m%d}")),),)
    return Card("\n".join(lines), rows, _file(desk, run))


def _state(run: ReportRun, words: Words) -> str:
    return words("failed") if run.state is RunState.FAILED else words("being made")


def _head(run: ReportRun, words: Words) -> str:
    facts = {"day": run.day.isoformat(), "version": run.version, "passes": run.passes, "fails": run.fails}
    if run.fails:
        return words(
            "<b>📊 Report {day}, version {version} · 🔴 tie-out FAIL: {fails} {fails:check|checks} off</b>", **facts
        )
    return words("<b>📊 Report {day}, version {version} · 🟢 tie-out PASS: {passes} {passes:check|checks}</b>", **facts)


def _figures(run: ReportRun, words: Words) -> list[str]:
    """Two lines per currency: money in and back, parcels out."""
    currencies = sorted({name.split(".", 1)[1] for name in run.summary if "." in name})
    lines = []
    for currency in currencies:
        told = {name: int(run.summary.get(f"{name}.{currency}", "0")) for name in _NAMES}
        if not any(told.values()):
            continue
        facts: dict[str, object] = dict(told)
        facts |= {name: words.money(told[name], currency) for name in ("paid", "refunded", "freight")}
        lines.append(
            words(
                "{orders} {orders:order|orders}, {paid} paid · {refunds} {refunds:refund|refunds}, {refunded} back",
                **facts,
            )
        )
        lines.append(words("{shipments} {shipments:parcel|parcels} out, freight about {freight}", **facts))
    return lines or [words("A day without orders, refunds or parcels.")]


_NAMES = ("orders", "paid", "refunds", "refunded", "shipments", "freight")


def _file(desk: Desk, run: ReportRun) -> tuple[Callable[[], File], ...]:
    if run.file_id is None:
        return ()
    _, data = desk.files.get(run.file_id)
    return (lambda: File(run.file_name, data),)
