"""To ship and to sell, in words: of one product with what it is made of, of all of them in /stock without a product.

Surprising: the list begins with what is promised beyond what there is, because that is what somebody must act on; a
house without shortages sees its smallest numbers.
"""

from domain.desk import Desk
from domain.stock.selling import Sellable, sellable
from handlers.card import Card
from handlers.wording.goods import title_of
from handlers.wording.terms import N_
from handlers.words import Html, Words

SHOWN = 12
ASK = N_("Send /stock with a SKU, a barcode or a part of the title, e.g. /stock CUP-01")


def sell_lines(desk: Desk, sku: str, words: Words) -> list[str]:
    """Both numbers of a product, and what is to sell part by part where it is not simply what is on the shelves."""
    found = sellable(desk, [sku]).get(sku)
    if found is None:
        return []
    head = words("To ship {ship} · to sell {sell}", ship=found.ship, sell=found.sell)
    if found.off:
        return [words("🚫 Switched off: no longer sold"), head]
    parts = _parts(found, words)
    if len(parts) > 1:
        head += "\n" + words("To sell: {parts}", parts=" ".join(parts))
    if found.coming and not found.counts_coming:
        head += "\n" + words("{units} coming, not to sell before they are in", units=found.coming)
    return [head]


def _parts(found: Sellable, words: Words) -> list[str]:
    parts = [words("{units} free", units=found.shelf)]
    minus = (
        (N_("− {units} in review"), found.wanted.review),
        (N_("− {units} owed"), found.wanted.owed),
        (N_("− {units} not paid yet"), found.wanted.unpaid if found.locks_unpaid else 0),
        (N_("− {units} kept back"), found.safety),
        (N_("− {units} leaving for another warehouse"), 0 if found.counts_coming else found.leaving),
        (N_("+ {units} coming"), found.coming if found.counts_coming else 0),
    )
    return parts + [words(text, units=units) for text, units in minus if units]


def sell_card(desk: Desk, words: Words) -> Card:
    """All products: the totals, then those with the least to sell."""
    found = sorted(sellable(desk, None).values(), key=lambda one: (one.sell, one.sku))
    facts = {"count": len(found), "ship": sum(one.ship for one in found), "sell": sum(one.sell for one in found)}
    lines = [words("📦 {count} {count:product|products}: to ship {ship}, to sell {sell}", **facts)]
    over = sum(one.sell < 0 for one in found)
    if over:
        lines.append(words("⚠ More is promised than there is of {count} {count:product|products}.", count=over))
    lines += ["", words("The least to sell:")] if found else []
    for one in found[:SHOWN]:
        title = title_of(desk, one.sku, "", 40)
        goods = words("<code>{sku}</code> {title}", sku=one.sku, title=title).rstrip()
        told = words("• {goods}: to ship {ship}, to sell {sell}", goods=Html(goods), **_both(one))
        lines.append(told + (f" · {words('{units} coming', units=one.coming)}" if one.coming else ""))
    if len(found) > SHOWN:
        lines.append(words("… and {count} more", count=len(found) - SHOWN))
    return Card("\n".join([*lines, "", words(ASK)]))


def _both(one: Sellable) -> dict[str, int]:
    return {"ship": one.ship, "sell": one.sell}
