"""/v2/{name}/referrers/{digest} (spec: end-12)."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from images.oci import digests
from images.oci.manifests import LIMIT
from images.oci.media_types import OCI_INDEX
from images.pulls import services as pulls
from images.pulls.services import Referrer
from images.registry import base, bearer
from images.registry.tags import last_of, link_to_next, page_size
from swr.errors import RepositoryNotFound

PAGE = 500


def show(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    """An index of the manifests that name ``digest``, empty where there is none; in pages.

    A repository that is not there yet has none either (spec: no 404 where the API exists).
    """
    subject = str(digests.parse(digest))
    repository_id = bearer.puller_of_any(request.META, name)
    artifact_type = request.GET.get("artifactType", "").replace("\0", "")
    limit = min(page_size(request) or PAGE, PAGE)
    shown: list[Referrer] = []
    more = False
    if repository_id is not None:
        shown, more = pulls.referrers(
            repository_id,
            subject,
            artifact_type=artifact_type,
            last=last_of(request),
            limit=limit,
            room=LIMIT,
        )
        if not shown and not pulls.exists(repository_id):
            raise RepositoryNotFound
    answer = HttpResponse(_index(shown), content_type=OCI_INDEX)
    if artifact_type:
        answer["OCI-Filters-Applied"] = "artifactType"
    if more:
        kept = {"artifactType": artifact_type} if artifact_type else {}
        answer["Link"] = link_to_next(
            f"/v2/{name}/referrers/{subject}", n=limit, last=shown[-1].digest, **kept
        )
    return answer


def _index(found: Iterable[Referrer]) -> str:
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_INDEX,
            "manifests": [_descriptor(referrer) for referrer in found],
        }
    )


def _descriptor(referrer: Referrer) -> dict[str, Any]:
    descriptor: dict[str, Any] = {
        "mediaType": referrer.media_type,
        "digest": referrer.digest,
        "size": referrer.size,
    }
    if referrer.artifact_type:
        descriptor["artifactType"] = referrer.artifact_type
    if referrer.annotations:
        descriptor["annotations"] = referrer.annotations
    return descriptor


referrers = base.by_method(GET=show, HEAD=show)
