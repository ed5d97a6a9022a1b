"""Freight by the contracts' own shapes, priced by hand beside it, and what holds for every contract."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.addresses.reach import spot
from domain.planning.tariffs import (
    Charge,
    Load,
    Rate,
    Surcharge,
    SurchargeKind,
    Tariff,
    Tier,
    Volumetric,
    in_force,
    quote,
    simple,
)

# 中通, per province: up to 1.1 kg is one kilo, then started kilos; up to 3 kg the first pair, above it the second
ZTO = Tariff(
    1,
    1,
    3,
    (
        Rate((Tier(1000, 320, 1000, 100, up_to_g=3000), Tier(1000, 380, 1000, 160)), "浙江"),
        Rate((Tier(1000, 450, 1000, 250, up_to_g=3000), Tier(1000, 520, 1000, 320)), "广东"),
        Rate((Tier(1000, 500, 1000, 300),), "广东", "深圳"),
    ),
    drop_g=100,
)
# 圆通, bands to 3 kg, then per kilo from three
YTO_TIERS = (
    Tier(500, 250, up_to_g=500),
    Tier(1000, 300, up_to_g=1000),
    Tier(2000, 420, up_to_g=2000),
    Tier(3000, 560, up_to_g=3000),
    Tier(3000, 560, 1000, 150),
)
YTO = Tariff(2, 2, 1, (Rate(YTO_TIERS),))


HERE = spot("浙江", "杭州")


def price(tariff: Tariff, grams: int, province: str = "浙江省", city: str = "杭州市", mm3: int = 0) -> int | None:
    found = quote(tariff, Load(grams, mm3), spot(province, city))
    return found.total if found else None


@pytest.mark.parametrize(
    ("grams", "fee"),
    [(0, 320), (600, 320), (1000, 320), (1100, 320), (1101, 420), (2000, 420), (2050, 520), (3000, 520), (3001, 860)],
)
def test_zto_by_hand(grams: int, fee: int) -> None:
    """3.001 kg is 4 kg of the second pair: 3.80 + 3 × 1.60 = 8.60."""
    assert price(ZTO, grams) == fee


@pytest.mark.parametrize(
    ("grams", "fee"),
    [(0, 250), (500, 250), (501, 300), (1000, 300), (1001, 420), (3000, 560), (3001, 710), (5000, 860)],
)
def test_yto_bands_by_hand(grams: int, fee: int) -> None:
    assert price(YTO, grams) == fee


def test_the_most_specific_place_counts_and_an_unnamed_one_has_no_price() -> None:
    assert price(ZTO, 900, "广东省", "广州市") == 450
    assert price(ZTO, 900, "广东", "深圳市") == 500
    assert price(ZTO, 900, "西藏自治区", "拉萨市") is None
    assert price(ZTO, 900, "", "") is None
    last = replace(YTO, rates=(Rate(YTO_TIERS[:-1]),))
    assert (price(last, 3000), price(last, 3001)) == (560, None)


@pytest.mark.parametrize(
    ("changes", "grams", "fee"),
    [
        ({}, 1001, 900),  # a started kilo
        ({"unit_g": 500}, 1001, 700),  # 不足 0.5 按 0.5
        ({"unit_g": 10}, 1234, 596),  # 0.24 kg × 4.00 = 0.96, to the exact 0.01 kg
        ({"drop_g": 100, "drop_every": True}, 2100, 900),
        ({"drop_g": 100}, 2100, 1300),
    ],
)
def test_rounding_is_the_contracts(changes: dict[str, int], grams: int, fee: int) -> None:
    tariff = Tariff(3, 3, 1, (Rate((Tier(1000, 500, 1000, 400),)),), **changes)  # type: ignore[arg-type]  # test shorthand
    assert price(tariff, grams) == fee


def test_size_counts_by_the_contracts_divisor() -> None:
    """40 × 30 × 20 cm is 24 000 cm³: 3 kg by 8000."""
    tariff = replace(simple(1000, 320, 1000, 160, "CNY"), divisor=8000)
    found = quote(tariff, Load(1200, 400 * 300 * 200), spot("安徽"))
    assert found is not None
    assert (found.grams, found.volumetric_g, found.billable_g, found.total) == (1200, 3000, 3000, 640)
    for rule, percent, fee in ((Volumetric.OFF, 0, 480), (Volumetric.MEAN, 0, 640), (Volumetric.LARGER, 200, 480)):
        other = replace(tariff, volumetric=rule, volumetric_over_percent=percent)
        assert price(other, 1200, mm3=24_000_000) == fee, rule


@pytest.mark.parametrize(
    ("areas", "city", "remote", "total"),
    [
        (("remote",), "杭州", True, 1500),
        (("remote",), "杭州", False, 1000),
        (("remote", "浙江/温州"), "温州", False, 1500),
        (("浙江/温州",), "杭州", True, 1000),
    ],
)
def test_what_the_house_calls_remote_costs_more_where_a_contract_says_so(
    areas: tuple[str, ...], city: str, remote: bool, total: int
) -> None:
    extra = Surcharge("remote", amount=500, areas=areas)
    tariff = replace(simple(1000, 1000, 1000, 200, "CNY"), surcharges=(extra,))
    found = quote(tariff, Load(900), spot("浙江省", city), remote=remote)
    assert found is not None
    assert found.total == total


def test_surcharges_are_lines_of_their_own() -> None:
    extras = (
        Surcharge("remote", amount=500, areas=("新疆", "四川/甘孜")),
        Surcharge("season", amount=50, starts=date(2026, 11, 1), ends=date(2026, 11, 20)),
        Surcharge("fuel", SurchargeKind.FREIGHT, basis_points=150),
        Surcharge("cod", SurchargeKind.COD, amount=300, basis_points=100),
        Surcharge("insured", SurchargeKind.INSURED, amount=100, basis_points=50),
        Surcharge("heavy", amount=1000, over_g=20_000),
        Surcharge("long", amount=700, over_mm=1200),
    )
    tariff = replace(simple(1000, 1000, 1000, 200, "CNY"), surcharges=extras)
    load = Load(900, value=(("CNY", 99_900),), collected=(("CNY", 20_000),))
    found = quote(tariff, load, spot("新疆维吾尔自治区", "喀什"), date(2026, 11, 20))
    assert found is not None
    assert found.charges == (
        Charge("remote", 500),
        Charge("season", 50),
        Charge("fuel", 15),
        Charge("cod", 300),  # 1 % of 200.00 is less than the least
        Charge("insured", 500),  # 4.995 rounds half up
    )
    assert found.total == 1000 + 500 + 50 + 15 + 300 + 500
    data = found.as_data()
    assert (data["total"], data["charges"]) == (2365, [[c.code, c.amount] for c in found.charges])
    plain = quote(tariff, Load(21_000, longest_mm=1300), spot("四川", "成都"), date(2026, 11, 21))
    assert plain is not None
    assert [charge.code for charge in plain.charges] == ["fuel", "heavy", "long"]


def test_the_contract_in_force_is_the_warehouses_own_then_the_newest() -> None:
    old = replace(ZTO, id=1, version=1, starts=date(2026, 1, 1), ends=date(2026, 6, 30))
    new = replace(ZTO, id=2, version=2, starts=date(2026, 7, 1))
    wuhan = replace(ZTO, id=3, version=1, starts=date(2026, 1, 1), warehouse_id=7)
    every = (old, new, wuhan)
    assert [in_force(every, 1, day) for day in (date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1))] == [
        None,
        old,
        new,
    ]
    assert in_force(every, 7, date(2026, 8, 1)) == wuhan
    assert in_force(every, 1, None) == new


def rising_tiers(steps: list[tuple[int, int]], step_g: int, step_price: int) -> tuple[Tier, ...]:
    """Bands that only rise, then steps from where they end."""
    grams = cents = 0
    tiers = []
    for more_g, more_cents in steps:
        grams, cents = grams + more_g, cents + more_cents
        tiers.append(Tier(grams, cents, up_to_g=grams))
    return (*tiers, Tier(grams, cents, step_g, step_price))


TARIFFS = st.builds(
    lambda steps, step_g, step_price, unit, drop, every, divisor, rule: Tariff(
        1,
        1,
        1,
        (Rate(rising_tiers(steps, step_g, step_price)),),
        unit_g=unit,
        drop_g=min(drop, (unit or step_g) - 1),
        drop_every=every,
        divisor=divisor,
        volumetric=rule,
    ),
    st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 1000)), max_size=4),
    st.integers(1, 2000),
    st.integers(0, 2000),
    st.sampled_from([0, 10, 500, 1000]),
    st.integers(0, 300),
    st.booleans(),
    st.sampled_from([0, 6000, 8000, 12_000]),
    st.sampled_from(Volumetric),
)


@given(TARIFFS, st.integers(1, 60_000), st.integers(0, 60_000), st.integers(0, 10**8))
def test_more_weight_never_costs_less_and_no_part_is_negative(tariff: Tariff, grams: int, more: int, mm3: int) -> None:
    light = quote(tariff, Load(grams, mm3), HERE)
    heavy = quote(tariff, Load(grams + more, mm3), HERE)
    assert light is not None
    assert heavy is not None
    assert 0 <= light.total <= heavy.total
    assert min(light.base, light.step_fee, light.billable_g) >= 0
    assert light.total == light.base + light.step_fee


@given(TARIFFS, st.integers(1, 60_000), st.integers(0, 10**8), st.integers(0, 10**8))
def test_more_size_never_costs_less(tariff: Tariff, grams: int, mm3: int, more: int) -> None:
    small = quote(tariff, Load(grams, mm3), HERE)
    large = quote(tariff, Load(grams, mm3 + more), HERE)
    assert small is not None
    assert large is not None
    assert small.total <= large.total
