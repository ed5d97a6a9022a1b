"""TikTok Shop's order export."""

from datetime import UTC, datetime

import pytest

import channels
from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, RefundState
from tests.channels.making import SHANGHAI, columns, csv_bytes, only, read, refused, table

HEADER = columns(
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,SKU ID,Seller SKU,Product Name,"
    "Variation,Quantity,Sku Quantity of return,SKU Unit Original Price,SKU Subtotal Before Discount,"
    "SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,Shipping Fee After Discount,Taxes,"
    "Order Amount,Order Refund Amount,Created Time,Paid Time,Shipped Time,Delivered Time,Cancelled Time,"
    "Fulfillment Type,Warehouse Name,Tracking ID,Delivery Option,Shipping Provider Name,Buyer Message,Buyer Username,"
    "Recipient,Phone #,Zipcode,Country,Province,District,Detail Address,Payment Method,Seller Note"
)
ROW = {
    "Order ID": "577000000000000001",
    "Order Status": "To ship",
    "Normal or Pre-order": "Normal",
    "SKU ID": "1729000000000001",
    "Seller SKU": "TEA-001",
    "Product Name": "Green tea",
    "Variation": "100 g",
    "Quantity": "2",
    "SKU Unit Original Price": "10.00",
    "SKU Subtotal Before Discount": "20.00",
    "SKU Platform Discount": "1.00",
    "SKU Seller Discount": "1.00",
    "SKU Subtotal After Discount": "18.00",
    "Shipping Fee After Discount": "3.00",
    "Order Amount": "30.00",
    "Created Time": "13/05/2026 10:11:12",
    "Paid Time": "13/05/2026 10:12:00",
    "Fulfillment Type": "Fulfillment by seller",
    "Warehouse Name": "Main",
    "Buyer Username": "tea_lover",
    "Recipient": "A*** L**",
    "Phone #": "(+66)81*****12",
    "Country": "Thailand",
    "Province": "Bangkok",
    "District": "Pathum Wan",
    "Detail Address": "9*** Rama I Rd",
    "Payment Method": "Cash on delivery",
}
SECOND = ROW | {"SKU ID": "1729000000000002", "Seller SKU": "POT-1", "Product Name": "Teapot", "Quantity": "1"}
SECOND |= {"SKU Subtotal Before Discount": "10.00", "SKU Platform Discount": "", "SKU Subtotal After Discount": "9.00"}
WORDS = {name: f"What {name.lower()} means" for name in HEADER} | {"Order ID": "Platform unique order ID."}


def export(*rows: dict[str, str], described: bool = True) -> bytes:
    """With a mark, the row of descriptions, and tabs behind ids and times."""
    head, *lines = table(HEADER, *rows)
    tabbed = [[f"{cell}\t" if str(cell)[:1].isdigit() else cell for cell in line] for line in lines]
    about = table(HEADER, WORDS)[1:] if described else []
    return csv_bytes([head, *about, *tabbed], "utf-8-sig")


def test_order_of_two_skus_counts_its_amount_once() -> None:
    order = only(export(ROW, SECOND), currency="THB")
    assert (order.number, order.state, order.currency) == ("577000000000000001", PlatformState.PAID, "THB")
    assert (order.goods, order.shipping, order.discount, order.total, order.paid) == (3000, 300, 300, 3000, 3000)
    assert order.lines == (
        IncomingLine("577000000000000001:1729000000000001", "Green tea", 2, "TEA-001", "100 g", 1000, 1800),
        IncomingLine("577000000000000001:1729000000000002", "Teapot", 1, "POT-1", "100 g", 1000, 900),
    )
    assert (order.cod, order.presale, order.warehouse_hint) == (True, False, "Main")
    assert (order.receiver.country, order.receiver.masked) == ("TH", True)
    assert (order.receiver.province, order.receiver.city, order.receiver.district) == ("Bangkok", "Pathum Wan", "")


def test_the_row_of_descriptions_is_counted_and_not_imported() -> None:
    parsed = channels.read("file", export(ROW), zone=SHANGHAI, currency="THB")
    assert (len(list(parsed.items)), parsed.control_rows) == (1, [2])
    assert len(read(export(ROW, described=False), currency="THB")[0]) == 1


@pytest.mark.parametrize(
    ("first", "second", "placed"),
    [
        ("03/04/2026 10:00:00", "13/04/2026 10:00:00", datetime(2026, 4, 3, 2, tzinfo=UTC)),
        ("03/04/2026 10:00:00 AM", "03/14/2026 11:00:00 PM", datetime(2026, 3, 4, 2, tzinfo=UTC)),
        ("03/04/2026 10:00:00", "05/04/2026 10:00:00", datetime(2026, 4, 3, 2, tzinfo=UTC)),
        ("03/04/2026 10:00:00 AM", "03/05/2026 12:00:00 AM", datetime(2026, 3, 4, 2, tzinfo=UTC)),
    ],
)
def test_day_or_month_first_is_the_files(first: str, second: str, placed: datetime) -> None:
    rows = [ROW | {"Created Time": first, "Paid Time": first}, ROW | {"Order ID": "577000000000000002"}]
    rows[1] |= {"Created Time": second, "Paid Time": second}
    orders, rejected = read(export(*rows), currency="THB")
    assert rejected == []
    assert orders[0].placed_at == placed


