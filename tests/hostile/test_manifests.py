"""Table 4.2: manifests that lie, overflow, or are read by two programs as two things."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from images.artifacts.models import Manifest, ManifestBlob, Tag, TagMove
from tests.hostile.verdicts import refused
from tests.wire import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Wire,
    chunks,
    descriptor,
    digest_of,
)

WEB = "acme-apps/web"
LAYER = b"a layer"
MIB = 1024 * 1024
Body = dict[str, Any]


@pytest.fixture
def image(alice: Wire) -> Body:
    """An image of acme-apps/web whose blobs are there; what is done to it is each test's."""
    return alice.image(WEB, LAYER)


def put(wire: Wire, body: Body | bytes, kind: str = OCI_MANIFEST, reference: str = "evil") -> Any:
    return wire.push_manifest(WEB, reference, body, kind)


def nothing_kept() -> None:
    kept = (Manifest, ManifestBlob, Tag, TagMove)
    assert [model.__name__ for model in kept if model.objects.exists()] == []


def index(*children: Body, **fields: Any) -> Body:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(children)} | fields


# --- M1, M2: too much --------------------------------------------------------------------------


@pytest.mark.parametrize("framing", ["whole", "chunked"])
@pytest.mark.parametrize(("extra", "status"), [(0, 201), (1, 413)])
def test_m1_four_mebibytes_and_one_byte_more(
    alice: Wire, image: Body, framing: str, extra: int, status: int
) -> None:
    payload = json.dumps(image).encode()
    payload += b" " * (4 * MIB + extra - len(payload))
    content = payload if framing == "whole" else chunks(payload[:MIB], payload[MIB:])
    kind = {"Content-Type": OCI_MANIFEST}
    answer = alice.put(f"/v2/{WEB}/manifests/evil", content=content, headers=kind)
    assert answer.status_code == status
    if status != 201:
        refused(answer, 413)
        nothing_kept()
    else:
        assert alice.get(f"/v2/{WEB}/manifests/evil").content == payload


def test_m1_a_compressed_body_is_not_unpacked(alice: Wire, image: Body) -> None:
    bomb = gzip.compress(json.dumps(image).encode() + b" " * 64 * MIB)
    kind = {"Content-Type": OCI_MANIFEST, "Content-Encoding": "gzip"}
    refused(alice.put(f"/v2/{WEB}/manifests/evil", content=bomb, headers=kind), 400, 415)
    nothing_kept()


HUGE: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: b"[" * 100_000,
    "objects in objects": lambda: b'{"a":' * 100_000,
    "closed lists in lists": lambda: b"[" * 100_000 + b"]" * 100_000,
    "a million keys": lambda: json.dumps({f"{n:x}": 0 for n in range(350_000)}).encode(),
    "a million layers": lambda: b'{"layers":[' + b"{}," * 1_000_000 + b"{}]}",
    "a long number": lambda: b'{"schemaVersion":' + b"9" * 100_000 + b"}",
    "NaN": lambda: b'{"schemaVersion":NaN}',
    "Infinity": lambda: b'{"schemaVersion":-Infinity}',
    "1e400": lambda: b'{"schemaVersion":1e400}',
}


@pytest.mark.parametrize("name", HUGE)
def test_m2_what_brings_parsers_down(alice: Wire, name: str) -> None:
    refused(put(alice, HUGE[name]()), 400)
    nothing_kept()


def test_m2_a_string_of_three_megabytes_is_only_long(alice: Wire, image: Body) -> None:
    assert put(alice, image | {"x": "y" * 3_000_000}).status_code == 201


