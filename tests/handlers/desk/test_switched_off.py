"""A product that is switched off, in chat: why its order waits, and that it is not proposed."""

from dataclasses import replace

import pytest

from domain.people.people import Role
from tests.factory import incoming, incoming_line
from tests.handlers.bilingual import desk_speaking_it, each_language  # noqa: F401
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_a_product_that_is_switched_off_holds_and_is_not_proposed(desk: DeskChat, language: str) -> None:
    anna = desk.cast.people[Role.CS]
    desk.do(lambda unit: unit.catalog_admin.put_skus([replace(unit.catalog.skus["CUP-01"], enabled=False)]))
    desk.takes(incoming("1"), incoming("2", lines=(incoming_line("CUP-O1"),)))
    [text] = await desk.writes(anna, "/why 1")
    assert (
        text.split("\n")[2:4]
        == {
            "en": [
                "• <b>product switched off</b>: 1 line, first: CUP-01 goods CUP-01",
                "   goes away when the product is switched on; the buyer or a lead releases it and it ships; "
                "belongs to buyer (purchasing)",
            ],
            "zh": [
                "• <b>商品已停用</b>：1 行，首行：CUP-01 goods CUP-01",
                "   商品重新启用后自动解除；采购或主管放行则照发；负责：采购",
            ],
        }[language]
    )
    await desk.writes(anna, "/order 2")
    await desk.taps(anna, {"en": "🔗 Match product", "zh": "🔗 匹配商品"}[language])
    assert desk.labels[0] == ["CUP-02 陶瓷杯 蓝"]
