"""The log: one line per record, and neither tokens nor phone numbers on it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.log import redact, set_up

TOKEN = "123456:" + "Ab_-" * 9


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    set_up(stream=out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"GET /bot{TOKEN}/getMe", "GET /bot<token>/getMe"),
        ("call 13812345678 now", "call <phone> now"),
        ("call +86 138-1234-5678", "call <phone>"),
        ("手机13812345678,", "手机<phone>,"),
        ("+1 415 555 0100", "<phone>"),
        ("13800001234/13900005678", "<phone>/<phone>"),
        ("13800001234-13900005678", "<phone>-<phone>"),
        ("13800001234-123/051257550000-8001", "<phone>-123/<phone>-8001"),
        ("13800001234/051257550000", "<phone>/<phone>"),
        ("051257550000/13800001234", "<phone>/<phone>"),
        ("0512-57550000", "<phone>"),
        ("postgresql+psycopg://me:hush@db/x", "postgresql+psycopg://me:<password>@db/x"),
        ("order 202511230000138123456789", "order 202511230000138123456789"),
        ("took 13.812345678 s", "took 13.812345678 s"),
        ("order 1001, 128 new", "order 1001, 128 new"),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text) == shown


def _fail() -> None:
    raise RuntimeError(f"bad url /bot{TOKEN}/x for 13812345678")


def test_arguments_and_exceptions_are_redacted_and_stay_on_one_line(stream: io.StringIO) -> None:
    try:
        _fail()
    except RuntimeError:
        logging.getLogger("bot.x").exception("failed for %s", "+8613812345678\nINFO forged: line")
    text = stream.getvalue()
    assert TOKEN not in text
    assert "13812345678" not in text
    assert text.count("\n") == 1
    assert "ERROR bot.x: failed for <phone>\\nINFO forged: line" in text


def test_json_lines(stream: io.StringIO) -> None:
    set_up(as_json=True, stream=stream)
    logging.getLogger("bot.x").warning("call %s", "13812345678")
    line = json.loads(stream.getvalue())
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "bot.x", "call <phone>")


def test_http_libraries_are_quiet(stream: io.StringIO) -> None:
    logging.getLogger("httpx").info("GET /bot%s/getUpdates", TOKEN)
    logging.getLogger("aiogram.event").info("handled")
    assert stream.getvalue() == ""


def test_a_round_left_out_is_no_news_but_one_that_was_missed_is(stream: io.StringIO) -> None:
    logging.getLogger("apscheduler.scheduler").warning("Execution of job skipped")
    logging.getLogger("apscheduler.executors.default").warning("Run time of job was missed")
    assert stream.getvalue().split(" ", 1)[1] == "WARNING apscheduler.executors.default: Run time of job was missed\n"
