"""eBay's orders report."""

from datetime import UTC, datetime

import pytest

from channels.reasons import Unreadable
from domain.intake.incoming import IncomingLine, PlatformState, Receiver
from tests.channels.making import columns, csv_bytes, only, read, table

HEADER = columns(
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Address 1,Buyer City,"
    "Buyer State,Buyer Zip,Buyer Country,Ship To Name,Ship To Phone,Ship To Address 1,Ship To Address 2,Ship To City,"
    "Ship To State,Ship To Zip,Ship To Country,Item Number,Item Title,Custom Label,Quantity,Sold For,"
    "Shipping And Handling,Seller Collected Tax,eBay Collected Tax,Total Price,eBay Collected Tax Included in Total,"
    "Payment Method,Sale Date,Paid On Date,Ship By Date,Shipped On Date,My Item Note,Shipping Service,Tracking Number,"
    "Transaction ID,Variation Details"
)
ROW = {
    "Sales Record Number": "501",
    "Order Number": "12-34567-89012",
    "Buyer Username": "tea_lover",
    "Buyer Note": "leave at door",
    "Ship To Name": "Ann Lee",
    "Ship To Phone": "555 0100",
    "Ship To Address 1": "36 Main St",
    "Ship To City": "Boston",
    "Ship To State": "MA",
    "Ship To Zip": "02108",
    "Ship To Country": "United States",
    "Item Number": "155000000001",
    "Item Title": "Green tea",
    "Custom Label": "TEA-001",
    "Quantity": "2",
    "Sold For": "$10.00",
    "Shipping And Handling": "$5.00",
    "eBay Collected Tax": "$1.50",
    "Total Price": "$26.50",
    "eBay Collected Tax Included in Total": "Yes",
    "Sale Date": "Sep-05-26",
    "Paid On Date": "Sep-05-26",
    "Ship By Date": "Sep-08-26",
    "Shipping Service": "USPS Ground Advantage",
    "Transaction ID": "10077",
}
SUMMARY = ROW | {"Item Number": "", "Item Title": "", "Custom Label": "", "Quantity": "3", "Sold For": "$29.00"}
SUMMARY |= {"Total Price": "$35.50", "Transaction ID": ""}
BARE = {name: ROW[name] for name in ("Sales Record Number", "Order Number", "Buyer Username")}
ITEMS = [
    BARE | {"Item Number": "155000000001", "Item Title": "Green tea", "Custom Label": "TEA-001", "Quantity": "2"},
    BARE | {"Item Number": "155000000002", "Item Title": "Teapot", "Custom Label": "POT-1", "Quantity": "1"},
]
ITEMS[0] |= {"Sold For": "$10.00", "Transaction ID": "10077", "Tracking Number": "9400100000000000000001"}
ITEMS[1] |= {"Sold For": "$9.00", "Transaction ID": "10078", "Tracking Number": "9400100000000000000002"}


def report(*rows: dict[str, str], header: list[str] = HEADER) -> bytes:
    """With the blank and the padding line above, and the footer below."""
    head, *lines = table(header, *rows)
    padding = [""] * len(header)
    footer = [[], [f"{len(rows)}", "record(s) downloaded", "from Sep-01-26 00:00:00 to Sep-05-26 23:59:59"]]
    return csv_bytes([padding, head, padding, *lines, *footer, ["Seller ID : xiaoer"]], "utf-8-sig")


def test_order_of_one_item() -> None:
    order = only(report(ROW))
    assert (order.number, order.state, order.currency) == ("12-34567-89012", PlatformState.PAID, "USD")
    assert (order.goods, order.shipping, order.tax, order.total, order.paid) == (2000, 500, 150, 2650, 2650)
    assert order.lines == (
        IncomingLine("12-34567-89012:155000000001:10077", "Green tea", 2, "TEA-001", "", 1000, 2000),
    )
    assert order.placed_at == datetime(2026, 9, 4, 16, tzinfo=UTC)
    assert order.promised_ship_at == datetime(2026, 9, 8, 15, 59, 59, tzinfo=UTC)
    assert order.receiver == Receiver("Ann Lee", "5550100", "US", "MA", "Boston", "", "36 Main St", "02108")
    assert (order.buyer_message, order.courier_hint) == ("leave at door", "USPS Ground Advantage")


