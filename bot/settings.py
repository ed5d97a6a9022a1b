"""What a run is told from outside: environment variables and the command line, read once into `Settings`.

Surprising: without a token there is no error but the sandbox. Secrets (token, database url, webhook secret) are
left out of `repr`, so a logged Settings gives nothing away.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class BadSettings(Exception):
    """A setting cannot be used; the message names the variable and says what would fit, never the value."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast we may speak: (burst, per second) for the whole bot, one private chat, one group.

    A bucket lets burst + rate x window through in a window, so Telegram's 30 in a second and 20 in a minute
    (telegram.md 3.1) are kept by burst + rate together.
    """

    bot: tuple[int, float]
    private: tuple[int, float]
    group: tuple[int, float]
    card_seconds: float


TELEGRAM_LIMITS = Limits(bot=(6, 24.0), private=(4, 1.0), group=(6, 14 / 60), card_seconds=3.0)
WIDE_LIMITS = Limits(bot=(1000, 1000.0), private=(100, 100.0), group=(100, 100.0), card_seconds=0.2)


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings. `port` is where the web (or the sandbox's page) listens, always on loopback; 0 = any.

    `public_url` is where phones reach that web (through a TLS proxy), '' when they cannot.
    """

    data: Path
    database_url: str = field(repr=False)
    token: str = field(default="", repr=False)
    api_base: str = TELEGRAM
    port: int = 8787
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    public_url: str = ""
    limits: Limits = TELEGRAM_LIMITS

    @property
    def sandbox(self) -> bool:
        """Whether this run plays Telegram itself."""
        return not self.token


def read_settings(environ: Mapping[str, str], *, data: Path, port: int | None = None) -> Settings:
    """Settings of this run. Raises BadSettings on a value that cannot be used."""
    token = environ.get("XIAOER_TOKEN", "").strip()
    if token and not _TOKEN.fullmatch(token):
        raise BadSettings("XIAOER_TOKEN does not look like a bot token (digits, a colon, letters); ask @BotFather")
    webhook_url, secret = _webhook(environ, token)
    database = environ.get("XIAOER_DATABASE_URL", "").strip() or f"sqlite:///{data.absolute() / 'xiaoer.db'}"
    if not database.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings("XIAOER_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    return Settings(
        data=data,
        database_url=database,
        token=token,
        api_base=_base(environ.get("XIAOER_API_BASE", "").strip() or TELEGRAM),
        port=_port(environ) if port is None else port,
        webhook_url=webhook_url,
        webhook_secret=secret,
        public_url=_public(environ) or webhook_url,
        limits=_limits(environ.get("XIAOER_LIMITS", "").strip(), token),
    )


def _webhook(environ: Mapping[str, str], token: str) -> tuple[str, str]:
    url = environ.get("XIAOER_WEBHOOK_URL", "").strip().rstrip("/")
    secret = environ.get("XIAOER_WEBHOOK_SECRET", "").strip()
    if not url:
        return "", ""
    if not token:
        raise BadSettings("XIAOER_WEBHOOK_URL needs XIAOER_TOKEN: the sandbox is polled")
    if urlsplit(url).scheme != "https":
        raise BadSettings("XIAOER_WEBHOOK_URL must begin with https://")
    if not _SECRET.fullmatch(secret):
        raise BadSettings("XIAOER_WEBHOOK_SECRET must be 16 to 256 of A-Z a-z 0-9 _ -")
    return url, secret


def _public(environ: Mapping[str, str]) -> str:
    url = environ.get("XIAOER_PUBLIC_URL", "").strip().rstrip("/")
    if url and (urlsplit(url).scheme != "https" or not urlsplit(url).netloc):
        raise BadSettings("XIAOER_PUBLIC_URL must be an https:// address: Telegram opens no other pages")
    return url


def _base(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadSettings("XIAOER_API_BASE must be an http(s) address")
    return text.rstrip("/")


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("XIAOER_PORT", "8787").strip()
    if not text.isdecimal() or int(text) > 65535:
        raise BadSettings("XIAOER_PORT must be 0 to 65535")
    return int(text)


def _limits(choice: str, token: str) -> Limits:
    """Telegram's limits hold for Telegram; the sandbox takes whatever comes unless asked to be strict."""
    if choice not in ("", "telegram", "wide"):
        raise BadSettings("XIAOER_LIMITS must be telegram or wide")
    if choice == "wide" and token:
        raise BadSettings("XIAOER_LIMITS=wide is for the sandbox; with XIAOER_TOKEN Telegram's limits hold")
    return TELEGRAM_LIMITS if token or choice == "telegram" else WIDE_LIMITS
