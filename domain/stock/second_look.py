"""The second pair of eyes: what people scanned for a document is never approved by one of them (rules.md B13).

Surprising: in a shop where nobody else may approve, the owner may, up to the limit of one person, and the history says
that it was alone. Otherwise a shop of one could never close a count.
"""

from dataclasses import replace

from domain.desk import Desk
from domain.errors import OwnWork
from domain.people.people import Actor, Right, Role, may
from domain.stock.stock_docs import StockDoc


def with_hand(doc: StockDoc, actor: Actor) -> StockDoc:
    """The document with this person among those who scanned for it, or said that all was scanned; not saved."""
    if actor.person_id is None or actor.person_id in doc.hands:
        return doc
    return replace(doc, hands=(*doc.hands, actor.person_id))


def alone(desk: Desk, actor: Actor, doc: StockDoc, *, two: bool) -> bool:
    """Whether this yes is to one's own work, as nobody else may give it. Raises OwnWork where somebody else may, for
    anybody but the owner, and where two people must say yes."""
    if actor.person_id not in doc.hands:
        return False
    others = [
        person
        for person in desk.people.staff().people
        if person.active
        and person.id not in doc.hands
        and may(person.acting(), Right.STOCK_APPROVE, warehouse=doc.place)
    ]
    if others or two or Role.OWNER not in actor.roles:
        raise OwnWork(doc.number)
    return True
