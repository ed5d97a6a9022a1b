"""TOML files people give on the command line: read, and every fault told by file and line."""

from pathlib import Path

from bot.shell import Refused
from domain.policy.choices import Fault
from handlers.cards.office.policy import fault_text
from handlers.words import Words

_LARGEST = 1 << 20


def document(path: Path, largest: int = _LARGEST) -> str:
    """What the file says. Raises Refused for one that is too large or not UTF-8, OSError."""
    if path.stat().st_size > largest:
        raise Refused(f"{path}: larger than {largest >> 20} MB")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Refused(f"{path}:{line}: not UTF-8; save it as UTF-8") from None


def fault_line(path: Path, fault: Fault) -> str:
    """`FILE:12: merge.most_orders: 100 is above 50`."""
    where = f"{path}:{fault.line}" if fault.line else str(path)
    text = fault_text(fault, Words("en", "UTC"))
    return f"{where}: {fault.path}: {text}" if fault.path else f"{where}: {text}"
