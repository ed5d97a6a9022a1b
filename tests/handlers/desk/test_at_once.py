"""What is done at once and what in the next moments, as the chat says it in both languages."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.customers import blacklist, customers
from domain.customers.blacklist import Terms
from domain.customers.customer_records import ListLevel, Reason
from domain.people.people import Role
from domain.policy.policy import Policy, document_of
from domain.records import NoticeKind
from handlers.wording.customer_terms import MARKS, level_name
from handlers.words import Words
from storage.unit import Unit
from tests.factory import incoming, incoming_line
from tests.handlers.bilingual import each_language
from tests.handlers.desk_chat import DeskChat, open_desk

__all__ = ["each_language"]
pytestmark = pytest.mark.anyio
NUMBERS = ("1", "2", "3", "4", "5")
MATCHED = {
    "en": "Product matched. 2 more orders that wait for a product are checked again in the next moments.",
    "zh": "已匹配商品。另有 2 个待匹配订单将在稍后自动重新检查。",
}
LIFTED = {
    "en": "3 more orders in review are checked again in the next moments.",
    "zh": "另有 3 个待审订单将在稍后自动重新检查。",
}
LISTED = {
    "en": "On the blacklist. Orders in review held for it: 2\n"
    "3 more orders in review are checked again in the next moments.",
    "zh": "已拉黑。因此挂起的订单：2 单\n另有 3 个待审订单将在稍后自动重新检查。",
}


@pytest.fixture
def desk(language: str, sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks it, where one command screens two orders."""
    made = open_desk(sqlite_url, language)
    policy = replace(Policy(), batch_limit=2)
    made.do(Unit.keep_policy, policy, "boss", document_of(policy))
    yield made
    made.store.close()


async def test_a_matched_product_says_who_is_looked_at_later(desk: DeskChat, language: str) -> None:
    for number in NUMBERS:
        desk.takes(incoming(number, buyer_id=f"b{number}", lines=(incoming_line("NEW", 1),)))
    anna, words = desk.cast.people[Role.CS], Words(language, "Asia/Shanghai")
    await desk.writes(anna, "5")
    await desk.taps(anna, words.plain("🔗 Match product"))
    await desk.taps(anna, desk.labels[0][0])
    assert desk.toasts == [MATCHED[language]]


async def test_so_does_one_that_is_typed(desk: DeskChat, language: str) -> None:
    for number in NUMBERS:
        desk.takes(incoming(number, buyer_id=f"b{number}", lines=(incoming_line("NEW", 1),)))
    anna, words = desk.cast.people[Role.CS], Words(language, "Asia/Shanghai")
    await desk.writes(anna, "5")
    await desk.taps(anna, words.plain("🔗 Match product"))
    await desk.taps(anna, words.plain("Type a SKU or barcode…"))
    said = await desk.answers(anna, "CUP-01")
    assert said[0] == MATCHED[language]


async def test_a_lifted_entry_says_who_is_looked_at_later(desk: DeskChat, language: str) -> None:
    orders = [desk.takes(incoming(number, buyer_id="eve"))[0] for number in NUMBERS]
    lead, words = desk.cast.people[Role.CS_LEAD], Words(language, "Asia/Shanghai")
    customer = desk.do(customers.of_order, lead.acting(None), orders[0].id)
    terms = Terms(ListLevel.HOLD, 0)
    entry, _ = desk.do(blacklist.add, lead.acting(None), customer.id, 1, Reason.OTHER, terms, "x")
    await desk.shown(lead, NoticeKind.ENTRY, entry.id)
    await desk.taps(lead, words.plain("✅ Take off the list"))
    said = await desk.answers(lead, "settled")
    assert said[0] == LIFTED[language]


async def test_a_new_entry_says_who_is_looked_at_later(
    desk: DeskChat, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blacklist, "_MANY", 2)
    orders = [desk.takes(incoming(number, buyer_id="eve"))[0] for number in NUMBERS]
    lead, words = desk.cast.people[Role.CS_LEAD], Words(language, "Asia/Shanghai")
    customer = desk.do(customers.of_order, lead.acting(None), orders[0].id)
    entry = desk.do(blacklist.propose, desk.cast.actor(Role.CS), customer.id, 1, Reason.OTHER, "x")
    await desk.shown(lead, NoticeKind.ENTRY, entry.id)
    await desk.taps(lead, f"{MARKS[ListLevel.HOLD]} {level_name(ListLevel.HOLD, words)}")
    assert desk.toasts == [LISTED[language]]
