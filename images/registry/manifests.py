"""/v2/{name}/manifests/{reference} (spec: end-3, end-7, end-9)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from images.artifacts import services as artifacts
from images.oci import digests
from images.oci.manifests import LIMIT
from images.pushes import services as pushes
from images.registry import base, bearer, pull
from images.repositories import services as repositories
from swr.errors import (
    ManifestTooLarge,
    TooManyTags,
    WrongSize,
)

MOST_TAGS = 46


def show(request: HttpRequest, name: str, reference: str) -> HttpResponseBase:
    return pull.manifest(request.META, name, reference).response()


def push(request: HttpRequest, name: str, reference: str) -> HttpResponse:
    tags = request.GET.getlist("tag")
    if len(tags) > MOST_TAGS:
        raise TooManyTags(advice=f"Send at most {MOST_TAGS} tags with one manifest.")
    actor, _ = bearer.writer(request.META, name, "push")
    accepted = pushes.accept_manifest(
        actor,
        name,
        reference,
        payload=_body(request),
        content_type=request.META.get("CONTENT_TYPE") or None,
        tags=tags,
    )
    answer = base.accepted(f"/v2/{name}/manifests/{accepted.digest}", HTTPStatus.CREATED)
    answer["Docker-Content-Digest"] = str(accepted.digest)
    if accepted.subject:
        answer["OCI-Subject"] = str(accepted.subject)
    if tags:
        answer["OCI-Tag"] = ", ".join(accepted.tags)
    return answer


def delete(request: HttpRequest, name: str, reference: str) -> HttpResponse:
    """By tag: the tag alone.  By digest: the manifest and every tag that points at it."""
    by_digest = pull.is_digest(reference)
    actor, standing = bearer.writer(request.META, name, "delete")
    repository = repositories.get(standing.repository_id)
    if by_digest:
        artifacts.delete_manifest(actor, repository, digests.parse(reference))
    else:
        artifacts.delete_tag(actor, repository, reference)
    return HttpResponse(status=HTTPStatus.ACCEPTED)


def _body(request: HttpRequest) -> bytes:
    length = base.declared_length(request)
    if length is not None and length > LIMIT:
        raise ManifestTooLarge
    payload = bytearray()
    for block in base.blocks(request):
        payload += block
        if len(payload) > LIMIT:
            raise ManifestTooLarge
    if length is not None and len(payload) != length:
        raise WrongSize(f"{length} bytes were declared, {len(payload)} arrived.")
    return bytes(payload)


manifest = base.by_method(GET=show, HEAD=show, PUT=push, DELETE=delete)
