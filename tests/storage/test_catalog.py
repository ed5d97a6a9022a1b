"""The catalog and the policy: cached while they stand, true when they change."""

from dataclasses import replace

import pytest

from domain.errors import Unknown
from domain.orders.catalog import Company
from domain.policy.policy import Policy
from domain.policy.policy_sections import Customers
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.storage.conftest import SHARED, Each


def test_the_catalog_comes_back_as_it_was_put(each: Each) -> None:
    """Every place, product and alias, scopes included."""
    catalog = each.store.read_now(lambda unit: unit.catalog)
    assert catalog.company == Company("小满家居", "Asia/Shanghai", "CNY")
    assert tuple(catalog.shops.values()) == each.cast.shops
    assert tuple(catalog.warehouses.values()) == each.cast.warehouses
    assert tuple(catalog.couriers.values()) == each.cast.couriers
    assert catalog.skus == {sku.code: sku for sku in factory.SKUS}
    assert catalog.aliases == {(0, "WHITE-CUP"): "CUP-01", (each.cast.shops[2].id, "BLUE"): "CUP-02"}


def test_the_catalog_is_read_again_only_when_it_changed(each: Each) -> None:
    """The very same object until a writer bumps the version."""
    first = each.store.read_now(lambda unit: unit.catalog)
    assert each.store.read_now(lambda unit: unit.catalog) is first
    news = replace(factory.SKUS[0], title="new", weight_g=1)

    def change(unit: Unit) -> str:
        unit.catalog_admin.put_skus([news])
        return unit.catalog.skus["CUP-01"].title

    assert each.store.run_now(change) == "new"
    second = each.store.read_now(lambda unit: unit.catalog)
    assert second.skus["CUP-01"] == news
    assert len(second.skus) == len(first.skus)


def test_a_change_that_was_rolled_back_is_not_remembered(each: Each) -> None:
    """Not even after another change takes the same version number."""
    each.store.read_now(lambda unit: unit.catalog)

    def fail(unit: Unit) -> None:
        unit.catalog_admin.put_aliases({(0, "GHOST"): "CUP-01"})
        assert unit.catalog.sku_of(1, "GHOST") == "CUP-01"
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        each.store.run_now(fail)
    each.store.run_now(lambda unit: unit.catalog_admin.put_aliases({(0, "REAL"): "CUP-02"}))
    catalog = each.store.read_now(lambda unit: unit.catalog)
    assert (catalog.sku_of(1, "GHOST"), catalog.sku_of(1, "REAL")) == (None, "CUP-02")


def test_a_code_is_learned_for_one_shop(each: Each) -> None:
    """At once, as the catalog looks codes up; an sku nobody has is refused and nothing is learned."""
    here, there = each.cast.shops[0].id, each.cast.shops[1].id

    def learn(unit: Unit) -> str | None:
        unit.learn_sku(here, " 白色 杯 ", "CUP-01")
        return unit.catalog.sku_of(here, "白色 杯")

    assert each.store.run_now(learn) == "CUP-01"
    with pytest.raises(Unknown) as refusal:
        each.store.run_now(lambda unit: unit.learn_sku(here, "GHOST", "NOPE"))
    assert (refusal.value.kind, refusal.value.name) == ("sku", "NOPE")
    catalog = each.store.read_now(lambda unit: unit.catalog)
    assert [catalog.sku_of(here, "白色 杯"), catalog.sku_of(there, "白色 杯")] == ["CUP-01", None]
    assert catalog.sku_of(here, "GHOST") is None


@SHARED
def test_another_process_sees_the_change(each: Each) -> None:
    """Its cache asks for the version first."""
    other = Store(each.url)
    other.read_now(lambda unit: unit.catalog)
    each.store.run_now(lambda unit: unit.catalog_admin.put_aliases({(0, "NEWS"): "CUP-01"}))
    assert other.read_now(lambda unit: unit.catalog.sku_of(1, "NEWS")) == "CUP-01"
    other.close()


def test_every_policy_version_is_kept(each: Each) -> None:
    """The newest counts; the default is version 1 too."""
    assert each.store.read_now(lambda unit: unit.policy) == Policy()
    chosen = replace(Policy(), undo_seconds=30, customers=Customers(refusals=4), amount_range={"*": (1, 2)})
    first = each.store.run_now(lambda unit: unit.catalog_admin.put_policy(chosen, "owner"))
    second = each.store.run_now(lambda unit: unit.catalog_admin.put_policy(replace(chosen, wave_size=9), "owner"))
    assert (first, second) == (chosen, replace(chosen, wave_size=9, version=2))
    assert each.store.read_now(lambda unit: unit.policy) == second
    assert each.store.read_now(lambda unit: unit.catalog_admin.policies()) == [first, second]


@SHARED
def test_a_choice_of_another_version_is_passed_over(each: Each) -> None:
    """The company's other choices stand; what was written is kept as it was written."""

    def put(unit: Unit) -> None:
        unit.catalog_admin.put_policy(Policy(), "owner", "undo_secnods = 3\nwave_size = 7  # small\n")

    each.store.run_now(put)
    other = Store(each.url)
    assert other.read_now(lambda unit: unit.policy) == replace(Policy(), wave_size=7)
    other.close()


def test_an_empty_store_has_a_nameless_company(store: Store) -> None:
    """Before anybody seeded it."""
    catalog = store.read_now(lambda unit: unit.catalog)
    assert (catalog.company.name, dict(catalog.shops)) == ("", {})
