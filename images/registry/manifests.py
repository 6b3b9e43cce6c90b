"""/v2/{name}/manifests/{reference} (spec: end-3, end-7, end-9)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import parse_etags

from images.artifacts import services as artifacts
from images.oci import digests, references
from images.oci.manifests import LIMIT
from images.pulls import services as pulls
from images.pushes import services as pushes
from images.registry import base, bearer
from images.repositories.models import Repository
from swr.errors import (
    InvalidTag,
    ManifestNotFound,
    ManifestTooLarge,
    RepositoryNotFound,
    TooManyTags,
    WrongSize,
)

MOST_TAGS = 46


def show(request: HttpRequest, name: str, reference: str) -> HttpResponseBase:
    """GET and HEAD: what is stored, byte for byte, whatever Accept asks for."""
    by_digest = _is_digest(reference)
    repository_id = bearer.puller(request, name)
    with_payload = request.method == "GET"
    found = pulls.manifest(repository_id, reference, by_digest=by_digest, with_payload=with_payload)
    if found is None:
        raise ManifestNotFound
    etag = f'"{found.digest}"'
    if unchanged(request, etag):
        answer = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        answer = HttpResponse(found.payload, content_type=found.media_type)
        answer["Content-Length"] = str(found.size)
    answer["Docker-Content-Digest"] = found.digest
    answer["ETag"] = etag
    return answer


def push(request: HttpRequest, name: str, reference: str) -> HttpResponse:
    tags = request.GET.getlist("tag")
    if len(tags) > MOST_TAGS:
        raise TooManyTags(advice=f"Send at most {MOST_TAGS} tags with one manifest.")
    actor, _ = bearer.writer(request, name, "push")
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
    by_digest = _is_digest(reference)
    actor, standing = bearer.writer(request, name, "delete")
    repository = repository_of(standing.repository_id)
    if by_digest:
        artifacts.delete_manifest(actor, repository, digests.parse(reference))
    else:
        artifacts.delete_tag(actor, repository, reference)
    return HttpResponse(status=HTTPStatus.ACCEPTED)


def repository_of(repository_id: int | None) -> Repository:
    if repository_id is None:
        raise RepositoryNotFound
    found = Repository.objects.select_related("organization__account").filter(pk=repository_id)
    repository = found.first()
    if repository is None:
        raise RepositoryNotFound
    return repository


def unchanged(request: HttpRequest, etag: str) -> bool:
    given = request.META.get("HTTP_IF_NONE_MATCH")
    if not given:
        return False
    return given.strip() == "*" or etag in (tag.removeprefix("W/") for tag in parse_etags(given))


def _is_digest(reference: str) -> bool:
    """Whether the reference is a digest.  What no tag can be called, no tag is called."""
    if references.is_digest(reference):
        digests.parse(reference)
        return True
    try:
        references.check_tag(reference)
    except InvalidTag:
        raise ManifestNotFound from None
    return False


def _body(request: HttpRequest) -> bytes:
    length = base.declared_length(request)
    if length is not None and length > LIMIT:
        raise ManifestTooLarge
    payload = bytearray()
    for block in base.blocks(request, length):
        payload += block
        if len(payload) > LIMIT:
            raise ManifestTooLarge
    if length is not None and len(payload) != length:
        raise WrongSize(f"{length} bytes were declared, {len(payload)} arrived.")
    return bytes(payload)


manifest = base.by_method(GET=show, HEAD=show, PUT=push, DELETE=delete)
