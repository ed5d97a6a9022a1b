"""Small things on the order's card that a tired eye stumbles over."""

from dataclasses import replace
from typing import Any

import pytest

from domain.parcels import Stage, Stop, StopKind, StopState
from handlers.cards.evidence import beside
from handlers.cards.orders import _goods_line, _stop_line
from handlers.words import Words
from tests.factory import NOW, line

EN, ZH = Words("en", "Asia/Shanghai"), Words("zh", "Asia/Shanghai")
TASK = Stop(1, 1, 1, StopState.OPEN, Stage.PICKED, NOW, "withdrawn", kind=StopKind.REPICK)


def test_a_title_that_is_the_code_is_not_said_twice() -> None:
    assert (beside("CUP-W", "cup-w "), beside("CUP-W", "White cup")) == ("", "White cup")
    cup = line(sku="CUP-W", title="CUP-W")
    assert _goods_line(cup, "CNY", EN) == "2 × <b>CUP-W</b> · ¥78.00"
    assert _goods_line(replace(cup, sku=None, merchant_code="CUP-W"), "CNY", ZH) == "2 × ❓ 未匹配「CUP-W」 · ¥78.00"


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({}, "🔁 To be picked again since 10:00, open", "🔁 10:00 起待补拣，未处理"),
        ({"state": StopState.DONE, "closed_at": NOW}, "🔁 Picked again, 11-23 10:00", "🔁 已补拣，11-23 10:00"),
        (
            {"state": StopState.RELEASED, "closed_at": NOW},
            "Nothing to pick again, 11-23 10:00",
            "无需补拣，11-23 10:00",
        ),
        ({"kind": StopKind.REFUND}, "⛔ Stop since 10:00, open", "⛔ 10:00 起拦截，未处理"),
        (
            {"kind": StopKind.REFUND, "named": "<b>"},
            "⛔ Stop since 10:00, open: &lt;b&gt;",
            "⛔ 10:00 起拦截，未处理：&lt;b&gt;",
        ),
    ],
)
def test_goods_to_pick_again_are_no_stop(changes: dict[str, Any], english: str, chinese: str) -> None:
    stop = replace(TASK, **changes)
    assert [_stop_line(stop, words) for words in (EN, ZH)] == [english, chinese]
