"""/v2/{name}/tags/list (spec: end-8)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from images.pulls import services as pulls
from images.registry import base, bearer
from swr.errors import InvalidPage, RepositoryNotFound

MOST = 1000


def page_size(request: HttpRequest) -> int:
    """``n`` of the request, at most 1000; without it as many as that."""
    given = request.GET.get("n")
    if given is None:
        return MOST
    if not (given.isascii() and given.isdigit() and len(given) < 20):  # noqa: PLR2004
        raise InvalidPage
    return min(int(given), MOST)


def last_of(request: HttpRequest) -> str:
    """``last`` of the request; PostgreSQL knows no text with a NUL in it, and no name has one."""
    last = request.GET.get("last", "")
    if "\0" in last:
        raise InvalidPage("The value of last is not valid.", advice="Let last be a listed name.")
    return last


def link_to_next(path: str, **parameters: str | int) -> str:
    return f'<{path}?{urlencode(parameters)}>; rel="next"'


def show(request: HttpRequest, name: str) -> HttpResponseBase:
    repository_id = bearer.puller(request.META, name)
    limit, last = page_size(request), last_of(request)
    found = pulls.tags(repository_id, last=last, limit=limit + 1) if limit else []
    if not found and not pulls.exists(repository_id):
        raise RepositoryNotFound
    answer = JsonResponse({"name": name, "tags": found[:limit]})
    if len(found) > limit:
        answer["Link"] = link_to_next(f"/v2/{name}/tags/list", n=limit, last=found[limit - 1])
    return answer


tags = base.by_method(GET=show, HEAD=show)
