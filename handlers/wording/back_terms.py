"""Why an approved order is in review again, as the history's codes say it and as people read it.

Surprising: goods that were not there name the stock document that found it, which needs no other name.
"""

from handlers.wording.terms import N_, named_in
from handlers.words import Words

BACK = {
    "merge": N_("to travel with another order"),
    "undo": N_("undone"),
    "hold": N_("held by hand"),
    "refund": N_("a refund"),
    "address edited": N_("address edited"),
    "changed on the platform": N_("changed on the platform"),
    "no courier": N_("no courier"),
}


def back_name(reason: str, words: Words) -> str:
    """Why an approval fell."""
    return named_in(BACK, reason, words)
