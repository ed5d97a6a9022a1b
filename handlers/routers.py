"""All chat topics in the order they are asked: commands first, scans next, search last."""

from importlib import import_module

from aiogram import Router

from handlers.middleware import Given, People, Refusals
from handlers.services import Services

TOPICS = (
    "office.start",
    "office.staff",
    "office.policy",
    "desk.bundles",
    "floor.proofs",
    "desk.intake",
    "desk.mapping",
    "desk.digest",
    "desk.queue",
    "desk.bulk",
    "desk.freeze",
    "desk.review",
    "desk.together",
    "floor.interception",
    "floor.recalls",
    "floor.waves",
    "floor.scanning",
    "floor.printing",
    "floor.manifests",
    "floor.stock_room",
    "floor.stock_papers",
    "floor.checking",
    "floor.warehouse",
    "floor.returns",
    "office.finance",
    "floor.numbers",
    "office.watch",
    "desk.customers",
    "desk.search",
)


def routers(services: Services) -> list[Router]:
    """One fresh tree per process: aiogram lets a router hang on one parent only."""
    desk = Router(name="desk")
    for observer in (desk.message, desk.callback_query):
        observer.outer_middleware(People(services))
        observer.middleware(Refusals())
    desk.my_chat_member.outer_middleware(Given(services))
    for topic in TOPICS:
        router: Router = import_module(f"handlers.{topic}").router
        router._parent_router = None  # tests build several trees in one process
        desk.include_router(router)
    return [desk]
