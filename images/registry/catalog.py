"""/v2/_catalog: the repositories that the caller may pull from."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from images.access import policy as access
from images.registry import bearer
from images.registry.tags import last_of, link_to_next, page_size
from swr.errors import MethodNotAllowed

SCOPE = "registry:catalog:*"


def catalog(request: HttpRequest) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
    claims = bearer.claims(request.META, SCOPE)
    if not any(held.type == "registry" and held.name == "catalog" for held in claims.access):
        raise bearer.challenge(request.META, SCOPE, problem="insufficient_scope")
    limit, last = page_size(request), last_of(request)
    visible = access.visible_to(bearer.actor_of(request.META, claims))
    names = visible.filter(path__gt=last).order_by("path").values_list("path", flat=True)
    found = list(names[: limit + 1]) if limit else []
    answer = JsonResponse({"repositories": found[:limit]})
    if len(found) > limit:
        answer["Link"] = link_to_next("/v2/_catalog", n=limit, last=found[limit - 1])
    return answer
