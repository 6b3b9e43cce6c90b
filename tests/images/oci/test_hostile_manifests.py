"""Bodies made to be read differently by two programs, or to bring one down."""

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from images.oci import manifests, media_types
from swr.errors import InvalidManifest, SwrError
from tests.images.oci.samples import artifact, dumped, image, index, named, without

pytestmark = pytest.mark.pure

OK = dumped(image()).decode()
LAYER = named()


def refuse(body: dict[str, Any] | bytes | str, content_type: str | None = None) -> str:
    payload = dumped(body) if isinstance(body, dict) else body
    payload = payload.encode() if isinstance(payload, str) else payload
    with pytest.raises(InvalidManifest) as refused:
        manifests.parse(payload, content_type)
    assert len(refused.value.message) < 400
    return refused.value.message


@pytest.mark.parametrize(
    "body",
    [
        image() | index(),
        image() | index() | {"mediaType": media_types.OCI_IMAGE},
        without(image() | index(), "mediaType"),
        image(manifests=None),
        image(manifests=[]),
        image(blobs=[]),
        image(fsLayers=[]),
        index(layers=[]),
        index(config={}),
        index(config=None),
        index(fsLayers=[{"blobSum": LAYER["digest"]}]),
        artifact(layers=[]),
        artifact(manifests=[]),
        without(image(), "config"),
        image(config=None),
        without(index(), "manifests"),
    ],
)
def test_a_body_of_two_kinds_or_none_is_refused(body: dict[str, Any]) -> None:
    refuse(body)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (image(), media_types.OCI_INDEX),
        (image(), media_types.DOCKER_IMAGE),
        (index(), media_types.OCI_IMAGE),
        (index(), media_types.DOCKER_LIST),
        (artifact(), media_types.OCI_IMAGE),
        (image("Application/vnd.oci.image.manifest.v1+json"), media_types.OCI_IMAGE),
        (image(media_types.OCI_IMAGE + "; a=b"), media_types.OCI_IMAGE),
        (without(image(), "mediaType"), media_types.OCI_INDEX),
        (without(index(), "mediaType"), media_types.OCI_IMAGE),
    ],
)
def test_a_body_that_is_not_what_the_header_says_is_refused(
    body: dict[str, Any], content_type: str
) -> None:
    with pytest.raises(SwrError) as refused:
        manifests.parse(dumped(body), content_type)
    assert refused.value.oci == "MANIFEST_INVALID"


@pytest.mark.parametrize(
    "payload",
    [
        OK.replace('"config"', '"layers": [], "config"'),
        OK.replace('"config"', '"config": {}, "config"'),
        OK.replace('"size"', '"size": 1, "size"'),
        OK.replace('"digest"', '"digest": "", "digest"'),
        OK[:-1] + ', "custom": {"a": [{"b": 1, "b": 1}]}}',
        OK[:-1] + ', "annotations": {"a": "", "\\u0061": ""}}',
        OK[:-1] + ', "l\\u0061yers": []}',
    ],
)
def test_a_key_that_appears_twice_is_refused(payload: str) -> None:
    assert "twice" in refuse(payload)


@pytest.mark.parametrize(
    "key",
    [
        "Layers",
        "LAYERS",
        "layer\u017f",
        "Config",
        "Manifests",
        "mediatype",
        "MediaType",
        "SchemaVersion",
        "Subject",
        "Annotations",
        "ArtifactType",
        "Blobs",
        "fslayers",
    ],
)
def test_a_key_that_go_would_read_as_another_is_refused(key: str) -> None:
    assert "case" in refuse(image() | {key: None})
    assert "case" in refuse(index() | {key: None})


