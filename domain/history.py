"""Writing history: every change leaves one line with who, what, when, why and the update that caused it."""

from domain.desk import Desk
from domain.people.people import Actor
from domain.records import Event


def line(desk: Desk, actor: Actor, subject: str, subject_id: int, verb: str, reason: str = "", **data: str) -> Event:
    """An event of now, not yet written: collect them and `desk.record` the set."""
    return Event(
        at=desk.now,
        subject=subject,
        subject_id=subject_id,
        verb=verb,
        actor_kind=actor.kind,
        actor=actor.name,
        actor_id=actor.person_id,
        reason=reason,
        cause=actor.cause,
        policy=desk.policy.version,
        data=data,
    )


def note(desk: Desk, actor: Actor, subject: str, subject_id: int, verb: str, reason: str = "", **data: str) -> None:
    """Write one event."""
    desk.record([line(desk, actor, subject, subject_id, verb, reason, **data)])
