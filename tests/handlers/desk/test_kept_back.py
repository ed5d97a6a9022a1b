"""What the bot answers to files that hold no orders, and what the card says of what a file left out."""

import pytest

from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.people.people import Role
from domain.policy.policy import Policy, document_of
from handlers.cards.desk.intake import row_text
from handlers.words import Words
from tests.factory import incoming
from tests.handlers.desk.test_intake import HEADER
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_a_header_with_nothing_under_it_is_no_repeat_of_what_was_known(desk: DeskChat) -> None:
    _, text = await desk.sends(desk.cast.people[Role.CS], "orders.csv", HEADER.encode() + b"\n")
    assert text.split("\n")[-1] == "The columns are known, but no order stands under them."


async def test_a_rar_is_named_and_what_to_do_with_it(desk: DeskChat) -> None:
    _, text = await desk.sends(desk.cast.people[Role.CS], "orders.csv", b"Rar!\x1a\x07\x01\x00" + bytes(64))
    assert text == (
        "<b>❌ Not taken in.</b> Nothing was changed.\n"
        "I cannot open RAR, 7z or gzip. Unpack it and send the file within, or pack it as a ZIP."
    )
    assert desk.look(lambda d: d.orders.in_review(shops=None, held=None)) == []


def test_a_row_refused_for_another_says_for_which() -> None:
    facts = {"value": "2861203944170012345", "other_row": "3"}
    assert row_text("part_of_refused", facts, Words("zh", "Asia/Shanghai"), private=True).endswith("；见第 3 行")


async def test_the_card_says_what_was_not_told_instead_of_a_dash(desk: DeskChat) -> None:
    desk.takes(
        incoming("9001", state=PlatformState.CLOSED),
        incoming("9002", paid_at=None, refunds=(IncomingRefund("9002:file:open", RefundState.REQUESTED, 0),)),
    )
    anna = desk.cast.people[Role.CS]
    [card] = await desk.writes(anna, "/order 9001")
    assert card.split("\n")[1] == "The platform cancelled it."
    [card] = await desk.writes(anna, "/order 9002")
    assert "when it was paid was not told" in card.split("\n\n")[1]
    assert "amount not told" in card
    assert "0.00" not in card.split("💸")[1]


async def test_a_policy_whose_tables_stand_beside_the_empty_list_says_what_must_go(desk: DeskChat) -> None:
    document = document_of(Policy()) + '\n[[suspensions]]\ncourier = "SF"\nreason = "storm"\n'
    text = (await desk.sends(desk.cast.people[Role.OWNER], "policy.toml", document.encode()))[-1]
    assert text.split("\n")[1:] == [
        f"Line {document.count(chr(10)) - 2}: <code>suspensions</code>: is in the file twice: keep one. "
        "Where tables [[suspensions]] follow, remove suspensions = []"
    ]
