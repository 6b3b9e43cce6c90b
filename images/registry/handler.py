"""The wire's own request handler: its URL table, its errors, and no middleware.

Sessions, locales, CSRF and messages stay off the wire; what is left of Django's handler is the
request, the resolver and the signals that manage connections (design D11).
"""

import logging
import time
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.urls import Resolver404, URLResolver, get_resolver

from images.registry import errors
from swr import logs, middleware
from swr.errors import InvalidUpload, NotFound, ReadOnly, SwrError, SystemBusy

URLS = "images.urls.registry"
SAFE = {"GET", "HEAD", "OPTIONS"}
ROUTINE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}  # every push begins with some
log = logging.getLogger(__name__)


def is_wire(path: str) -> bool:
    """Whether a path is the registry's: ``/v2/…`` but for the management API, and its tokens."""
    if path.startswith("/v2/"):
        return not path.startswith("/v2/manage/")
    return path == "/v2" or path.startswith("/swr/auth/")


class RegistryHandler(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self._resolver: URLResolver = get_resolver(URLS)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = middleware.request_id(request.META)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = _answer(self._resolver, request)
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]  # not streaming
        response["X-Request-Id"] = request_id
        response["Docker-Distribution-Api-Version"] = "registry/2.0"
        response["X-Content-Type-Options"] = "nosniff"
        if response.status_code not in ROUTINE or log.isEnabledFor(logging.DEBUG):
            logs.access(
                request.method or "",
                request.path,
                response.status_code,
                time.perf_counter() - began,
                request_id=request_id,
                routine=True,
            )
        return response


def _answer(resolver: URLResolver, request: HttpRequest) -> HttpResponseBase:
    """The view's answer, or the error's: never an exception, never a page."""
    try:
        return _view(resolver, request)
    except SwrError as error:
        return errors.response(error)
    except UnreadablePostError:
        return errors.response(InvalidUpload("The request ended before its body did."))
    except (OperationalError, InterfaceError):
        log.exception("The database did not answer.")
        return errors.response(SystemBusy(headers={"Retry-After": "5"}))
    except Exception:
        log.exception("A request failed.")
        return errors.response(SwrError())


def _view(resolver: URLResolver, request: HttpRequest) -> HttpResponseBase:
    if settings.READ_ONLY and request.method not in SAFE and request.path.startswith("/v2/"):
        raise ReadOnly(headers={"Retry-After": "60"})
    try:
        match = resolver.resolve(request.path_info)
    except Resolver404:
        raise NotFound from None
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