@pytest.mark.parametrize("key", ["Digest", "SIZE", "\u017fize", "MediaType", "mediatype", "Data"])
def test_so_it_is_in_descriptors(key: str) -> None:
    strange = LAYER | {key: None}
    assert "layers[0]" in refuse(image(layers=[strange]))
    assert "manifests[0]" in refuse(index(manifests=[strange]))
    assert "config" in refuse(image(config=strange))
    assert "subject" in refuse(index(subject=strange))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"5",
        b"[]",
        b'""',
        b"{",
        b"{}",
        b"\xef\xbb\xbf" + OK.encode(),
        OK.encode("utf-16"),
        OK.encode("utf-32"),
        OK.encode().replace(b"layer.v1", b"layer.\xff"),
        OK.encode()[:-1] + b', "x": "\xed\xa0\x80"}',
        OK.encode()[:-1] + b', "x": "\xc0\xaf"}',
        OK.encode() + b"x",
        OK.encode() + b"{}",
        OK.encode() + b"\0",
        b"\x1f\x8b" + OK.encode(),
        OK.encode()[:-1] + b",}",
        OK.encode()[:-1] + b', "x": 01}',
        OK.encode()[:-1] + b", 'x': 1}",
        OK.encode()[:-1] + b', "x": "\n"}',
        OK.encode()[:-1] + b"/**/}",
        OK.encode()[:-1] + b', "x": NaN}',
        OK.encode()[:-1] + b', "x": [-Infinity]}',
        OK.encode()[:-1] + b', "x": Infinity}',
        OK.encode()[:-1] + b', "x": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_of_an_object_is_refused(payload: bytes) -> None:
    refuse(payload)


def test_white_space_around_is_kept_out_of_it() -> None:
    assert manifests.parse(b"\r\n\t " + OK.encode() + b"  \n", None).layers


@pytest.mark.parametrize(
    "size",
    [None, True, False, "5", 5.0, 1e3, -1, 2**63, 10**400, [], {}],
)
def test_a_size_is_a_whole_number_that_fits(size: object) -> None:
    assert "layers[1].size" in refuse(image(layers=[LAYER, LAYER | {"size": size}]))


def test_the_largest_size_fits_but_no_sum_beyond() -> None:
    largest = LAYER | {"size": 2**63 - 1}
    assert "2^63-1" in refuse(image(layers=[largest]))
    fits = manifests.parse(dumped(image(layers=[LAYER | {"size": 2**63 - 7}])), None)
    assert fits.content_size == 2**63 - 1


@pytest.mark.parametrize(
    "digest",
    [
        None,
        5,
        [],
        "",
        "sha256:../../x",
        LAYER["digest"].upper(),
        LAYER["digest"][:-1],
        LAYER["digest"] + "\n",
        "md5:" + "0" * 32,
        "sha256:" + "0" * 10_000,
    ],
)
def test_a_digest_is_checked_wherever_it_stands(digest: object) -> None:
    wrong = LAYER | {"digest": digest}
    assert "config.digest" in refuse(image(config=wrong))
    assert "layers[0].digest" in refuse(image(layers=[wrong]))
    assert "subject.digest" in refuse(image(subject=wrong))
    assert "manifests[1].digest" in refuse(index(manifests=[LAYER, wrong]))
    assert "blobs[0].digest" in refuse(artifact(blobs=[wrong]))


@pytest.mark.parametrize(
    "media_type",
    ["x", "/", "a/", "/b", "a b/c", "a/b\n", "a/b\0", "é/b", "a/b/c", "a/" + "b" * 300, 5, [], {}],
)
def test_a_media_type_is_checked_wherever_it_stands(media_type: object) -> None:
    wrong = LAYER | {"mediaType": media_type}
    assert "config" in refuse(image(config=wrong))
    assert "layers[0]" in refuse(image(layers=[wrong]))
    assert "artifactType" in refuse(image(artifactType=media_type))
    assert "mediaType" in refuse(image(mediaType=media_type))


@pytest.mark.parametrize("missing", ["", None])
def test_a_descriptor_needs_a_media_type(missing: object) -> None:
    assert "mediaType" in refuse(image(layers=[LAYER | {"mediaType": missing}]))


