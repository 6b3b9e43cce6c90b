"""/v2/{name}/blobs/{digest} (spec: end-2, end-10)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from images.artifacts import services as artifacts
from images.oci import digests
from images.pulls import services as pulls
from images.registry import base, bearer, ranges
from images.registry.manifests import repository_of, unchanged
from swr.errors import BlobNotFound, RangeNotSatisfiable


def show(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    """GET and HEAD, whole or one range; a blob never changes, so its digest is its ETag."""
    wanted = str(digests.parse(digest))
    repository_id = bearer.puller(request, name)
    found = pulls.blob(repository_id, wanted)
    if found is None:
        raise BlobNotFound
    etag = f'"{wanted}"'
    if unchanged(request, etag):
        answer: HttpResponseBase = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        answer = _content(request, found, etag)
    answer["Docker-Content-Digest"] = wanted
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


def _content(request: HttpRequest, found: pulls.FoundBlob, etag: str) -> HttpResponseBase:
    span = None
    if request.META.get("HTTP_IF_RANGE") in {None, etag}:
        try:
            span = ranges.parse(request.META.get("HTTP_RANGE", ""), found.size)
        except RangeNotSatisfiable as error:
            error.headers["Content-Range"] = f"bytes */{found.size}"
            raise
    start, length = (span.start, len(span)) if span else (0, found.size)
    answer = _bytes(request, found, start, length)
    answer["Content-Length"] = str(length)
    if span:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.size}"
    return answer


def _bytes(
    request: HttpRequest, found: pulls.FoundBlob, start: int, length: int
) -> HttpResponseBase:
    kind = "application/octet-stream"
    if request.method == "HEAD":
        return HttpResponse(content_type=kind)
    content = artifacts.read_blob(found.storage_key, start, length)
    if length <= base.BLOCK:
        return HttpResponse(b"".join(content), content_type=kind)
    return StreamingHttpResponse(content, content_type=kind)


def delete(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    wanted = digests.parse(digest)
    actor, standing = bearer.writer(request, name, "delete")
    artifacts.delete_blob(actor, repository_of(standing.repository_id), wanted)
    return HttpResponse(status=HTTPStatus.ACCEPTED)


blob = base.by_method(GET=show, HEAD=show, DELETE=delete)
