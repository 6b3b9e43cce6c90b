"""/v2/{name}/blobs/uploads/ (spec: end-4, end-5, end-6, end-11, end-13, end-14)."""

from contextlib import suppress
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor
from images.oci import digests
from images.oci.digests import Digest
from images.pushes import services as pushes
from images.registry import base, bearer, ranges
from images.repositories import rules
from images.repositories.models import Repository
from images.uploads import services as uploads
from images.uploads.models import Upload
from swr.errors import InvalidDigest, InvalidUpload, SwrError, UploadOutOfOrder, WrongSize

MIN_CHUNK = 64 * 1024  # bytes that a chunk should have at least: each is made durable


def start(request: HttpRequest, name: str) -> HttpResponse:
    """POST: mount a blob, take a whole one with the request, or open an upload."""
    actor, _ = bearer.writer(request.META, name, "push", *_source_scope(request))
    digest = _digest(request, "digest")
    repository = pushes.open_repository(actor, name)
    if (wanted := _digest(request, "mount")) and _mounted(request, actor, name, repository, wanted):
        return _created(name, wanted)
    algorithm = digest.algorithm if digest else _algorithm(request)
    upload = uploads.start(actor, repository, algorithm=algorithm)
    if digest:
        return _whole(request, actor, upload, name, digest)
    return _status(upload, name, HTTPStatus.ACCEPTED)


def _whole(
    request: HttpRequest, actor: Actor, upload: Upload, name: str, digest: Digest
) -> HttpResponse:
    """A client that sends everything at once is told of no upload to go on with."""
    try:
        return _finish(request, actor, upload, name, digest)
    except SwrError:
        with suppress(SwrError):
            uploads.cancel(actor, upload)
        raise


def status(request: HttpRequest, name: str, upload_id: str) -> HttpResponse:
    _, upload = _find(request, name, upload_id)
    return _status(upload, name, HTTPStatus.NO_CONTENT)


def append(request: HttpRequest, name: str, upload_id: str) -> HttpResponse:
    actor, upload = _find(request, name, upload_id)
    begin, length = _chunk(request)
    try:
        uploads.append(actor, upload, base.blocks(request), begin=begin, length=length)
    except UploadOutOfOrder as error:
        raise _with_status(error, upload, name) from None
    return _status(upload, name, HTTPStatus.ACCEPTED)


def finish(request: HttpRequest, name: str, upload_id: str) -> HttpResponse:
    actor, upload = _find(request, name, upload_id)
    digest = _digest(request, "digest")
    if digest is None:
        raise InvalidDigest(
            "The digest of the blob is missing.", advice="Add ?digest=sha256:… to the address."
        )
    return _finish(request, actor, upload, name, digest)


def cancel(request: HttpRequest, name: str, upload_id: str) -> HttpResponse:
    actor, upload = _find(request, name, upload_id)
    uploads.cancel(actor, upload)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _find(request: HttpRequest, name: str, upload_id: str) -> tuple[Actor, Upload]:
    actor, standing = bearer.writer(request.META, name, "push")
    return actor, uploads.find(actor, standing.repository_id, upload_id)


def _finish(
    request: HttpRequest, actor: Actor, upload: Upload, name: str, digest: Digest
) -> HttpResponse:
    begin, length = _chunk(request)
    try:
        uploads.finish(actor, upload, base.blocks(request), digest, begin=begin, length=length)
    except UploadOutOfOrder as error:
        raise _with_status(error, upload, name) from None
    return _created(name, digest)


def _chunk(request: HttpRequest) -> tuple[int | None, int | None]:
    """Where the body begins (None: not said) and how long it is (None: not said)."""
    length = base.declared_length(request)
    given = request.META.get("HTTP_CONTENT_RANGE")
    if not given:
        return None, length
    span = ranges.parse_chunk(given)
    if length is not None and length != len(span):
        raise WrongSize(f"Content-Range names {len(span)} bytes, Content-Length {length}.")
    return span.start, len(span)


def _source_scope(request: HttpRequest) -> list[str]:
    source = request.GET.get("from", "")
    try:
        rules.split(source)
    except SwrError:
        return []
    return [bearer.scope(source, "pull")]


def _mounted(
    request: HttpRequest, actor: Actor, name: str, repository: Repository, wanted: Digest
) -> bool:
    source = request.GET.get("from")
    if source is None:
        return pushes.mount(actor, repository, wanted, source=None)
    try:
        rules.split(source)
    except SwrError:
        return False
    source_id = bearer.mount_source(request.META, actor, target=name, source=source)
    return source_id is not None and pushes.mount(actor, repository, wanted, source=source_id)


def _digest(request: HttpRequest, parameter: str) -> Digest | None:
    given = request.GET.getlist(parameter)
    if len(given) > 1:
        raise InvalidDigest(f"There is more than one {parameter} in the address.")
    return digests.parse(given[0]) if given else None


def _algorithm(request: HttpRequest) -> str:
    given = request.GET.get("digest-algorithm", "sha256")
    if given not in digests.ALGORITHMS:
        raise InvalidUpload(
            "The digest algorithm is not supported.", advice="Use sha256 or sha512."
        )
    return given


def _status(upload: Upload, name: str, code: HTTPStatus) -> HttpResponse:
    answer = base.accepted(f"/v2/{name}/blobs/uploads/{upload.id}", code)
    answer["Range"] = f"0-{max(upload.offset - 1, 0)}"
    answer["Docker-Upload-UUID"] = str(upload.id)
    answer["OCI-Chunk-Min-Length"] = str(MIN_CHUNK)
    return answer


def _with_status(error: UploadOutOfOrder, upload: Upload, name: str) -> UploadOutOfOrder:
    error.headers |= dict(_status(upload, name, HTTPStatus.ACCEPTED).items())
    error.headers.pop("Content-Type", None)
    return error


def _created(name: str, digest: Digest) -> HttpResponse:
    answer = base.accepted(f"/v2/{name}/blobs/{digest}", HTTPStatus.CREATED)
    answer["Docker-Content-Digest"] = str(digest)
    return answer


uploads_of_repository = base.by_method(POST=start)
upload_session = base.by_method(GET=status, PATCH=append, PUT=finish, DELETE=cancel)
