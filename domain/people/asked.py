"""What is being asked of a person right now, and so what their next words may be.

Surprising: no pattern can tell a batch called B7 from a slip of the tongue. A word counts as a code because an open
check waits for something like it, or because something of ours is called so; else chat stays chat.
"""

import re
from dataclasses import dataclass, replace

from domain.desk import Desk
from domain.floor import checking, floor, marks
from domain.floor.check_records import Unit
from domain.floor.parcels import Parcel, ParcelState
from domain.paper import paper_codes
from domain.people.people import STATION_RIGHT, Actor, Station, may
from domain.policy.policy_checks import CheckMode

_MARK = re.compile(r"(?=.*\d)[!-~]{1,40}")
_FEW = re.compile(r"\d{1,3}")
_HERE = (None, Station.CHECK)


@dataclass(frozen=True, slots=True)
class Asked:
    """`checks`: this person's words may belong to a check, that of `box`. `due`: what the unit of `sku` may still be
    told (traits of the product). `goods`, `mark`: what the word before was; a number behind goods says how many."""

    desk: Desk
    actor: Actor
    checks: bool = False
    box: Parcel | None = None
    sku: str = ""
    due: frozenset[str] = frozenset()
    goods: bool = False
    mark: bool = False

    def named(self, word: str) -> bool:
        """Whether something of ours is called so, however it is spelled."""
        return self.is_goods(word) or bool(paper_codes.of(self.desk, word))

    def is_goods(self, word: str) -> bool:
        """Whether it is a product's code or barcode."""
        return bool(floor.sku_of(self.desk, word))

    def bears(self, word: str) -> bool:
        """Whether the unit before may bear this: a serial number or a batch of it, or, where one must come now, a word
        that could be one. A small number right behind goods is how many there are, unless a batch is called so."""
        if not self.due:
            return False
        if self._numbers and marks.serial_fits(self.desk, self.sku, word):
            return True
        if self.is_batch(word):
            return True
        must = self.due & {checking.SERIAL, checking.BATCH}
        few = self.goods and _FEW.fullmatch(word)
        return bool(must) and not few and _MARK.fullmatch(word) is not None and not self.named(word)

    def is_batch(self, text: str) -> bool:
        """Whether a batch is asked for and one of the unit's is called so; some have a blank in their name."""
        return checking.BATCH in self.due and bool(marks.batch_called(self.desk, self.sku, text))

    @property
    def _numbers(self) -> frozenset[str]:
        return self.due & {checking.SERIAL, checking.WEAK_SERIAL}

    def after(self, word: str, *also: str) -> "Asked":
        """What is asked once this was said. `also`: what the same barcode said of the unit."""
        sku = floor.sku_of(self.desk, word)
        if sku:
            inside = self.box is not None and sku in checking.expected(self.box)
            due = checking.traits(self.desk, sku) & checking.MARKS if inside else frozenset[str]()
            now = replace(self, sku=sku, due=due, goods=True, mark=False)
            for told in filter(None, also):
                now = now.marked(told)
            return now
        box = self.desk.parcels.by_waybill(word.upper()) if self.checks else None
        if box is not None:
            return replace(
                self, box=_opens(self.desk, self.actor, box), sku="", due=frozenset(), goods=False, mark=False
            )
        return replace(self, goods=False, mark=False)

    def counted(self) -> "Asked":
        """What is asked once the number of the goods was told: their batch may follow, another number not."""
        return replace(self, goods=False, mark=True)

    def marked(self, word: str) -> "Asked":
        """What is asked once this was told of the unit."""
        if self._numbers and (marks.serial_fits(self.desk, self.sku, word) or checking.SERIAL in self.due):
            left = self.due - self._numbers
        else:
            left = self.due - {checking.BATCH}
        return replace(self, due=left, goods=False, mark=True)


def _opens(desk: Desk, actor: Actor, box: Parcel) -> Parcel | None:
    """The parcel, when this person's scan of it begins a check unit by unit."""
    mine = may(actor, STATION_RIGHT[Station.CHECK], warehouse=box.warehouse_id)
    return (
        box if mine and box.state is ParcelState.PICKED and checking.wanted(desk, box) is not CheckMode.QUICK else None
    )


def of(desk: Desk, actor: Actor, station: Station | None = None) -> Asked:
    """What is asked of this person at their station, or at this one."""
    assert actor.person_id is not None
    person = desk.people.get(actor.person_id)
    if (station or person.station) not in _HERE or STATION_RIGHT[Station.CHECK] not in actor.rights:
        return Asked(desk, actor)
    box = checking.open_for(desk, actor, person.last_parcel)
    check = desk.checks.get(box.id) if box else None
    last = check.units[-1] if check and check.units else None
    if last is None:
        return Asked(desk, actor, True, box)
    return Asked(desk, actor, True, box, last.sku, _due(desk, last))


def _due(desk: Desk, unit: Unit) -> frozenset[str]:
    told = {checking.SERIAL, checking.WEAK_SERIAL} if unit.serial else set[str]()
    return (checking.traits(desk, unit.sku) & checking.MARKS) - told - ({checking.BATCH} if unit.batch else set[str]())
