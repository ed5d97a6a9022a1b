"""What a house rules file is told before it counts: every mistake, in one go, at its own line."""

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from domain.orders.catalog import Catalog
from domain.policy import policies
from domain.policy.choices import choices_of
from domain.policy.policy import Policy, document_of, policy_of
from domain.policy.policy_sections import Customers, Suspension, WaybillRules
from tests.domain.house import House

RULE = '[[matching.{kind}]]\nname = "x"\nfield = "paid"\nop = ">"\nvalue = "1"\n'


@pytest.fixture
def catalog(house: House) -> Catalog:
    return house.store.read_now(lambda desk: desk.catalog)


@pytest.mark.parametrize(
    ("document", "line", "path", "why", "near"),
    [
        (RULE.format(kind="courier_rules") + 'to = ["NOPE"]', 6, "matching.courier_rules.1.to", "no_courier", ""),
        (RULE.format(kind="courier_rules") + 'to = ["sf"]', 6, "matching.courier_rules.1.to", "no_courier", "SF"),
        (RULE.format(kind="warehouse_rules") + 'to = ["SF"]', 6, "matching.warehouse_rules.1.to", "no_warehouse", ""),
        (RULE.format(kind="warehouse_rules") + "to = []", 6, "matching.warehouse_rules.1.to", "empty", ""),
        ('[matching.names]\n"顺丰" = "SFX"', 2, "matching.names.顺丰", "no_courier", "SF"),
        ('[[matching.upgrades]]\ncourier = "NOPE"\nshipping = 5', 2, "matching.upgrades.1.courier", "no_courier", ""),
        ('[[matching.upgrades]]\ncourier = "SF"\nshipping = -5', 3, "matching.upgrades.1.shipping", "range", ""),
        ("[waybills]\nattempts = 0", 2, "waybills.attempts", "range", ""),
        ("[waybills]\nbackoff_minutes = []", 2, "waybills.backoff_minutes", "empty", ""),
        ("[customers]\nentry_days = []", 2, "customers.entry_days", "empty", ""),
        ("[customers]\nrefund_percent = 600", 2, "customers.refund_percent", "range", ""),
        ('[[suspensions]]\nprovince = "新彊"', 2, "suspensions.1.province", "no_place", ""),
        ('[[suspensions]]\nprovince = "浙江"\ncity = "深圳"', 3, "suspensions.1.city", "no_place", ""),
        (
            '[[suspensions]]\ncourier = "SF"\nstart = "2026-11-20"\nuntil = "2026-11-10"',
            4,
            "suspensions.1.until",
            "backwards",
            "",
        ),
        ("[holds]\nMESSAGE = {sla_min = -5}", 2, "holds.MESSAGE.sla_min", "range", ""),
        ('[limits]\ncs_approve = {CNY = -5, "*" = 1}', 2, "limits.cs_approve.CNY", "range", ""),
        ('[alerts]\nstep_minutes = {"*" = -30}', 2, "alerts.step_minutes.*", "range", ""),
        ('[alerts]\nstep_minutes = {"*" = 30, shortag = 5}', 2, "alerts.step_minutes.shortag", "value", ""),
        ("[alerts]\ndispatch_hours = {taobaoo = 24}", 2, "alerts.dispatch_hours.taobaoo", "value", ""),
        ("[alerts]\nnear_hours = [12, 6]", 2, "alerts.near_hours", "rising", ""),
        ("[alerts]\nsnooze_minutes = [-5]", 2, "alerts.snooze_minutes.1", "range", ""),
        ('[checks]\nby_warehouse = {ZZ = "items"}', 2, "checks.by_warehouse.ZZ", "no_warehouse", ""),
        ('[checks]\nserials = {"CUP-1" = "[0-9]+"}', 2, "checks.serials.CUP-1", "no_product", "CUP-01"),
        ("[stock]\nsafety_of = {NOPE = 2}", 2, "stock.safety_of.NOPE", "no_product", ""),
        ("[stock]\nsafety_of = {CUP-01 = -2}", 2, "stock.safety_of.CUP-01", "range", ""),
        ('[[waves.rules]]\nname = "x"\ncouriers = ["YT"]', 3, "waves.rules.1.couriers", "no_courier", "YTO"),
        ('[[waves.rules]]\nname = "x"\nwarehouses = ["hz"]', 3, "waves.rules.1.warehouses", "no_warehouse", "HZ"),
        ('[[recalls]]\n[[recalls]]\ncourier = "NOPE"', 3, "recalls.2.courier", "no_courier", ""),
        ('[weighing]\nwait_platforms = ["taobaoo"]', 2, "weighing.wait_platforms.1", "value", ""),
        (
            '[[papers.senders]]\nname = "a"\nphone = "1"\naddress = "b"\nshop = "nobody"',
            5,
            "papers.senders.1.shop",
            "no_shop",
            "",
        ),
        (
            RULE.format(kind="courier_rules").replace("paid", "seller_note").replace(">", "regex") + 'to = ["SF"]',
            4,
            "matching.courier_rules.1.op",
            "written_text",
            "",
        ),
    ],
)
def test_a_mistake_is_told_at_its_line(
    catalog: Catalog, document: str, line: int, path: str, why: str, near: str
) -> None:
    found = policies.check(document, catalog)
    told = [(fault.line, fault.path, fault.why, fault.facts.get("near", "")) for fault in found.faults]
    assert (found.value, told) == (None, [(line, path, why, near)])


