"""Files of a learned table through the importer and the command line: whose, with which mapping, and what is said
where there is none."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.imports import Importer
from bot.seed import seed_store
from channels import Unreadable
from channels.learning import glance
from channels.proposal import propose
from domain.desk import Desk
from domain.errors import BadValue
from domain.intake import mappings
from domain.intake.incoming import Platform
from domain.intake.table_mapping import TableMapping
from domain.orders.orders import Order
from domain.people.people import OPERATOR, Actor, ActorKind, Role
from domain.records import ImportRun
from storage.store import Store
from tests.bot.test_run import _no_settings, call

pytestmark = pytest.mark.anyio
__all__ = ["_no_settings"]
HEAD = "单号,品名,数量,实付,收货人,手机,收货地址,店铺\n"
ROW = "{number},陶瓷杯,{quantity},39.00,=张三,13800001234,浙江省 杭州市 西湖区 文三路 1 号,{shop}\n"


def row(number: str, quantity: str = "1", shop: str = "") -> str:
    return ROW.format(number=number, quantity=quantity, shop=shop)


@pytest.fixture
def company(store: Store) -> Store:
    store.run_now(seed_store)
    return store


def shops(store: Store) -> Mapping[str, int]:
    catalog = store.read_now(lambda unit: unit.catalog)
    return {shop.name: shop.id for shop in catalog.shops.values()}


def _put(desk: Desk, data: bytes) -> int:
    return desk.files.put("erp.csv", data, desk.now).id


def _teach(desk: Desk, shop_id: int, text: str) -> TableMapping:
    stored, data = desk.files.get(_put(desk, text.encode()))
    found = glance(data)
    assert found is not None
    proposal = propose(found.table.header, found.rows, (), lambda column: ())
    draft = mappings.begin(desk, OPERATOR, shop_id, stored, found.table, proposal)
    return mappings.save(desk, OPERATOR, draft.id, draft.revision)


async def take(store: Store, text: str, shop_id: int | None = None, actor: Actor = OPERATOR) -> ImportRun:
    return await Importer(store)(store.run_now(_put, text.encode()), shop_id, actor)


def order(store: Store, shop_id: int, number: str) -> Order:
    return store.read_now(lambda unit: unit.orders.by_number(shop_id, [number])[number])


def count(store: Store) -> int:
    return sum(sum(pair) for pair in store.read_now(lambda unit: unit.orders.review_counts(None)).values())


async def test_a_learned_table_goes_in_and_its_rejected_rows_come_back(company: Store) -> None:
    shop = shops(company)["小满旗舰店"]
    company.run_now(_teach, shop, HEAD + row("A-0"))
    run = await take(company, HEAD + row("A-1") + row("A-2", "两"))
    assert (run.shop_id, run.format, run.new, run.rejected, run.done) == (shop, "mapped", 1, 1, True)
    assert [(reject["row"], reject["reason"]) for reject in run.rejects] == [(3, "not_a_number")]
    _, data = company.read_now(lambda unit: unit.files.get(run.reject_file_id or 0))
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0] == "row,reason,facts," + HEAD.strip()
    assert ",'=张三," in lines[1]
    taken = order(company, shop, "A-1")
    assert (taken.platform, taken.paid, taken.receiver.city) == (Platform.TAOBAO, 3900, "杭州市")
    again = await take(company, HEAD + row("A-1"))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


async def test_two_shops_with_one_kind_of_table_are_told_apart_by_the_rows_or_a_person(company: Store) -> None:
    ours = shops(company)
    for name in ("小满旗舰店", "小满拼多多店"):
        company.run_now(_teach, ours[name], HEAD + row("A-0"))
    with pytest.raises(BadValue) as refusal:
        await take(company, HEAD + row("A-1"))
    assert (refusal.value.value, refusal.value.want) == ("", "小满旗舰店|小满拼多多店")
    with pytest.raises(BadValue) as refusal:
        await take(company, HEAD + row("A-1", shop="别家"))
    assert (refusal.value.value, refusal.value.want) == ("别家", "小满旗舰店|小满拼多多店")
    assert count(company) == 0
    run = await take(company, HEAD + row("A-1", shop="小满拼多多店"))
    assert run.shop_id == ours["小满拼多多店"]
    assert order(company, run.shop_id, "A-1").platform is Platform.PINDUODUO
    assert (await take(company, HEAD + row("A-1"), ours["小满旗舰店"])).new == 1


async def test_a_mapping_of_another_shop_is_not_used(company: Store) -> None:
    """Neither for a shop that was named nor for a person who may not import there."""
    ours = shops(company)
    company.run_now(_teach, ours["小满旗舰店"], HEAD + row("A-0"))
    with pytest.raises(Unreadable):
        await take(company, HEAD + row("A-1"), ours["小满拼多多店"])
    local = Actor(ActorKind.PERSON, "Lokal", 5, frozenset({Role.CS}), frozenset({ours["小满拼多多店"]}))
    with pytest.raises(Unreadable):
        await take(company, HEAD + row("A-1"), actor=local)
    assert count(company) == 0


async def test_a_forgotten_mapping_is_not_used(company: Store) -> None:
    saved = company.run_now(_teach, shops(company)["小满旗舰店"], HEAD + row("A-0"))
    company.run_now(mappings.forget, OPERATOR, saved.id, saved.revision)
    with pytest.raises(Unreadable):
        await take(company, HEAD + row("A-1"))
    assert count(company) == 0


def test_the_command_line_says_what_to_do_and_reads_what_was_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = tmp_path / "erp.csv", tmp_path / "d"
    file.write_text(HEAD + row("A-1"), "utf-8")
    status, out, err = call(capsys, "import", "--data", str(data), str(file))
    assert (status, out) == (1, "")
    assert err.startswith(f"{file}: unknown_header (columns: 单号, 品名, 数量")
    assert err.endswith("send the file to the bot in chat, say which column is what, then import it again\n")
    store = Store(f"sqlite:///{data / 'xiaoer.db'}")
    store.run_now(_teach, shops(store)["小满旗舰店"], HEAD + row("A-0"))
    store.close()
    status, out, _ = call(capsys, "import", "--data", str(data), str(file))
    assert (status, out) == (
        0,
        f"{file}: mapped for 小满旗舰店: 1 new, 0 changed, 0 unchanged, 0 waiting, 0 rows refused\n",
    )