def test_the_telling_date_may_stand_far_down() -> None:
    early = {"Created Time": "03/04/2026 10:00:00", "Paid Time": ""}
    rows = [ROW | early | {"Order ID": str(577000000000000001 + count)} for count in range(300)]
    rows.append(ROW | {"Order ID": "577000000000009999", "Created Time": "03/31/2026 10:00:00", "Paid Time": ""})
    orders, rejected = read(export(*rows), currency="USD")
    assert (len(orders), rejected) == (301, [])
    assert orders[0].placed_at == datetime(2026, 3, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"Order Status": "จัดส่งแล้ว"}, PlatformState.SHIPPED),
        ({"Order Status": "ยกเลิกแล้ว"}, PlatformState.CLOSED),
        ({"Order Status": "ที่จะจัดส่ง"}, PlatformState.PAID),
        ({"Order Status": "Completed"}, PlatformState.DONE),
        ({"Order Status": "Niemand", "Cancelled Time": "14/05/2026 10:00:00"}, PlatformState.CLOSED),
        ({"Order Status": "Niemand", "Shipped Time": "14/05/2026 10:00:00"}, PlatformState.SHIPPED),
        ({"Fulfillment Type": "Fulfillment by TikTok Shop"}, PlatformState.SHIPPED),
    ],
)
def test_states(changes: dict[str, str], state: PlatformState) -> None:
    assert only(export(ROW | changes), currency="THB").state is state


def test_a_state_nobody_knows_without_times_is_refused() -> None:
    assert [(one.reason, one.facts) for one in read(export(ROW | {"Order Status": "Niemand"}), currency="THB")[1]] == [
        ("unknown_status", {"column": "Order Status", "value": "Niemand"})
    ]


def test_refunds() -> None:
    number = "577000000000000001"
    done = only(export(ROW | {"Order Refund Amount": "5.00", "Cancelation/Return Type": "Return/Refund"}), "THB")
    assert done.refunds == (IncomingRefund(f"{number}:file", RefundState.SUCCESS, 500),)
    asked = only(export(ROW | {"Cancelation/Return Type": "Return/Refund"}), "THB")
    assert asked.refunds == (IncomingRefund(f"{number}:file:open", RefundState.REQUESTED, 0),)


def test_amounts_that_tell_their_currency() -> None:
    amounts = {"Order Amount": "IDR 50.000", "SKU Subtotal After Discount": "IDR 25.000"}
    order = only(export(ROW | amounts), currency="THB")
    assert (order.currency, order.total, order.lines[0].amount) == ("IDR", 50000, 25000)


def test_preorder() -> None:
    assert only(export(ROW | {"Normal or Pre-order": "Pre-order"}), "THB").presale


def test_a_date_that_is_none_is_refused() -> None:
    row = ROW | {"Created Time": "31/31/2026 10:00:00"}
    assert refused(export(row))[0] == (3, "missing", {"column": "Currency"})
    assert [(one.row, one.reason) for one in read(export(row), currency="THB")[1]] == [(3, "not_a_date")]


def test_a_row_of_no_pieces_is_no_line() -> None:
    order = only(export(ROW, SECOND | {"Quantity": "0"}), "THB")
    assert [line.merchant_code for line in order.lines] == ["TEA-001"]


def test_a_cancellation_that_is_not_decided_yet_is_asked_for() -> None:
    asked = only(export(ROW | {"Cancelation/Return Type": "Cancel"}), currency="THB")
    assert [(one.state, one.amount) for one in asked.refunds] == [(RefundState.REQUESTED, 0)]
    done = only(export(ROW | {"Cancelation/Return Type": "Cancel", "Order Status": "Canceled"}), currency="THB")
    assert done.refunds == ()


def test_brazil_and_the_philippines() -> None:
    header = [{"Province": "Region", "District": "Barangay"}.get(name, name) for name in HEADER] + ["Municipality"]
    row = {name: value for name, value in ROW.items() if name in header}
    row |= {"Order Status": "A enviar", "Order Amount": "BRL 1.025,90", "Region": "Cavite", "Municipality": "Bacoor"}
    order = only(csv_bytes(table(header, row | {"Barangay": "Molino II"}), "utf-8-sig"))
    assert (order.state, order.currency, order.total) == (PlatformState.PAID, "BRL", 102590)
    assert (order.receiver.province, order.receiver.city, order.receiver.district) == ("Cavite", "Bacoor", "Molino II")


def test_an_indonesian_address_has_its_village() -> None:
    header = columns(
        "Order ID,Order Status,Product Name,Quantity,Order Amount,Regency and City,Districts,Villages,Detail Address"
    )
    cells = "579012345678901234,Perlu dikirim,Gelas,1,IDR 95.000,Jakarta Selatan,Kebayoran,Senayan,Jl. Asia Afrika 8"
    order = only(csv_bytes([header, cells.split(",")]), currency="IDR")
    to = order.receiver
    assert (to.city, to.district, to.address) == ("Jakarta Selatan", "Kebayoran", "Jl. Asia Afrika 8, Senayan")


def test_a_delivery_instruction_is_read_with_the_message() -> None:
    header = [*HEADER, "Delivery Instruction"]
    row = ROW | {"Buyer Message": "a gift", "Delivery Instruction": "leave at the desk"}
    order = only(csv_bytes(table(header, row)), currency="THB")
    assert order.buyer_message == "a gift; leave at the desk"


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Zu versenden", PlatformState.PAID),
        ("À expédier", PlatformState.PAID),
        ("発送待ち", PlatformState.PAID),
        ("Menunggu pengiriman", PlatformState.PAID),
        ("Versandt", PlatformState.SHIPPED),
        ("Hoàn tất", PlatformState.DONE),
        ("Annullato", PlatformState.CLOSED),
    ],
)
def test_states_of_more_markets(told: str, state: PlatformState) -> None:
    row = ROW | {"Order Status": told, "Shipped Time": "", "Delivered Time": "", "Cancelled Time": ""}
    assert only(csv_bytes(table(HEADER, row)), currency="THB").state is state
