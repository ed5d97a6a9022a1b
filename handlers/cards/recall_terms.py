"""What the kinds and states of a recall are called, and why a courier cannot be asked."""

from domain.policy_stops import RecallKind
from domain.stop_desk import RecallState
from handlers.terms import N_

KINDS = {
    RecallKind.SENDER: N_("back to us"),
    RecallKind.STATION: N_("back to the station"),
    RecallKind.ADDRESS: N_("to another address"),
}
KIND_BUTTONS = {
    RecallKind.SENDER: N_("↩️ Ask the courier to bring it back"),
    RecallKind.STATION: N_("🏤 Ask to hold it at the station"),
    RecallKind.ADDRESS: N_("✏️ Ask to deliver elsewhere"),
}
STATES = {
    RecallState.REGISTERED: N_("registered, the courier is to be asked"),
    RecallState.ASKING: N_("the courier is asked"),
    RecallState.ACCEPTED: N_("accepted, on its way"),
    RecallState.RECEIVED: N_("it is back"),
    RecallState.FAILED: N_("failed"),
    RecallState.DROPPED: N_("no longer wanted"),
}
WHY_NOT = {
    "not_left": N_("it has not left yet: stop it here"),
    "delivered": N_("it is delivered: that is a return now"),
    "kind": N_("this courier does not do that"),
    "asked": N_("the courier was asked already, and does it once only"),
    "early": N_("too soon after the pick-up, try again later"),
    "late": N_("too long ago for this courier"),
}
