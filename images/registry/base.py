"""What the nouns of the wire share: methods, names, bodies."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from images.registry import bearer
from images.repositories import rules
from swr.errors import MethodNotAllowed, WrongSize

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]
BLOCK = 256 * 1024


def version(request: HttpRequest) -> HttpResponseBase:
    """GET /v2/ (spec: end-1).  Always asks for a login: engines log in only after a 401."""
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
    bearer.claims(request.META)
    return HttpResponse(b"{}", content_type="application/json")


def by_method(**views: View[Parameters]) -> View[Parameters]:
    """One URL, one view for each method; the repository's name is checked before any of them."""
    allowed = ", ".join(sorted(views))

    def dispatch(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        view = views.get(request.method or "")
        if view is None:
            raise MethodNotAllowed(headers={"Allow": allowed})
        rules.split(str(kwargs["name"]))
        return view(request, *args, **kwargs)

    return dispatch


def declared_length(request: HttpRequest) -> int | None:
    """Content-Length, or None for a chunked body; no body at all is 0."""
    given = request.META.get("CONTENT_LENGTH") or ""
    if given:
        if not (given.isascii() and given.isdigit()):
            raise WrongSize("Content-Length must be a number.")
        return int(given)
    return None if request.META.get("HTTP_TRANSFER_ENCODING") else 0


def blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it arrives, in blocks; ends early when the client goes away.

    Read past Django, whose stream is empty for a chunked body.
    """
    stream, left = request.META["wsgi.input"], declared_length(request)
    while left is None or left > 0:
        block = stream.read(BLOCK if left is None else min(BLOCK, left))
        if not block:
            return
        if left is not None:
            left -= len(block)
        yield block


def accepted(location: str, status: HTTPStatus = HTTPStatus.ACCEPTED) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Location"] = location
    return answer
