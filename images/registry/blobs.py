"""/v2/{name}/blobs/{digest} (spec: end-2, end-10)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from images.blobs import services as blobs
from images.oci import digests
from images.registry import base, bearer, pull
from images.repositories import services as repositories


def show(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    return pull.blob(request.META, name, digest).response()


def delete(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    wanted = digests.parse(digest)
    actor, standing = bearer.writer(request.META, name, "delete")
    blobs.delete_blob(actor, repositories.get(standing.repository_id), wanted)
    return HttpResponse(status=HTTPStatus.ACCEPTED)


blob = base.by_method(GET=show, HEAD=show, DELETE=delete)
