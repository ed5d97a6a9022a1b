"""`run.py policy`: faults by file and line, a version put in force, gone back to, nothing changed by a refused one."""

import json
from pathlib import Path

import pytest

from tests.bot.test_imports import HEAD, row
from tests.bot.test_run import call


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XIAOER_TOKEN", "XIAOER_DATABASE_URL", "XIAOER_PORT", "XIAOER_LIMITS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bot.log.set_up", lambda **options: None)


def test_a_policy_is_checked_applied_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good, data = tmp_path / "bad.toml", tmp_path / "good.toml", str(tmp_path / "d")
    bad.write_text("wave_size = 7\n[merge]\nmost_orders = 100\nmost_oders = 3\n", "utf-8")
    good.write_text("\ufeffwave_size = 7\n", "utf-8")
    told = (
        f"{bad}:3: merge.most_orders: 100 is above 50\n"
        f"{bad}:4: merge.most_oders: there is no such setting; did you mean most_orders?\n"
    )
    for step in ("check", "apply"):
        status, out, err = call(capsys, "--data", data, "policy", step, str(bad))
        assert (status, out, err) == (1, "", told)
    assert call(capsys, "--data", data, "policy", "check", str(good)) == (0, f"{good}: no faults\n", "")
    before = json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1])
    assert "wave_size = 7\n" not in before["document"]
    status, out, _ = call(capsys, "--data", data, "--json", "policy", "apply", str(good))
    assert (status, json.loads(out)["version"]) == (0, before["version"] + 1)
    after = json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1])
    assert (after["version"], "wave_size = 7\n" in after["document"]) == (before["version"] + 1, True)
    shown = call(capsys, "--data", data, "--json", "policy", "show", "--version", str(before["version"]))[1]
    assert json.loads(shown) == before
    assert call(capsys, "--data", data, "policy", "show", "--version", "99")[0] == 1


def test_a_file_that_is_not_utf8_is_told_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gbk.toml"
    file.write_bytes(b"wave_size = 7\n# " + "规则".encode("gb18030"))
    status, _, err = call(capsys, "--data", str(tmp_path / "d"), "policy", "check", str(file))
    assert (status, err) == (1, f"{file}:2: not UTF-8; save it as UTF-8\n")


def test_history_tells_what_changed_and_a_version_is_put_in_force_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The progress goes to stderr, the last line is one JSON object."""
    data, seven, orders = str(tmp_path / "d"), tmp_path / "seven.toml", tmp_path / "orders.csv"
    orders.write_text(HEAD + row(1001) + row(1002), "utf-8")
    assert call(capsys, "--data", data, "import", str(orders))[0] == 0
    seven.write_text("wave_size = 7\n[screening]\nmost_units = 1\n", "utf-8")
    before = json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1])
    first = before["version"]
    status, out, err = call(capsys, "--data", data, "policy", "apply", str(seven), "--json")
    told = json.loads(out)
    assert status == 0
    assert told["changes"] == ["wave_size: 40 → 7", "screening.most_units: 50 → 1"]
    assert (told["version"], told["looked"], told["freed"]) == (first + 1, told["orders"], 0)
    assert err == f"looked at {told['looked']} of {told['looked']}, newly held {told['held']}, freed 0\n"
    tried = json.loads(call(capsys, "--data", data, "--json", "policy", "dry-run", "--version", str(first))[1])
    assert (tried["looked"], tried["freed"]) == (told["looked"], told["held"])
    nothing = {"looked": 0, "rematched": 0, "stranded": 0, "keep": 0, "held": 0}
    assert (tried["due"], {name: tried["approved"][name] for name in nothing}) == (0, nothing)
    words = call(capsys, "--data", data, "policy", "dry-run", "--version", str(first))[1].splitlines()
    assert words[0] == f"📜 version {first}: tried on {told['looked']} orders in review"
    assert words[-2:] == ["wave_size: 7 → 40", "screening.most_units: 1 → 50"]
    again = json.loads(call(capsys, "--data", data, "--json", "policy", "apply", "--version", str(first))[1])
    assert (again["version"], again["freed"], again["held"]) == (first + 2, told["held"], 0)
    assert json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1])["document"] == before["document"]
    versions = json.loads(call(capsys, "--data", data, "policy", "history", "--json")[1])["versions"]
    assert [(one["version"], one["changes"]) for one in versions[:2]] == [
        (first + 2, ["wave_size: 7 → 40", "screening.most_units: 1 → 50"]),
        (first + 1, told["changes"]),
    ]
    lines = call(capsys, "--data", data, "policy", "history")[1].splitlines()
    assert lines[0] == f"version {first + 2}  {versions[0]['at']}  operator"
    assert lines[1:3] == ["    wave_size: 7 → 40", "    screening.most_units: 1 → 50"]


def test_going_back_to_no_version_or_to_two_things_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing becomes a version."""
    data, file = str(tmp_path / "d"), tmp_path / "seven.toml"
    file.write_text("wave_size = 7\n", "utf-8")
    before = json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1])
    missing = call(capsys, "--data", data, "policy", "apply", "--version", "99")
    assert missing == (1, "", "there is no version 99 of the policy\n")
    assert call(capsys, "--data", data, "policy", "apply", str(file), "--version", "1")[0] == 2
    assert call(capsys, "--data", data, "policy", "apply")[0] == 2
    assert json.loads(call(capsys, "--data", data, "--json", "policy", "show")[1]) == before


@pytest.mark.parametrize(
    "where",
    [
        ("--data", "{data}", "--json", "policy", "show"),
        ("policy", "--data", "{data}", "--json", "show"),
        ("policy", "show", "--data", "{data}", "--json"),
    ],
)
def test_the_common_options_stand_anywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: tuple[str, ...]
) -> None:
    data = tmp_path / "d"
    status, out, err = call(capsys, *(word.format(data=data) for word in where))
    assert (status, err, "document" in json.loads(out)) == (0, "", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d"]
    assert (data / "xiaoer.db").exists()


def test_a_dry_run_lists_every_changed_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The chat's card has room for twelve."""
    file = tmp_path / "limits.toml"
    codes = ["CNY", "IDR", "KRW", "VND", "AUD", "CAD", "CHF", "EUR", "GBP", "HKD", "JPY", "MYR", "SGD", "USD"]
    file.write_text(f"[limits]\ncs_approve = {{{', '.join(f'{code} = 7' for code in codes)}, '*' = 100000}}\n", "utf-8")
    shown = call(capsys, "--data", str(tmp_path / "d"), "policy", "dry-run", str(file))[1].splitlines()
    listed = [line.split(":")[0] for line in shown if line.startswith("limits.cs_approve.")]
    assert sorted(listed) == sorted(f"limits.cs_approve.{code}" for code in codes)
    assert [line for line in shown if "more" in line] == []