def test_the_summary_row_is_the_order_and_no_line() -> None:
    orders, rejected = read(report(SUMMARY, *ITEMS, ROW | {"Order Number": "12-34567-00000"}), currency="USD")
    assert rejected == []
    assert [(one.number, one.total, len(one.lines)) for one in orders] == [
        ("12-34567-89012", 3550, 2),
        ("12-34567-00000", 2650, 1),
    ]
    assert sum(line.amount for line in orders[0].lines) == orders[0].goods == 2900
    assert orders[0].waybill == "9400100000000000000001 9400100000000000000002"


def test_sold_for_the_whole_row() -> None:
    order = only(report(ROW | {"Sold For": "$20.00"}))
    assert [(line.unit_price, line.amount) for line in order.lines] == [(1000, 2000)]


def test_british_report() -> None:
    names = {"Shipping And Handling": "Postage And Packaging", "Ship To Name": "Post To Name"}
    header = [names.get(name, name) for name in HEADER]
    pounds = {names.get(name, name): value.replace("$", "£") for name, value in ROW.items()}
    order = only(report(pounds, header=header))
    assert (order.currency, order.shipping, order.receiver.name) == ("GBP", 500, "Ann Lee")


@pytest.mark.parametrize(
    ("paid", "shipped", "state"),
    [
        ("", "", PlatformState.UNPAID),
        ("Sep-05-26", "", PlatformState.PAID),
        ("Sep-05-26", "Sep-06-26", PlatformState.SHIPPED),
    ],
)
def test_state_is_what_the_dates_say(paid: str, shipped: str, state: PlatformState) -> None:
    assert only(report(ROW | {"Paid On Date": paid, "Shipped On Date": shipped})).state is state


def test_footer_in_one_quoted_cell() -> None:
    head, line = table(HEADER, ROW)
    footer = ["31,record(s) downloaded,from Sep-01-26 00:00:00 to Sep-05-26 23:59:59"]
    orders, rejected = read(csv_bytes([[], head, line, [], footer]), currency="USD")
    assert (len(orders), rejected) == (1, [])


def test_a_sale_not_checked_out_has_no_number_and_refuses_nobody_else() -> None:
    orders, rejected = read(report(ROW, ROW | {"Order Number": "", "Paid On Date": ""}))
    assert [one.number for one in orders] == ["12-34567-89012"]
    assert [(one.row, one.reason, one.facts) for one in rejected] == [(5, "missing", {"column": "Order Number"})]


def test_renamed_columns() -> None:
    names = {"Order Number": "Order ID", "Buyer Username": "Buyer User ID", "Sold For": "Item Price"}
    names |= {"Sale Date": "Order Date"}
    row = {names.get(name, name): value for name, value in ROW.items()}
    order = only(report(row | {"Order Date": "Sep-05-26 23:45:00"}, header=[names.get(name, name) for name in HEADER]))
    assert (order.number, order.total, order.lines[0].amount) == ("12-34567-89012", 2650, 2000)
    assert order.placed_at == datetime(2026, 9, 5, 15, 45, tzinfo=UTC)


def test_footer_below_the_order_number() -> None:
    header = [name for name in HEADER if name != "Sales Record Number"]
    row = {name: value for name, value in ROW.items() if name != "Sales Record Number"}
    head, line = table(header, row)
    padding = [""] * (len(header) - 1)
    orders, rejected = read(csv_bytes([head, line, ["83 record(s) downloaded", *padding], ["Seller ID: x", *padding]]))
    assert (len(orders), rejected) == (1, [])


