"""GET, HEAD, PUT, DELETE /v2/{name}/manifests/{reference} (spec: end-3, end-7, end-9)."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from images.artifacts.models import TagMove
from images.repositories.models import Repository
from tests.wire import OCI_INDEX, OCI_MANIFEST, Wire, code_of, descriptor, digest_of

pytestmark = pytest.mark.django_db

APP = "acme-apps/app"


def url(reference: str, name: str = APP) -> str:
    return f"/v2/{name}/manifests/{reference}"


def test_bytes_are_kept_exactly(alice: Wire) -> None:
    manifest = alice.image(APP, b"layer")
    payload = (
        b"\n " + json.dumps(manifest | {"com.example.own": [1, 2]}, indent=7).encode() + b" \n"
    )
    pushed = alice.push_manifest(APP, "v1", payload, OCI_MANIFEST)
    assert pushed.status_code == 201
    assert pushed.headers["Docker-Content-Digest"] == digest_of(payload)
    assert pushed.headers["Location"] == url(digest_of(payload))
    for reference in ("v1", digest_of(payload)):
        pulled = alice.get(url(reference))
        assert pulled.content == payload
        assert pulled.headers["Content-Type"] == OCI_MANIFEST
        assert pulled.headers["Docker-Content-Digest"] == digest_of(payload)
        head = alice.head(url(reference))
        assert head.headers["Content-Length"] == str(len(payload))
        assert head.headers["Content-Type"] == OCI_MANIFEST
        assert head.content == b""


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "text/json;q=0.1", "a/b, " * 200])
def test_accept_never_converts(alice: Wire, accept: str) -> None:
    alice.push_image(APP, "v1", b"layer")
    pulled = alice.get(url("v1"), headers={"Accept": accept})
    assert pulled.status_code == 200
    assert pulled.headers["Content-Type"] == OCI_MANIFEST


def test_by_a_digest_of_the_other_algorithm(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP)).encode()
    digest = digest_of(payload, "sha512")
    assert alice.push_manifest(APP, digest, payload).headers["Docker-Content-Digest"] == digest
    assert alice.get(url(digest)).content == payload


def test_by_a_digest_that_is_another(alice: Wire) -> None:
    refused = alice.push_manifest(APP, digest_of(b"else"), alice.image(APP))
    assert refused.status_code == 400
    assert code_of(refused) == "DIGEST_INVALID"


def test_what_the_client_has_already(alice: Wire) -> None:
    digest = alice.push_image(APP, "v1", b"layer")
    response = alice.get(url("v1"), headers={"If-None-Match": f'"{digest}"'})
    assert response.status_code == 304


def test_several_tags_in_one_push(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP)).encode()
    digest = digest_of(payload)
    tags = ["1.2.3", "1.2", "1", "latest"]
    pushed = alice.put(
        url(digest), params={"tag": tags}, content=payload, headers={"Content-Type": OCI_MANIFEST}
    )
    assert pushed.status_code == 201
    assert pushed.headers["OCI-Tag"].split(", ") == tags
    assert {alice.get(url(tag)).headers["Docker-Content-Digest"] for tag in tags} == {digest}


def test_too_many_tags_in_one_push(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP)).encode()
    tags = [f"v{number}" for number in range(200)]
    response = alice.put(url(digest_of(payload)), params={"tag": tags}, content=payload)
    assert response.status_code == 414


def test_a_wrong_tag_among_several_moves_none(alice: Wire) -> None:
    payload = json.dumps(alice.image(APP)).encode()
    response = alice.put(
        url(digest_of(payload)),
        params={"tag": ["good", "-bad"]},
        content=payload,
        headers={"Content-Type": OCI_MANIFEST},
    )
    assert response.status_code == 400
    assert alice.get(url("good")).status_code == 404


def test_blobs_that_are_missing_are_named(alice: Wire) -> None:
    manifest = alice.image(APP)
    manifest["layers"] = [descriptor("application/octet-stream", b"never pushed")]
    refused = alice.push_manifest(APP, "v1", manifest)
    assert refused.status_code == 404
    assert code_of(refused) == "MANIFEST_BLOB_UNKNOWN"
    assert digest_of(b"never pushed") in refused.json()["errors"][0]["message"]
    assert alice.get(url("v1")).status_code == 404


def test_a_blob_of_another_repository_is_missing(alice: Wire, mallory: Wire) -> None:
    alice.push_blob("acme-apps/secret", b"secret")
    manifest = mallory.image("globex-apps/app")
    manifest["layers"] = [descriptor("application/octet-stream", b"secret")]
    refused = mallory.push_manifest("globex-apps/app", "v1", manifest)
    assert code_of(refused) == "MANIFEST_BLOB_UNKNOWN"


def test_a_size_that_is_not_the_blobs(alice: Wire) -> None:
    manifest = alice.image(APP, b"layer")
    manifest["layers"][0]["size"] = 4
    refused = alice.push_manifest(APP, "v1", manifest)
    assert refused.status_code == 400
    assert code_of(refused) == "MANIFEST_INVALID"


def test_layers_that_are_not_distributed_need_not_be_here(alice: Wire) -> None:
    kind = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    manifest = alice.image(APP)
    manifest["layers"] = [descriptor(kind, b"elsewhere") | {"urls": ["http://169.254.169.254/"]}]
    assert alice.push_manifest(APP, "v1", manifest).status_code == 201


def index(*children: dict[str, object], **fields: object) -> dict[str, object]:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(children), **fields}


def child(wire: Wire, layer: bytes) -> dict[str, object]:
    payload = json.dumps(wire.image(APP, layer)).encode()
    wire.push_manifest(APP, digest_of(payload), payload)
    return descriptor(OCI_MANIFEST, payload)


def test_an_index_and_an_index_of_indexes(alice: Wire) -> None:
    inner = json.dumps(index(child(alice, b"amd64"), child(alice, b"arm64"))).encode()
    assert alice.push_manifest(APP, digest_of(inner), inner).status_code == 201
    outer = index(descriptor(OCI_INDEX, inner))
    assert alice.push_manifest(APP, "multi", outer).status_code == 201
    assert alice.get(url("multi")).json() == outer


def test_an_empty_index(alice: Wire) -> None:
    assert alice.push_manifest(APP, "empty", index()).status_code == 201


def test_children_that_are_missing_are_named(alice: Wire, settings) -> None:
    sparse = index(descriptor(OCI_MANIFEST, b"{}"))
    refused = alice.push_manifest(APP, "multi", sparse)
    assert refused.status_code == 404
    assert code_of(refused) == "MANIFEST_BLOB_UNKNOWN"
    settings.SPARSE_MANIFESTS = True
    assert alice.push_manifest(APP, "multi", sparse).status_code == 201


def test_a_sparse_manifest_waits_for_its_blobs(alice: Wire, settings) -> None:
    settings.SPARSE_MANIFESTS = True
    manifest = alice.image(APP)
    manifest["layers"] = [descriptor("application/octet-stream", b"later")]
    digest = alice.push_manifest(APP, "v1", manifest).headers["Docker-Content-Digest"]
    alice.push_blob(APP, b"later")
    blob = f"/v2/{APP}/blobs/{digest_of(b'later')}"
    assert alice.delete(blob).status_code == 409
    assert alice.delete(url(digest)).status_code == 202
    assert alice.delete(blob).status_code == 202


def test_a_subject_is_told_even_when_it_is_missing(alice: Wire) -> None:
    subject = descriptor(OCI_MANIFEST, b"{}")
    pushed = alice.push_manifest(APP, "sig", alice.image(APP, subject=subject))
    assert pushed.status_code == 201
    assert pushed.headers["OCI-Subject"] == subject["digest"]


def test_a_manifest_over_the_limit(alice: Wire) -> None:
    manifest = alice.image(APP)
    fits = json.dumps(manifest | {"annotations": {"a": ""}}).encode()
    room = 4 * 1024 * 1024 - len(fits)
    largest = json.dumps(manifest | {"annotations": {"a": "x" * room}}).encode()
    assert len(largest) == 4 * 1024 * 1024
    assert alice.push_manifest(APP, "large", largest).status_code == 201
    refused = alice.push_manifest(APP, "larger", largest + b" ")
    assert refused.status_code == 413
    assert code_of(refused) == "SIZE_INVALID"


def test_schema_1_is_refused_with_a_sentence(alice: Wire) -> None:
    kind = "application/vnd.docker.distribution.manifest.v1+prettyjws"
    refused = alice.push_manifest(APP, "old", {"schemaVersion": 1, "fsLayers": []}, kind)
    assert refused.status_code == 415
    assert code_of(refused) == "MANIFEST_INVALID"
    assert "schema 1" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize("tag", ["-x", ".x", "a" * 129, "a b", "a%0A", "é", "a:b", "%00"])
def test_a_reference_that_is_none(alice: Wire, tag: str) -> None:
    refused = alice.push_manifest(APP, tag, alice.image(APP))
    assert refused.status_code == 400
    assert code_of(refused) in {"MANIFEST_INVALID", "DIGEST_INVALID"}
    assert alice.get(url(tag)).status_code in {400, 404}


def test_pushing_creates_a_private_repository_that_the_pusher_manages(carol: Wire) -> None:
    carol.push_image("acme-apps/team/new", "v1", b"layer")
    made = Repository.objects.get(path="acme-apps/team/new")
    assert not made.is_public
    assert made.creator_name == "carol"
    assert carol.delete(url("v1", "acme-apps/team/new")).status_code == 202


def test_pushing_to_a_free_name_creates_the_organization(mallory: Wire) -> None:
    mallory.push_image("brand-new/app", "v1", b"layer")
    assert mallory.get(url("v1", "brand-new/app")).status_code == 200


def test_pushing_to_a_name_of_another_account_reveals_nothing(mallory: Wire, alice: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    answers = [
        mallory.push_manifest(name, "v1", b"{}", OCI_MANIFEST) for name in (APP, "acme-apps/no")
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert code_of(answer) == "DENIED"
    assert answers[0].content == answers[1].content
    assert b"acme" not in answers[0].content


def test_a_reader_cannot_push(bob: Wire) -> None:
    refused = bob.push_manifest(APP, "v1", b"{}", OCI_MANIFEST)
    assert refused.status_code == 403
    assert code_of(refused) == "DENIED"


def test_deleting_a_tag_leaves_the_manifest_and_its_other_tags(alice: Wire) -> None:
    digest = alice.push_image(APP, "v1", b"layer")
    alice.push_image(APP, "v2", b"layer")
    assert alice.delete(url("v1")).status_code == 202
    assert alice.get(url("v1")).status_code == 404
    assert alice.get(url("v2")).headers["Docker-Content-Digest"] == digest
    assert alice.get(url(digest)).status_code == 200
    assert code_of(alice.delete(url("v1"))) == "MANIFEST_UNKNOWN"


def test_deleting_by_digest_takes_all_its_tags(alice: Wire) -> None:
    digest = alice.push_image(APP, "v1", b"layer")
    alice.push_image(APP, "v2", b"layer")
    alice.push_image(APP, "other", b"another layer")
    assert alice.delete(url(digest)).status_code == 202
    assert alice.get(f"/v2/{APP}/tags/list").json()["tags"] == ["other"]
    assert alice.get(url(digest)).status_code == 404
    assert alice.delete(url(digest)).status_code == 404


def test_a_child_of_an_index_stays(alice: Wire) -> None:
    amd64 = child(alice, b"amd64")
    whole = alice.push_manifest(APP, "multi", index(amd64)).headers["Docker-Content-Digest"]
    refused = alice.delete(url(str(amd64["digest"])))
    assert refused.status_code == 409
    assert alice.delete(url(whole)).status_code == 202
    assert alice.delete(url(str(amd64["digest"]))).status_code == 202


def test_every_move_of_a_tag_is_kept(alice: Wire) -> None:
    first = alice.push_image(APP, "v1", b"one")
    alice.push_image(APP, "v1", b"one")
    second = alice.push_image(APP, "v1", b"two")
    alice.delete(url("v1"))
    moves = TagMove.objects.order_by("pk").values_list("name", "old_digest", "new_digest")
    assert list(moves) == [("v1", "", first), ("v1", first, second), ("v1", second, "")]
    assert set(TagMove.objects.values_list("user_name", flat=True)) == {"alice"}


def test_a_pull_asks_one_query_and_writes_nothing(bob: Wire, alice: Wire) -> None:
    digest = alice.push_image(APP, "v1", b"layer")
    bob.get(url("v1"))
    for reference in ("v1", digest):
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(url(reference)).status_code == 200
        assert len(queries) == 1


def test_strangers_see_nothing(alice: Wire, mallory: Wire, anonymous: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    for name in (APP, "acme-apps/no", "no-such/thing"):
        refused = mallory.get(url("v1", name))
        assert refused.status_code == 404
        assert code_of(refused) == "NAME_UNKNOWN"
        assert anonymous.get(url("v1", name)).status_code == 401


def test_everybody_pulls_what_is_public(alice: Wire, mallory: Wire, anonymous: Wire) -> None:
    alice.push_image(APP, "v1", b"layer")
    Repository.objects.filter(path=APP).update(is_public=True)
    for wire in (mallory, anonymous):
        assert wire.get(url("v1")).status_code == 200
        assert wire.get(f"/v2/{APP}/blobs/{digest_of(b'layer')}").content == b"layer"
        assert wire.delete(url("v1")).status_code in {401, 403}
