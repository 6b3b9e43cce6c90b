"""POST, PATCH, PUT, GET, DELETE /v2/{name}/blobs/uploads/ (spec: end-4, 5, 6, 11, 13, 14)."""

import httpx
import pytest

from images.blobs.models import Blob
from images.uploads.models import Upload
from tests.wire import Wire, chunks, code_of, digest_of

pytestmark = pytest.mark.django_db

APP = "acme-apps/app"
CONTENT = b"0123456789" * 100


def has(wire: Wire, content: bytes, algorithm: str = "sha256") -> bool:
    return wire.get(f"/v2/{APP}/blobs/{digest_of(content, algorithm)}").content == content


def test_one_post_with_the_digest_is_a_whole_push(alice: Wire) -> None:
    response = alice.post(
        f"/v2/{APP}/blobs/uploads/", params={"digest": digest_of(CONTENT)}, content=CONTENT
    )
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v2/{APP}/blobs/{digest_of(CONTENT)}"
    assert response.headers["Docker-Content-Digest"] == digest_of(CONTENT)
    assert has(alice, CONTENT)
    assert not Upload.objects.exists()


def test_post_then_put(alice: Wire) -> None:
    location = alice.start(APP)
    response = alice.put(location, params={"digest": digest_of(CONTENT)}, content=CONTENT)
    assert response.status_code == 201
    assert has(alice, CONTENT)


def test_the_engine_streams_one_patch_without_a_range(alice: Wire) -> None:
    location = alice.start(APP)
    patched = alice.patch(location, content=chunks(CONTENT[:300], CONTENT[300:]))
    assert patched.status_code == 202
    assert patched.headers["Range"] == f"0-{len(CONTENT) - 1}"
    done = alice.put(patched.headers["Location"], params={"digest": digest_of(CONTENT)})
    assert done.status_code == 201
    assert has(alice, CONTENT)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("last_in_put", [False, True])
def test_chunks_with_ranges(alice: Wire, algorithm: str, last_in_put: bool) -> None:
    location, offset = alice.start(APP, **{"digest-algorithm": algorithm}), 0
    parts = [CONTENT[:400], CONTENT[400:700], CONTENT[700:]]
    last = parts.pop() if last_in_put else b""
    for part in parts:
        response = send(alice, location, part, offset)
        offset += len(part)
        assert response.status_code == 202
        assert response.headers["Range"] == f"0-{offset - 1}"
        location = response.headers["Location"]
    headers = {"Content-Range": f"{offset}-{offset + len(last) - 1}"} if last else {}
    digest = digest_of(CONTENT, algorithm)
    done = alice.put(location, params={"digest": digest}, content=last, headers=headers)
    assert done.status_code == 201
    assert has(alice, CONTENT, algorithm)


def send(wire: Wire, location: str, part: bytes, offset: int) -> httpx.Response:
    span = f"{offset}-{offset + len(part) - 1}"
    return wire.patch(location, content=part, headers={"Content-Range": span})


def test_the_status_says_where_to_go_on(alice: Wire) -> None:
    location = alice.start(APP)
    assert alice.get(location).headers["Range"] == "0-0"
    send(alice, location, CONTENT[:100], 0)
    status = alice.get(location)
    assert status.status_code == 204
    assert status.headers["Range"] == "0-99"
    assert status.headers["Location"] == location
    assert int(status.headers["OCI-Chunk-Min-Length"]) > 0


def test_a_chunk_out_of_order_is_refused_and_loses_nothing(alice: Wire) -> None:
    location = alice.start(APP)
    send(alice, location, CONTENT[:100], 0)
    for offset in (0, 50, 101, 500):
        refused = send(alice, location, CONTENT[offset : offset + 100], offset)
        assert refused.status_code == 416
        assert refused.headers["Range"] == "0-99"
        assert refused.headers["Location"] == location
    assert send(alice, location, CONTENT[100:], 100).status_code == 202
    assert alice.put(location, params={"digest": digest_of(CONTENT)}).status_code == 201
    assert has(alice, CONTENT)


def test_the_closing_put_out_of_order_is_refused_too(alice: Wire) -> None:
    location = alice.start(APP)
    send(alice, location, CONTENT[:100], 0)
    headers = {"Content-Range": f"200-{len(CONTENT) - 1}"}
    refused = alice.put(
        location, params={"digest": digest_of(CONTENT)}, content=CONTENT[200:], headers=headers
    )
    assert refused.status_code == 416
    assert alice.get(location).headers["Range"] == "0-99"


def test_a_wrong_digest_leaves_the_upload_as_it_was(alice: Wire) -> None:
    location = alice.start(APP)
    send(alice, location, CONTENT[:500], 0)
    wrong = alice.put(location, params={"digest": digest_of(b"else")}, content=CONTENT[500:])
    assert wrong.status_code == 400
    assert code_of(wrong) == "DIGEST_INVALID"
    assert alice.get(location).headers["Range"] == "0-499"
    right = alice.put(location, params={"digest": digest_of(CONTENT)}, content=CONTENT[500:])
    assert right.status_code == 201
    assert has(alice, CONTENT)


