"""Settings: defaults, refusals that name the variable, and secrets that stay secret."""

from pathlib import Path

import pytest

from bot.settings import TELEGRAM, TELEGRAM_LIMITS, WIDE_LIMITS, BadSettings, read_settings

TOKEN = "123456:" + "Ab_-" * 9
DATA = Path("/srv/xiaoer")


def test_nothing_set_means_the_sandbox_on_sqlite() -> None:
    settings = read_settings({}, data=DATA)
    assert settings.sandbox
    assert settings.database_url == "sqlite:////srv/xiaoer/xiaoer.db"
    assert (settings.port, settings.api_base, settings.limits) == (8787, TELEGRAM, WIDE_LIMITS)


def test_a_token_means_telegram_with_its_limits() -> None:
    settings = read_settings({"XIAOER_TOKEN": f" {TOKEN}\n", "XIAOER_PORT": "9000"}, data=DATA)
    assert not settings.sandbox
    assert (settings.token, settings.port, settings.limits) == (TOKEN, 9000, TELEGRAM_LIMITS)


def test_the_command_line_wins_over_the_environment() -> None:
    assert read_settings({"XIAOER_PORT": "9000"}, data=DATA, port=0).port == 0


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"XIAOER_TOKEN": "hunter2"}, "XIAOER_TOKEN"),
        ({"XIAOER_DATABASE_URL": "mysql://x"}, "XIAOER_DATABASE_URL"),
        ({"XIAOER_PORT": "eighty"}, "XIAOER_PORT"),
        ({"XIAOER_PORT": "70000"}, "XIAOER_PORT"),
        ({"XIAOER_API_BASE": "ftp://x"}, "XIAOER_API_BASE"),
        ({"XIAOER_WEBHOOK_URL": "https://x.example"}, "XIAOER_TOKEN"),
        ({"XIAOER_TOKEN": TOKEN, "XIAOER_WEBHOOK_URL": "http://x.example"}, "https"),
        ({"XIAOER_TOKEN": TOKEN, "XIAOER_WEBHOOK_URL": "https://x.example"}, "XIAOER_WEBHOOK_SECRET"),
        ({"XIAOER_PUBLIC_URL": "http://x.example"}, "XIAOER_PUBLIC_URL"),
        ({"XIAOER_PUBLIC_URL": "https://"}, "XIAOER_PUBLIC_URL"),
        ({"XIAOER_LIMITS": "none"}, "XIAOER_LIMITS"),
        ({"XIAOER_LIMITS": "wide", "XIAOER_TOKEN": TOKEN}, "XIAOER_LIMITS"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_not_repeated(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=named) as refusal:
        read_settings(environ, data=DATA)
    assert "hunter2" not in str(refusal.value)


def test_repr_gives_no_secret_away() -> None:
    environ = {
        "XIAOER_TOKEN": TOKEN,
        "XIAOER_DATABASE_URL": "postgresql+psycopg://me:hush@db/x",
        "XIAOER_WEBHOOK_URL": "https://x.example",
        "XIAOER_WEBHOOK_SECRET": "s" * 20,
    }
    shown = repr(read_settings(environ, data=DATA))
    assert TOKEN not in shown
    assert "hush" not in shown
    assert "s" * 20 not in shown


def test_phones_reach_us_where_telegram_does_unless_told_otherwise() -> None:
    hooked = {"XIAOER_TOKEN": TOKEN, "XIAOER_WEBHOOK_URL": "https://x.example/", "XIAOER_WEBHOOK_SECRET": "s" * 20}
    assert read_settings(hooked, data=DATA).public_url == "https://x.example"
    told = {**hooked, "XIAOER_PUBLIC_URL": "https://scan.example/xiaoer/"}
    assert read_settings(told, data=DATA).public_url == "https://scan.example/xiaoer"
    assert read_settings({"XIAOER_TOKEN": TOKEN}, data=DATA).public_url == ""
