"""What holds for every committed file, whoever wrote it. That `commit(` stands once is with the store's tests.

Surprising: it asks git for the files, so scratch files beside the tree do not fail it, and it skips where there is
no git (an unpacked archive).
"""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import run

ROOT = Path(run.__file__).resolve().parent
MOST_LINES = 400
P90_LINES = 25
PACKAGES = ("domain", "storage", "channels", "handlers", "exports", "bot")


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    """Every file git knows that is still there."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("NO GIT CHECKOUT: the committed files were not looked at")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def modules(committed: list[Path]) -> dict[Path, ast.Module]:
    """The Python files, parsed."""
    return {path: ast.parse(path.read_bytes()) for path in committed if path.suffix == ".py"}


def texts(committed: list[Path]) -> dict[Path, str]:
    """What can be read as text. Fonts and pictures cannot."""
    found = {}
    for path in committed:
        data = path.read_bytes()
        if b"\0" not in data:
            found[path] = data.decode("utf-8")
    return found


def mentions(committed: list[Path], pattern: str) -> list[str]:
    """Where it stands, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in texts(committed).items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_module_is_too_long(modules: dict[Path, ast.Module]) -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_every_module_says_what_it_is_for(modules: dict[Path, ast.Module]) -> None:
    assert [str(path.relative_to(ROOT)) for path, tree in modules.items() if not ast.get_docstring(tree)] == []


def test_functions_are_short(modules: dict[Path, ast.Module]) -> None:
    ours = [tree for path, tree in modules.items() if path.relative_to(ROOT).parts[0] in PACKAGES]
    functions = [
        node for tree in ours for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for node in functions)
    assert len(lengths) > 1000
    assert lengths[len(lengths) * 9 // 10] <= P90_LINES


def test_no_machine_path_is_committed(committed: list[Path]) -> None:
    assert mentions(committed, r"(?<![\w.])/(" + "work|root)" + r"(?![\w-])") == []


def test_no_registry_is_named(committed: list[Path]) -> None:
    """Locks and settings name packages and hashes, never where to get them."""
    hosts = r"(?i)(pypi|pythonhosted|npmjs|artifactory|nexus|devpi)" + r"\.\w+[./]"
    assert mentions(committed, hosts) == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert re.search(r"--(extra-)?index-url|--find-links|--trusted-host|://", text) is None
    pins = re.findall(r"^[a-z0-9][^\s=]*==(?:.*\\\n)*.*", text, re.MULTILINE)
    assert len(pins) > 20
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_token_is_committed(committed: list[Path]) -> None:
    """A bot's token has 35 characters after the colon; the sandbox's invented one says so."""
    found = mentions(committed, r"\b\d{8,10}:AA[\w-]{33}\b")
    assert found == []
