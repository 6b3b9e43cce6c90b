import json
import logging
from typing import Any

import pytest
import structlog

from swr import logs

SECRET = "s3cr3t-Value_x"


class Written:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._read = ""

    def text(self) -> str:
        self._read += self._capsys.readouterr().out
        return self._read

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def stdout(capsys):
    """What has gone to standard output; afterwards logging is as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    structlog.contextvars.clear_contextvars()
    yield Written(capsys)
    structlog.contextvars.clear_contextvars()
    logs.configure("ERROR", "text")
    root.handlers[:] = before
    root.setLevel(level)


def test_our_lines_and_those_of_libraries_have_one_shape(stdout):
    logs.configure("INFO", "json")
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.get_logger("swr.somewhere").info("ours", size=3)
    logging.getLogger("django.request").warning("Not Found: %s", "/x")
    ours, theirs = stdout.lines()
    assert (ours["message"], ours["size"], ours["level"]) == ("ours", 3, "info")
    assert (theirs["message"], theirs["logger"]) == ("Not Found: /x", "django.request")
    for line in (ours, theirs):
        assert line["request_id"] == "r-1"
        assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_holds_a_secret(stdout, form):
    logs.configure("DEBUG", form)
    log = structlog.get_logger("swr.somewhere")
    log.info("login", password=SECRET, headers={"Authorization": f"Basic {SECRET}"})
    logging.getLogger("celery").error("docker login -u admin -p %s host", SECRET)
    try:
        raise ValueError(f"token={SECRET}")  # noqa: TRY301
    except ValueError:
        log.exception("it broke")
    assert "it broke" in stdout.text()
    assert "Traceback" in stdout.text()
    assert SECRET not in stdout.text()


def test_text_cannot_forge_a_line_or_move_the_cursor(stdout):
    logs.configure("INFO", "text")
    structlog.get_logger("swr.somewhere").info("a\n2026 [info] forged", path="/\x1b[2J\r\n/x")
    written = stdout.text()
    assert written.count("\n") == 1
    assert "\x1b" not in written


def test_bodies_and_parameters_are_not_logged_even_at_debug(stdout):
    logs.configure("DEBUG", "json")
    for name in ("django.db.backends", "kombu", "botocore"):
        logging.getLogger(name).debug("body: %s", SECRET)
    assert stdout.text() == ""


def test_an_answer_leaves_one_line(stdout):
    logs.configure("INFO", "json")
    logs.access("GET", "/admin/", 200, 0.0123, request_id="r-1", actor="admin")
    (line,) = stdout.lines()
    assert line["logger"] == "swr.access"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/admin/", 200)
    assert (line["ms"], line["request_id"], line["actor"]) == (12.3, "r-1", "admin")


def test_a_routine_answer_leaves_a_line_at_debug_or_when_it_went_wrong(stdout):
    logs.configure("INFO", "json")
    for status in (200, 404, 500):
        logs.access("GET", "/v2/", status, 0.1, request_id="r", routine=True)
    assert [(line["status"], line["level"]) for line in stdout.lines()] == [
        (404, "info"),
        (500, "error"),
    ]
    logs.configure("DEBUG", "json")
    logs.access("GET", "/v2/", 200, 0.1, request_id="r", routine=True)
    assert stdout.lines()[-1]["level"] == "debug"
