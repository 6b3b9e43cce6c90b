"""The wire's own request handler: pulls at once, the rest by its own URL table, no middleware.

Sessions, locales, CSRF and messages stay off the wire.  A pull is answered before there is a
request object; everything else has Django's request, the resolver and the signals that manage
connections (design D11).
"""

import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.urls import Resolver404, URLResolver, get_resolver

from images.registry import errors, pull
from images.registry.answers import STATUS_LINES, Answer
from images.repositories import rules
from swr import logs, middleware
from swr.errors import (
    InvalidRequest,
    InvalidUpload,
    MethodNotAllowed,
    NotFound,
    ReadOnly,
    SwrError,
    SystemBusy,
)

URLS = "images.urls.registry"
SAFE = {"GET", "HEAD", "OPTIONS"}
ROUTINE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}  # every push begins with some
HEADERS = {
    "Docker-Distribution-Api-Version": "registry/2.0",
    "X-Content-Type-Options": "nosniff",
}
Result = TypeVar("Result")
BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
log = logging.getLogger(__name__)


def is_wire(path: str) -> bool:
    """Whether a path is the registry's: ``/v2/…``, and its tokens."""
    return path.startswith(("/v2/", "/swr/auth/")) or path == "/v2"


class RegistryHandler(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self._resolver: URLResolver = get_resolver(URLS)

    def __call__(  # type: ignore[override]  # a pull has no response object
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if not method.isupper():  # "get" is not GET (RFC 9110, 9.1), though Django takes it for it
            return refuse(environ, start_response, MethodNotAllowed())
        if method in {"GET", "HEAD"}:
            asked = pull.ROUTE.fullmatch(environ["PATH_INFO"])
            if asked:
                return _send(environ, start_response, lambda: _pull(environ, *asked.groups()))
        response = super().__call__(environ, start_response)
        if not isinstance(response, HttpResponse):
            return response
        response.close()
        return [response.content]  # a list is sent at once, anything else block by block

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = middleware.request_id(request.META)
        response = _answered(lambda: _view(self._resolver, request), request_id)
        if isinstance(response, Answer):
            response = response.response()
        if isinstance(response, HttpResponse):
            _measure(response)
        response["X-Request-Id"] = request_id
        for name, value in HEADERS.items():
            response[name] = value
        _leave_line(request.META, response.status_code, began, request_id)
        return response


def _measure(response: HttpResponse) -> None:
    """Say how long the content is, and nothing of a content that there is not."""
    if not response.content:
        del response["Content-Type"]
    if response.status_code not in BODILESS and "Content-Length" not in response:
        response["Content-Length"] = str(len(response.content))


def _send(
    environ: dict[str, Any], start_response: Callable[..., Any], ask: Callable[[], Answer]
) -> Iterable[bytes]:
    """Answer without a request object."""
    began = time.perf_counter()
    request_id = middleware.request_id(environ)
    answer = _answered(ask, request_id)
    body = answer.body
    if isinstance(body, bytes):
        if answer.status not in BODILESS:
            answer.headers.setdefault("Content-Length", str(len(body)))
        body = [body]  # a list is sent at once, anything else block by block
    start_response(
        STATUS_LINES[answer.status],
        [("X-Request-Id", request_id), *HEADERS.items(), *answer.headers.items()],
    )
    _leave_line(environ, answer.status, began, request_id)
    return body


def _pull(environ: dict[str, Any], name: str, noun: str, reference: str) -> Answer:
    try:
        return pull.NOUNS[noun](environ, name, reference)
    except SwrError:
        rules.split(name)  # a name that nothing can have is the better reason
        raise
    except (OperationalError, InterfaceError):  # a server that was restarted: this link is broken
        connection.close_if_unusable_or_obsolete()
        return pull.NOUNS[noun](environ, name, reference)


def refuse(
    environ: dict[str, Any], start_response: Callable[..., Any], error: SwrError
) -> Iterable[bytes]:
    """Answer an error before anything was asked."""
    return _send(environ, start_response, lambda: errors.answer(error))


def _answered(ask: Callable[[], Result], request_id: str) -> Result | Answer:
    """The answer, or the error's: never an exception, never a page."""
    try:
        return ask()
    except SwrError as error:
        return errors.answer(error)
    except Exception as error:  # noqa: BLE001  # whatever it is, the client hears what it can use
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            return errors.answer(_meaning(error))


def _meaning(error: Exception) -> SwrError:
    """What an exception of Django's or of ours says to a client; the log has the rest."""
    match error:
        case UnreadablePostError():
            return InvalidUpload("The request ended before its body did.")
        case SuspiciousOperation():
            return InvalidRequest()
        case IntegrityError():
            log.warning("A request met a deletion.", exc_info=error)
            return SystemBusy(headers={"Retry-After": "1"})
        case OperationalError() | InterfaceError():
            log.error("The database did not answer.", exc_info=error)
            connection.close_if_unusable_or_obsolete()
            return SystemBusy(headers={"Retry-After": "5"})
    log.error("A request failed.", exc_info=error)
    return SwrError()


def _view(resolver: URLResolver, request: HttpRequest) -> HttpResponseBase:
    if settings.READ_ONLY and request.method not in SAFE and request.path.startswith("/v2/"):
        raise ReadOnly(headers={"Retry-After": "60"})
    try:
        match = resolver.resolve(request.path_info)
    except Resolver404:
        raise NotFound from None
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


def _leave_line(environ: dict[str, Any], status: int, began: float, request_id: str) -> None:
    if status in ROUTINE and not log.isEnabledFor(logging.DEBUG):
        return
    logs.access(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        status,
        time.perf_counter() - began,
        request_id=request_id,
        routine=True,
    )
