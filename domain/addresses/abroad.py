"""What an address abroad must tell, by country: a postcode, a state, neither.

Surprising: a state is asked for only where couriers sort by it. Italy and Spain write one too, but there, as in Korea
and Taiwan, the postcode says it already. From Google's address data (libaddressinput, the fields a country requires);
the postcode of Thailand is ours, every courier there sorts by it. A country not named needs a city and a street.
"""

from domain.intake.incoming import Receiver

_POSTCODE = "AT BE CH CZ DE DK ES FI FR GB GR HU IT KR MY NL NO NZ PL PT RO SE TH TR TW ZA"
_BOTH = "AU BR CA IN MX US"
_NEEDS = {
    **dict.fromkeys(_POSTCODE.split(), ("city", "address", "zip")),
    **dict.fromkeys(_BOTH.split(), ("province", "city", "address", "zip")),
    "JP": ("province", "address", "zip"),
    "SG": ("address", "zip"),
    "MO": ("address",),
}
_EITHER = frozenset({"AE", "CO", "HK", "ID"})
"""Where a region does as well as a city."""


def needed(receiver: Receiver) -> tuple[str, ...]:
    """The fields that must be told of a receiver abroad besides name and country."""
    if receiver.country in _EITHER and receiver.province.strip():
        return ("address",)
    return _NEEDS.get(receiver.country, ("city", "address"))
