"""Versions of the policy, and how far looking at the orders again under one has come; what the desk keeps of both.

Surprising: a version is kept in the words it was written in, so one that another Xiaoer wrote may not read any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.policy.policy import Policy, policy_of


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version: since when, whose, and its document as it was written."""

    version: int
    at: datetime
    by: str
    document: str

    @property
    def policy(self) -> Policy | None:
        """What it chooses, None when this Xiaoer cannot read it; choices it does not know are passed over."""
        return policy_of(self.document, self.version, lenient=True).value


@dataclass(frozen=True, slots=True)
class Look:
    """Orders in review looked at again under a version, and how many of them were newly held or freed by that.

    `told_at`: when its card was last drawn; `ended_at`: when nothing older was left for the first time.
    """

    version: int
    told_at: datetime
    looked: int = 0
    held: int = 0
    freed: int = 0
    ended_at: datetime | None = None


class Policies(Protocol):
    """Versions of the policy, newest first; a company that never chose has none."""

    def versions(self, limit: int, before: int | None = None) -> Sequence[PolicyVersion]:
        """The newest, of those before a version when one is given."""

    def get(self, version: int) -> PolicyVersion:
        """Raises Unknown('policy')."""

    def begin_look(self, look: Look) -> None: ...
    def look(self, version: int, *, lock: bool = False) -> Look | None:
        """None for a version nobody put in force; `lock` holds it until the end (PostgreSQL)."""

    def save_look(self, look: Look) -> None: ...