# --- M3, M4: read by two programs as two things ------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"layers"', '"layers": [], "layers"'),
        lambda text: text.replace('"config"', '"Config": {}, "config"'),
        lambda text: text.replace('"layers"', '"LAYERS": [], "layers"'),
        lambda text: text.replace('"digest"', f'"digest": "sha256:{"0" * 64}", "digest"'),
        lambda text: text.replace('"digest"', f'"Digest": "sha256:{"0" * 64}", "digest"'),
        lambda text: text.replace('"size"', '"size": 1, "size"'),
        lambda text: text.replace('"schemaVersion"', '"schemaVersion": 1, "schemaVersion"'),
        lambda text: text.replace('"layers"', '"l\\u0061yers": [], "layers"'),
        lambda text: "\ufeff" + text,
        lambda text: text + "{}",
        lambda text: text + "\0",
        lambda text: text + "// a comment",
        lambda text: text.replace("}", ",}"),
        lambda text: text.replace('"', "'"),
        json.dumps,
        lambda text: f"[{text}]",
        lambda _: "",
        lambda _: "null",
    ],
)
def test_m3_m4_json_that_two_programs_read_differently(
    alice: Wire, image: Body, change: Callable[[str], str]
) -> None:
    refused(put(alice, change(json.dumps(image)).encode()), 400)
    nothing_kept()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "utf-16-le"])
def test_m4_other_encodings(alice: Wire, image: Body, encoding: str) -> None:
    text = json.dumps(image | {"x": "+ \u00fc"}, ensure_ascii=False)
    refused(put(alice, text.encode(encoding)), 400)
    nothing_kept()


@pytest.mark.parametrize(
    "value", [r"\u0000", r"\ud800", r"\udfff\ud800", "\x00", "\x1f", b"\xff", b"\xed\xa0\x80"]
)
@pytest.mark.parametrize("place", ["value", "key", "media type", "artifact type"])
def test_m4_text_that_no_database_keeps(
    alice: Wire, image: Body, place: str, value: str | bytes
) -> None:
    fields: dict[str, Body] = {
        "value": {"annotations": {"a": "@"}},
        "key": {"annotations": {"@": "a"}},
        "media type": {"layers": [descriptor("a/@", LAYER)]},
        "artifact type": {"artifactType": "a/@"},
    }
    payload = json.dumps(image | fields[place]).encode()
    payload = payload.replace(b"@", value.encode() if isinstance(value, str) else value)
    refused(put(alice, payload), 400)
    nothing_kept()


def test_m4_bytes_are_stored_exactly(alice: Wire, image: Body) -> None:
    text = json.dumps(image | {"x": [1e400, 10**30, 1.0, "\u2028"]}, indent=3, ensure_ascii=False)
    payload = f"\r\n\t {text.replace('Infinity', '1E400')} \n\n".encode()
    assert put(alice, payload).status_code == 201
    assert alice.get(f"/v2/{WEB}/manifests/evil").content == payload


# --- M5: what it is said to be -----------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        f"{OCI_MANIFEST}; charset=utf-8",
        OCI_MANIFEST.upper(),
        f"  {OCI_MANIFEST}  ",
        f"{OCI_MANIFEST};",
        "",
    ],
)
def test_m5_a_content_type_is_read_leniently(alice: Wire, image: Body, kind: str) -> None:
    answer = alice.put(
        f"/v2/{WEB}/manifests/good",
        content=json.dumps(image).encode(),
        headers={"Content-Type": kind} if kind else {},
    )
    assert answer.status_code == 201, answer.text
    assert alice.head(f"/v2/{WEB}/manifests/good").headers["Content-Type"] == OCI_MANIFEST


@pytest.mark.parametrize(
    "kind",
    [
        *[
            "text/html",
            "application/json",
            "application/octet-stream",
            "*/*",
            "x",
            "/",
        ],
        *[OCI_INDEX, OCI_CONFIG, f"{OCI_MANIFEST}, {OCI_INDEX}", f"{OCI_INDEX};{OCI_MANIFEST}"],
        *[
            "application/vnd.docker.distribution.manifest.v2+json",
            "a/" + "b" * 300,
            f"{OCI_MANIFEST}x",
        ],
        *["application/vnd.docker.distribution.manifest.v1+prettyjws", "multipart/form-data"],
    ],
)
def test_m5_another_content_type_than_the_body_s(alice: Wire, image: Body, kind: str) -> None:
    headers = [("Content-Type", kind.encode("latin-1"))]
    content = json.dumps(image).encode()
    refused(alice.put(f"/v2/{WEB}/manifests/evil", content=content, headers=headers), 400, 415)
    nothing_kept()


