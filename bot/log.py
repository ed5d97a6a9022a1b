"""Logging: one line per record on stderr, with bot tokens and phone numbers taken out of all of it.

Surprising: redaction is done by the formatter on the finished line, so exceptions, arguments and other libraries'
messages are covered too. A newline inside a record becomes a visible `\\n`: nobody can forge a line.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

_TOKEN = re.compile(r"(?<!\d)\d{3,}:[A-Za-z0-9_-]{20,}")
_PHONE = re.compile(r"(?:(?<![\d.-])|(?<=1\d{10}-))(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![\d.])")
_LANDLINE = re.compile(r"(?<![\d.-])(?:0[1-9]\d{1,2}-\d{7,8}(?![\d.])|\d{10,12}(?=(?:-\d{1,6})?/<phone>))")
_BESIDE = re.compile(r"(<phone>(?:-\d{1,6})?/)\d{10,12}(?!\d)")
_FOREIGN = re.compile(r"\+\d(?:[ -]?\d){6,14}")
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+(?=@)")


def redact(text: str) -> str:
    """The text without bot tokens, phone numbers and passwords in URLs."""
    text = _TOKEN.sub("<token>", text)
    text = _PASSWORD.sub(r"\1:<password>", text)
    text = _FOREIGN.sub("<phone>", _PHONE.sub("<phone>", text))
    return _BESIDE.sub(r"\1<phone>", _LANDLINE.sub("<phone>", text))


_TALKATIVE = ("httpx", "httpcore", "aiogram", "aiogram.event", "aiohttp.access", "apscheduler", "telegram", "alembic")
_ROUNDS = "apscheduler.scheduler"
"""It warns of each round that is left out because the last one still runs: every two seconds while 100,000 orders are
looked at again."""


class LineFormatter(logging.Formatter):
    """One redacted line: plain for people, or JSON for machines."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; times are UTC."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if not self._as_json:
            return f"{at} {redact(super().format(record))}".replace("\r", "\\r").replace("\n", "\\n")
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        fields = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        shown = {
            key: redact(value) for key, value in (fields | ({"trace": trace} if trace else {})).items() if key != "at"
        }
        return json.dumps({"at": at, **shown}, ensure_ascii=False)


def set_up(*, as_json: bool = False, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send everything through one redacting handler; libraries that talk per request only from WARNING up."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_ROUNDS).setLevel(logging.ERROR)
