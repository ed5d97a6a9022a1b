"""Serial numbers that labels told of a stock document's units (rules.md B8, step 5).

Surprising: units in stock have no number. A document keeps those that were read, so that `/stock SN` says what a unit
came in with; nobody must read any before the check, and what is put into its bin, or unloaded, is not told apart.
"""

from domain.desk import Desk
from domain.errors import BadValue
from domain.floor import checking, marks
from domain.stock.stock_docs import DocKind, DocLine, DocState, StockDoc
from domain.stock.stock_scan import How, Scan


def kept(desk: Desk, doc: StockDoc, sku: str, one: Scan) -> str:
    """The number this scan's label tells, '' where none is kept: the product does not ask for it, or no document of
    the kind does. Raises BadValue for a text that is none."""
    serial, own = one.serial.upper(), checking.traits(desk, sku) & {checking.SERIAL, checking.WEAK_SERIAL}
    if not serial or not own or doc.kind is DocKind.MOVE or doc.state is not DocState.OPEN:
        return ""
    if marks.serial_fits(desk, sku, serial):
        return serial
    if checking.SERIAL in own:
        raise BadValue("serial", serial[:40], "serial")
    return ""


def after(doc: StockDoc, line: DocLine, one: Scan, serial: str, now: int) -> tuple[str, ...]:
    """The line's numbers after this scan, when it has `now` units then; of fewer units the newest have gone. Raises
    BadValue for a number of several units, for one that was read before, and for one to take off that was not."""
    if not serial:
        return line.serials[:now] if one.how is not How.ADD else line.serials
    if one.units != 1:
        raise BadValue("units", str(one.units), "one_by_one")
    if one.how is How.LESS:
        if serial not in line.serials:
            raise BadValue("serial", serial, "serial_there")
        return tuple(told for told in line.serials if told != serial)
    before = () if one.how is How.SET else line.serials
    others = (told for old in doc.lines if old.sku == line.sku and old != line for told in old.serials)
    if serial in {*before, *others}:
        raise BadValue("serial", serial, "serial_once")
    return (*before, serial)
