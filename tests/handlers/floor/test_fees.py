"""What a courier takes on top of the freight: named on the order's card and in /why, in both languages."""

from datetime import date

import pytest

from domain.people.people import Role
from domain.planning.tariffs import Rate, Surcharge, SurchargeKind, Tariff, Tier
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
TOLD = {
    "en": (
        "freight ¥18.73 (COD fee ¥5.00, insurance ¥1.73 of it)",
        "   💴 ¥18.73 = first weight ¥12.00 + COD fee ¥5.00 + insurance ¥1.73"
        " · billed as 1 kg · tariff v1, other places",
    ),
    "zh": (
        "运费 ¥18.73（含代收手续费 ¥5.00、保价费 ¥1.73）",
        "   💴 ¥18.73 = 首重 ¥12.00 + 代收手续费 ¥5.00 + 保价费 ¥1.73 · 计费重 1 kg · 报价 v1，其他地区",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_fees_for_money_and_insurance_are_told(desk: DeskChat, language: str) -> None:
    anna = desk.speaks(Role.CS, language)
    extras = (
        Surcharge("cod", SurchargeKind.COD, amount=500, basis_points=100),
        Surcharge("insurance", SurchargeKind.INSURED, amount=100, basis_points=50, over_value=20_000),
    )
    (courier,) = (one for one in desk.cast.couriers if one.code == "SF")
    rate = Rate((Tier(1000, 1200, 500, 100),))
    tariff = Tariff(0, courier.id, 0, (rate,), starts=date(2026, 1, 1), surcharges=extras)
    desk.do(lambda unit: unit.catalog_admin.add_tariff(tariff))
    desk.takes(incoming("1", paid=0, total=34_600, goods=34_600, cod=True, paid_at=None))
    [card] = await desk.writes(anna, "/order 1")
    assert card.split("\n\n")[1].startswith({"en": "Placed 11-23 10:00 · ", "zh": "下单 11-23 10:00 · "}[language])
    [why] = await desk.writes(anna, "/why 1")
    line = next(line for line in card.split("\n") if line.startswith("📦"))
    assert line.split(" · ")[-1] == TOLD[language][0]
    assert TOLD[language][1] in why.split("\n")
    [digest] = await desk.writes(anna, "/new")
    shop = next(line for line in digest.split("\n") if line.startswith("小满旗舰店"))
    assert shop.split(" · ")[-1] == "¥346.00"
