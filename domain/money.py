"""Money as integers in minor units, and the one way to split it: cent-exact, each share within a cent of its part.

Currencies differ in how many decimals a minor unit has (JPY has none), so every amount read from text goes
through `parse_minor` with its currency.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import accumulate, pairwise

Sums = tuple[tuple[str, int], ...]
"""(currency, minor units), each currency once and none with nothing: amounts of several are never added."""

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
)
CURRENCIES = frozenset(_CODES.split())
"""The codes of money in use (ISO 4217), to tell a slip of the pen by."""
_DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "IDR": 0, "CLP": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def decimals(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217; 2 when not listed)."""
    return _DECIMALS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """`12.34` CNY -> 1234. Raises ValueError when the amount is finer than the minor unit or not finite."""
    if not amount.is_finite():
        raise ValueError(f"not an amount: {amount}")
    scaled = amount.scaleb(decimals(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is finer than the minor unit of {currency}")
    return int(scaled)


def parse_minor(text: str, currency: str) -> int:
    """A plain decimal numeral (already stripped of signs, separators and units) to minor units.

    Raises ValueError naming the text.
    """
    try:
        return to_minor(Decimal(text), currency)
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None


def from_minor(amount: int, currency: str) -> Decimal:
    """1234 CNY -> Decimal('12.34')."""
    return Decimal(amount).scaleb(-decimals(currency))


def apportion(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split `total` minor units by weight (rules.md B4): each share is less than one unit away from its part, weight 0
    gets nothing, and the last of equal ones takes the rounding cent. All-zero weights count as equal.

    What is rounded off is carried on to the next share, so the first n together have their part as well. Raises
    ValueError on no weights or a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError("apportion needs weights, none of them negative")
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    sign, size = (-1 if total < 0 else 1), abs(total)
    upto = [size * weight // whole for weight in accumulate(weights)]
    return tuple(sign * (end - start) for start, end in pairwise([0, *upto]))


def sums(amounts: Iterable[tuple[str, int]]) -> Sums:
    """Amounts added up, each currency by itself."""
    found: dict[str, int] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, 0) + amount
    return tuple((currency, amount) for currency, amount in sorted(found.items()) if amount)


def written(amounts: Sums) -> str:
    """As a fact of a decision: `CNY 1234, USD 500`; '' for nothing. `read_sums` reads it back."""
    return ", ".join(f"{currency} {amount}" for currency, amount in amounts)


def read_sums(text: str) -> Sums:
    """What `written` wrote."""
    pairs = (part.split(" ") for part in text.split(", ") if text)
    return tuple((currency, int(amount)) for currency, amount in pairs)
