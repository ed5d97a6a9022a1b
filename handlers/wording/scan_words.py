"""The scan page's own words, sent to it when it opens. `{n}` is filled in by the page.

Surprising: two languages are never mixed on one page, so everything it says comes from here; only what it says before
it has heard from us stands in its HTML, in both. The big words of a refusal name what is wrong, for who reads no more.
"""

from handlers.wording.terms import N_

HEADS = {
    "ok": N_("done"),
    "item": N_("Counted"),
    "again": N_("Already done"),
    "stop": N_("STOP"),
    "ask": N_("Weight?"),
    "shelf": N_("Now scan the stop shelf"),
    "bin": N_("Now scan the bin"),
    "unknown": N_("Unknown code"),
    "refused": N_("Not done"),
    "note": N_("Read this first"),
    "look": N_("Goods, not a parcel"),
    "paper": N_("Opened in the chat"),
    "found": N_("Serial or batch number"),
    "scan_undone": N_("Taken back"),
    "place": N_("Where are you receiving?"),
    "printed": N_("Sent to your chat"),
}
REFUSED = {
    "WrongStatus": N_("Not this step"),
    "NotAllowed": N_("Not yours to do"),
    "ItemRefused": N_("Not counted"),
    "WeightRefused": N_("Weigh it again"),
    "FeedStale": N_("Hold it back"),
    "NotEnoughStock": N_("Not in the bins"),
}
WROTE = {True: N_("💬 Buyer"), False: N_("📝 Seller")}
TEAR = N_("Tear the old one up.")
RIGHT_AGAIN = N_("Its papers are up to date: somebody reprinted them just now.")
ON_SHELF = N_("on the stop shelf")
WORDS = {
    "ready": N_("Scan now"),
    "sent": N_("Sent …"),
    "sent_out": N_("Not handed over yet …"),
    "waits": N_("not sent yet"),
    "kept": N_("No network: kept, not done yet"),
    "kept_out": N_("NOT handed over yet! No network"),
    "kept_out_why": N_("Keep the parcel here until this turns green."),
    "waiting": N_("{n} waiting"),
    "online": N_("online"),
    "offline": N_("no network"),
    "hour": N_("this hour"),
    "undo": N_("↶ Take back {n}"),
    "dropped": N_("Taken back before it was sent"),
    "weight": N_("Put it on the scales, or type: 1.25kg"),
    "stop": HEADS["stop"],
    "stop_seen": N_("I have put it aside"),
    "stop_first": N_("scans that wait for your answer: {n}"),
    "note_read": N_("I have read it"),
    "print": N_("🖨 Reprint"),
    "unknowns": N_("Unknown, look at them later"),
    "forget": N_("Clear the list"),
    "receiving": N_("Receiving in"),
    "field": N_("Scan or type a code"),
    "expired": N_("This page has been open too long. Close it and open it again in the chat; waiting scans are kept."),
    "refused": N_("You cannot scan here any more. Ask the owner. Waiting scans are kept."),
    "elsewhere": N_("The page was opened in another window. Go on there."),
    "broken": N_("The server could not do this. Tell your lead."),
}