# --- M6: under another digest ------------------------------------------------------------------


@pytest.mark.parametrize(
    "digest",
    [
        f"sha256:{'0' * 64}",
        *["sha256:baddigeststring", "sha256:", ":", "md5:d41d8cd98f00b204e9800998ecf8427e"],
        *[f"sha512:{'0' * 64}", f"sha512:{'0' * 128}", f"SHA256:{'0' * 64}", f"sha256:{'A' * 64}"],
        *[
            f"sha256:{'0' * 63}",
            f"sha256:{'0' * 65}",
            f"sha256:{'0' * 63}%0a",
            f"sha256:{'g' * 64}",
        ],
        *["sha256:..", "sha256+b64:abc", f"sha256:{'0' * 10_000}", "latest:latest"],
    ],
)
def test_m6_a_digest_that_is_not_the_body_s(alice: Wire, image: Body, digest: str) -> None:
    assert refused(put(alice, image, reference=digest), 400) == "DIGEST_INVALID"
    nothing_kept()


# --- M7: content that is not there, or not as said ---------------------------------------------


@pytest.mark.parametrize("where", ["nowhere", "another repository", "another tenant"])
@pytest.mark.parametrize("part", ["config", "layers"])
def test_m7_a_digest_is_no_right_to_its_content(
    alice: Wire, mallory: Wire, image: Body, where: str, part: str
) -> None:
    secret = b"only theirs"
    if where == "another repository":
        alice.push_blob("acme-apps/other", secret)
    elif where == "another tenant":
        mallory.push_blob("globex-apps/secret", secret)
    stolen = descriptor(OCI_CONFIG, secret)
    body = image | ({"config": stolen} if part == "config" else {"layers": [stolen]})
    assert refused(put(alice, body), 404) == "MANIFEST_BLOB_UNKNOWN"
    nothing_kept()
    assert alice.head(f"/v2/{WEB}/blobs/{digest_of(secret)}").status_code == 404


@pytest.mark.parametrize(
    "size",
    [
        *[0, 1, -1, len(LAYER) - 1, len(LAYER) + 1, 2**31, 2**32 + len(LAYER), 2**63 - 1, 2**63],
        *[2**64, 2**64 + len(LAYER), 10**400, 7.0, 7.5, "7", None, True, [7], {"": 7}],
    ],
)
@pytest.mark.parametrize("part", ["config", "layers"])
def test_m7_a_size_that_is_not_the_blob_s(
    alice: Wire, image: Body, part: str, size: object
) -> None:
    """Advisory 55 as well: what overflows somebody's integer."""
    wrong = (image["config"] if part == "config" else image["layers"][0]) | {"size": size}
    body = image | ({"config": wrong} if part == "config" else {"layers": [wrong]})
    assert refused(put(alice, body), 400) == "MANIFEST_INVALID"
    nothing_kept()


@pytest.mark.parametrize(
    "digest",
    [
        *[
            "sha256:../../x",
            "sha256:ABC",
            f"sha256:{'0' * 63}",
            f"md5:{'0' * 32}",
            "",
            "x" * 10_000,
        ],
        *[f"sha256:{'0' * 64}\n", f"\nsha256:{'0' * 64}", None, 5, [], "sha256:" + "\u0660" * 64],
    ],
)
@pytest.mark.parametrize("part", ["config", "layers", "manifests", "subject"])
def test_m7_a_digest_that_is_none(alice: Wire, image: Body, part: str, digest: object) -> None:
    """Advisory 50 as well: digests are checked before anything is made of them."""
    wrong = descriptor(OCI_LAYER, LAYER) | {"digest": digest}
    if part == "manifests":
        answer = put(alice, index(wrong | {"mediaType": OCI_MANIFEST}), OCI_INDEX)
    else:
        answer = put(alice, image | {part: [wrong] if part == "layers" else wrong})
    refused(answer, 400)
    nothing_kept()
