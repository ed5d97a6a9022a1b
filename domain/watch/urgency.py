"""When to say it: at once, after the quiet hours, or in the next digest.

Surprising: what waits is not the alert but one notice per chat that shows whatever is open when its time comes.
Ten worries of one night are one message in the morning, and what settled itself meanwhile is none.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time

from domain import history
from domain.desk import Desk
from domain.hours import next_time, quiet_hours, quiet_until
from domain.people.people import Actor, Chat, Right, require
from domain.records import Alert, Notice, NoticeKind

MORNING = time(8)
UNASKED = {"unasked": "1"}


@dataclass(frozen=True, slots=True)
class Telling:
    """One chat and when it hears of an alert: with a card of its own, or collected with the others."""

    chat_id: int
    due: datetime
    alone: bool


SOON = "soon"
"""Among an alert's facts: it does not wait for the digest, though it keeps the quiet hours."""


def plan(desk: Desk, alert: Alert, chat_ids: Collection[int]) -> list[Telling]:
    """When each of these chats hears of an alert."""
    return [_telling(desk, alert, chat) for chat in desk.people.chats() if chat.id in chat_ids]


def _telling(desk: Desk, alert: Alert, chat: Chat) -> Telling:
    alerts, now = desk.policy.alerts, desk.now
    if alert.kind in alerts.critical:
        return Telling(chat.id, now, alone=True)
    digest = alert.kind in alerts.digest and SOON not in alert.facts
    due = calm(desk, chat, next_time(now, alerts.digest_times, desk.catalog.company.zone) if digest else now)
    return Telling(chat.id, due, alone=due == now)


def calm(desk: Desk, chat: Chat, at: datetime) -> datetime:
    """The moment, or the end of the chat's quiet hours it lies in."""
    hours = chat.quiet or desk.policy.alerts.quiet
    return quiet_until(at, hours, desk.catalog.company.zone) or at


def notices_of(alert: Alert, plan: Collection[Telling], now: datetime) -> list[Notice]:
    """The outbox rows of a plan: an alert's own card once per turn, a digest once per chat and moment."""
    return [
        Notice(NoticeKind.ALERT, alert.id, one.chat_id, f"alert:{alert.id}:{alert.turn}", now)
        if one.alone
        else Notice(NoticeKind.ALERTS, 0, one.chat_id, f"alerts:{one.due:%Y%m%d%H%M}", one.due, data=UNASKED)
        for one in plan
    ]


def morning(desk: Desk) -> datetime:
    """When the company's next quiet hours end; eight o'clock where it keeps none."""
    ends = quiet_hours(desk.policy.alerts.quiet)
    end = ends[1] if ends else MORNING
    return next_time(desk.now, [end.isoformat("minutes")], desk.catalog.company.zone)


def set_quiet(desk: Desk, actor: Actor, chat: Chat, text: str) -> Chat:
    """A chat's own quiet hours: `22:00-08:00`, `off`, or '' for the company's. A group's are the owner's choice.

    Raises NotAllowed, BadValue.
    """
    if not chat.private:
        require(actor, Right.STAFF)
    ends = quiet_hours(text)
    kept = f"{ends[0]:%H:%M}-{ends[1]:%H:%M}" if ends else text.strip().casefold()
    desk.people.save_chat(replace(chat, quiet=kept))
    history.note(desk, actor, "chat", chat.id, "quiet_hours", kept)
    return desk.people.chat(chat.id)
