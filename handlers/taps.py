"""What a button carries: a verb and its arguments in at most 64 bytes.

Surprising: a tap names the revision its card showed, so an old button can do no harm; whoever presses it, rights
are checked anew.
"""

LIMIT = 64
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pack(verb: str, *args: object) -> str:
    """`pack("ok", 12, 3)` -> `ok:12:3`. Raises ValueError when it would not fit or an argument holds a colon."""
    parts = [verb, *(str(arg) for arg in args)]
    if any(":" in part for part in parts):
        raise ValueError(f"a colon inside {parts}")
    data = ":".join(parts)
    if len(data.encode()) > LIMIT:
        raise ValueError(f"tap data over {LIMIT} bytes: {data}")
    return data


def unpack(data: str) -> tuple[str, tuple[str, ...]]:
    """`ok:12:3` -> ("ok", ("12", "3"))."""
    verb, *args = data.split(":")
    return verb, tuple(args)


def short(number: int) -> str:
    """A number in base 36, as `int(text, 36)` reads it: for taps that carry several."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
