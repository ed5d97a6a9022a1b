"""Table mappings: made step by step, one winner, in force only when saved, and nobody acts outside their shops."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain.desk import Desk
from domain.errors import BadValue, NotAllowed, Refusal, Stale, Unknown, WrongStatus
from domain.intake import mappings
from domain.intake.table_mapping import Field, LearnedTable, Meaning, Reading, TableMapping
from domain.people.people import Actor, ActorKind, Role
from domain.records import Event, StoredFile
from storage.store import Store
from tests import factory
from tests.factory import NOW, Cast
from tests.filled import filled

TABLE = LearnedTable("abc", ("单号", "品名", "数量", "状态"), ("A-1", "茶", "2", "新"))
PROPOSAL = Reading({"number": "单号", "title": "品名"}, {"新": "paid"}, per_line=True)


@dataclass
class Bench:
    """A seeded company with a file in it; `anna` may import everywhere, `local` in the first shop only."""

    store: Store
    cast: Cast
    stored: StoredFile

    @property
    def anna(self) -> Actor:
        return self.cast.actor(Role.CS)

    @property
    def local(self) -> Actor:
        return Actor(ActorKind.PERSON, "Lokal", 99, frozenset({Role.CS}), frozenset({self.shop}))

    @property
    def shop(self) -> int:
        return self.cast.shops[0].id

    def do(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.store.run_now(fn, *args, **kwargs)

    def begin(self, shop: int = 0, **changes: Any) -> TableMapping:
        table = replace(TABLE, **changes)
        made: TableMapping = self.do(mappings.begin, self.anna, self.cast.shops[shop].id, self.stored, table, PROPOSAL)
        return made

    def whole(self, shop: int = 0) -> TableMapping:
        one = self.begin(shop)
        made: TableMapping = self.do(mappings.choose, self.anna, one.id, one.revision, Field.QUANTITY, "数量")
        return made

    def saved(self, shop: int = 0) -> TableMapping:
        one = self.whole(shop)
        made: TableMapping = self.do(mappings.save, self.anna, one.id, one.revision)
        return made

    def now(self, mapping_id: int) -> TableMapping:
        return self.store.read_now(lambda desk: desk.mappings.get(mapping_id))

    def history(self, mapping_id: int) -> list[tuple[str, str, str]]:
        events: list[Event] = self.store.read_now(lambda desk: desk.history("mapping", mapping_id))
        return [(event.verb, event.actor, event.reason) for event in reversed(events)]


@pytest.fixture
def bench() -> Iterator[Bench]:
    store = Store("sqlite:///:memory:", now=lambda: NOW)
    cast = filled(store, factory.seed)
    yield Bench(store, cast, store.run_now(_file))
    store.close()


def _file(desk: Desk) -> StoredFile:
    return desk.files.put("erp.csv", b"1,2,3", desk.now)


def test_a_draft_is_what_was_proposed(bench: Bench) -> None:
    made = bench.begin()
    assert made == TableMapping(
        id=made.id,
        shop_id=bench.shop,
        signature="abc",
        file_id=bench.stored.id,
        file_name="erp.csv",
        header=TABLE.header,
        samples=TABLE.samples,
        columns={"number": "单号", "title": "品名"},
        words={"新": "paid"},
        per_line=True,
        made_by=bench.anna.name,
        made_at=NOW,
    )
    assert made.lacking == (Field.QUANTITY,)
    assert bench.history(made.id) == [("mapped", bench.anna.name, "")]
    assert bench.do(mappings.in_force, bench.anna) == []


def test_a_second_file_goes_on_with_the_draft(bench: Bench) -> None:
    """It is about the new file; words of the earlier one stay; other shops have their own."""
    one = bench.whole()
    other = bench.do(lambda desk: desk.files.put("erp2.csv", b"x", desk.now))
    table = LearnedTable("abc", tuple(reversed(TABLE.header)), ("旧", "1", "杯", "B-1"))
    proposal = Reading({"number": "品名", "state": "状态"}, {"旧": "done"})
    again = bench.do(mappings.begin, bench.anna, bench.shop, other, table, proposal)
    assert again == replace(
        one,
        file_id=other.id,
        file_name="erp2.csv",
        header=table.header,
        samples=table.samples,
        columns=proposal.columns,
        words={"新": "paid", "旧": "done"},
        per_line=False,
        revision=one.revision + 1,
    )
    stateless = bench.do(mappings.begin, bench.anna, bench.shop, other, table, Reading({"number": "品名"}))
    assert stateless.words == {}
    assert bench.begin(shop=1).id != one.id


def test_a_new_mapping_learns_from_the_shops_own_and_from_what_others_saved(bench: Bench) -> None:
    own, foreign, mine = bench.begin(), bench.saved(shop=1), bench.saved(shop=0)
    bench.begin(shop=2)
    assert own.id == mine.id
    draft = bench.begin(signature="def")
    first = bench.cast.shops[0].id
    assert bench.do(mappings.earlier, bench.anna, first) == [draft, mine, foreign]
    assert bench.do(mappings.earlier, bench.local, first) == [draft, mine]
    with pytest.raises(NotAllowed):
        bench.do(mappings.earlier, bench.local, bench.cast.shops[1].id)


def test_a_mapping_saved_meanwhile_stays_as_it_is(bench: Bench) -> None:
    saved = bench.saved()
    assert bench.begin(samples=("x", "x", "x", "x")) == saved


def test_a_column_is_chosen_changed_and_taken_away(bench: Bench) -> None:
    one = bench.begin()
    two = bench.do(mappings.choose, bench.anna, one.id, one.revision, Field.QUANTITY, "数量")
    assert (two.columns, two.words, two.lacking) == ({**one.columns, "quantity": "数量"}, {"新": "paid"}, ())
    three = bench.do(mappings.choose, bench.anna, one.id, two.revision, Field.TITLE, "")
    assert (three.columns, three.lacking) == ({"number": "单号", "quantity": "数量"}, (Field.TITLE,))
    words = {"待发": "paid"}
    four = bench.do(mappings.choose, bench.anna, one.id, three.revision, Field.STATE, "状态", words)
    assert (four.columns["state"], four.words) == ("状态", words)
    five = bench.do(mappings.choose, bench.anna, one.id, four.revision, Field.STATE, "")
    assert ("state" in five.columns, five.words) == (False, {})
    assert [reason for _, _, reason in bench.history(one.id)] == [
        "",
        "quantity: 数量",
        "title: ",
        "state: 状态",
        "state: ",
    ]


def test_amounts_and_words(bench: Bench) -> None:
    one = bench.begin()
    two = bench.do(mappings.count_amounts, bench.anna, one.id, one.revision, per_line=False)
    assert (one.per_line, two.per_line) == (True, False)
    three = bench.do(mappings.mean, bench.anna, one.id, two.revision, "新", Meaning.REFUNDING)
    assert three.words == {"新": "refunding"}


def test_saved_it_is_in_force_and_forgotten_it_is_a_draft_again(bench: Bench) -> None:
    saved = bench.saved()
    assert saved.saved_at == NOW
    assert bench.do(mappings.in_force, bench.anna) == [saved]
    assert bench.do(mappings.in_force, bench.anna, bench.cast.shops[1].id) == []
    forgotten = bench.do(mappings.forget, bench.anna, saved.id, saved.revision)
    assert forgotten == replace(saved, saved_at=None, revision=saved.revision + 1)
    assert bench.do(mappings.in_force, bench.anna) == []
    assert [verb for verb, _, _ in bench.history(saved.id)] == [
        "mapped",
        "mapped",
        "mapping_saved",
        "mapping_forgotten",
    ]


Step = Callable[[Bench, Actor, TableMapping], Any]
STEPS: dict[str, Step] = {
    "choose": lambda b, who, m: b.do(mappings.choose, who, m.id, m.revision, Field.SKU_CODE, "数量"),
    "mean": lambda b, who, m: b.do(mappings.mean, who, m.id, m.revision, "新", Meaning.DONE),
    "count": lambda b, who, m: b.do(mappings.count_amounts, who, m.id, m.revision, per_line=False),
    "save": lambda b, who, m: b.do(mappings.save, who, m.id, m.revision),
}


def refused(bench: Bench, refusal: type[Refusal], step: Step, who: Actor, mapping: TableMapping) -> Any:
    """The refusal; the mapping and its history are as they were."""
    before = bench.now(mapping.id), bench.history(mapping.id)
    with pytest.raises(refusal) as caught:
        step(bench, who, mapping)
    assert (bench.now(mapping.id), bench.history(mapping.id)) == before
    return caught.value


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_who_was_slower_is_told_who_was_faster(bench: Bench, step: Step) -> None:
    seen = bench.begin()
    bench.whole()
    told = refused(bench, Stale, step, bench.cast.people[Role.OWNER].acting(), seen)
    assert (told.what, told.verb, told.by, told.at) == ("mapping", "mapped", bench.anna.name, NOW)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_saved_mapping_is_not_changed(bench: Bench, step: Step) -> None:
    told = refused(bench, WrongStatus, step, bench.anna, bench.saved())
    assert (told.what, told.status, told.needed) == ("erp.csv", "mapping_saved", "mapping_draft")


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_only_who_may_import_in_that_shop(bench: Bench, step: Step) -> None:
    mapping = bench.whole(shop=1)
    assert refused(bench, NotAllowed, step, bench.cast.actor(Role.PICKER), mapping).scope == ""
    assert refused(bench, NotAllowed, step, bench.local, mapping).scope == "shop"


def test_looking_beginning_and_forgetting_need_the_right_too(bench: Bench) -> None:
    saved, picker = bench.saved(shop=1), bench.cast.actor(Role.PICKER)
    forget: Step = lambda b, who, m: b.do(mappings.forget, who, m.id, m.revision)  # noqa: E731
    look: Step = lambda b, who, m: b.do(mappings.shown, who, m.id)  # noqa: E731
    for step in (forget, look):
        assert refused(bench, NotAllowed, step, picker, saved).scope == ""
        assert refused(bench, NotAllowed, step, bench.local, saved).scope == "shop"
    for who in (picker, bench.local):
        with pytest.raises(NotAllowed):
            bench.do(mappings.begin, who, bench.cast.shops[2].id, bench.stored, TABLE, PROPOSAL)
        with pytest.raises(NotAllowed):
            bench.do(mappings.in_force, who, bench.cast.shops[1].id)
    assert bench.store.read_now(lambda desk: desk.mappings.of(bench.cast.shops[2].id, "abc")) is None
    assert bench.do(mappings.in_force, bench.local) == []


def test_a_draft_is_not_forgotten_and_not_saved_while_a_column_is_lacking(bench: Bench) -> None:
    draft = bench.begin()
    told = refused(
        bench, WrongStatus, lambda b, who, m: b.do(mappings.forget, who, m.id, m.revision), bench.anna, draft
    )
    assert told.status == "mapping_draft"
    lacking = refused(bench, BadValue, STEPS["save"], bench.anna, draft)
    assert (lacking.what, lacking.value, lacking.want) == ("mapping", "", "required_columns")


def test_what_is_not_of_this_table_is_refused(bench: Bench) -> None:
    draft = bench.begin()
    step: Step = lambda b, who, m: b.do(mappings.choose, who, m.id, m.revision, Field.PAID, "别的列")  # noqa: E731
    assert refused(bench, BadValue, step, bench.anna, draft).want == "column_of_the_table"
    step = lambda b, who, m: b.do(mappings.mean, who, m.id, m.revision, "别的", Meaning.PAID)  # noqa: E731
    assert refused(bench, Unknown, step, bench.anna, draft).kind == "status_word"
    with pytest.raises(Unknown):
        bench.do(mappings.begin, bench.anna, 10**6, bench.stored, TABLE, PROPOSAL)
