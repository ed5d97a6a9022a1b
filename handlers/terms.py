"""Names of roles, holds, steps, states and verbs in the reader's language.

Surprising: codes without a name here are shown as they are, so a new code is visible rather than lost; a test
checks that every code of the domain has a name.
"""

from handlers.words import Words


def _named(table: dict[str, str], code: str, words: Words) -> str:
    return words.plain(table[code]) if code in table else code


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for a marker)
    """Marks a text for extraction."""
    return text


ROLES = {
    "owner": N_("owner"),
    "cs": N_("customer service"),
    "cs_lead": N_("service lead"),
    "picker": N_("picker"),
    "packer": N_("packer"),
    "dispatcher": N_("dispatcher"),
    "receiver": N_("receiver"),
    "finance": N_("finance"),
    "buyer": N_("buyer (purchasing)"),
    "warehouse": N_("warehouse (all four)"),
}
HOLDS = {
    "REFUNDED": N_("refunded in part"),
    "REFUND_REQ": N_("refund asked"),
    "BLACKLIST": N_("buyer on the blacklist"),
    "PLATFORM_SHIPPED": N_("shipped on the platform"),
    "NO_ITEMS": N_("no goods lines"),
    "SKU_UNMATCHED": N_("product not matched"),
    "OUT_OF_STOCK": N_("out of stock"),
    "NO_WAREHOUSE": N_("no warehouse"),
    "NO_COURIER": N_("no courier"),
    "WAYBILL_ERROR": N_("no waybill number"),
    "ADDR_INVALID": N_("address incomplete"),
    "ADDR_CHANGED": N_("address changed"),
    "GOODS_CHANGED": N_("goods changed"),
    "DUPLICATE": N_("looks like a duplicate"),
    "AMOUNT_RANGE": N_("unusual amount"),
    "KEYWORD": N_("keyword"),
    "MESSAGE": N_("buyer's message"),
    "SELLER_NOTE": N_("seller's note"),
    "FREEZE": N_("held by hand"),
}
STEPS = {
    "unpaid": N_("unpaid"),
    "review": N_("in review"),
    "approved": N_("approved"),
    "released": N_("with the warehouse"),
    "shipped": N_("shipped"),
    "put_back": N_("to be put back"),
    "cancelled": N_("cancelled"),
    "elsewhere": N_("done on the platform"),
    "planned": N_("planned"),
    "ready": N_("ready for a wave"),
    "in_wave": N_("to be picked"),
    "picked": N_("picked"),
    "packed": N_("packed"),
    "weighed": N_("weighed"),
    "handed_over": N_("handed over"),
    "stopped": N_("stopped"),
    "pick": N_("pick"),
    "pack": N_("pack"),
    "weigh": N_("weigh"),
    "hand_over": N_("hand over"),
    "receive": N_("received"),
    "expected": N_("expected"),
    "arrived": N_("arrived"),
    "unclaimed": N_("unclaimed"),
    "done": N_("done"),
    "open": N_("open"),
    "acked": N_("taken"),
    "taken": N_("taken"),
    "too_late": N_("too late"),
}
PLATFORM_STATES = {
    "unpaid": N_("unpaid"),
    "paid": N_("paid"),
    "part_shipped": N_("shipped in part"),
    "shipped": N_("shipped"),
    "done": N_("done"),
    "closed": N_("closed"),
}
REFUND_STATES = {
    "none": N_("refund withdrawn"),
    "requested": N_("refund asked"),
    "success": N_("refunded"),
    "cancelled": N_("refund withdrawn"),
}
VERBS = {
    "received": N_("received"),
    "changed": N_("changed on the platform"),
    "approved": N_("approved"),
    "unapproved": N_("taken back to review"),
    "cancelled": N_("cancelled"),
    "held": N_("held"),
    "hold_released": N_("hold released"),
    "address_edited": N_("address edited"),
    "sku_matched": N_("product matched"),
    "released": N_("sent to the warehouse"),
    "shipped": N_("shipped"),
    "refund_requested": N_("refund asked"),
    "refund_success": N_("refunded"),
    "refund_cancelled": N_("refund withdrawn"),
    "refund_none": N_("refund withdrawn"),
    "put_back": N_("put back"),
    "return_linked": N_("return linked"),
    "return_arrived": N_("return arrived"),
    "return_done": N_("return graded"),
    "in_wave": N_("put into a wave"),
    "rematched": N_("another courier chosen"),
    "waybill_error": N_("waybill number refused"),
    "waybill_voided": N_("waybill number voided"),
    "picked": N_("picked"),
    "packed": N_("packed"),
    "weighed": N_("weighed"),
    "handed_over": N_("handed over"),
    "stopped": N_("stopped"),
    "stop_acknowledged": N_("stop taken"),
    "stop_escalated": N_("stop escalated"),
    "cancel": N_("cancelled"),
    "taken": N_("taken"),
    "acked": N_("taken"),
    "released_stop": N_("released"),
    "done": N_("done"),
    "graded": N_("graded"),
    "linked": N_("linked"),
    "closed": N_("closed"),
    "arrived": N_("arrived"),
    "snoozed": N_("snoozed"),
    "told": N_("told"),
    "joined": N_("joined"),
    "approved_many": N_("approved"),
    "undone_many": N_("taken back to review"),
    "printed": N_("printed again"),
    "invited": N_("invited"),
    "resumed": N_("taken back"),
    "suspended": N_("suspended"),
    "took_over": N_("took over"),
    "desk_of": N_("made a desk"),
}

