"""Answers, recalls and feeds on every store; what the board counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.floor.parcels import ParcelState, Refund, Stage, Stop, StopKind, StopState
from domain.people.people import Role
from domain.policy.policy_stops import FeedSource, RecallKind
from domain.stops.stop_desk import Answered, Board, Ended, Feed, Recall, RecallState, Reply, StopFact, Verdict
from domain.watch.lookout import Pile
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each
from tests.storage.test_warehouse import boxed

SECOND = timedelta(seconds=1)


def _hear(unit: Unit, feed: Feed) -> None:
    unit.feeds.heard(feed)


def _tell(unit: Unit, refund: Refund) -> None:
    unit.refunds.add(refund)


def _add(unit: Unit, stop: Stop) -> Stop:
    return unit.stops.add(stop)


def _add_recall(unit: Unit, recall: Recall) -> None:
    unit.recalls.add(recall)


def _add_reply(unit: Unit, reply: Reply) -> None:
    unit.replies.add(reply)


def test_decided_answers_newest_first_of_some_shops(each: Each) -> None:
    shop, other = each.cast.shops[0].id, each.cast.shops[1].id
    asked = Reply(0, shop, "1", "1001", Verdict.SUCCESS, NOW, NOW, decided_at=NOW + SECOND)
    for reply in (
        replace(asked, asked_at=NOW - SECOND),
        replace(asked, refund_no="2", said_at=NOW + 2 * SECOND),
        replace(asked, refund_no="3", verdict=Verdict.WAIT, decided_at=None),
        replace(asked, refund_no="4", verdict=Verdict.NONE),
        replace(asked, refund_no="5", shop_id=other),
    ):
        each.store.run_now(_add_reply, reply)
    told = Answered(shop, NOW, NOW + SECOND, NOW + 2 * SECOND)
    theirs = Answered(other, NOW, NOW + SECOND, None)

    def answered(shops: frozenset[int] | None, limit: int = 9) -> list[Answered]:
        return each.store.read_now(lambda unit: unit.replies.answered(NOW, shops, limit))

    assert answered(None) == [theirs, told]
    assert (answered(None, 1), answered(frozenset({shop}))) == ([theirs], [told])


def test_answers_are_one_per_refund_and_due_by_clock(each: Each) -> None:
    shop, other = each.cast.shops[0].id, each.cast.shops[1].id
    made = Reply(0, shop, "77", "1001", Verdict.WAIT, NOW, NOW + SECOND)
    reply = each.store.run_now(lambda unit: unit.replies.add(made))
    each.store.run_now(lambda unit: unit.replies.add(replace(made, shop_id=other)))
    assert each.store.read_now(lambda unit: unit.replies.of(shop, ["77", "78"])) == {"77": reply}
    assert each.store.read_now(lambda unit: unit.replies.late(NOW, 9)) == []
    assert [one.shop_id for one in each.store.read_now(lambda unit: unit.replies.late(NOW + SECOND, 9))] == [
        shop,
        other,
    ]
    said = replace(reply, verdict=Verdict.SUCCESS, decided_at=NOW, next_at=NOW)
    each.store.run_now(lambda unit: unit.replies.save([said]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.replies.save([said]))
    assert each.store.read_now(lambda unit: unit.replies.to_say(NOW - SECOND, 9)) == []
    assert each.store.read_now(lambda unit: unit.replies.to_say(NOW, 9)) == [replace(said, revision=2)]
    assert each.store.read_now(lambda unit: unit.replies.many([reply.id])) == {reply.id: replace(said, revision=2)}


def test_recalls_by_parcel_by_state_and_by_clock(each: Each) -> None:
    (box,) = boxed(each, {})
    shop, courier = each.cast.shops[0].id, each.cast.couriers[0].id
    kind, state = RecallKind.SENDER, RecallState.REGISTERED
    made = Recall(0, box.id, box.order_ids[0], shop, courier, "YT1", kind, state, NOW, "安娜", NOW, next_at=NOW)
    recall = each.store.run_now(lambda unit: unit.recalls.add(made))
    assert each.store.read_now(lambda unit: unit.recalls.get(recall.id)) == replace(made, id=recall.id)
    assert each.store.read_now(lambda unit: unit.recalls.of_parcels([box.id])) == {box.id: (recall,)}
    assert each.store.read_now(lambda unit: unit.recalls.to_ask(NOW, 9)) == [recall]
    assert each.store.read_now(lambda unit: unit.recalls.coming(frozenset({shop}), 9)) == [recall]
    assert each.store.read_now(lambda unit: unit.recalls.coming(frozenset({shop + 1}), 9)) == []
    done = replace(recall, state=RecallState.FAILED, closed_at=NOW, why="x")
    each.store.run_now(lambda unit: unit.recalls.save(done))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.recalls.save(done))
    assert each.store.read_now(lambda unit: unit.recalls.to_ask(NOW, 9)) == []
    assert each.store.read_now(lambda unit: unit.recalls.coming(None, 9)) == []
    assert each.store.read_now(lambda unit: unit.recalls.since(NOW, None)) == [replace(done, revision=2)]
    assert each.store.read_now(lambda unit: unit.recalls.since(NOW + SECOND, None)) == []
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.recalls.get(10**9))


def test_what_the_desk_owes_an_answer_piles_up_by_shop(each: Each) -> None:
    box, other = boxed(each, {}, {})
    shop, order_id = each.cast.shops[0].id, box.order_ids[0]
    left = Stop(0, box.id, order_id, StopState.TOO_LATE, Stage.IN_TRANSIT, NOW, "refund")
    first = each.store.run_now(_add, left)
    each.store.run_now(_add, replace(left, opened_at=NOW + SECOND))
    each.store.run_now(_add, replace(left, order_id=other.order_ids[0], acked_at=NOW))
    kind, state = RecallKind.SENDER, RecallState.REGISTERED
    recall = Recall(0, box.id, order_id, shop, each.cast.couriers[0].id, "YT1", kind, state, NOW, "安娜", NOW)
    for one in (recall, replace(recall, next_at=NOW), replace(recall, state=RecallState.ASKING)):
        each.store.run_now(_add_recall, one)
    reply = Reply(0, shop, "77", "1001", Verdict.SUCCESS, NOW, NOW, order_id, decided_at=NOW, error="no connection")
    for number, told in enumerate((reply, replace(reply, error=""), replace(reply, said="SUCCESS"))):
        each.store.run_now(_add_reply, replace(told, refund_no=str(number)))
    piles = [Pile(shop, "", 1, NOW, (order_id,))]
    assert each.store.read_now(lambda unit: unit.piles.left(NOW)) == []
    assert each.store.read_now(lambda unit: unit.piles.left(NOW + SECOND)) == piles
    assert each.store.read_now(lambda unit: unit.piles.recalls(NOW)) == []
    assert each.store.read_now(lambda unit: unit.piles.recalls(NOW + SECOND)) == piles
    assert each.store.read_now(lambda unit: unit.piles.untold()) == piles
    each.store.run_now(lambda unit: unit.stops.save(replace(first, acked_at=NOW)))
    assert each.store.read_now(lambda unit: unit.piles.left(NOW + SECOND)) == []
    assert each.store.read_now(lambda unit: unit.piles.left(NOW + 2 * SECOND)) == [
        Pile(shop, "", 1, NOW + SECOND, (order_id,))
    ]


def test_a_shop_is_heard_by_the_way_it_was(each: Each) -> None:
    shop = each.cast.shops[0].id
    first, second = Feed(shop, FeedSource.FILE, NOW), Feed(shop, FeedSource.PUSH, NOW)
    for feed in (first, second, replace(first, heard_at=NOW + SECOND)):
        each.store.run_now(_hear, feed)
    told = each.store.read_now(lambda unit: unit.feeds.all())
    added = [Feed(one.id, FeedSource.ADDED, NOW) for one in each.cast.shops]
    assert told == [added[0], replace(first, heard_at=NOW + SECOND), second, *added[1:]]
    each.store.run_now(lambda unit: unit.set_fail_open(shop, True))
    assert each.store.read_now(lambda unit: unit.catalog.shops[shop].fail_open) is True
    with pytest.raises(Unknown):
        each.store.run_now(lambda unit: unit.set_fail_open(10**9, True))


def test_the_board_has_mine_first_then_the_oldest_and_names_the_newest_others(each: Each) -> None:
    boxes = boxed(each, {}, {}, {}, {})
    me, other = each.cast.people[Role.PICKER].id, each.cast.people[Role.PACKER].id
    named = (other, None, me, None)
    stages = (Stage.PICKED, Stage.PICKED, Stage.PACKED, Stage.WEIGHED)
    made = [
        each.store.run_now(
            _add,
            Stop(0, box.id, box.order_ids[0], StopState.OPEN, stage, NOW + n * SECOND, "refund", named_id=who),
        )
        for n, (box, stage, who) in enumerate(zip(boxes, stages, named, strict=True))
    ]
    done = replace(made[3], state=StopState.DONE)
    here, there = (frozenset({warehouse.id}) for warehouse in each.cast.warehouses)
    piles = {Stage.PICKED: (2, NOW), Stage.PACKED: (1, NOW + 2 * SECOND), Stage.WEIGHED: (1, NOW + 3 * SECOND)}
    board = each.store.read_now(lambda unit: unit.stops.board(here, me, 2, 1))
    assert board == Board((made[2], made[0]), (boxes[3].waybill,), piles)
    assert board.count == 4
    assert each.store.read_now(lambda unit: unit.stops.board(None, None, 4, 1)) == Board(tuple(made), (), piles)
    each.store.run_now(lambda unit: unit.stops.save(done))
    last = each.store.read_now(lambda unit: unit.stops.board(here, None, 1, 9))
    assert last.newest == (boxes[2].waybill, boxes[1].waybill)
    assert each.store.read_now(lambda unit: unit.stops.board(there, me, 2, 1)) == Board((), (), {})


def test_the_board_counts_refunds_stops_only(each: Each) -> None:
    (box,) = boxed(each, {})
    made = Stop(0, box.id, box.order_ids[0], StopState.DONE, Stage.PICKED, NOW, "refund", acked_at=NOW, told_at=NOW)
    for stop in (made, replace(made, kind=StopKind.HOLD), replace(made, opened_at=NOW - SECOND)):
        each.store.run_now(_add, stop)
    here, there = (frozenset({warehouse.id}) for warehouse in each.cast.warehouses)
    fact = StopFact(Stage.PICKED, StopState.DONE, box.courier_id, NOW, told_at=NOW, acked_at=NOW)
    assert each.store.read_now(lambda unit: unit.stops.facts(NOW, here)) == [fact]
    assert each.store.read_now(lambda unit: unit.stops.facts(NOW, None)) == [fact]
    assert each.store.read_now(lambda unit: unit.stops.facts(NOW, there)) == []


def test_refunds_that_ended_before_the_hand_over_on_every_store(each: Each) -> None:
    """One stayed; one left in a box handed over later than it; one of money alone counts for nothing."""
    stayed, left = boxed(each, {}, {"state": ParcelState.HANDED_OVER, "handed_over_at": NOW + SECOND})
    base = Refund(0, stayed.order_ids[0], "1", "success", 1, "CNY", NOW, line_nos=(1,), stage="picked", stopped=True)
    told = (
        base,
        replace(base, order_id=left.order_ids[0], stage="handed_over", stopped=False),
        replace(base, external_id="2", line_nos=()),
        replace(base, external_id="3", state="cancelled"),
        replace(base, external_id="4", at=NOW - SECOND),
    )
    for refund in told:
        each.store.run_now(_tell, refund)
    here, there = (frozenset({warehouse.id}) for warehouse in each.cast.warehouses)
    wanted = [Ended("picked", stayed.courier_id, True, 1), Ended("handed_over", left.courier_id, False, 1)]
    assert each.store.read_now(lambda unit: unit.stops.ended(NOW, here)) == wanted
    assert each.store.read_now(lambda unit: unit.stops.ended(NOW, None)) == wanted
    assert each.store.read_now(lambda unit: unit.stops.ended(NOW, there)) == []
