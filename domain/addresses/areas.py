"""Where parcels go that is far, or not at all: the policy's `areas` held against an address (rules.md B2, B5).

Surprising: an area is read by the same reader as addresses, so 新疆, 新疆维吾尔自治区 and 新疆省 are one, and 海南
never hits 海南藏族自治州. What follows the names (`涠洲岛`) is looked for in the street.
"""

from functools import lru_cache

from domain.addresses.addresses import CHINA, Place, divide, parse, place_of, plain
from domain.addresses.place_names import FIELDS, Fault, Why
from domain.intake.incoming import Receiver
from domain.policy.policy import Policy

_REGIONS = {"HK": "香港特别行政区", "MO": "澳门特别行政区", "TW": "台湾省"}


@lru_cache(maxsize=1024)
def _area(told: str) -> Place:
    return parse(told)


def is_place(told: str) -> bool:
    """Whether it names a place we know; an entry that names none would never hit."""
    return _area(told).province != ""


def _hit(place: Place, told: str) -> str:
    """The field by which the place lies in the area, the narrowest the area names; '' when it does not."""
    area = _area(told)
    if not area.province:
        return ""
    named = [field for field in FIELDS if getattr(area, field)]
    if any(getattr(place, field) != getattr(area, field) for field in named):
        return ""
    if area.detail:
        return "address" if plain(area.detail) in plain(place.detail) else ""
    return named[-1]


def _place(receiver: Receiver) -> Place | None:
    """Where it goes, as the table spells it; None abroad. Shops abroad call Hong Kong, Macau and Taiwan countries."""
    if receiver.country == CHINA:
        return place_of(receiver)
    region = _REGIONS.get(receiver.country)
    return (
        divide(region, receiver.province, receiver.city, f"{receiver.district}{receiver.address}") if region else None
    )


def lies_in(receiver: Receiver, area: str) -> bool:
    """Whether an address in China lies in the area, named in any spelling: for lists of places that couriers and
    warehouses serve or don't (rules.md B5). Also for hidden receivers, whose columns are told."""
    place = _place(receiver)
    return place is not None and _hit(place, area) != ""


def remote(receiver: Receiver, policy: Policy) -> bool:
    """Whether it goes where the house says it costs more and takes longer: the order's card says so, and contracts may
    ask more there (`tariffs.REMOTE`). Never abroad."""
    return any(lies_in(receiver, area) for area in policy.areas.remote)


def unreachable(receiver: Receiver, policy: Policy) -> Fault | None:
    """The area we do not deliver to that it lies in, as a fault of the field that says so; None when we do."""
    if not policy.areas.unreachable or (place := _place(receiver)) is None:
        return None
    for told in policy.areas.unreachable:
        if field := _hit(place, told):
            return Fault(field, Why.UNREACHABLE, told)
    return None