@pytest.mark.parametrize("digest", [digest_of(b"else"), digest_of(b"else", "sha512")])
def test_a_whole_push_that_fails_leaves_nothing(alice: Wire, digest: str) -> None:
    response = alice.post(f"/v2/{APP}/blobs/uploads/", params={"digest": digest}, content=CONTENT)
    assert response.status_code == 400
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "DIGEST_INVALID"),
        ("digest=", "DIGEST_INVALID"),
        ("digest=sha256:abc", "DIGEST_INVALID"),
        ("digest=md5:d41d8cd98f00b204e9800998ecf8427e", "DIGEST_INVALID"),
        (f"digest={digest_of(CONTENT).upper()}", "DIGEST_INVALID"),
        (f"digest={digest_of(CONTENT)}&digest={digest_of(CONTENT)}", "DIGEST_INVALID"),
        (f"digest={digest_of(CONTENT)}%0A", "DIGEST_INVALID"),
        ("digest=sha256:../../etc/passwd", "DIGEST_INVALID"),
    ],
)
def test_a_digest_that_is_none(alice: Wire, query: str, code: str) -> None:
    location = alice.start(APP)
    response = alice.put(f"{location}?{query}", content=CONTENT)
    assert response.status_code == 400
    assert code_of(response) == code


@pytest.mark.parametrize(
    "span",
    ["5-3", "0-", "0-9223372036854775807", "-5", "a-b", "0x1-2", "0-9, 10-19", "9" * 30 + "-1"],
)
def test_a_content_range_that_is_none(alice: Wire, span: str) -> None:
    location = alice.start(APP)
    response = alice.patch(location, content=b"0123456789", headers={"Content-Range": span})
    assert response.status_code == 400
    assert code_of(response) == "BLOB_UPLOAD_INVALID"
    assert alice.get(location).headers["Range"] == "0-0"


def test_a_range_and_a_length_that_disagree(alice: Wire) -> None:
    location = alice.start(APP)
    response = alice.patch(location, content=b"0123456789", headers={"Content-Range": "0-99"})
    assert response.status_code == 400
    assert code_of(response) == "SIZE_INVALID"


def test_cancel(alice: Wire) -> None:
    location = alice.start(APP)
    send(alice, location, CONTENT, 0)
    assert alice.delete(location).status_code == 204
    for response in (
        alice.get(location),
        alice.delete(location),
        send(alice, location, CONTENT, 0),
        alice.put(location, params={"digest": digest_of(CONTENT)}),
    ):
        assert response.status_code == 404
        assert code_of(response) == "BLOB_UPLOAD_UNKNOWN"


def test_a_finished_upload_is_over(alice: Wire) -> None:
    location = alice.start(APP)
    done = alice.put(location, params={"digest": digest_of(CONTENT)}, content=CONTENT)
    assert done.status_code == 201
    again = alice.put(location, params={"digest": digest_of(CONTENT)}, content=CONTENT)
    assert again.status_code == 404
    assert has(alice, CONTENT)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_blob_of_no_bytes(alice: Wire, algorithm: str) -> None:
    location = alice.start(APP)
    done = alice.put(location, params={"digest": digest_of(b"", algorithm)})
    assert done.status_code == 201
    pulled = alice.get(f"/v2/{APP}/blobs/{digest_of(b'', algorithm)}")
    assert pulled.status_code == 200
    assert pulled.content == b""
    assert pulled.headers["Content-Length"] == "0"


def test_two_uploads_of_one_digest_keep_one_copy(alice: Wire) -> None:
    alice.push_blob(APP, CONTENT)
    key = Blob.objects.get(digest=digest_of(CONTENT)).storage_key
    alice.push_blob(APP, CONTENT)
    alice.push_blob("acme-apps/other", CONTENT)
    assert Blob.objects.get(digest=digest_of(CONTENT)).storage_key == key
    assert has(alice, CONTENT)


def test_nobody_else_may_touch_an_upload(alice: Wire, carol: Wire, mallory: Wire) -> None:
    location = alice.start(APP)
    send(alice, location, CONTENT, 0)
    for other in (carol, mallory):
        for response in (
            other.get(location),
            other.patch(location, content=b"x"),
            other.put(location, params={"digest": digest_of(CONTENT)}),
            other.delete(location),
        ):
            assert response.status_code in {403, 404}
    assert alice.get(location).headers["Range"] == f"0-{len(CONTENT) - 1}"


def test_an_upload_belongs_to_one_repository(alice: Wire) -> None:
    location = alice.start(APP)
    alice.start("acme-apps/other")
    elsewhere = location.replace(APP, "acme-apps/other")
    response = alice.put(elsewhere, params={"digest": digest_of(CONTENT)}, content=CONTENT)
    assert response.status_code == 404
    assert code_of(response) == "BLOB_UPLOAD_UNKNOWN"


@pytest.mark.parametrize("upload_id", ["x", "..", "0" * 32, "%2e%2e", "a" * 500, "%00"])
def test_an_upload_that_never_was(alice: Wire, upload_id: str) -> None:
    alice.start(APP)
    response = alice.get(f"/v2/{APP}/blobs/uploads/{upload_id}")
    assert response.status_code in {400, 404}
    code_of(response)


def test_an_unknown_algorithm_is_refused_at_once(alice: Wire) -> None:
    response = alice.post(f"/v2/{APP}/blobs/uploads/", params={"digest-algorithm": "md5"})
    assert response.status_code == 400
    assert code_of(response) == "BLOB_UPLOAD_INVALID"
