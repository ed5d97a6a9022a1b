"""An invented export for the bench. Surprising: every second order has a second line, as in real shops."""

import csv
import io

from bot.company import GOODS

_COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Address1,Shipping City,"
    "Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Refunded Amount,Id"
)


def shopify_file(orders: int) -> bytes:
    """An invented export of that many paid one- and two-line orders."""
    out = io.StringIO()
    columns = _COLUMNS.split(",")
    rows = csv.writer(out)
    rows.writerow(columns)
    when = "2026-11-22 10:00:00 +0800"
    for n in range(orders):
        code, title = GOODS[n % len(GOODS)][:2]
        head = [
            f"#B{n}",
            f"b{n}@example.com",
            "paid",
            when,
            "unfulfilled",
            "USD",
            "25.00",
            "0.00",
            "0.00",
            "25.00",
            when,
        ]
        tail = [
            f"Buyer {n}",
            f"{n} Main St",
            "Austin",
            "78701",
            "TX",
            "US",
            "+1 512 555 0100",
            "",
            "0.00",
            str(n + 10**12),
        ]
        rows.writerow([*head, "1", title, "20.00", code, *tail])
        if n % 2:
            other = GOODS[(n + 7) % len(GOODS)]
            rows.writerow([f"#B{n}", head[1], *[""] * 9, "1", other[1], "5.00", other[0], *[""] * 10])
    return out.getvalue().encode()
