"""The reply keyboard of each desk: the few things a person does all day, one thumb away.

Surprising: pressing a label sends its text, so the texts are commands in the person's language; `command_of` reads
them back in any language we speak.
"""

from collections.abc import Collection

from domain.people.people import RIGHTS, Person, Right
from handlers.services import Services
from handlers.wording.terms import N_
from handlers.words import LANGUAGES, Words

LABELS: dict[str, tuple[Right, str]] = {
    "new": (Right.APPROVE, N_("📥 New orders")),
    "queue": (Right.APPROVE, N_("✋ Held orders")),
    "wave": (Right.WAVE, N_("🌊 Waves")),
    "pick": (Right.PICK, N_("🛒 Pick")),
    "check": (Right.CHECK, N_("🔍 Check")),
    "pack": (Right.PACK, N_("📦 Pack")),
    "weigh": (Right.WEIGH, N_("⚖️ Weigh")),
    "ship": (Right.HAND_OVER, N_("🚚 Hand over")),
    "putback": (Right.PUT_BACK, N_("↩️ Put back")),
    "receive": (Right.RECEIVE, N_("📬 Returns")),
    "scan": (Right.PUT_BACK, N_("📱 Scan page")),
    "stops": (Right.PUT_BACK, N_("⛔ Stops")),
    "report": (Right.REPORT, N_("📊 Report")),
    "staff": (Right.STAFF, N_("👥 Staff")),
}

STATIONS = ("pick", "check", "pack", "weigh", "ship", "putback", "receive", "scan")


def desk_keyboard(person: Person, words: Words, *, without: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Rows of three labels this person has a use for, `without` some commands."""
    rights = frozenset().union(*(RIGHTS[role] for role in person.roles)) if person.roles else frozenset()
    # an owner may do all, and scans nothing all day
    left_out = {*without, *(STATIONS if Right.STAFF in rights else ())}
    labels = [words.plain(label) for name, (right, label) in LABELS.items() if right in rights and name not in left_out]
    return tuple(tuple(labels[at : at + 3]) for at in range(0, len(labels), 3))


def keyboard_of(person: Person, words: Words, services: Services) -> tuple[tuple[str, ...], ...]:
    """The desk's keyboard; the scan page's label only where there is a page."""
    return desk_keyboard(person, words, without=() if services.scan_page() else ("scan",))


def command_of(text: str) -> str | None:
    """The command behind a pressed label, None for any other text."""
    for language in LANGUAGES:
        words = Words(language, "UTC")
        for command, (_, label) in LABELS.items():
            if text.strip() == words.plain(label):
                return command
    return None
