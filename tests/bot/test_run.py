"""The command line: exit status, JSON shapes, and no two seconds of aiogram where nobody chats."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run
from bot.shell import hold
from tests.bot.test_imports import HEAD, row


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    try:
        status = run.main(arguments)
    except SystemExit as end:
        assert isinstance(end.code, int)
        status = end.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XIAOER_TOKEN", "XIAOER_DATABASE_URL", "XIAOER_PORT", "XIAOER_LIMITS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bot.log.set_up", lambda **options: None)


def test_import_says_in_words_why_a_whole_file_was_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("may.xlsx", b"PK\x03\x04 and then nothing")
    status, out, err = call(capsys, "import", "--data", str(tmp_path / "d"), "--json", str(file))
    assert (status, json.loads(out)) == (1, {"files": []})
    assert "not_a_workbook (file: may.xlsx, " in err
    assert "may.xlsx: This is not a workbook, or it is damaged." in err


def test_import_tells_what_became_of_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + row(1001) + row(1002, "-1"), "utf-8")
    for new, unchanged in ((1, 0), (0, 1)):
        status, out, _ = call(capsys, "import", "--data", str(tmp_path / "d"), "--json", str(file))
        (result,) = json.loads(out)["files"]
        assert status == 0
        assert result["rejects"][0]["row"] == 3
        assert result["rejects"][0]["reason"] == "negative_quantity"
        assert result["rejects"][0]["why"].startswith("zero or fewer pieces; column Lineitem quantity; found")
        del result["rejects"]
        assert result == {
            "file": str(file),
            "format": "shopify-orders",
            "shop": "Xiaoman Global",
            "orders_new": new,
            "orders_changed": 0,
            "orders_unchanged": unchanged,
            "orders_waiting": 0,
            "rows_rejected": 1,
        }


def test_a_refused_file_says_why_and_the_others_go_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(HEAD + row(1001), "utf-8")
    bad.write_text("what,is,this\n1,2,3\n", "utf-8")
    files = [str(bad), str(good), str(tmp_path / "missing.csv")]
    status, out, err = call(capsys, "import", "--data", str(tmp_path / "d"), "--json", *files)
    assert status == 1
    assert [result["orders_new"] for result in json.loads(out)["files"]] == [1]
    assert f"{bad}: unknown_header" in err
    assert "missing.csv: No such file" in err


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(200 << 20)
    status, out, err = call(capsys, "import", "--data", str(tmp_path / "d"), "--json", str(huge))
    assert (status, json.loads(out)) == (1, {"files": []})
    assert "too_large (megabytes: 200, limit: 60)" in err


def test_an_unknown_shop_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + row(1001), "utf-8")
    status, out, err = call(capsys, "import", "--data", str(tmp_path / "d"), "--shop", "Nobody", str(file))
    assert (status, out) == (1, "")
    assert "Nobody" in err


def test_a_day_that_has_not_begun_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "close-day", "2999-01-01", "--data", str(tmp_path), "--json")
    assert (status, out) == (1, "")
    assert err == "«2999-01-01» is not valid for date. Expected: a day that is not in the future.\n"
    assert not (tmp_path / "workbooks").exists()


def test_close_day_writes_the_next_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for version in (1, 2):
        status, out, _ = call(capsys, "close-day", "2026-11-22", "--data", str(tmp_path), "--json")
        result = json.loads(out)
        assert status == 0
        assert (result["day"], result["version"], result["tie_out"]["fail"]) == ("2026-11-22", version, 0)
        assert Path(result["workbook"]).read_bytes().startswith(b"PK")


def test_fresh_forgets_the_sandboxes_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + row(1001), "utf-8")
    for _ in range(2):
        _, out, _ = call(capsys, "import", "--data", str(tmp_path / "d"), "--fresh", "--json", str(file))
        assert json.loads(out)["files"][0]["orders_new"] == 1


def test_fresh_does_not_pull_the_data_from_under_a_running_desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "close-day", "2026-11-22", "--data", str(tmp_path), "--json")
    before = (tmp_path / "xiaoer.db").stat().st_ino
    with hold(tmp_path):
        status, out, err = call(capsys, "close-day", "2026-11-22", "--fresh", "--data", str(tmp_path))
        assert (status, out) == (1, "")
        assert "another Xiaoer is running" in err
        assert call(capsys, "--data", str(tmp_path), "--port", "0")[0] == 1
    assert (tmp_path / "xiaoer.db").stat().st_ino == before


def test_doctor_names_what_it_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "doctor", "--data", str(tmp_path / "none"), "--port", "0", "--json")
    checks = json.loads(out)["checks"]
    assert status == 0
    assert [check["check"] for check in checks] == ["python", "data", "database", "port", "telegram", "scan page"]
    assert all(check["ok"] and check["why"] for check in checks)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "arguments", [("import",), ("close-day", "yesterday"), ("dance",), ("bot",), ("worker",), ("--port", "x")]
)
def test_wrong_usage_is_2(arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, *arguments, *(["--data", str(tmp_path)] if arguments != ("dance",) else []))
    assert (status, out) == (2, "")
    assert err


def test_a_bad_token_is_named_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOER_TOKEN", "hunter2")
    status, out, err = call(capsys, "doctor", "--data", str(tmp_path))
    assert (status, out) == (2, "")
    assert "XIAOER_TOKEN" in err
    assert "hunter2" not in err


def test_commands_that_do_not_chat_never_import_aiogram(tmp_path: Path) -> None:
    code = (
        "import run, sys; status = run.main(['close-day', '2026-11-22', '--data', sys.argv[1], '--json']);"
        "import bot.app; print(status, 'aiogram' in sys.modules)"
    )
    root = Path(run.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "0 False"


def test_doctor_says_why_there_is_no_scan_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        _, out, _ = call(capsys, "doctor", "--data", str(tmp_path), "--port", "0", "--json")
        return {check["check"]: str(check["why"]) for check in json.loads(out)["checks"]}["scan page"]

    assert told() == "the sandbox opens it, /scan in chat"
    monkeypatch.setenv("XIAOER_TOKEN", "123456:" + "Ab_-" * 9)
    monkeypatch.setenv("XIAOER_API_BASE", "http://127.0.0.1:9")
    assert told().startswith("not offered: a phone needs a public https address, set XIAOER_PUBLIC_URL")
    monkeypatch.setenv("XIAOER_PUBLIC_URL", "https://scan.example/")
    assert told() == "https://scan.example/scan/, /scan in chat"
