"""The morning message's picture: net sales of the last days as bars, one strip for each currency.

Surprising: each currency has a scale of its own. Strips are stacked, never overlaid, because a bar in yen beside a
bar in dollars compares nothing.
"""

import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw

from domain.finance.day_report import DaySales
from domain.money import from_minor
from exports.fonts import drawable, pillow

Translate = Callable[[str], str]
_WIDTH, _HEAD, _STRIP, _MARGIN = 960, 72, 300, 36
_PAPER, _INK, _SOFT, _BAR, _LAST, _BELOW = "#ffffff", "#1f2d3d", "#7a8794", "#9dbfe0", "#2e75b6", "#c0392b"


def sales_png(trend: Sequence[DaySales], company: str, tr: Translate) -> bytes:
    """A PNG, 960 pixels wide, of the days given (one DaySales per day and currency, gaps count as 0).

    The same input gives the same bytes. Raises ValueError when there is nothing to draw.
    """
    if not trend:
        raise ValueError("no sales to draw")
    currencies = sorted({point.currency for point in trend})
    days = sorted({point.day for point in trend})
    found = {(point.day, point.currency): point.amount for point in trend}
    picture = Image.new("RGB", (_WIDTH, _HEAD + _STRIP * len(currencies)), _PAPER)
    brush = ImageDraw.Draw(picture)
    title = tr("{company} · net sales, {first} to {last}")
    title = title.format(company=company, first=days[0].isoformat(), last=days[-1].isoformat())
    brush.text((_MARGIN, 24), _fit(title, 26, _WIDTH - 2 * _MARGIN), _INK, pillow(26))
    for number, currency in enumerate(currencies):
        amounts = [found.get((day, currency), 0) for day in days]
        _strip(brush, _HEAD + number * _STRIP, currency, days, amounts)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _strip(brush: ImageDraw.ImageDraw, top: int, currency: str, days: Sequence[date], amounts: Sequence[int]) -> None:
    """One currency's bars around its zero line, the last day darker and each bar with its amount."""
    brush.text((_MARGIN, top + 6), drawable(currency), _SOFT, pillow(20))
    above, below = max(0, *amounts, 0), min(0, *amounts, 0)
    span = max(1, above - below)
    upper, room = top + 62, _STRIP - 62 - 52
    zero = upper + room * above / span
    step = (_WIDTH - 2 * _MARGIN) / len(days)
    for number, (day, amount) in enumerate(zip(days, amounts, strict=True)):
        middle = _MARGIN + step * (number + 0.5)
        end = zero - room * amount / span
        color = _BELOW if amount < 0 else _LAST if number == len(days) - 1 else _BAR
        brush.rectangle((middle - step * 0.36, min(zero, end), middle + step * 0.36, max(zero, end)), color)
        brush.text((middle, min(zero, end) - 6), short(amount, currency), _INK, pillow(16), anchor="mb")
        brush.text((middle, top + _STRIP - 20), f"{day.month}-{day.day}", _SOFT, pillow(16), anchor="mb")
    brush.line((_MARGIN, zero, _WIDTH - _MARGIN, zero), _SOFT, 1)


def short(amount: int, currency: str) -> str:
    """An amount as short as a bar is wide: 0, 845, 12.3k, 4.5M (of the whole unit)."""
    whole = from_minor(amount, currency)
    for limit, sign in ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**4), "k")):
        if abs(whole) >= limit:
            unit = Decimal(1000) if sign == "k" else limit
            return f"{whole / unit:.1f}{sign}"
    return f"{whole:.0f}"


def _fit(text: str, size: int, room: int) -> str:
    """The text, shortened with '…' to the room."""
    text = drawable(text).replace("\n", " ")
    if pillow(size).getlength(text) <= room:
        return text
    while text and pillow(size).getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"
