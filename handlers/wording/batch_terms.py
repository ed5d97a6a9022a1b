"""What refusals say of batches, and what is wanted where one does not do."""

from domain import errors
from handlers.words import N_, Words

WANTS = {
    "batch_or_day": N_(
        "the batch first, then its day: CODE@B7@2027-05-31; a day may be the batch too, with its own behind it"
    ),
    "batch_expiry": N_("the batch and its expiry, like B7 2027-05-31 (on a scan B7@2027-05-31 behind the code)"),
    "one_by_one": N_("one unit at a time: each has its own number"),
    "serial": N_("the serial number on the unit, as the product's pattern says"),
    "serial_once": N_("each unit once: this number was read for this document already"),
    "serial_there": N_("a number that was read on this line"),
    "fewer_proofs": N_("at most 20 per parcel"),
    "label": N_(
        "a GS1 label that can be read whole, like (01)06900000000038(17)270531(10)B7; else type CODE@B7@2027-05-31"
    ),
    "label_product": N_("the label with the product on it first"),
    "expiry_known": N_("the expiry that is known of this batch; goods in with another date corrects it"),
}


def batch_needed_text(refusal: errors.BatchNeeded, words: Words) -> str:
    """What left does not say which batch came back."""
    facts = {"units": refusal.units, "title": refusal.title[:60], "sku": refusal.sku}
    return words("{units} × {title} · {sku}: say which batch {units:it is|they are}.", **facts)


def batch_expired_text(refusal: errors.BatchExpired, words: Words) -> str:
    """Expired goods are never good."""
    facts = {"sku": refusal.sku, "batch": refusal.batch, "date": refusal.expires.isoformat()}
    return words("{sku} of batch {batch} expired on {date}: it cannot be good. Grade it defective.", **facts)
