"""GET, HEAD, DELETE /v2/{name}/blobs/{digest} (spec: end-2, end-10)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wire import Wire, code_of, digest_of

pytestmark = pytest.mark.django_db

APP = "acme-apps/app"
CONTENT = bytes(range(256)) * 8
LARGE = bytes(range(251)) * 4000


def url(content: bytes = CONTENT) -> str:
    return f"/v2/{APP}/blobs/{digest_of(content)}"


@pytest.fixture(autouse=True)
def _pushed(alice: Wire) -> None:
    alice.push_blob(APP, CONTENT)


def test_whole(alice: Wire) -> None:
    response = alice.get(url())
    assert response.status_code == 200
    assert response.content == CONTENT
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Docker-Content-Digest"] == digest_of(CONTENT)
    assert response.headers["ETag"] == f'"{digest_of(CONTENT)}"'
    assert response.headers["Accept-Ranges"] == "bytes"


def test_head_has_the_headers_and_no_body(alice: Wire) -> None:
    response = alice.head(url())
    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Docker-Content-Digest"] == digest_of(CONTENT)


def test_a_blob_of_many_blocks_is_streamed(alice: Wire) -> None:
    alice.push_blob(APP, LARGE)
    assert alice.get(url(LARGE)).content == LARGE
    part = alice.get(url(LARGE), headers={"Range": "bytes=1000-900000"})
    assert part.content == LARGE[1000:900001]


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=500-1499", 500, 1500),
        ("bytes=500-", 500, 2048),
        ("bytes=-500", 1548, 2048),
        ("bytes=-5000", 0, 2048),
        ("bytes=2000-5000", 2000, 2048),
    ],
)
def test_one_range(alice: Wire, span: str, start: int, end: int) -> None:
    response = alice.get(url(), headers={"Range": span})
    assert response.status_code == 206
    assert response.content == CONTENT[start:end]
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert response.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("span", ["bytes=2048-", "bytes=5000-10000", "bytes=-0", "bytes=500-0"])
def test_a_range_outside(alice: Wire, span: str) -> None:
    response = alice.get(url(), headers={"Range": span})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "span",
    ["bytes=0-1,5-9", "items=0-1", "bytes", "bytes=-", "bytes=a-b", "bytes=" + "9" * 40 + "-"],
)
def test_what_is_not_one_range_is_answered_by_the_whole(alice: Wire, span: str) -> None:
    response = alice.get(url(), headers={"Range": span})
    assert response.status_code == 200
    assert response.content == CONTENT


def test_a_range_of_another_version_is_answered_by_the_whole(alice: Wire) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"sha256:else"'}
    assert alice.get(url(), headers=headers).status_code == 200
    headers["If-Range"] = f'"{digest_of(CONTENT)}"'
    assert alice.get(url(), headers=headers).status_code == 206


@pytest.mark.parametrize("tag", [f'"{digest_of(CONTENT)}"', f'"a", W/"{digest_of(CONTENT)}"', "*"])
def test_what_the_client_has_already(alice: Wire, tag: str) -> None:
    response = alice.get(url(), headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == f'"{digest_of(CONTENT)}"'


def test_unknown(alice: Wire) -> None:
    response = alice.get(url(b"never pushed"))
    assert response.status_code == 404
    assert code_of(response) == "BLOB_UNKNOWN"


@pytest.mark.parametrize(
    "digest", ["sha256:abc", "sha256", "md5:" + "0" * 32, "sha256:" + "A" * 64]
)
def test_a_digest_that_is_none(alice: Wire, digest: str) -> None:
    response = alice.get(f"/v2/{APP}/blobs/{digest}")
    assert response.status_code == 400
    assert code_of(response) == "DIGEST_INVALID"


def test_a_blob_of_another_repository_is_unknown(alice: Wire) -> None:
    alice.push_blob("acme-apps/other", b"elsewhere")
    assert alice.get(url(b"elsewhere")).status_code == 404


def test_strangers_see_nothing(mallory: Wire, anonymous: Wire) -> None:
    refused = mallory.get(url())
    assert refused.status_code == 404
    assert code_of(refused) == "NAME_UNKNOWN"
    assert anonymous.get(url()).status_code == 401


def test_a_pull_asks_one_query_and_writes_nothing(bob: Wire) -> None:
    bob.get(url())
    with CaptureQueriesContext(connection) as queries:
        assert bob.get(url()).status_code == 200
    assert len(queries) == 1


def test_delete(alice: Wire) -> None:
    assert alice.delete(url()).status_code == 202
    assert alice.get(url()).status_code == 404
    again = alice.delete(url())
    assert again.status_code == 404
    assert code_of(again) == "BLOB_UNKNOWN"


def test_a_blob_that_a_manifest_names_stays(alice: Wire) -> None:
    digest = alice.push_image(APP, "v1", CONTENT)
    refused = alice.delete(url())
    assert refused.status_code == 409
    assert code_of(refused) == "DENIED"
    alice.delete(f"/v2/{APP}/manifests/{digest}")
    assert alice.delete(url()).status_code == 202


def test_deleting_takes_manage(bob: Wire, carol: Wire, mallory: Wire) -> None:
    assert bob.delete(url()).status_code == 403
    assert carol.delete(url()).status_code == 403
    assert mallory.delete(url()).status_code == 404
