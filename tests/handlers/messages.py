"""Finds every text that is shown to people, by reading the source; and what the messages of a chat bring with them."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.handlers.floor_chat import Call

ROOT = Path(__file__).parents[2]
_CALLS = {"words", "tr", "N_", "plain", "label", "say"}


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def keyboards(calls: Sequence[Call]) -> list[str]:
    """What each new message brought below the chat: "keyboard", "question" or nothing."""
    found = []
    for call in calls:
        if call.name == "sendMessage":
            told = call.said.get("reply_markup") or {}
            found.append("keyboard" if told.get("keyboard") else "question" if told.get("force_reply") else "")
    return found


def texts(package: str) -> Iterator[tuple[str, str]]:
    """(where, msgid) of every literal in words("…"), words.plain("…"), words.label("…"), ask.say("…"), N_, tr."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or _name(node.func) not in _CALLS:
                continue
            for text in _either(node.args[0]):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text.value


def _either(told: ast.expr) -> list[ast.expr]:
    """What is said, or may be said: `a if so else b`, `a or b`."""
    if isinstance(told, ast.IfExp):
        return [*_either(told.body), *_either(told.orelse)]
    return [part for one in told.values for part in _either(one)] if isinstance(told, ast.BoolOp) else [told]
