"""Bulk release in chat where most does not fit: how many were looked at and why, the way on, and the end."""

from dataclasses import replace
from typing import Any

import pytest

from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import HoldChoice
from domain.review import bulk
from domain.review.bulk import Whole
from domain.review.holds import HoldCode
from domain.review.scope import Scope
from handlers.cards.desk.bulk import tap, told
from handlers.cards.desk.scopes import code_of
from handlers.taps import pack, short, unpack
from tests.factory import NOW, incoming, incoming_line, receiver
from tests.handlers.bilingual import desk_speaking_it, each_language  # noqa: F401
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
FAR = 1_200_000
"""More than one person approves."""
TYPED = {"en": "/release buyer's message", "zh": "/release 买家留言"}
ON = {"en": "▶ Go on: {}", "zh": "▶ 继续：还有 {} 单"}
FRONT = {"en": "⏮ From the start: {}", "zh": "⏮ 从头看：{} 单"}


def unfit(desk: DeskChat, count: int) -> None:
    """Notes whose companions are above the limit, and behind them one that fits."""
    off = {HoldCode.AMOUNT_RANGE: HoldChoice(on=False)}
    desk.do(lambda unit: unit.catalog_admin.put_policy(replace(Policy(), holds=off), "test"))
    doors: list[dict[str, Any]] = [
        {"buyer_id": f"b{one}", "receiver": receiver(address=f"北京路 {one} 号")} for one in range(count)
    ]
    few: dict[str, Any] = {"lines": (incoming_line("CUP-01", 1),), "paid": FAR, "total": FAR}
    desk.takes(*(incoming(f"c{one}", **few, **door) for one, door in enumerate(doors)))
    tea = (incoming_line("TEA-01", 1),)
    desk.takes(*(incoming(str(one), lines=tea, buyer_message=f"note {one}", **door) for one, door in enumerate(doors)))
    desk.takes(incoming("good", lines=tea, buyer_message="note", receiver=receiver(address="文三路 1 号")))


async def test_one_goes_on_until_there_is_no_more(
    desk: DeskChat, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LOOK", 4)
    anna = desk.cast.people[Role.CS]
    unfit(desk, 10)
    [first] = await desk.writes(anna, TYPED[language])
    head, looked, _, held, rest, why, *more = first.split("\n")
    expected = {
        "en": (
            "None of these can be released together: buyer's message",
            "Looked through 1–4 of 11.",
            "11 more orders stay held for this reason:",
            "• for the next page: 7",
            "• above ¥5,000.00 a lead approves: 4",
        ),
        "zh": (
            "这些都不能一起放行：买家留言",
            "已看第 1–4 单，共 11 单。",
            "同一原因还有 11 单仍挂起：",
            "• 留待下一页：7",
            "• 超过 ¥5,000.00 须主管通过：4",
        ),
    }
    assert ((head, looked, held, rest, why), more) == (expected[language], [])
    assert desk.labels[0] == [ON[language].format(7)]
    [second] = await desk.taps(anna, ON[language].format(7))
    assert second.split("\n")[1] == {"en": "Looked through 5–8 of 11.", "zh": "已看第 5–8 单，共 11 单。"}[language]
    [page] = await desk.taps(anna, ON[language].format(3))
    assert (
        page.split("\n")[0] == {"en": "<b>📑 Held for: buyer's message</b>", "zh": "<b>📑 挂起：买家留言</b>"}[language]
    )
    assert {
        "en": "• earlier in the queue: could not be released, or just in: 8",
        "zh": "• 排在前面：不能放行的，或刚进来的：8",
    }[language] in page.split("\n")
    await desk.taps(anna, {"en": "✅ Release and approve 1", "zh": "✅ 放行并通过 1 单"}[language])
    assert desk.labels[0] == [FRONT[language].format(8)]
    await desk.taps(anna, FRONT[language].format(8))
    assert desk.labels[0] == [ON[language].format(6)]


async def test_the_last_look_says_so(desk: DeskChat, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LOOK", 6)
    anna = desk.cast.people[Role.CS]
    unfit(desk, 10)
    await desk.writes(anna, TYPED[language])
    [text] = await desk.taps(anna, ON[language].format(5))
    await desk.taps(anna, {"en": "✅ Release and approve 1", "zh": "✅ 放行并通过 1 单"}[language])
    [good] = desk.look(lambda unit: unit.orders.by_number(desk.cast.shops[0].id, ["good"])).values()
    assert good.status is OrderStatus.APPROVED
    await desk.writes(anna, TYPED[language])
    [text] = await desk.taps(anna, ON[language].format(4))
    assert (
        text.split("\n")[:2]
        == {
            "en": ["🏁 End of the queue: buyer's message", "Looked through 7–10 of 10."],
            "zh": ["🏁 已看到末尾：买家留言", "已看第 7–10 单，共 10 单。"],
        }[language]
    )
    assert desk.labels[0] == [FRONT[language].format(6)]


@pytest.mark.parametrize("code", sorted(bulk.AT_ONCE))
def test_the_taps_fit(code: HoldCode) -> None:
    scope = Scope(shop=99_999, code=code, due=NOW)
    mark = f"{short(36**6 - 1)}.{short(36**6 - 1)}"
    assert told(unpack(pack("b.r", mark, short(2**32 - 1), code_of(scope)))[1]) == (scope, Whole(36**6 - 1, 36**6 - 1))
    assert unpack(tap(scope, 36**6 - 1))[1] == (code_of(scope), "zzzzzz")
