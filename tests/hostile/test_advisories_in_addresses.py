"""Table 4.1 in process: page sizes, parameters and other ways to write an address (10, 30, 41)."""

import pytest

from tests.hostile.verdicts import refused, silent
from tests.wire import Wire, digest_of

WEB = "acme-apps/web"


@pytest.mark.parametrize(
    "size",
    [
        "-1",
        "",
        "1e9",
        "abc",
        "0x10",
        " 1",
        "1 ",
        "+1",
        "1.0",
        "9" * 20,
        "9" * 5000,
        "%00",
        "\u0661",
    ],
)
@pytest.mark.parametrize("path", ["_catalog", f"{WEB}/tags/list"])
def test_10_a_page_size_that_is_none(alice: Wire, path: str, size: str) -> None:
    alice.push_image(WEB, "1", b"layer")
    refused(alice.get(f"/v2/{path}", params={"n": size}), 400)


@pytest.mark.parametrize("size", ["0", "1", "9999999999", "1000000000", "9223372036854775807"])
def test_10_a_page_size_allocates_nothing(alice: Wire, size: str) -> None:
    alice.push_image(WEB, "1", b"layer")
    assert alice.get(f"/v2/{WEB}/tags/list", params={"n": size}).status_code == 200
    assert alice.get("/v2/_catalog", params={"n": size}).status_code == 200


@pytest.mark.parametrize(
    "last", ["\0", "\ud7ff", "'; select pg_sleep(9)--", "%", "_", "\\", "a" * 5000, "\U0010ffff"]
)
@pytest.mark.parametrize(
    "path", ["_catalog", f"{WEB}/tags/list", f"{WEB}/referrers/{digest_of(b'')}"]
)
def test_30_where_a_page_begins_is_only_compared(alice: Wire, path: str, last: str) -> None:
    alice.push_image(WEB, "1", b"layer")
    answer = alice.get(f"/v2/{path}", params={"last": last, "artifactType": last})
    if answer.status_code != 200:
        refused(answer, 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("GET", f"{WEB}/tags/list"), ("GET", "_catalog"), ("PUT", f"{WEB}/manifests/1")],
        *[("POST", f"{WEB}/blobs/uploads/"), ("GET", f"{WEB}/referrers/{digest_of(b'')}")],
    ],
)
def test_10_thousands_of_parameters(alice: Wire, method: str, path: str) -> None:
    alice.push_blob(WEB, b"x")
    answer = alice.request(method, f"/v2/{path}?{'x=1&' * 1100}")
    silent(answer)
    if answer.status_code >= 400:
        refused(answer)


VARIANTS = ["/", "//", ";x", ".json", "%20", "%00", "/.", "/..", "%2f", "/x"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "LINK"])
@pytest.mark.parametrize("path", ["_catalog", f"{WEB}/tags/list", f"{WEB}/manifests/1"])
def test_41_no_other_way_to_write_an_address_opens_it(alice: Wire, path: str, method: str) -> None:
    alice.push_image(WEB, "1", b"layer")
    for variant in VARIANTS:
        for whole in (f"/v2/{path}{variant}", f"/V2/{path}", f"/v2/{path.upper()}"):
            answer = Wire().request(method, whole, auth=None)
            assert answer.status_code in {400, 401, 404, 405}, whole
            silent(answer)
