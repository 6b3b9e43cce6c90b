"""/v2/{name}/blobs/{digest} (spec: end-2, end-10)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from images.artifacts import services as artifacts
from images.oci import digests
from images.registry import base, bearer, pull
from images.registry.manifests import repository_of


def show(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    return pull.blob(request.META, name, digest).response()


def delete(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    wanted = digests.parse(digest)
    actor, standing = bearer.writer(request.META, name, "delete")
    artifacts.delete_blob(actor, repository_of(standing.repository_id), wanted)
    return HttpResponse(status=HTTPStatus.ACCEPTED)


blob = base.by_method(GET=show, HEAD=show, DELETE=delete)
