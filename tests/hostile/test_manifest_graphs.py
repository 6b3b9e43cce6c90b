"""Table 4.2, what manifests point at and who moves them: M8 to M14."""

import json
import time
from functools import partial
from typing import Any

import httpx
import pytest

from images.artifacts.models import Manifest, Tag
from tests.hostile.crowd import at_once
from tests.hostile.town import Town
from tests.hostile.verdicts import refused, silent
from tests.wire import OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Wire, descriptor, digest_of

WEB = "acme-apps/web"
LAYER = b"a layer"
Body = dict[str, Any]


@pytest.fixture
def image(alice: Wire) -> Body:
    return alice.image(WEB, LAYER)


def put(
    wire: Wire, body: Body, kind: str = OCI_MANIFEST, reference: str = "evil"
) -> httpx.Response:
    return wire.push_manifest(WEB, reference, body, kind)


def index(*children: Body, **fields: Any) -> Body:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(children)} | fields


def kept(wire: Wire, manifest: Body, kind: str = OCI_INDEX) -> Body:
    """Push it by digest; the descriptor to name it by."""
    payload = json.dumps(manifest).encode()
    answer = wire.push_manifest(WEB, digest_of(payload), payload, kind)
    assert answer.status_code == 201, answer.text
    return descriptor(kind, payload)


# --- M8: indexes -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["nowhere", "another repository", "another tenant", "as a blob"])
def test_m8_a_child_that_is_not_here(alice: Wire, mallory: Wire, image: Body, where: str) -> None:
    if where == "another repository":
        alice.push_image("acme-apps/other", "1", LAYER)
    elif where == "another tenant":
        mallory.push_image("globex-apps/secret", "1", LAYER)
    elif where == "as a blob":
        alice.push_blob(WEB, json.dumps(image).encode())
    child = descriptor(OCI_MANIFEST, json.dumps(image).encode())
    assert refused(put(alice, index(child), OCI_INDEX), 404) == "MANIFEST_BLOB_UNKNOWN"
    assert not Tag.objects.filter(repository__path=WEB).exists()


def test_m8_the_same_child_ten_thousand_times_is_one(alice: Wire, image: Body) -> None:
    child = kept(alice, image, OCI_MANIFEST)
    assert put(alice, index(*[child] * 10_000), OCI_INDEX).status_code == 201
    assert Manifest.objects.get(tags__name="evil").children.count() == 1
    refused(put(alice, index(*[child] * 10_001), OCI_INDEX, "more"), 400)


@pytest.mark.parametrize("twins", [1, 2])
def test_m8_deep_chains_and_shared_children_take_linear_time(
    alice: Wire, image: Body, twins: int
) -> None:
    """Forty levels of two shared children have 2^40 paths."""
    began = time.monotonic()
    child = kept(alice, image, OCI_MANIFEST)
    for level in range(40):
        child = kept(alice, index(*[child] * twins, annotations={"level": str(level)}))
    top = child["digest"]
    assert alice.get(f"/v2/{WEB}/manifests/{top}").status_code == 200
    assert alice.delete(f"/v2/{WEB}/manifests/{top}").status_code == 202
    assert time.monotonic() - began < 15


# --- M9: subjects ------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["missing", "a blob's", "of another tenant"])
def test_m9_a_subject_may_be_anything_and_opens_nothing(
    alice: Wire, mallory: Wire, image: Body, subject: str
) -> None:
    theirs = mallory.push_image("globex-apps/secret", "1", b"secret")
    digest = {"missing": f"sha256:{'0' * 64}", "a blob's": digest_of(LAYER)}.get(subject, theirs)
    named = {"mediaType": OCI_MANIFEST, "digest": digest, "size": 5}
    answer = put(alice, image | {"subject": named})
    assert answer.status_code == 201
    assert answer.headers["OCI-Subject"] == digest
    listed = alice.get(f"/v2/{WEB}/referrers/{digest}").json()["manifests"]
    assert [one["digest"] for one in listed] == [answer.headers["Docker-Content-Digest"]]
    assert mallory.get(f"/v2/globex-apps/secret/referrers/{digest}").json()["manifests"] == []
    assert alice.get(f"/v2/{WEB}/manifests/{theirs}").status_code == 404


def test_m9_many_referrers_come_in_pages(alice: Wire, image: Body) -> None:
    subject = {"mediaType": OCI_MANIFEST, "digest": f"sha256:{'0' * 64}", "size": 5}
    large = {"a": "x" * 100_000}
    for number in range(60):
        body = image | {"subject": subject, "annotations": large | {"n": str(number)}}
        assert put(alice, body, reference=f"r{number}").status_code == 201
    where, found = f"/v2/{WEB}/referrers/{subject['digest']}", 0
    while where:
        page = alice.get(where)
        assert len(page.content) <= 4 * 1024 * 1024
        found += len(page.json()["manifests"])
        where = page.links["next"]["url"] if "next" in page.links else ""
    assert found == 60


# --- M10 to M12: odd, but legal; and not -------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"layers": []},
        {"layers": None},
        {"annotations": None},
        {"artifactType": "application/x.unknown+thing"},
        {"config": descriptor("application/vnd.oci.empty.v1+json", b"{}")},
        {"layers": [descriptor(OCI_LAYER, b"")]},
        {"annotations": {"__proto__": "x", "constructor": "y", "": "", "<img onerror=1>": "<svg>"}},
        {"annotations": {f"k{number}": "\x01\x1b[31m\u202e" for number in range(10_000)}},
        {"layers": [descriptor(OCI_LAYER, LAYER) | {"urls": ["http://169.254.169.254/"]}]},
    ],
)
def test_m10_m11_odd_but_legal(alice: Wire, image: Body, change: Body) -> None:
    """Advisory 52 as well: the address of a layer is kept and never asked."""
    for content in (b"{}", b""):
        alice.push_blob(WEB, content)
    body = image | change
    answer = put(alice, body)
    assert answer.status_code == 201, answer.text
    assert alice.get(f"/v2/{WEB}/manifests/evil").json() == body


