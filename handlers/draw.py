"""From a record to its card: one drawing per kind, used by the messenger and by the handlers alike.

Surprising: a drawing may return None: the record no longer wants a card (an alert that has gone), and then nothing
is sent.
"""

from collections.abc import Callable, Mapping

from domain.desk import Desk
from domain.people.people import Chat
from domain.records import NoticeKind
from handlers.card import Card
from handlers.viewer import Viewer, viewer_of

Drawing = Callable[[Desk, int, Viewer, Mapping[str, str]], Card | None]
_DRAWINGS: dict[NoticeKind, Drawing] = {}


def drawing(kind: NoticeKind) -> Callable[[Drawing], Drawing]:
    """Register the drawing of a kind."""

    def register(function: Drawing) -> Drawing:
        _DRAWINGS[kind] = function
        return function

    return register


def draw(desk: Desk, kind: NoticeKind, subject_id: int, chat: Chat, data: Mapping[str, str]) -> Card | None:
    """The card of a record for a chat, as the record is now. Reads only."""
    import handlers.cards  # noqa: F401  (registers every drawing)

    return _DRAWINGS[kind](desk, subject_id, viewer_of(desk, chat), data)
