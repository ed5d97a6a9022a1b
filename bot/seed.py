"""Moves the invented company into an empty store and its cast into the sandbox.

Surprising: stock comes in through the ledger like everything else, so the books balance from the first minute.
"""

from dataclasses import replace

from bot import company, company_terms
from bot.sandbox import Sandbox
from domain.desk import Desk
from domain.people.people import OPERATOR, Chat, Person
from domain.stock.stock import Bucket, Document, Move
from storage.store import Store
from storage.unit import Unit


def seed_store(unit: Unit) -> bool:
    """Fill an empty store; False when a company is there already."""
    if unit.catalog.shops:
        return False
    admin = unit.catalog_admin
    admin.set_company(company.COMPANY)
    shops = [admin.add_shop(shop) for shop in company.SHOPS]
    places = [admin.add_warehouse(warehouse).id for warehouse in company.WAREHOUSES]
    couriers = [admin.add_courier(courier, first_waybill=None).id for courier in company_terms.COURIERS]
    for tariff in company_terms.tariffs(couriers, places):
        admin.add_tariff(tariff)
    for account, first, balance in company_terms.accounts(couriers, [shop.id for shop in shops]):
        admin.add_account(account, first, balance)
    admin.put_skus(company.skus())
    admin.put_aliases({(shops[place].id, code): sku for (place, code), sku in company.ALIASES.items()})
    unit.stock.apply(_opening(places), OPERATOR.name)
    for telegram_id, name, language, roles, place in company.CAST:
        chat = unit.people.add_chat(Chat(0, telegram_id, "private", name, language))
        scope = None if place is None else frozenset({places[place]})
        unit.people.add(Person(0, telegram_id, name, chat.id, language, roles=roles, warehouses=scope))
    for telegram_id, title, _, _ in company.GROUPS:
        unit.people.add_chat(Chat(0, telegram_id, "group", title))
    return True


def _opening(places: list[int]) -> list[Move]:
    return [
        Move(place, code, Bucket.GOOD, units, Document.OPENING, 0)
        for code, *_, first, second in company.GOODS
        for place, units in zip(places, (first, second), strict=True)
        if units
    ]


def seed_sandbox(sandbox: Sandbox) -> dict[int, int]:
    """Put the cast and the groups there; what is there stays. Returns group id as seeded -> as it is now."""
    for telegram_id, name, language, roles, _ in company.CAST:
        sandbox.seed_person(name, ", ".join(sorted(roles)), language, telegram_id)
    return {
        telegram_id: sandbox.seed_group(title, list(members), telegram_id)["id"]
        for telegram_id, title, _, members in company.GROUPS
    }


def seed(store: Store, sandbox: Sandbox) -> bool:
    """Both; whether the store was empty."""
    moved = {old: new for old, new in seed_sandbox(sandbox).items() if old != new}
    fresh = store.run_now(seed_store)
    if fresh and moved:
        store.run_now(_follow, moved)
    return fresh


def _follow(desk: Desk, moved: dict[int, int]) -> None:
    """A new store beside an old sandbox: groups that became supergroups there keep their new id."""
    for old, new in moved.items():
        chat = desk.people.chat_by_telegram(old)
        if chat is not None:
            desk.people.save_chat(replace(chat, telegram_id=new, kind="supergroup"))
