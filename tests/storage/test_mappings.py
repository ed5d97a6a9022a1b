"""Table mappings on every database: kept whole, found by shop and signature, guarded by revision."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from domain.errors import LostRace, Unknown
from domain.intake.table_mapping import TableMapping
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each


def _add(unit: Unit, shop_id: int, signature: str = "abc") -> TableMapping:
    file = unit.files.put("erp.csv", b"x", NOW)
    new = TableMapping(
        id=0,
        shop_id=shop_id,
        signature=signature,
        file_id=file.id,
        file_name="=erp.csv",
        header=("单号", "a|b", "数量"),
        samples=("A\x00", "", "2"),
        columns={"number": "单号", "title": "a|b"},
        words={"": "paid", "新": "closed"},
        per_line=True,
        made_by="安娜",
        made_at=NOW,
    )
    made = unit.mappings.add(new)
    assert made == replace(new, id=made.id)
    return made


def _save(unit: Unit, mapping: TableMapping) -> None:
    unit.mappings.save(mapping)


def test_a_mapping_comes_back_as_it_was(each: Each) -> None:
    shop, other = each.cast.shops[0].id, each.cast.shops[1].id
    one = each.store.run_now(_add, shop)
    assert each.store.read_now(lambda unit: unit.mappings.get(one.id)) == one
    assert each.store.read_now(lambda unit: unit.mappings.of(shop, "abc")) == one
    assert each.store.read_now(lambda unit: unit.mappings.of(shop, "abd")) is None
    assert each.store.read_now(lambda unit: unit.mappings.of(other, "abc")) is None
    two = each.store.run_now(_add, shop, "abd")
    assert each.store.read_now(lambda unit: unit.mappings.of_shop(shop)) == [two, one]
    assert each.store.read_now(lambda unit: unit.mappings.of_shop(other)) == []
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.mappings.get(two.id + 1))


def test_only_saved_ones_are_in_force_oldest_first(each: Each) -> None:
    shops = [shop.id for shop in each.cast.shops[:2]]
    one, two = (each.store.run_now(_add, shop) for shop in shops)
    each.store.run_now(_add, shops[0], "draft")
    for draft in (two, one):
        each.store.run_now(_save, replace(draft, saved_at=NOW))
    assert each.store.read_now(lambda unit: unit.mappings.saved()) == [
        replace(one, saved_at=NOW, revision=2),
        replace(two, saved_at=NOW, revision=2),
    ]


def test_who_read_an_old_revision_loses(each: Each) -> None:
    one = each.store.run_now(_add, each.cast.shops[0].id)
    each.store.run_now(_save, replace(one, per_line=False))
    with pytest.raises(LostRace):
        each.store.run_now(_save, replace(one, words={}))
    now = each.store.read_now(lambda unit: unit.mappings.get(one.id))
    assert now == replace(one, per_line=False, revision=2)


def test_a_shop_has_one_per_kind_of_table(each: Each) -> None:
    shop = each.cast.shops[0].id
    each.store.run_now(_add, shop)
    with pytest.raises(IntegrityError):
        each.store.run_now(_add, shop)