def test_names_of_the_older_report() -> None:
    names = {"Order Number": "Order ID", "Sold For": "Sale Price", "Item Number": "Item ID"}
    names |= {f"Ship To {part}": f"Buyer {part}" for part in ("City", "State", "Zip", "Country", "Address 1")}
    names |= {"Ship To Name": "Buyer Fullname", "Ship To Phone": "Buyer Phone Number", "Buyer Username": "User Id"}
    kept = [name for name in ROW if name not in ("Buyer Note", "Ship By Date")]
    order = only(csv_bytes(table([names.get(name, name) for name in kept], {names.get(n, n): ROW[n] for n in kept})))
    known = only(report(ROW))
    assert (order.number, order.lines, order.total) == (known.number, known.lines, known.total)
    assert order.receiver == known.receiver


GERMAN = """
Verkaufsprotokollnummer;Bestellnummer;Nutzername des Käufers;Name des Käufers;Name des Empfängers;\
Telefonnummer des Empfängers;Adresse 1 des Empfängers;Adresse 2 des Empfängers;Versand nach - Ort;\
Versand nach - Bundesland;Versand nach - PLZ;Versand nach - Land;Artikelnummer;Angebotstitel;Bestandseinheit;\
Anzahl;Verkauft für;Verpackung und Versand;Gesamtbetrag;Zahlungsmethode;Verkauft am;Zahlungsdatum;Versanddatum;\
Versandservice;Sendungsnummer;Transaktionsnummer;Variantendetails
5;23-12345-12345;kaeufer1;Jörg Müller;Jörg Müller;+4917012345;Hauptstr. 5;;Köln;;50667;Deutschland;256000000002;\
Becher weiß;CUP-W;2;58,50 €;4,50 €;121,50 €;PayPal;10-Dez-25;11-Mär-26;;DHL Paket;00340434161094000000;20001;

1;Datensätze heruntergeladen
Verkäufer-ID : laden
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_the_german_report(encoding: str) -> None:
    order = only(GERMAN.encode(encoding))
    assert (order.number, order.state, order.currency) == ("23-12345-12345", PlatformState.PAID, "EUR")
    assert (order.goods, order.shipping, order.total) == (11700, 450, 12150)
    assert (order.paid_at, order.waybill) == (datetime(2026, 3, 10, 16, tzinfo=UTC), "00340434161094000000")
    assert order.receiver == Receiver("Jörg Müller", "+4917012345", "DE", "", "Köln", "", "Hauptstr. 5", "50667")
    assert [(line.merchant_code, line.quantity, line.amount) for line in order.lines] == [("CUP-W", 2, 11700)]


def test_another_german_shops_list_is_not_ebays() -> None:
    header = columns("Bestellnummer,Artikelbezeichnung,Menge,Preis,Gesamtbetrag")
    with pytest.raises(Unreadable) as refusal:
        read(csv_bytes([header, ["1001", "Becher", "2", "10,00", "20,00"]]))
    assert refusal.value.code == "unknown_header"


def test_what_ebay_collects_may_stand_outside_the_total_under_its_new_name() -> None:
    name = "eBay Collected Tax and Fees Included in Total"
    header = [name if column == "eBay Collected Tax Included in Total" else column for column in HEADER]
    row = {key: value for key, value in ROW.items() if key in header} | {name: "No", "Total Price": "$25.00"}
    order = only(report(row, header=header))
    assert (order.goods, order.shipping, order.tax, order.total) == (2000, 500, 0, 2500)


def test_australias_postal_code() -> None:
    header = columns(
        "Order Number,Item Title,Quantity,Sold For,Total Price,Post To Name,Post To Postal Code,Post To State"
    )
    order = only(csv_bytes([header, ["04-15250-08826", "Mug", "1", "AU $9.00", "AU $9.00", "Toby", "3000", "VIC"]]))
    assert (order.currency, order.receiver.zip, order.receiver.province) == ("AUD", "3000", "VIC")
