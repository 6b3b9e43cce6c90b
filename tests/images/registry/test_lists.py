"""Tags (spec: end-8), the catalog and referrers (spec: end-12): lists in pages, ordered by byte."""

import json
import re
from collections.abc import Iterable
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from images.repositories.models import Repository
from tests.wire import OCI_INDEX, OCI_MANIFEST, Wire, code_of, descriptor, digest_of

pytestmark = pytest.mark.django_db

APP = "acme-apps/app"
TAGS = f"/v2/{APP}/tags/list"
ORDERED = ["1.0", "10", "A", "Z", "_", "a", "latest", "v1", "v1-x", "v1.0", "v10"]


def next_of(response) -> str:
    found = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers["Link"])
    assert found
    return found[1]


def pages(wire: Wire, url: str, key: str) -> list[list]:
    found = []
    while url:
        response = wire.get(url)
        found.append(response.json()[key])
        url = next_of(response) if "Link" in response.headers else ""
    return found


@pytest.fixture
def _tagged(alice: Wire) -> None:
    for tag in reversed(ORDERED):
        alice.push_image(APP, tag, b"layer")


@pytest.mark.usefixtures("_tagged")
def test_tags_come_in_the_order_of_their_bytes(alice: Wire) -> None:
    assert alice.get(TAGS).json() == {"name": APP, "tags": ORDERED}


@pytest.mark.usefixtures("_tagged")
@pytest.mark.parametrize("size", [1, 3, 10, 11, 12])
def test_tags_in_pages(alice: Wire, size: int) -> None:
    found = pages(alice, f"{TAGS}?n={size}", "tags")
    assert [*chain(*found)] == ORDERED
    assert all(len(page) == size for page in found[:-1])


@pytest.mark.usefixtures("_tagged")
@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("n=0", []),
        ("n=2&last=v1", ["v1-x", "v1.0"]),
        ("last=v10", []),
        ("last=v1.0", ["v10"]),
        ("last=no-such", ORDERED[-4:]),
        ("last=~", []),
    ],
)
def test_tags_after_another(alice: Wire, query: str, tags: list[str]) -> None:
    assert alice.get(f"{TAGS}?{query}").json()["tags"] == tags


@pytest.mark.usefixtures("_tagged")
@pytest.mark.parametrize("query", ["n=0", "n=11", "n=1&last=v1.0", "last=a"])
def test_no_link_where_nothing_follows(alice: Wire, query: str) -> None:
    assert "Link" not in alice.get(f"{TAGS}?{query}").headers


@pytest.mark.parametrize("size", ["-1", "x", "1e9", "1.5", "", "٣", "9" * 30, "0x10"])
def test_a_page_size_that_is_none(alice: Wire, size: str) -> None:
    alice.push_image(APP, "v1", b"layer")
    for url in (TAGS, "/v2/_catalog"):
        response = alice.get(url, params={"n": size})
        assert response.status_code == 400
        assert code_of(response) == "UNSUPPORTED"


