"""Words for what belongs to stops and recalls: states, what happened, kinds, and why a courier cannot be asked."""

from domain.floor import repacking
from domain.floor.parcels import StopKind
from domain.policy.policy_stops import RecallKind
from domain.review import completing
from domain.stops import stopping
from domain.stops.stop_desk import RecallState, Verdict
from handlers.words import N_

MARKS = {StopKind.REFUND: "⛔", StopKind.HOLD: "✋", StopKind.REPICK: "🔁", StopKind.REPACK: "🔁"}
VERDICTS = {
    Verdict.SUCCESS: N_("stopped (SUCCESS)"),
    Verdict.NOT_SYNCED: N_("order not known yet (FAIL 1001)"),
    Verdict.SHIPPED: N_("has left (FAIL 1002)"),
    Verdict.PRINTED: N_("printed, not stopped (FAIL 1003)"),
}
REASONS = {
    stopping.NOT_THERE: N_("goods not in their bin"),
    repacking.REASON: N_("other goods are ordered now"),
    completing.COMPLETED: N_("the order is done without a parcel"),
    "withdrawn": N_("the refund was withdrawn"),
    "stop_shelf": N_("it lies on the stop shelf"),
}
"""Why a parcel is stopped, where that is no hold's code."""
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
STAYS = {
    "delivered": N_("it has been delivered"),
    "recalled": N_("the courier has been asked to bring it back"),
    "returned": N_("a return of it is announced or has arrived"),
    "said": N_("somebody confirmed that it has left"),
    "signed": N_("the courier has signed for it"),
    "late": N_("it was scanned out too long ago"),
}
NO_STEP = {
    "put_back": N_(
        "{waybill}: a put-back cannot be undone. Its goods count as back on their shelf and may "
        "be sold by now. If they are not there, count that bin (/count)."
    ),
    "pulled": N_("{waybill} stays booked on the stop shelf until it is put back or its stop ends."),
    "repicked": N_("{waybill}: goods picked again stay booked to it. Ask your lead."),
    "received": N_("{waybill}: the receipt of a return cannot be undone. Correct what is wrong on its card."),
}
"""Why a scan that was no step of a parcel cannot be taken back."""
STEPS = {
    "dock": N_("on the dock, not signed for"),
    "pulled": N_("on the stop shelf"),
    "printed": N_("printed, nobody picks it yet"),
    "delivered": N_("delivered"),
    "not_synced": N_("not known yet"),
    "registered": N_("registered"),
    "asking": N_("asked"),
    "returning": N_("on its way back"),
    "back": N_("back"),
    "failed": N_("failed"),
    "dropped": N_("no longer wanted"),
}
ENDED = {"released": N_("withdrawn, nothing to stop any more")}
VERBS = {
    "pulled": N_("put on the stop shelf"),
    "answered_by_hand": N_("answered on the platform by hand"),
    "unshipped": N_("hand-over taken back"),
    "left_already": N_("had left already"),
    "proof": N_("photo or video kept"),
    "loading_begun": N_("loading begun"),
    "loading_ended": N_("loading ended"),
    "struck": N_("struck off the list"),
    "sheet_torn": N_("sheet torn up"),
    "address_told": N_("new address told"),
    "readdressed": N_("goes to a new address"),
    "rehoused": N_("sent from another warehouse"),
    "ships_as_it_is": N_("ships as it is"),
    "not_shipped": N_("shipped without what lay in no box"),
    "repick": N_("to be picked again"),
    "repicked": N_("picked again"),
    "repack": N_("to be repacked"),
    "recall_registered": N_("recall registered"),
    "recall_shared": N_("its parcel is recalled for another order"),
    "recall_asking": N_("courier asked to bring it back"),
    "recall_returning": N_("recall accepted"),
    "recall_back": N_("recalled parcel is back"),
    "recall_failed": N_("recall failed"),
    "recall_dropped": N_("recall dropped"),
    "recall_fee": N_("recall fee noted"),
    "gate_open": N_("gate lets pass while silent"),
    "gate_shut": N_("gate holds back while silent"),
}
