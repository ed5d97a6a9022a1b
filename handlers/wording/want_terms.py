"""What a refusal asks for instead, by code: how the thing would read right."""

from handlers.wording import batch_terms
from handlers.wording.terms import N_, named_in
from handlers.words import Words

WANTS = {
    **batch_terms.WANTS,
    "filter": N_(
        "a shop, a hold reason, held, clean, urgent, missed, 12h, >500, above the limit, two "
        "people needed, mine, put off"
    ),
    "counted_account": N_("the number of an account whose numbers are counted; /numbers lists them"),
    "bought": N_("1 to 1,000,000"),
    "numbers": N_("the account and how many you bought, like #3 500"),
    "bulk": N_("a hold reason, with or without a shop and a deadline"),
    "filter_once": N_("one of a kind: one shop, one reason, one deadline"),
    "another_warehouse": N_("two different warehouses"),
    "warehouse_code": N_("a warehouse's code behind the command"),
    "good_or_defective": N_("good or defective"),
    "smaller_range": N_("a smaller range, at most 500 lines"),
    "bin": N_("a bin like A-01; +A-09 opens a new one"),
    "batch": N_("a batch, like CODE@B7 (letters, digits, . _ - / inside, at most 30)"),
    "units": N_("a number of units"),
    "in_parcel": N_("a product that is in this parcel"),
    "one_product": N_("a number with one product in the picture"),
    "not_below": N_("no more than was scanned of it"),
    "not_posted": N_("at least what is in the books of it already"),
    "at_most_there": N_("at most what lies in the bin it comes from"),
    "cost": N_("what one costs, like =8.50"),
    "same_place": N_("an order of this shop to the same address"),
    "merge_unpaid": N_("one that is paid"),
    "merge_held": N_("one without open holds"),
    "merge_no_box": N_("goods that one warehouse has and one courier carries in one parcel"),
    "weight": N_("a weight like 1.25kg or 1250"),
    "size": N_("one parcel and its three sides, like 30x20x15 (cm) or 300x200x150mm, none over 3 m"),
    "name": N_("a name"),
    "name_and_street": N_("a name and a street"),
    "label_and_value": N_("lines like «phone: 13800001234», or a whole address with name and phone"),
    "known_sku": N_("a SKU or barcode of ours"),
    "another_active_person": N_("another active person"),
    "another_picker": N_("another active picker of that warehouse"),
    "nothing_picked": N_("a wave nobody has picked from"),
    "put_back_before": N_("a wave without a refund: put what is stopped back first"),
    "zh|en": N_("zh or en"),
    "group": N_("a group"),
    "waybill": N_("a waybill: 6 to 40 letters and digits"),
    "policy_document": N_("a rules file without mistakes; send it again to see them"),
    "date": N_("a date like 2026-11-23"),
    "required_columns": N_("a column each for order number, goods and quantity"),
    "column_of_the_table": N_("a column of this table"),
    "status_column": N_("a column with a few different words"),
    "not_in_the_future": N_("a day that is not in the future"),
    "told_buyer": N_("an order whose platform tells who bought it"),
    "tag": N_("a tag of 1 to 12 letters without a colon"),
    "fewer_tags": N_("at most 8 tags; take one off first"),
    "short_note": N_("at most 500 letters"),
    "short_text": N_("at most 1000 letters"),
    "told_key": N_("one that an order tells unmasked"),
    "entry_days": N_("one of the terms on the buttons"),
    "until": N_("a time to come within a year, like 18:00, 11-25 18:00 or 2h"),
    "snooze": N_("at most a day"),
    "fee": N_("an amount like 12.00"),
    "own_shelf": N_("the stop shelf of the parcel's own warehouse"),
    "time_of_day": N_("a time of day like 08:00"),
    "quiet_hours": N_("hours like 22:00-08:00, off or company"),
}


def want_text(code: str, words: Words) -> str:
    """What would have done."""
    return named_in(WANTS, code, words)