def test_a_huge_page_size_allocates_nothing(alice: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    assert alice.get(TAGS, params={"n": "9999999999"}).json()["tags"] == ["v1"]


def test_no_tags(alice: Wire) -> None:
    alice.push_blob(APP, b"blob")
    assert alice.get(TAGS).json() == {"name": APP, "tags": []}


def test_tags_of_what_is_not_there_or_not_seen(alice: Wire, mallory: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    for response in (alice.get("/v2/acme-apps/no/tags/list"), mallory.get(TAGS)):
        assert response.status_code == 404
        assert code_of(response) == "NAME_UNKNOWN"


def test_the_catalog_lists_what_the_caller_may_pull(
    alice: Wire, mallory: Wire, anonymous: Wire
) -> None:
    for name in ("acme-apps/b", "acme-apps/a/b", "acme-apps/a-b"):
        alice.push_image(name, "v1", b"layer")
    mallory.push_image("globex-apps/own", "v1", b"layer")
    Repository.objects.filter(path="acme-apps/b").update(is_public=True)
    everything = ["acme-apps/a-b", "acme-apps/a/b", "acme-apps/b"]
    assert [*chain(*pages(alice, "/v2/_catalog?n=2", "repositories"))] == everything
    assert mallory.get("/v2/_catalog").json()["repositories"] == ["acme-apps/b", "globex-apps/own"]
    assert anonymous.get("/v2/_catalog").status_code in {200, 401}


def signature(wire: Wire, subject: dict, kind: str, note: str) -> dict:
    """Push a manifest that refers to ``subject``; what the list of referrers says of it."""
    manifest = wire.image(
        APP, subject=subject, artifactType=kind, annotations={"org.example.note": note}
    )
    payload = json.dumps(manifest).encode()
    assert wire.push_manifest(APP, digest_of(payload), payload).status_code == 201
    return descriptor(OCI_MANIFEST, payload) | {
        "artifactType": kind,
        "annotations": {"org.example.note": note},
    }


def test_referrers_and_their_filter(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP, b"signed")).encode()
    subject = descriptor(OCI_MANIFEST, payload)
    signed = [signature(alice, subject, "a/sig", str(number)) for number in range(3)]
    bill = signature(alice, subject, "a/sbom", "bill")
    url = f"/v2/{APP}/referrers/{subject['digest']}"

    response = alice.get(url)
    assert response.headers["Content-Type"] == OCI_INDEX
    assert response.json()["schemaVersion"] == 2
    assert by_digest(response.json()["manifests"]) == by_digest([*signed, bill])
    assert "OCI-Filters-Applied" not in response.headers

    filtered = alice.get(url, params={"artifactType": "a/sbom"})
    assert filtered.json()["manifests"] == [bill]
    assert filtered.headers["OCI-Filters-Applied"] == "artifactType"
    assert by_digest(chain(*pages(alice, f"{url}?n=1&artifactType=a/sig", "manifests"))) == (
        by_digest(signed)
    )


def by_digest(descriptors: Iterable[dict]) -> list[dict]:
    return sorted(descriptors, key=lambda descriptor: descriptor["digest"])


def test_the_type_of_a_referrer_without_one_is_its_configs(alice: Wire) -> None:
    subject = descriptor(OCI_MANIFEST, b"{}")
    alice.push_image(APP, "old-style", subject=subject)
    (found,) = alice.get(f"/v2/{APP}/referrers/{subject['digest']}").json()["manifests"]
    assert found["artifactType"] == "application/vnd.oci.image.config.v1+json"


def test_no_referrers_is_an_empty_index(alice: Wire) -> None:
    alice.push_blob(APP, b"blob")
    response = alice.get(f"/v2/{APP}/referrers/{digest_of(b'unknown')}")
    assert response.status_code == 200
    assert response.json()["manifests"] == []
    early = alice.get(f"/v2/acme-apps/not-yet/referrers/{digest_of(b'unknown')}")
    assert early.status_code == 200
    assert early.json()["manifests"] == []
    bad = alice.get(f"/v2/{APP}/referrers/sha256:bad")
    assert bad.status_code == 400
    assert code_of(bad) == "DIGEST_INVALID"


def test_strangers_hear_nothing_of_referrers(alice: Wire, mallory: Wire) -> None:
    alice.push_blob(APP, b"blob")
    for name in (APP, "acme-apps/not-yet"):
        response = mallory.get(f"/v2/{name}/referrers/{digest_of(b'unknown')}")
        assert response.status_code == 404


def test_a_deleted_referrer_is_gone_and_its_subject_stays(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP, b"signed")).encode()
    alice.push_manifest(APP, "v1", payload)
    subject = descriptor(OCI_MANIFEST, payload)
    signed = signature(alice, subject, "a/sig", "x")
    assert alice.delete(f"/v2/{APP}/manifests/{signed['digest']}").status_code == 202
    assert alice.get(f"/v2/{APP}/referrers/{subject['digest']}").json()["manifests"] == []
    assert alice.get(f"/v2/{APP}/manifests/v1").status_code == 200


def test_a_list_asks_one_query(alice: Wire, bob: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    bob.get(TAGS)
    with CaptureQueriesContext(connection) as queries:
        assert bob.get(TAGS).json()["tags"] == ["v1"]
    assert len(queries) == 1


def test_a_page_of_referrers_holds_what_clients_can_take(alice: Wire) -> None:
    subject = descriptor(OCI_MANIFEST, b"{}")
    large = "x" * 1_500_000
    for kind in ("a/one", "a/two", "a/three"):
        signature(alice, subject, kind, large)
    found = pages(alice, f"/v2/{APP}/referrers/{subject['digest']}", "manifests")
    assert [len(page) for page in found] == [2, 1]


def test_a_list_of_what_was_deleted_since_the_token(alice: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    assert alice.get(TAGS).status_code == 200
    again = Wire("acme/alice")
    assert again.get(TAGS).status_code == 200
    Repository.objects.filter(path=APP).delete()
    for url in (TAGS, f"/v2/{APP}/referrers/{digest_of(b'x')}"):
        assert again.get(url).status_code == 404