@pytest.mark.parametrize("layers", [{}, "x", 5, True, [None], [[]], ["x"], [5], {"0": LAYER}])
def test_a_list_is_a_list_of_descriptors(layers: object) -> None:
    assert "layers" in refuse(image(layers=layers))
    assert "manifests" in refuse(index(manifests=layers))
    assert "blobs" in refuse(artifact(blobs=layers))


@pytest.mark.parametrize("subject", [[], "x", 5, {}, [LAYER], False])
def test_a_subject_is_a_descriptor(subject: object) -> None:
    assert "subject" in refuse(image(subject=subject))


@pytest.mark.parametrize(
    "annotations",
    [
        [],
        "x",
        5,
        {"a": None},
        {"a": 5},
        {"a": ["b"]},
        {"a": {"b": "c"}},
        {"a": "\0"},
        {"\0": "a"},
        {"a": "\ud800"},
        {"\udfff": "a"},
        {"x" * 10_000: 5},
    ],
)
def test_annotations_are_text_that_can_be_kept(annotations: object) -> None:
    assert "annotation" in refuse(image(annotations=annotations))
    assert "annotation" in refuse(index(annotations=annotations))


@pytest.mark.parametrize("version", [None, 0, 3, "2", 2.0, True, [2]])
def test_the_schema_version_is_2(version: object) -> None:
    assert "schemaVersion" in refuse(image(schemaVersion=version))
    assert "schemaVersion" in refuse(without(index(schemaVersion=version), "mediaType"))


def _listed(count: int) -> bytes:
    return OK.replace('"layers": [', '"layers": [' + (json.dumps(LAYER) + ",") * count).encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested lists": lambda: b"[" * 100_000,
    "nested lists in a field": lambda: OK.encode()[:-1] + b', "x": ' + b"[" * 2_000_000,
    "balanced nested lists": lambda: (
        OK.encode()[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ),
    "nested objects": lambda: b'{"a":' * 100_000,
    "a million small lists": lambda: OK.encode()[:-1] + b', "x": [' + b"[]," * 1_300_000 + b"1]}",
    "a million keys": lambda: (
        b"{" + b",".join(b'"%x":1' % number for number in range(400_000)) + b"}"
    ),
    "a million layers": lambda: OK.replace(
        '"layers": [', '"layers": [' + "{}," * 1_000_000
    ).encode(),
    "eleven thousand layers": lambda: _listed(11_000),
    "a long number": lambda: OK.encode()[:-1] + b', "x": ' + b"1" * 4_000_000 + b"}",
    "many long numbers": lambda: (
        OK.encode()[:-1] + b', "x": [' + (b"9" * 4200 + b",") * 950 + b"1]}x"
    ),
    "a long fraction": lambda: OK.encode()[:-1] + b', "x": 0.' + b"1" * 4_000_000 + b"}x",
    "a long exponent": lambda: OK.encode()[:-1] + b', "x": 1e' + b"9" * 4_000_000 + b"}x",
    "many escapes": lambda: OK.encode()[:-1] + b', "x": "' + b"\\u0041" * 690_000 + b'"}x',
    "many bad escapes": lambda: OK.encode()[:-1] + b', "x": "' + b"\\ud800" * 690_000 + b'"}x',
    "a long string without an end": lambda: b'{"' + b"a" * 4_000_000,
    "only white space": lambda: b" " * 4_000_000,
    "many equal keys": lambda: b"{" + b'"a":1,' * 149_000 + b'"a":1}',
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_body_made_to_bring_us_down_is_refused_soon(made: Callable[[], bytes]) -> None:
    payload = made()
    assert len(payload) <= manifests.LIMIT
    begun = time.process_time()
    refuse(payload)
    assert time.process_time() - begun < 2
    tracemalloc.start()
    refuse(payload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024


def test_ten_thousand_descriptors_are_read_soon() -> None:
    begun = time.process_time()
    assert len(manifests.parse(_listed(9_990), None).layers) == 9_992
    assert time.process_time() - begun < 2
