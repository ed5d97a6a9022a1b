"""Finds every text that is shown to people, by reading the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CALLS = {"words", "tr", "N_", "plain", "label", "say"}


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def texts(package: str) -> Iterator[tuple[str, str]]:
    """(where, msgid) of every literal in words("…"), words.plain("…"), words.label("…"), ask.say("…"), N_, tr."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or _name(node.func) not in _CALLS:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", first.value
