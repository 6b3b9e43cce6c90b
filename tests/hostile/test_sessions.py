"""Table 4.4 in process: every way to hold an upload session wrongly (U1, U3, U4, U6, U7, U9)."""

import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from accounts.identity import services as identity
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.access import services as access
from images.blobs.models import Blob
from images.repositories.models import Repository
from images.uploads.models import Upload
from organizations import services as organizations
from tests.cast import OPERATOR
from tests.hostile.verdicts import refused
from tests.wire import Wire, chunks, digest_of

WEB = "acme-apps/web"
TEN = b"0123456789"
SHA = digest_of(TEN)
NOTHING = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def offset(wire: Wire, location: str) -> int:
    """How many bytes the status says there are; it cannot tell one from none."""
    answer = wire.get(location)
    assert answer.status_code == 204, answer.text
    return int(answer.headers["Range"].removeprefix("0-")) + 1


# --- U1: Content-Range -------------------------------------------------------------------------


@pytest.mark.parametrize("span", ["0-9", "bytes 0-9/*", "0-9/10", "bytes 0-9/10"])
def test_u1_the_ways_to_write_a_range_that_clients_use(alice: Wire, span: str) -> None:
    where = alice.start(WEB)
    assert alice.patch(where, content=TEN, headers={"Content-Range": span}).status_code == 202
    assert offset(alice, where) == 10


@pytest.mark.parametrize("body", ["whole", "chunked"])
@pytest.mark.parametrize(
    "span",
    [
        *["0-", "-9", "-", "5-3", "9-0", "-1-8", "0--9", "0-9-", "0-9,10-19", "0-9, 10-19"],
        *["bytes=0-9", "bytes 0-9/", "bytes */10", "octets 0-9", "0x0-0x9", "0.0-9.0", "1e0-9"],
        *["0 - 9", "0-9\t/10", "0-9;q=1", "a-b", "0-9/ten"],
        *["0-18446744073709551615", f"0-{'9' * 5000}", f"{'0' * 5000}-9", f"{2**63}-{2**63 + 9}"],
        *["10-19", "5-14", "1-10"],  # a gap where nothing is yet
    ],
)
def test_u1_a_range_that_is_none_is_refused(alice: Wire, span: str, body: str) -> None:
    where = alice.start(WEB)
    content = TEN if body == "whole" else chunks(TEN)
    answer = alice.patch(where, content=content, headers={"Content-Range": span})
    refused(answer, 400, 416)
    assert Upload.objects.get().offset == 0


@pytest.mark.parametrize(
    ("span", "content"),
    [("0-9", TEN), ("5-14", TEN), ("9-18", TEN), ("11-20", TEN), ("0-19", TEN * 2), ("0-0", b"0")],
)
def test_u1_overlap_gap_and_replay(alice: Wire, span: str, content: bytes) -> None:
    where = alice.start(WEB)
    alice.patch(where, content=TEN, headers={"Content-Range": "0-9"})
    for method in ("PATCH", "PUT"):
        parameters = {"digest": SHA} if method == "PUT" else {}
        answer = alice.request(
            method, where, params=parameters, content=content, headers={"Content-Range": span}
        )
        refused(answer, 416)
        assert answer.headers["Range"] == "0-9"
        assert offset(alice, where) == 10
    assert alice.put(where, params={"digest": SHA}).status_code == 201


def test_u1_no_range_is_the_next_chunk(alice: Wire) -> None:
    where = alice.start(WEB)
    alice.patch(where, content=TEN)
    alice.patch(where, content=chunks(TEN))
    assert offset(alice, where) == 20


@pytest.mark.parametrize("span", ["0-8", "0-10", "0-0"])
def test_u1_a_range_of_another_length_than_the_body(alice: Wire, span: str) -> None:
    where = alice.start(WEB)
    refused(alice.patch(where, content=TEN, headers={"Content-Range": span}), 400)
    assert Upload.objects.get().offset == 0


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_u1_a_chunked_body_longer_than_its_range(alice: Wire, method: str) -> None:
    where = alice.start(WEB)
    parameters = {"digest": SHA} if method == "PUT" else {}
    answer = alice.request(
        method,
        where,
        params=parameters,
        content=chunks(TEN, TEN),
        headers={"Content-Range": "0-9"},
    )
    refused(answer, 400, 416)
    assert not Blob.objects.exists()


