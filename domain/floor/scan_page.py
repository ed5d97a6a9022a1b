"""What the phone's scan page was answered, kept so that a job that is sent twice is done once.

Surprising: the net often breaks after the work was done and before the answer came. The page then sends the same job
again under its own id, and must hear the first answer, not "already packed by you".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """One job of a person's page under the id the page gave it, with the answer as it was told (JSON)."""

    person_id: int
    job: str
    at: datetime
    answer: str


class PageAnswers(Protocol):
    """Answers by person and job."""

    def get(self, person_id: int, job: str) -> PageAnswer | None: ...
    def add(self, answer: PageAnswer) -> None:
        """Raises LostRace when the job was answered at this very moment."""

    def forget(self, person_id: int, before: datetime) -> None:
        """Those of a person that no page will ask for again."""