def test_one_go_tells_them_all(catalog: Catalog) -> None:
    """The schema's, what does not fit together, and what only the catalog tells; beside each other in one rule too."""
    document = (
        "wave_size = 0\n[holds]\nREFUNDED = {on = false}\nFOO = {on = false}\n"
        '[areas]\nremote = ["火星"]\n[limits]\ncs_approve = {CNY = 5}\n'
        '[[matching.courier_rules]]\nname = "a"\nfield = "payd"\nop = "≥"\nvalue = "1"\nto = ["NOPE"]\n'
        '[[matching.courier_rules]]\nname = "b"\nfield = "payd"\nop = ">"\nvalue = "much"\nto = ["SF", "YT"]\n'
    )
    assert [(fault.line, fault.path, fault.why) for fault in policies.check(document, catalog).faults] == [
        (1, "wave_size", "range"),
        (3, "holds.REFUNDED.on", "untouchable"),
        (4, "holds.FOO", "value"),
        (6, "areas.remote", "no_place"),
        (8, "limits.cs_approve", "missing"),
        (12, "matching.courier_rules.1.op", "value"),
        (14, "matching.courier_rules.1.to", "no_courier"),
        (17, "matching.courier_rules.2.field", "no_field"),
        (19, "matching.courier_rules.2.value", "no_number"),
        (20, "matching.courier_rules.2.to", "no_courier"),
    ]


@pytest.mark.parametrize(
    "document",
    [
        document_of(Policy()),
        '[[suspensions]]\nprovince = "海南三沙"\nstart = "2026-11-20T08:00+08:00"\nuntil = "2026-11-20"',
        '[[suspensions]]\ncourier = "sf"\ncity = "深圳"',
        '[[suspensions]]\nprovince = "广东"\ncity = "深圳市"',
        '[matching.names]\n"顺丰" = "SF"\n"极兔" = "JT"',
        RULE.format(kind="courier_rules") + 'to = ["SF", "YTO"]\nmust = true',
        "[stock]\nsafety_of = {CUP-01 = 2}",
        '[checks]\nmaterial = ""',
        '[[papers.senders]]\nname = "a"\nphone = "1"\naddress = "b"\nshop = "小满旗舰店"\nwarehouse = "HZ"',
    ],
)
def test_what_does_is_taken(catalog: Catalog, document: str) -> None:
    assert policies.check(document, catalog).faults == ()


def numbers(kind: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """Every choice that is a number or holds some, with whether it has a lower bound."""
    hints = get_type_hints(kind)
    for one in choices_of(kind):
        hint, name = hints[one.name], f"{path}{one.name}"
        inner = [part for part in (hint, *_parts(hint)) if dataclasses.is_dataclass(part)]
        for part in inner:
            yield from numbers(part, f"{name}.")
        if not inner and int in (hint, *_parts(hint)):
            yield name, one.metadata.get("low") is not None


def _parts(hint: Any) -> Iterator[Any]:
    for part in get_args(hint):
        yield part
        yield from _parts(part)


def test_every_number_has_a_lower_bound() -> None:
    found = dict(numbers(Policy))
    assert [name for name, bound in found.items() if not bound] == []
    assert len(found) > 70
    assert {"holds.sla_min", "matching.upgrades.shipping", "waves.rules.priority", "amount_range"} <= found.keys()


def test_a_stored_document_counts_but_for_what_does_not_do_any_more() -> None:
    """It was in force under an earlier Xiaoer; the house must start with it."""
    document = (
        "wave_size = 7\n[waybills]\nattempts = 0\nlow = 9\n[customers]\nentry_days = []\nrefusals = 5\n"
        "[alerts]\nnear_hours = [12, 6]\nmute_hours = 3\n[holds]\nFOO = {on = false}\nMESSAGE = {on = false}\n"
        '[[suspensions]]\ncourier = "SF"\nstart = "2026-11-20"\nuntil = "2026-11-10"\n'
        '[[suspensions]]\ncourier = "YTO"\n'
        '[[matching.courier_rules]]\nname = "evil"\nfield = "seller_note"\nop = "regex"\nvalue = "(a+)+$"\n'
        'to = ["SF"]\n'
        '[[matching.courier_rules]]\nname = "good"\nfield = "paid"\nop = ">"\nvalue = "1"\nto = ["SF"]\n'
    )
    found = policy_of(document, 3, lenient=True).value
    assert found is not None
    assert found.wave_size == 7
    assert found.waybills == WaybillRules(low=9)
    assert found.customers == Customers(refusals=5)
    assert (found.alerts.near_hours, found.alerts.mute_hours) == ((2, 6, 12), 3)
    assert [code.value for code in found.holds] == ["MESSAGE"]
    assert found.suspensions == (Suspension("YTO"),)
    assert [rule.name for rule in found.matching.courier_rules] == ["good"]
