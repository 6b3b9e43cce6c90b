"""POST /v2/{name}/blobs/uploads/?mount=…[&from=…] (spec: end-11): only what the caller may read."""

import pytest

from tests.wire import Wire, digest_of

pytestmark = pytest.mark.django_db

SECRET = b"what acme keeps to itself"
APP, OTHER = "acme-apps/app", "acme-apps/other"


def mount(wire: Wire, into: str, **parameters: str) -> int:
    response = wire.post(f"/v2/{into}/blobs/uploads/", params=parameters)
    if response.status_code == 201:
        assert response.headers["Location"].startswith(f"/v2/{into}/blobs/")
    return response.status_code


def pulled(wire: Wire, name: str) -> int:
    return wire.get(f"/v2/{name}/blobs/{digest_of(SECRET)}").status_code


@pytest.mark.parametrize("parameters", [{"from": APP}, {}])
def test_a_blob_of_ones_own_is_mounted(alice: Wire, parameters: dict[str, str]) -> None:
    alice.push_blob(APP, SECRET)
    assert mount(alice, OTHER, mount=digest_of(SECRET), **parameters) == 201
    assert pulled(alice, OTHER) == 200


@pytest.mark.parametrize(
    "parameters",
    [{"from": APP}, {}, {"from": "no-such/thing"}, {"from": "../x"}, {"from": ""}],
)
def test_knowing_a_digest_is_no_right_to_it(
    alice: Wire, mallory: Wire, parameters: dict[str, str]
) -> None:
    alice.push_blob(APP, SECRET)
    assert mount(mallory, "globex-apps/app", mount=digest_of(SECRET), **parameters) == 202
    assert pulled(mallory, "globex-apps/app") == 404


def test_an_unknown_blob_begins_an_upload(alice: Wire) -> None:
    alice.push_blob(APP, SECRET)
    assert mount(alice, OTHER, mount=digest_of(b"else"), **{"from": APP}) == 202


def test_a_digest_that_is_none(alice: Wire) -> None:
    assert mount(alice, OTHER, mount="sha256:short", **{"from": APP}) == 400


def test_a_reader_cannot_mount_into_what_he_reads(alice: Wire, bob: Wire) -> None:
    alice.push_blob(APP, SECRET)
    assert mount(bob, APP, mount=digest_of(SECRET), **{"from": APP}) == 403