@pytest.mark.parametrize(
    "change",
    [
        {"config": {}},
        {"layers": [{}]},
        {"layers": {}},
        {"layers": "x"},
        {"config": descriptor(OCI_LAYER, LAYER) | {"data": "AAAA"}},
        {"config": descriptor(OCI_LAYER, LAYER) | {"data": "A" * 3_000_000}},
        {"config": descriptor(OCI_LAYER, LAYER) | {"data": "not base64!"}},
        {"annotations": []},
        {"annotations": {"a": 1}},
        {"annotations": {"a": None}},
        {"annotations": {"a": {"b": "c"}}},
        {"artifactType": "a/" + "b" * 300},
        {"artifactType": ["a/b"]},
        {"artifactType": "no type"},
        {"schemaVersion": 1},
        {"schemaVersion": "2"},
        {"schemaVersion": True},
        {"manifests": []},
        {"fsLayers": []},
        {"mediaType": OCI_INDEX},
        {"mediaType": "application/vnd.docker.distribution.manifest.v1+json"},
        {"mediaType": 5},
    ],
)
def test_m10_m12_neither_this_nor_that(alice: Wire, image: Body, change: Body) -> None:
    """Advisory 11 as well: an image that is an index, too."""
    refused(put(alice, image | change), 400, 415)
    assert not Manifest.objects.exists()


# --- M13: two at once --------------------------------------------------------------------------


def test_m13_of_many_who_move_one_tag_one_is_last(town: Town) -> None:
    name = town.somewhere()
    manifests = [town.owner.image(name, bytes([number])) for number in range(6)]
    moves = [lambda m=manifest: town.owner.push(name, "latest", m) for manifest in manifests]
    town.owner.bearer(name)
    for answer in at_once(*moves):
        assert answer.status_code == 201, answer.text
    assert town.owner.pull(name, "manifests/latest").content in manifests
    assert town.owner.tags(name) == ["latest"]


def test_m13_an_index_pushed_while_its_child_is_deleted(town: Town) -> None:
    """Either the child stays, or the index is refused: never an index with a hole."""
    name = town.somewhere()
    for number in range(6):
        child = town.owner.image(name, bytes([number]))
        assert town.owner.push(name, f"c{number}", child).status_code == 201
        town.owner.tokens.pop(name)
        town.owner.bearer(name)
        whole = json.dumps(index(descriptor(OCI_MANIFEST, child))).encode()
        path = f"manifests/{digest_of(child)}"
        kind = f"Content-Type: {OCI_INDEX}"
        pushed, deleted = at_once(
            partial(town.owner.ask, "PUT", name, f"manifests/i{number}", kind, content=whole),
            partial(town.owner.ask, "DELETE", name, path),
        )
        silent(pushed)
        silent(deleted)
        there = town.owner.pull(name, path).status_code == 200
        assert (pushed.status_code == 201) == there, (pushed, deleted)
        assert (deleted.status_code == 202) != there, (pushed, deleted)


def test_m13_a_manifest_pushed_while_its_blob_is_deleted(town: Town) -> None:
    name = town.somewhere()
    for number in range(6):
        manifest = town.owner.image(name, bytes([number]) * 3)
        town.owner.tokens.pop(name)
        town.owner.bearer(name)
        path = f"blobs/{digest_of(bytes([number]) * 3)}"
        pushed, deleted = at_once(
            partial(town.owner.push, name, f"t{number}", manifest),
            partial(town.owner.ask, "DELETE", name, path),
        )
        silent(pushed)
        silent(deleted)
        there = town.owner.pull(name, path).status_code == 200
        assert (pushed.status_code == 201) == there, (pushed, deleted)


def test_m13_what_is_deleted_while_it_is_pulled_arrives_whole_or_not_at_all(town: Town) -> None:
    name, layer = town.somewhere(), bytes(range(256)) * 32 * 1024
    manifest = town.owner.image(name, layer)
    assert town.owner.push(name, "1", manifest).status_code == 201
    town.owner.tokens.pop(name)
    blob, digest = f"blobs/{digest_of(layer)}", f"manifests/{digest_of(manifest)}"
    town.owner.bearer(name)
    pulls = [lambda: town.owner.pull(name, blob), lambda: town.owner.pull(name, "manifests/1")] * 3
    deletes = [lambda: town.owner.ask("DELETE", name, digest)]
    deletes += [lambda: town.owner.ask("DELETE", name, blob)]
    for answer in at_once(*pulls, *deletes):
        silent(answer)
        if answer.status_code == 200:
            assert answer.content in {layer, manifest}


# --- M14: Accept -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "accept",
    [
        [],
        ["*/*"],
        [""],
        ["text/html;q=1, application/json;q=0"],
        ["application/*;q=0.0001"],
        [", ".join(f"a/b{number};q=0.{number}" for number in range(200))],
        [f"a/b{number}" for number in range(80)],
        ["\x01;;;,,,=q=q"],
        ["a" * 60_000],
    ],
)
def test_m14_accept_never_changes_the_answer(alice: Wire, image: Body, accept: list[str]) -> None:
    assert put(alice, image, reference="1").status_code == 201
    headers = [("Accept", value) for value in accept]
    answer = alice.get(f"/v2/{WEB}/manifests/1", headers=headers)
    assert answer.json() == image
    assert answer.headers["Content-Type"] == OCI_MANIFEST