# --- U3: the closing PUT -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "digest=",
        f"digest={SHA}&digest={SHA}",
        f"digest={SHA}&digest={NOTHING}",
        f"digest={NOTHING}",
        f"digest={SHA.upper()}",
        f"digest=sha256:{SHA[7:].upper()}",
        f"digest={SHA[7:]}",
        f"digest={SHA[:-1]}",
        f"digest={SHA}0",
        f"digest={SHA}%0a",
        f"digest={SHA}%00",
        f"digest=%20{SHA}",
        "digest=md5:781e5e245d69b566979b86e28d23f2c7",
        "digest=sha1:87acec17cd9dcd20a716cc2cf67417b71c8a7016",
        f"digest=sha512:{SHA[7:]}",
        f"digest=sha256:{'0' * 128}",
        "digest=sha256:../../../../etc/passwd",
        "digest=sha256:baddigeststring",
        f"digest=sha256%2b{SHA}",
        f"digest={'a' * 9000}",
        f"digest[]={SHA}",
        f"Digest={SHA}",
    ],
)
def test_u3_a_digest_that_is_none_commits_nothing(alice: Wire, query: str) -> None:
    where = alice.start(WEB)
    alice.patch(where, content=TEN)
    code = refused(alice.put(f"{where}?{query}"), 400)
    assert code == "DIGEST_INVALID"
    assert not Blob.objects.exists()
    assert offset(alice, where) == 10
    assert alice.put(where, params={"digest": SHA}).status_code == 201


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("parts", [[], [TEN], [TEN, TEN]])
def test_u3_no_patch_a_body_after_one_and_the_other_algorithm(
    alice: Wire, algorithm: str, parts: list[bytes]
) -> None:
    where, whole = alice.start(WEB), b"".join(parts)
    for part in parts[:-1]:
        alice.patch(where, content=part)
    digest = digest_of(whole, algorithm)
    answer = alice.put(where, params={"digest": digest}, content=whole[-10:])
    assert answer.status_code == 201, answer.text
    assert alice.get(f"/v2/{WEB}/blobs/{digest}").content == whole


# --- U4: the session's name --------------------------------------------------------------------

MOVES = [("GET", ""), ("PATCH", ""), ("PUT", f"?digest={SHA}"), ("DELETE", "")]


def refuse_all(wire: Wire, where: str, *statuses: int) -> None:
    for method, query in MOVES:
        content = None if method in {"GET", "DELETE"} else TEN
        refused(wire.request(method, where + query, content=content), *statuses)


@pytest.mark.parametrize(
    "name",
    [
        *["x", "0", "-1", "null", "%00", "%0a", "..", "%2e%2e", "..%2f..", "*", "%", "'", "1;2"],
        *[str(uuid.UUID(int=0)), "0" * 31, f"{uuid.UUID(int=1)}0", "a" * 5000],
        *[quote("' OR 1=1 --"), quote("../../blobs/2026/11/x")],
    ],
)
def test_u4_a_session_that_never_was(alice: Wire, name: str) -> None:
    alice.push_blob(WEB, b"so that there is a repository")
    refuse_all(alice, f"/v2/{WEB}/blobs/uploads/{name}", 404, 400)


def test_u4_somebody_elses_session(alice: Wire, bob: Wire, carol: Wire, mallory: Wire) -> None:
    where = alice.start(WEB)
    mallory.push_blob("globex-apps/mine", TEN)
    refuse_all(carol, where, 404)
    refuse_all(bob, where, 403, 404)
    refuse_all(mallory, where, 403, 404)
    moved = where.replace(WEB, "globex-apps/mine")
    refuse_all(mallory, moved, 404)
    assert Upload.objects.get(pk=where.rpartition("/")[2]).offset == 0


