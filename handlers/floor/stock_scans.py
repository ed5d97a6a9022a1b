"""What somebody who holds a stock document types, scans or photographs for it: bins, goods, how many, and corrections.

Surprising: `=` says what one has cost where a number stands before it, and sets the line anew where none does:
`CUP-01 12 =8.50` are twelve more at 8.50 each, `CUP-01 =12` are twelve in all. A GS1 label is one word; its serial
number is kept with the document where the product asks for one.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.desk import Desk
from domain.errors import BadValue
from domain.floor import floor
from domain.money import parse_minor
from domain.paper import paper_codes
from domain.stock import gs1
from domain.stock.stock_docs import StockDoc
from domain.stock.stock_scan import How, Scan
from handlers.typed.days import read_day

_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u3000]+")  # not the group separator, which Python calls a space too
_SPLIT = re.compile(r"[,;，；、]+")
_NUMBER = re.compile(r"[x×*]?(\d{1,6})", re.IGNORECASE)
_LESS = re.compile(r"[-−－](\d{1,6})")
_WHOLE = re.compile(r"[=＝](\d{1,6})")
_SURELY_COUNT = re.compile(r"[-−－×*]\d+(?:\.\d+)?")
_EQUALS = ("=", "＝")
_MOST = 50


def _tokens(words: str) -> list[str]:
    found: list[str] = []
    for chunk in _SPACES.split(words.strip(" \t\r\n")):
        found += [chunk] if gs1.read(chunk) else _SPLIT.split(chunk)
    return [token for token in found if token]


def _name(token: str) -> str:
    """What names the bin or the product in a word."""
    label = gs1.read(token)
    return label.gtin or token if label else token.split("@")[0]


def _of_the_code(token: str) -> bool:
    """Whether it says something about the code before it."""
    return bool(_NUMBER.fullmatch(token) or _SURELY_COUNT.fullmatch(token)) or token.startswith(_EQUALS)


def _on_a_parcel(desk: Desk, code: str) -> bool:
    """Whether it is the label of a parcel of ours, or of one that comes back, or the code on a paper of ours."""
    code = code.strip().upper()
    ours = desk.parcels.by_waybill(code) is not None or desk.returns.by_waybill(code) is not None
    return ours or bool(paper_codes.of(desk, code))


def meant(desk: Desk, person_id: int, words: str) -> tuple[StockDoc, str] | None:
    """The document in this person's hands and the currency costs are told in, when these words can be scans for it:
    never with a parcel's label among them."""
    doc = desk.stock_docs.held_by(person_id)
    tokens = _tokens(words)
    if doc is None or not tokens or len(tokens) > _MOST:
        return None
    codes = [_name(token) for token in tokens if not _of_the_code(token)]
    if not codes or any(_on_a_parcel(desk, code) for code in codes):
        return None
    sku = floor.sku_of(desk, codes[0])
    first_known = sku or codes[0].startswith("+") or (codes[0].isascii() and any(c.isdecimal() for c in codes[0]))
    if not first_known:
        return None
    return doc, desk.catalog.skus[sku].currency if sku else desk.catalog.company.currency


def read_scans(words: str, currency: str) -> list[Scan]:
    """`A-01 CUP-01 12 TEA@B7@2027-05-31 6 =8.50 +A-09 CUP-02 -3 CUP-03 =50`: bins, products with batch and expiry, how
    many more, what one cost; how many fewer; how many in all. A GS1 label says product, batch, expiry and serial
    number; one without a product is of the product before it.

    Raises BadValue for what is none of these.
    """
    found: list[Scan] = []
    told = True  # whether a number stands behind the last code already
    for token in _tokens(words):
        number, less, whole = (shape.fullmatch(token) for shape in (_NUMBER, _LESS, _WHOLE))
        label = gs1.read(token)
        if label is not None and not label.gtin:
            found[-1:] = [_marked(found, label, token)]
        elif not found or not _of_the_code(token) or (number and told):
            found.append(_labelled(label) if label else _thing(token))
            told = False
        elif number:
            found[-1], told = replace(found[-1], units=int(number[1])), True
        elif told and not less:
            found[-1] = _costing(found[-1], token[1:], currency)
        elif less and not told:
            found[-1], told = replace(found[-1], units=int(less[1]), how=How.LESS), True
        elif whole and not told:
            found[-1], told = replace(found[-1], units=int(whole[1]), how=How.SET), True
        else:
            raise BadValue("units", token[:30], "units")
    return found


def _labelled(label: gs1.Elements) -> Scan:
    return Scan(label.gtin, label.units, label.batch, label.expires, label.serial, label=True)


def _marked(found: Sequence[Scan], label: gs1.Elements, token: str) -> Scan:
    """The scan before, with what a second label on the same goods adds. Raises BadValue where there is none."""
    if not found:
        raise BadValue("label", token[:60], "label_product")
    batch, expires = label.batch or found[-1].batch, label.expires or found[-1].expires
    return replace(found[-1], batch=batch, expires=expires, serial=label.serial or found[-1].serial, label=True)


def _thing(token: str) -> Scan:
    if gs1.looks_like(token):
        raise BadValue("label", token[:60], "label")
    if token.startswith("+"):
        return Scan(token[1:], new=True)
    text, _, rest = token.partition("@")
    batch, _, expires = rest.partition("@")
    return Scan(text, batch=batch, expires=read_day(expires) if expires else None)


def _costing(scan: Scan, text: str, currency: str) -> Scan:
    try:
        cost = parse_minor(text, currency)
    except ValueError:
        raise BadValue("cost", text[:30], "cost") from None
    if not 0 <= cost <= 10**12 or scan.how is How.LESS:
        raise BadValue("cost", text[:30], "cost")
    return replace(scan, cost=cost)


def in_picture(desk: Desk, person_id: int, texts: Sequence[str], caption: str) -> str:
    """What a photo's codes are in words for the document this person holds; '' when they hold none, or when a
    parcel's label is among them. Raises BadValue for a number with several products."""
    doc = desk.stock_docs.held_by(person_id)
    if doc is None or not texts or any(_on_a_parcel(desk, text) for text in texts):
        return ""
    goods = _goods(desk, texts) or list(texts)
    number = caption.strip()
    if number and len(goods) > 1:
        raise BadValue("units", number[:30], "one_product")
    return " ".join([*goods, number])


def _goods(desk: Desk, texts: Sequence[str]) -> list[str]:
    """The codes of a photo that name products of ours; a label that says more stands for the plain barcode beside."""
    found = [(text, sku) for text in texts if (sku := floor.sku_of(desk, _name(text)))]
    labelled = {sku for text, sku in found if gs1.read(text)}
    return [text for text, sku in found if sku not in labelled or gs1.read(text)]
