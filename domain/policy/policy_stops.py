"""The sections of the policy about stopping parcels: the floor's duty, the gate, what couriers take back.

Surprising: a shop that only sends news when there is some is not stale while it is silent. So the gate's limits are
by the way a shop is heard, and none is set until the company says how long its own shops are ever quiet (until then
`domain.stops.feeds` warns by the shop's own rhythm).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.policy.choices import choice

Told = tuple[str, str, dict[str, str]]


class RecallKind(StrEnum):
    """What a courier is asked to do with a parcel on its way: back to us, to a station, to another address."""

    SENDER = "return_sender"
    STATION = "return_station"
    ADDRESS = "change_address"


class FeedSource(StrEnum):
    """How a shop's news reach us: told by the platform, or as a person's file. ADDED: not yet, only that the shop is
    there."""

    PUSH = "push"
    FILE = "file"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class StopRules:
    """What stopping a parcel asks of the floor, and how soon the platform is answered."""

    second_scan: bool = choice(True, "a stopped parcel is pulled by a second scan: the stop shelf's code")
    pull_minutes: int = choice(10, "who said 'on it' has done it by then, or the next person is told", low=1, high=1440)
    put_back_minutes: int = choice(
        60, "what lies on the stop shelf is put back by then, or the person it names is reminded", low=1, high=10080
    )
    missing_minutes: int = choice(
        60, "goods a picker did not find are counted by then, or the next person is told", low=1, high=10080
    )
    longest_minutes: int = choice(
        480, "after the last person each reminder waits twice as long, at most so long", low=1, high=10080
    )
    left_minutes: int = choice(15, "somebody has answered for a parcel that had left by then", low=1, high=10080)
    recall_minutes: int = choice(60, "a recall that is registered is with the courier by then", low=1, high=10080)
    hand_answers: bool = choice(True, "an answer no platform took is a person's task")
    put_back_bins: bool = choice(False, "its goods are back by the scan of their bins' codes, where they have bins")
    answer_minutes: int = choice(15, "the platform hears FAIL when nobody has answered by then", low=1, high=1440)
    printed_fails: bool = choice(False, "answer FAIL 1003 while a printed sheet is not torn up")
    dock_minutes: int = choice(60, "a parcel of no hand-over list is taken to be on the dock after its scan", low=0)
    record_days: int = choice(30, "how far the board's success rates look back", low=1, high=366)


@dataclass(frozen=True, slots=True)
class Gate:
    """After how many minutes of silence a shop's refunds may be missing. Whether its parcels are then held back is the
    shop's own choice (/feeds)."""

    push_minutes: int = choice(
        0, "a shop that tells by itself; 0 = no limit, only a warning beyond its own rhythm", low=0
    )
    file_minutes: int = choice(0, "a shop whose files people send; 0 = no limit", low=0)

    def minutes(self, source: FeedSource) -> int:
        """The limit for news of that kind."""
        return self.push_minutes if source is FeedSource.PUSH else self.file_minutes


@dataclass(frozen=True, slots=True)
class RecallTerms:
    """What a courier takes back: `courier` is its code, '' = every other one. `fee` in minor units of `currency`."""

    courier: str = ""
    kinds: tuple[RecallKind, ...] = tuple(RecallKind)
    times: int = choice(1, "how often a parcel may be recalled", low=0, high=9)
    after_minutes: int = choice(0, "not before so long after the pick-up", low=0)
    within_hours: int = choice(240, "not after so long", low=1)
    fee: int = choice(0, "what it costs, minor units", low=0)
    currency: str = "CNY"


def recall_faults(terms: tuple[RecallTerms, ...]) -> Iterator[Told]:
    """A courier has one set of terms, and there is one for those not named."""
    codes = [one.courier for one in terms]
    for place, code in enumerate(codes, 1):
        if code in codes[: place - 1]:
            yield f"recalls.{place}.courier", "value", {"told": code, "choices": "-"}
    if "" not in codes:
        yield "recalls", "missing", {"name": 'courier = ""'}