def test_u4_a_session_moved_to_another_repository(alice: Wire) -> None:
    where = alice.start(WEB)
    alice.push_blob("acme-apps/other", b"x")
    refuse_all(alice, where.replace(WEB, "acme-apps/other"), 404)
    assert alice.put(where, params={"digest": SHA}, content=TEN).status_code == 201
    assert alice.head(f"/v2/acme-apps/other/blobs/{SHA}").status_code == 404


@pytest.mark.parametrize("end", ["finished", "cancelled", "expired"])
def test_u4_a_session_that_is_over(alice: Wire, end: str) -> None:
    where = alice.start(WEB)
    if end == "finished":
        alice.put(where, params={"digest": digest_of(b"x")}, content=b"x")
    elif end == "cancelled":
        alice.delete(where)
    else:
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refuse_all(alice, where, 404)
    assert not Blob.objects.filter(digest=SHA).exists()


def test_u4_a_forged_state_in_the_address_says_nothing(alice: Wire) -> None:
    where = alice.start(WEB)
    alice.patch(where, content=TEN)
    forged = f"{where}?_state=eyJPZmZzZXQiOjB9&offset=0&state=%00"
    assert alice.patch(forged, content=TEN).status_code == 202
    assert offset(alice, where) == 20


# --- U6, U7, U9: many, too much, and no more ---------------------------------------------------


def test_u6_chunks_of_one_byte(alice: Wire) -> None:
    where, whole = alice.start(WEB), bytes(range(200))
    for number, byte in enumerate(whole):
        span = {"Content-Range": f"{number}-{number}"}
        assert alice.patch(where, content=bytes([byte]), headers=span).status_code == 202
    assert alice.put(where, params={"digest": digest_of(whole)}).status_code == 201
    assert alice.get(f"/v2/{WEB}/blobs/{digest_of(whole)}").content == whole


@pytest.mark.parametrize("body", ["whole", "chunked", "in pieces", "in the closing PUT"])
def test_u7_one_byte_more_than_a_blob_may_have(alice: Wire, settings, body: str) -> None:
    settings.MAX_BLOB_SIZE = 19
    where = alice.start(WEB)
    if body == "in pieces":
        alice.patch(where, content=TEN)
        refused(alice.patch(where, content=TEN), 413)
    elif body == "in the closing PUT":
        refused(alice.put(where, params={"digest": digest_of(TEN * 2)}, content=TEN * 2), 413)
    else:
        refused(alice.patch(where, content=TEN * 2 if body == "whole" else chunks(TEN, TEN)), 413)
    assert not Blob.objects.exists()
    kept = Upload.objects.get().offset
    assert alice.patch(where, content=b"x" * (19 - kept)).status_code == 202


@pytest.mark.parametrize(("limit", "fits"), [(20, True), (19, False)])
def test_u7_the_quota_at_the_last_byte(alice: Wire, cast, limit: int, fits: bool) -> None:
    alice.push_blob(WEB, TEN)
    where = alice.start(WEB)
    alice.patch(where, content=b"abcdefghi")
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.STORAGE, limit)
    answer = alice.put(where, params={"digest": digest_of(b"abcdefghij")}, content=b"j")
    if fits:
        assert answer.status_code == 201
    else:
        assert refused(answer, 403) == "DENIED"
        assert Blob.objects.count() == 1
        assert not Upload.objects.exists()


@pytest.mark.parametrize("end", ["repository", "grant", "user", "account"])
def test_u9_what_ends_while_an_upload_is_open(carol: Wire, cast, end: str) -> None:
    where = carol.start(WEB)
    carol.patch(where, content=TEN)
    repository = Repository.objects.get(path=WEB)
    owner = cast.actor("acme")
    if end == "repository":
        access.delete_repository(owner, repository)
    elif end == "grant":
        access.revoke(owner, repository, cast.users["carol"])
        organizations.revoke(owner, cast.organization, cast.users["carol"])
    elif end == "user":
        identity.set_user_enabled(owner, cast.users["carol"], enabled=False)
    else:
        identity.set_account_enabled(OPERATOR, cast.accounts["acme"], enabled=False)
    for method, query in MOVES[1:]:
        content = TEN if method != "DELETE" else None
        refused(carol.request(method, where + query, content=content), 401, 403, 404)
    assert not Blob.objects.exists()
