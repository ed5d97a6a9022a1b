"""`run.py policy`: faults by file and line, a version put in force, nothing changed by a refused one."""

import json
from pathlib import Path

import pytest

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
        f"{bad}:4: merge.most_oders: there is no such choice; did you mean most_orders?\n"
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
