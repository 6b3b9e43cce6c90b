"""What every answer of the console, the API and the admin site passes."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from swr import logs

_ASKED_BY_MACHINES = {"/healthz", "/readyz"}
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(environ: Mapping[str, Any]) -> str:
    """Find the id that a client or proxy gave (``X-Request-Id``); make one if it is not sane."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if given and _SANE.fullmatch(given) else uuid4().hex


class RequestId:
    """Gives the request an id, binds it to the logs, answers with it and leaves the access line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, found = time.monotonic(), request_id(request.META)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=found)
        response = self.get_response(request)
        response["X-Request-Id"] = found
        logs.access(
            request.method or "",
            request.path,
            response.status_code,
            time.monotonic() - began,
            request_id=found,
            actor=_actor(request),
            routine=request.path in _ASKED_BY_MACHINES,
        )
        return response


def _actor(request: HttpRequest) -> str:
    """Who asked, when somebody has found out already: a log line is worth no query."""
    asker = getattr(request, "actor", None) or getattr(request, "_cached_user", None)
    return str(getattr(asker, "name", ""))
