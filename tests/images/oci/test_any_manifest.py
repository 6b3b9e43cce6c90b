"""Whatever the bytes are: a manifest or one of our errors."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from images.oci import digests, manifests, media_types
from images.oci.fields import Descriptor
from swr.errors import InvalidManifest, SwrError, UnsupportedManifest
from tests.images.oci.samples import artifact, dumped, image, index

pytestmark = pytest.mark.pure

CONTENT_TYPES = some.none() | some.sampled_from(sorted(media_types.MANIFESTS)) | some.text()
KNOWN_KEYS = some.sampled_from(
    [
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "blobs",
        "subject", "annotations", "fsLayers", "digest", "size", "data", "urls", "Layers",
    ]
)  # fmt: skip
KNOWN_VALUES = some.sampled_from([2, 1, 0, *sorted(media_types.MANIFESTS), str(digests.of(b""))])
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text() | KNOWN_VALUES,
    lambda inner: some.lists(inner) | some.dictionaries(KNOWN_KEYS | some.text(), inner),
    max_leaves=20,
)

TYPES = some.from_regex(r"[a-z]{1,9}/[a-z.+0-9]{1,20}", fullmatch=True)
TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ANNOTATIONS = some.dictionaries(TEXT, TEXT, max_size=5)
DESCRIPTORS = some.fixed_dictionaries(
    {
        "mediaType": TYPES,
        "digest": some.binary(max_size=4).map(digests.of).map(str),
        "size": some.integers(0, 2**40),
    },
    optional={"urls": some.lists(TEXT, max_size=2), "annotations": ANNOTATIONS},
)
OPTIONAL = {"annotations": ANNOTATIONS, "subject": DESCRIPTORS, "artifactType": TYPES}
IMAGES = some.fixed_dictionaries(
    {
        "schemaVersion": some.just(2),
        "mediaType": some.sampled_from([media_types.OCI_IMAGE, media_types.DOCKER_IMAGE]),
        "config": DESCRIPTORS,
        "layers": some.lists(DESCRIPTORS, max_size=5),
    },
    optional=OPTIONAL,
)
INDEXES = some.fixed_dictionaries(
    {
        "schemaVersion": some.just(2),
        "mediaType": some.sampled_from(sorted(media_types.INDEXES)),
        "manifests": some.lists(DESCRIPTORS, max_size=5),
    },
    optional=OPTIONAL,
)


@given(some.binary(), CONTENT_TYPES)
def test_any_bytes(payload: bytes, content_type: str | None) -> None:
    with pytest.raises((InvalidManifest, UnsupportedManifest)):
        manifests.parse(payload, content_type)


@given(JSON, CONTENT_TYPES)
def test_any_json(body: object, content_type: str | None) -> None:
    with contextlib.suppress(SwrError):
        manifests.parse(json.dumps(body).encode(), content_type)


@given(
    some.sampled_from([image(), index(), artifact()]),
    some.dictionaries(KNOWN_KEYS, JSON, min_size=1, max_size=3),
    CONTENT_TYPES,
)
@settings(max_examples=300)
def test_any_value_in_any_field(
    body: dict[str, Any], changes: dict[str, Any], content_type: str | None
) -> None:
    with contextlib.suppress(SwrError):
        manifests.parse(json.dumps(body | changes).encode(), content_type)


@given(some.dictionaries(KNOWN_KEYS, JSON, min_size=1, max_size=3))
@settings(max_examples=300)
def test_any_value_in_any_field_of_a_descriptor(changes: dict[str, Any]) -> None:
    body = image()
    body["layers"][0] |= changes
    with contextlib.suppress(SwrError):
        manifests.parse(json.dumps(body).encode(), None)


@given(some.data())
def test_any_changed_byte(data: some.DataObject) -> None:
    payload = bytearray(dumped(data.draw(some.sampled_from([image(), index(), artifact()]))))
    payload[data.draw(some.integers(0, len(payload) - 1))] = data.draw(some.integers(0, 255))
    with contextlib.suppress(SwrError):
        manifests.parse(bytes(payload), None)


@given(IMAGES)
def test_what_an_image_says_is_what_we_read(body: dict[str, Any]) -> None:
    found = manifests.parse(json.dumps(body).encode(), body["mediaType"])
    assert found.config
    assert _written(found.config) == _essence(body["config"])
    assert [_written(one) for one in found.layers] == [_essence(one) for one in body["layers"]]
    assert found.annotations == body.get("annotations", {})
    assert found.artifact_type == body.get("artifactType", body["config"]["mediaType"])
    assert (found.subject is None) == ("subject" not in body)


@given(INDEXES)
def test_what_an_index_says_is_what_we_read(body: dict[str, Any]) -> None:
    found = manifests.parse(json.dumps(body, ensure_ascii=False).encode(), None)
    named = [_written(one) for one in (*found.layers, *found.children)]
    assert sorted(map(str, named)) == sorted(str(_essence(one)) for one in body["manifests"])
    assert found.artifact_type == body.get("artifactType", "")
    assert found.media_type == body["mediaType"]


def _written(descriptor: Descriptor) -> tuple[str, str, int]:
    return descriptor.media_type, str(descriptor.digest), descriptor.size


def _essence(descriptor: dict[str, Any]) -> tuple[str, str, int]:
    return descriptor["mediaType"], descriptor["digest"], descriptor["size"]
