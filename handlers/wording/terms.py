"""Names of roles, holds, steps, states and verbs in the reader's language.

Surprising: codes without a name here are shown as they are, so a new code is visible rather than lost; a test
checks that every code of the domain has a name.
"""

from handlers.wording import stop_terms
from handlers.words import N_ as N_  # everybody who marks a text asks here
from handlers.words import Words


def named_in(table: dict[str, str], code: str, words: Words) -> str:
    """The code's name in the table, or the code itself."""
    return words.plain(table[code]) if code in table else code


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
    "NO_SHIPPING": N_("nothing to ship"),
    "PICKUP": N_("pick-up, no courier"),
    "SKU_UNMATCHED": N_("product not matched"),
    "SKU_DISABLED": N_("product switched off"),
    "BUNDLE_UNMATCHED": N_("bundle incomplete"),
    "OUT_OF_STOCK": N_("out of stock"),
    "NO_WAREHOUSE": N_("no warehouse"),
    "NO_COURIER": N_("no courier"),
    "COURIER_SUSPENDED": N_("courier suspended"),
    "WAYBILL_ERROR": N_("no waybill number"),
    "FUNDS_SHORT": N_("prepaid numbers used up"),
    "WAIT_RETURN": N_("exchange waits for its return"),
    "PLATFORM_LOCK": N_("held by the platform"),
    "ADDR_INVALID": N_("address incomplete"),
    "ADDR_CHANGED": N_("address changed"),
    "GOODS_CHANGED": N_("goods changed"),
    "DUPLICATE": N_("looks like a duplicate"),
    "AMOUNT_RANGE": N_("unusual amount"),
    "KEYWORD": N_("keyword"),
    "MESSAGE": N_("buyer's message"),
    "SELLER_NOTE": N_("seller's note"),
    "FREEZE": N_("held by hand"),
    "FRAUD": N_("risk of fraud"),
    "PAYMENT": N_("cash on delivery"),
    "PART_PAID": N_("not paid in full"),
    "EXPIRY": N_("expires too soon"),
    "PRESALE_WAIT": N_("presale"),
    "MEMBER_CHANGED": N_("companion changed"),
    "INVOICE_CHANGED": N_("invoice changed"),
    "MESSAGE_CHANGED": N_("message changed"),
    "NOTE_CHANGED": N_("note changed"),
    "COURIER_CHANGED": N_("courier changed"),
    "WAREHOUSE_CHANGED": N_("warehouse changed"),
    "SHIP_TIME_CHANGED": N_("ship time changed"),
    "MERGE_WAIT": N_("waits to be merged"),
    "QTY_RANGE": N_("many units"),
    "KIND_RANGE": N_("many kinds"),
    "PRICE_LOW": N_("price too low"),
    "MARGIN_LOW": N_("margin too low"),
    "FLAG": N_("seller's flag"),
    "PAY_DELAY": N_("cooling-off time"),
    "TIME_WINDOW": N_("outside hours"),
}
STEPS = {
    **stop_terms.STEPS,
    "unpaid": N_("unpaid"),
    "review": N_("in review"),
    "approved": N_("approved"),
    "released": N_("with the warehouse"),
    "shipped": N_("shipped"),
    "put_back": N_("to be put back"),
    "cancelled": N_("cancelled"),
    "elsewhere": N_("done on the platform"),
    "planned": N_("planned"),
    "owed": N_("waits for goods"),
    "ready": N_("ready for a wave"),
    "in_wave": N_("to be picked"),
    "picked": N_("picked"),
    "checked": N_("checked"),
    "packed": N_("packed"),
    "weighed": N_("weighed"),
    "handed_over": N_("handed over"),
    "stopped": N_("stopped"),
    "to_fill": N_("something still to be put in"),
    "pick": N_("pick"),
    "check": N_("check"),
    "pack": N_("pack"),
    "weigh": N_("weigh"),
    "hand_over": N_("hand over"),
    "receive": N_("received"),
    "in_transit": N_("on its way"),
    "waiting": N_("waiting for an approval"),
    "expected": N_("expected"),
    "arrived": N_("arrived"),
    "unclaimed": N_("unclaimed"),
    "done": N_("done"),
    "open": N_("open"),
    "acked": N_("taken"),
    "taken": N_("taken"),
    "too_late": N_("too late"),
    "proposed": N_("proposed for the blacklist"),
    "not_proposed": N_("one without an open proposal"),
    "active": N_("on the blacklist"),
    "dismissed": N_("proposal dismissed"),
    "lifted": N_("taken off the blacklist"),
    "expired": N_("blacklist entry ran out"),
    "appealed": N_("an open appeal"),
    "mapping_draft": N_("not remembered yet"),
    "mapping_saved": N_("remembered"),
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
    "topped_up": N_("numbers bought"),
    **stop_terms.VERBS,
    "merged": N_("merged by hand"),
    "unmerged": N_("taken out of the merged parcel"),
    "member_left": N_("an order left the parcel"),
    "split_off": N_("split off from a merged parcel"),
    "goods_came": N_("its goods are there"),
    "rest_ready": N_("the rest is ready"),
    "owed_again": N_("goods owed again"),
    "received": N_("received"),
    "changed": N_("changed on the platform"),
    "approved": N_("approved"),
    "approved_first": N_("first yes of two"),
    "first_unsaid": N_("first yes taken back"),
    "not_there": N_("not there"),
    "promises_lost": N_("promised goods are not there"),
    "approved_alone": N_("approved by who scanned it, as nobody else may"),
    "completed": N_("done without a parcel"),
    "issued": N_("given to the buyer at the counter"),
    "issue_undone": N_("back in stock from the counter"),
    "reopened": N_("not done after all"),
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
    "wave_dissolved": N_("waits again, its wave was dissolved"),
    "rematched": N_("another courier chosen"),
    "waybill_error": N_("waybill number refused"),
    "waybill_voided": N_("waybill number voided"),
    "void_again": N_("courier asked again to take the number back"),
    "picked": N_("picked"),
    "packed": N_("packed"),
    "weighed": N_("weighed"),
    "handed_over": N_("handed over"),
    "checked": N_("checked"),
    "packed_into": N_("packed into"),
    "notes_read": N_("notes read"),
    "weight_forced": N_("weight let pass"),
    "batch_swapped": N_("batch let pass"),
    "weight_learnt": N_("weight taken from the scales"),
    "weight_refused": N_("weight of the scales refused"),
    "measured": N_("measured"),
    "scan_undone": N_("scan taken back"),
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
    "muted": N_("put aside"),
    "quiet_hours": N_("quiet hours set"),
    "told": N_("told"),
    "joined": N_("joined"),
    "approved_many": N_("approved"),
    "undone_many": N_("taken back to review"),
    "printed": N_("printed again"),
    "label_printed": N_("label printed"),
    "slip_printed": N_("slip printed"),
    "listed": N_("put on the hand-over list"),
    "signed": N_("signed"),
    "invited": N_("invited"),
    "resumed": N_("taken back"),
    "suspended": N_("suspended"),
    "took_over": N_("took over"),
    "desk_of": N_("made a desk"),
    "tagged": N_("tagged"),
    "untagged": N_("tag taken off"),
    "vip_set": N_("made a VIP"),
    "vip_unset": N_("VIP ended"),
    "noted": N_("noted"),
    "proposed": N_("proposed for the blacklist"),
    "blacklisted": N_("put on the blacklist"),
    "dismissed": N_("proposal dismissed"),
    "lifted": N_("taken off the blacklist"),
    "appealed": N_("appealed against the blacklist"),
    "appeal_upheld": N_("appeal refused"),
    "expired": N_("blacklist entry ran out"),
    "policy_applied": N_("another version put in force"),
    "mapped": N_("changed"),
    "mapping_saved": N_("remembered"),
    "mapping_forgotten": N_("forgotten"),
}
ACTORS = {"clock": N_("the clock"), "shop": N_("the shop"), "operator": N_("the operator"), "xiaoer": N_("Xiaoer")}
RIGHTS = {
    "view_orders": N_("see orders"),
    "import": N_("import"),
    "approve": N_("approve"),
    "override": N_("decide what only a lead may"),
    "edit": N_("edit"),
    "refund": N_("refund"),
    "customers": N_("tag customers and propose them for the blacklist"),
    "customer_lists": N_("decide on VIPs and the blacklist"),
    "wave": N_("wave"),
    "reassign": N_("dispose of other people's waves"),
    "print": N_("print"),
    "pick": N_("pick"),
    "check": N_("check"),
    "pack": N_("pack"),
    "weigh": N_("weigh"),
    "hand_over": N_("hand over"),
    "put_back": N_("put stopped parcels back"),
    "receive": N_("receive returns"),
    "stock": N_("see stock"),
    "stock_work": N_("work in the stock room"),
    "stock_approve": N_("approve stock differences"),
    "report": N_("report"),
    "staff": N_("staff"),
    "policy": N_("house rules"),
    "products": N_("maintain products and bundles"),
}


def role_name(code: str, words: Words) -> str:
    """A role's name."""
    return named_in(ROLES, code, words)


def right_name(code: str, words: Words) -> str:
    """What a right lets one do."""
    return named_in(RIGHTS, code, words)


def hold_name(code: str, words: Words) -> str:
    """A hold code's name."""
    return named_in(HOLDS, code, words)


def step_name(code: str, words: Words) -> str:
    """A status's, state's or station's name."""
    return named_in(STEPS, code, words)


def ended_stop_name(code: str, words: Words) -> str:
    """How a stop ended. Its "released" is not an order's: the cause of the stop went away."""
    return named_in(STEPS | stop_terms.ENDED, code, words)


def verb_name(code: str, words: Words) -> str:
    """What happened, in an event."""
    return named_in(VERBS, code, words)


def platform_state_name(code: str, words: Words) -> str:
    """Where the platform says the order stands."""
    return named_in(PLATFORM_STATES, code, words)


def refund_state_name(code: str, words: Words) -> str:
    """Where a refund stands."""
    return named_in(REFUND_STATES, code, words)


def actor_name(name: str, words: Words) -> str:
    """Who did it: a person's own name, or what the machine is called."""
    return named_in(ACTORS, name, words)
