"""What a pull is answered (spec: end-2, end-3): GET and HEAD of manifests and blobs.

From a WSGI environment to plain values: no request object, no model, one query (design D11).  The
handler calls these before Django does anything; the views call the same.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_etags

from images.blobs import services as blobs
from images.oci import digests, references
from images.pulls import services as pulls
from images.pulls.services import FoundBlob
from images.registry import bearer, ranges
from images.registry.answers import Answer
from swr.errors import BlobNotFound, InvalidTag, ManifestNotFound, RangeNotSatisfiable

Environ = Mapping[str, Any]  # of WSGI (PEP 3333)

ROUTE = re.compile(r"/v2/(.+)/(manifests|blobs)/([^/]+)", re.DOTALL)
AT_ONCE = 256 * 1024  # bytes of a blob that are sent in one piece


def manifest(environ: Environ, name: str, reference: str) -> Answer:
    """What is stored, byte for byte, whatever Accept asks for."""
    by_digest = is_digest(reference)
    repository_id = bearer.puller(environ, name)
    with_payload = environ["REQUEST_METHOD"] == "GET"
    found = pulls.manifest(repository_id, reference, by_digest=by_digest, with_payload=with_payload)
    if found is None:
        raise ManifestNotFound
    headers = {"Docker-Content-Digest": found.digest, "ETag": f'"{found.digest}"'}
    if _unchanged(environ, headers["ETag"]):
        return Answer(304, headers)
    headers["Content-Type"] = found.media_type
    headers["Content-Length"] = str(found.size)
    return Answer(200, headers, found.payload)


def blob(environ: Environ, name: str, digest: str) -> Answer:
    """Whole, or one range; a blob never changes, so its digest is its ETag."""
    wanted = str(digests.parse(digest))
    repository_id = bearer.puller(environ, name, before_push=environ["REQUEST_METHOD"] == "HEAD")
    found = pulls.blob(repository_id, wanted)
    if found is None:
        raise BlobNotFound
    headers = {
        "Docker-Content-Digest": wanted,
        "ETag": f'"{wanted}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if _unchanged(environ, headers["ETag"]):
        return Answer(304, headers)
    return _content(environ, found, headers)


def _content(environ: Environ, found: FoundBlob, headers: dict[str, str]) -> Answer:
    span = _span(environ, found.size, headers["ETag"])
    start, length = (span.start, len(span)) if span else (0, found.size)
    headers["Content-Type"] = "application/octet-stream"
    headers["Content-Length"] = str(length)
    if span:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.size}"
    answer = Answer(206 if span else 200, headers)
    if environ["REQUEST_METHOD"] == "GET":
        blocks = blobs.read_blob(found.storage_key, start, length)
        answer.body = b"".join(blocks) if length <= AT_ONCE else blocks
    return answer


def _span(environ: Environ, size: int, etag: str) -> range | None:
    asked = environ.get("HTTP_RANGE")
    if not asked or environ.get("HTTP_IF_RANGE", etag) != etag:
        return None
    try:
        return ranges.parse(asked, size)
    except RangeNotSatisfiable as error:
        error.headers["Content-Range"] = f"bytes */{size}"
        raise


def _unchanged(environ: Environ, etag: str) -> bool:
    given = environ.get("HTTP_IF_NONE_MATCH")
    if not given:
        return False
    return given.strip() == "*" or etag in (tag.removeprefix("W/") for tag in parse_etags(given))


def is_digest(reference: str) -> bool:
    """Whether the reference is a digest.  What no tag can be called, no tag is called."""
    if references.is_digest(reference):
        digests.parse(reference)
        return True
    try:
        references.check_tag(reference)
    except InvalidTag:
        raise ManifestNotFound from None
    return False


NOUNS = {"manifests": manifest, "blobs": blob}
