"""Structured logs: ours and those of Django, Celery and granian go through one formatter.

Whatever is logged passes ``swr.redaction`` last, so no line holds a secret.
"""

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from swr import redaction

_access = logging.getLogger("swr.access")
_lines = structlog.stdlib.get_logger("swr.access")

# Loggers whose debug lines hold bodies, headers or parameters, whoever asks for them.
_CAPPED = (
    "amqp",
    "boto3",
    "botocore",
    "django.db.backends",
    "django.template",
    "kombu",
    "s3transfer",
)
# Loggers that say at every tick that all is well.
_ROUTINE = (
    "celery.app.trace",
    "celery.beat",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "_granian",
)

# What could forge a line or move the cursor of a terminal; a traceback has lines of its own.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MANY_LINES = {"exception", "stack"}
_STAMPS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to what is ``sys.stdout`` now, not to what it was when logging was configured."""

    @property
    def stream(self) -> TextIO:
        return sys.stdout

    @stream.setter
    def stream(self, given: TextIO) -> None:
        pass


def configure(level: str, form: str) -> None:
    """``level`` as logging names it, ``form`` "text" or "json"."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_STAMPS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": {"()": formatter, "form": form}},
            "handlers": {"stdout": {"()": StdoutHandler, "formatter": "lines"}},
            "root": {"handlers": ["stdout"], "level": level},
            "loggers": loggers(level),
        }
    )


def loggers(level: str) -> dict[str, dict[str, Any]]:
    routine = level if level in {"DEBUG", "ERROR"} else "WARNING"
    capped = "INFO" if level == "DEBUG" else level
    levels = dict.fromkeys(_CAPPED, capped) | dict.fromkeys(_ROUTINE, routine)
    levels["django.security"] = (
        "CRITICAL"  # a traceback for each odd request; its access line stays
    )
    return {name: {"level": found, "propagate": True} for name, found in levels.items()}


def formatter(form: str) -> logging.Formatter:
    renderer: list[Processor] = (
        [structlog.processors.EventRenamer("message"), structlog.processors.JSONRenderer()]
        if form == "json"
        else [
            _without_control_characters,
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_STAMPS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_secrets,
            *renderer,
        ],
    )


def access(
    method: str,
    path: str,
    status: int,
    seconds: float,
    *,
    request_id: str,
    actor: str = "",
    routine: bool = False,
) -> None:
    """One line for one answer.  ``path`` comes without its query.

    ``routine`` answers (the registry's) leave a line at debug only, unless they went wrong.
    """
    wrong = status >= HTTPStatus.BAD_REQUEST
    if routine and not wrong and not _access.isEnabledFor(logging.DEBUG):
        return
    level = logging.DEBUG if routine and not wrong else logging.INFO
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        level = logging.ERROR
    _lines.log(
        level,
        "request",
        method=method,
        path=path,
        status=int(status),
        ms=round(seconds * 1000, 1),
        request_id=request_id,
        **({"actor": actor} if actor else {}),
    )


def _without_secrets(_logger: Any, _method: str, event: EventDict) -> MutableMapping[str, Any]:
    return redaction.fields(event)


def _without_control_characters(
    _logger: Any, _method: str, event: EventDict
) -> MutableMapping[str, Any]:
    return {
        name: _escaped(held) if isinstance(held, str) and name not in _MANY_LINES else held
        for name, held in event.items()
    }


def _escaped(line: str) -> str:
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], line)