ACTORS = {"clock": N_("the clock"), "shop": N_("the shop"), "operator": N_("the operator")}
KINDS = {
    "order": N_("order"),
    "digest": N_("The list of new orders"),
    "parcel": N_("parcel"),
    "sku": N_("product"),
    "person": N_("person"),
    "shop": N_("shop"),
    "warehouse": N_("warehouse"),
    "shop_or_warehouse": N_("shop or warehouse"),
    "refund": N_("refund"),
    "return": N_("return"),
    "wave": N_("wave"),
    "stop": N_("stop"),
    "chat": N_("chat"),
    "import": N_("import"),
    "file": N_("file"),
    "alert": N_("The alert"),
    "report": N_("report"),
    "ready_parcels": N_("parcel ready for a wave"),
    "address": N_("address"),
    "role": N_("role"),
    "language": N_("language"),
    "date": N_("date"),
    "weight": N_("weight"),
    "waybill": N_("waybill"),
    "count": N_("count"),
    "grade": N_("grade"),
}
RIGHTS = {
    "view_orders": N_("see orders"),
    "import": N_("import"),
    "approve": N_("approve"),
    "override": N_("decide what only a lead may"),
    "edit": N_("edit"),
    "refund": N_("refund"),
    "wave": N_("wave"),
    "pick": N_("pick"),
    "pack": N_("pack"),
    "weigh": N_("weigh"),
    "hand_over": N_("hand over"),
    "put_back": N_("put back"),
    "receive": N_("receive returns"),
    "stock": N_("see stock"),
    "report": N_("report"),
    "staff": N_("staff"),
    "policy": N_("house rules"),
}
FORMATS = {
    "taobao-orders": N_("Taobao order list"),
    "taobao-details": N_("Taobao detail list"),
    "taobao-items": N_("Taobao item sheet"),
    "taobao-orders+taobao-items": N_("Taobao orders and items"),
    "pinduoduo-orders": N_("Pinduoduo orders"),
    "shopify-orders": N_("Shopify orders"),
    "shopify-json": N_("Shopify orders (JSON)"),
    "woocommerce-json": N_("WooCommerce orders (JSON)"),
}
WANTS = {
    "weight": N_("a weight like 1.25kg or 1250"),
    "name_and_street": N_("a name and a street"),
    "label_and_value": N_("lines like «phone: 13800001234»"),
    "known_sku": N_("a SKU or barcode of ours"),
    "another_active_person": N_("another active person"),
    "zh|en": N_("zh or en"),
    "group": N_("a group"),
    "waybill": N_("a waybill: 6 to 40 letters and digits"),
    "date": N_("a date like 2026-11-23"),
    "not_in_the_future": N_("a day that is not in the future"),
}


def role_name(code: str, words: Words) -> str:
    """A role's name."""
    return _named(ROLES, code, words)


def right_name(code: str, words: Words) -> str:
    """What a right lets one do."""
    return _named(RIGHTS, code, words)


def hold_name(code: str, words: Words) -> str:
    """A hold code's name."""
    return _named(HOLDS, code, words)


def step_name(code: str, words: Words) -> str:
    """A status's, state's or station's name."""
    return _named(STEPS, code, words)


def verb_name(code: str, words: Words) -> str:
    """What happened, in an event."""
    return _named(VERBS, code, words)


def platform_state_name(code: str, words: Words) -> str:
    """Where the platform says the order stands."""
    return _named(PLATFORM_STATES, code, words)


def refund_state_name(code: str, words: Words) -> str:
    """Where a refund stands."""
    return _named(REFUND_STATES, code, words)


def kind_name(code: str, words: Words) -> str:
    """What kind of thing a refusal is about."""
    return _named(KINDS, code, words)


def format_name(code: str, words: Words) -> str:
    """What kind of file it was."""
    return _named(FORMATS, code, words)


def want_text(code: str, words: Words) -> str:
    """What would have done."""
    return _named(WANTS, code, words)


def actor_name(name: str, words: Words) -> str:
    """Who did it: a person's own name, or what the machine is called."""
    return _named(ACTORS, name, words)
