"""The documents against the code: every command is told, every link leads somewhere."""

import re
from pathlib import Path

import pytest

import run
from domain.policy.policy import Policy, document_of
from domain.review.holds import CATALOGUE
from handlers.office.start import COMMANDS

ROOT = Path(run.__file__).resolve().parent
DOCUMENTS = sorted([*ROOT.glob("README*.md"), ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
TOLD = (ROOT / "docs/commands.md").read_text("utf-8")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(document: Path) -> list[str]:
    """Targets inside the repository, without their anchors."""
    targets = [target.partition("#")[0] for target in LINK.findall(document.read_text("utf-8"))]
    return [target for target in targets if target and "://" not in target]


def anchors(document: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_chat_command_is_told(command: str) -> None:
    assert re.search(rf"`/{command}[` ]", TOLD)


def test_no_chat_command_is_told_that_is_not_there() -> None:
    chat, _, _ = TOLD.partition("## On the command line")
    assert set(re.findall(r"`/(\w+)", chat)) == set(COMMANDS)


def test_every_reason_to_hold_an_order_is_told() -> None:
    told = (ROOT / "docs/holds.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z_]+) \|.*\| (\d+) \|", told, re.MULTILINE)
    assert rows == [(code, str(rule.sla_min)) for code, rule in CATALOGUE.items()]


def test_every_subcommand_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["--help"])
    shown = capsys.readouterr().out
    commands = re.findall(r"^    (\S+)  ", shown, re.MULTILINE)
    assert {"bot", "worker", "import", "close-day", "doctor", "traffic"} <= set(commands)
    _, _, shell = TOLD.partition("## On the command line")
    assert [command for command in commands if not re.search(rf"`(python run\.py )?{command}[` ]", shell)] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readmes_say_how_to_run_and_to_test(name: str) -> None:
    told = (ROOT / name).read_text("utf-8")
    assert "make run" in told
    assert "make test" in told
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert [t for t in re.findall(r"`?make (\w+)`?", told) if t != "and" and f"\n{t}:" not in makefile] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    assert [target for target in links(document) if not (document.parent / target).exists()] == []
    for target, anchor in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert anchor in anchors(document.parent / target if target else document)


def test_pictures_of_the_readmes_are_small() -> None:
    pictures = [ROOT / target for target in links(ROOT / "README.md") if target.endswith(".png")]
    assert pictures
    for picture in pictures:
        data = picture.read_bytes()
        assert data.startswith(b"\x89PNG\r\n")
        assert len(data) < 250_000, picture.name


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").iterdir())
    assert names
    assert [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)] == []
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_house_rules_are_told_as_they_are() -> None:
    """docs/policy.md ends with the whole document; write it anew when this fails."""
    told = (ROOT / "docs/policy.md").read_text("utf-8")
    assert told.partition("```toml\n")[2] == document_of(Policy()) + "```\n"
