import base64
import hashlib
from typing import Any

import pytest

from images.oci import digests, manifests, media_types
from images.oci.manifests import ParsedManifest
from swr.errors import InvalidManifest, ManifestTooLarge, UnsupportedManifest
from tests.images.oci.samples import (
    CONFIG_TYPE,
    FOREIGN_TYPE,
    artifact,
    dumped,
    image,
    index,
    named,
    without,
)

pytestmark = pytest.mark.pure

DATA = b"small content"
SHA512 = f"sha512:{hashlib.sha512(DATA).hexdigest()}"


def parse(body: dict[str, Any], content_type: str | None = None) -> ParsedManifest:
    return manifests.parse(dumped(body), content_type)


@pytest.mark.parametrize("media_type", [media_types.OCI_IMAGE, media_types.DOCKER_IMAGE])
def test_an_image_names_its_config_and_layers(media_type: str) -> None:
    found = parse(image(media_type), media_type)
    assert (found.kind, found.media_type) == ("image", media_type)
    assert found.config
    assert found.config.digest == digests.of(b"config")
    assert [layer.digest for layer in found.layers] == [
        digests.of(b"layer one"),
        digests.of(b"layer number two"),
    ]
    assert found.blobs == (found.config, *found.layers)
    assert found.children == ()
    assert found.content_size == len(b"config" + b"layer one" + b"layer number two")


@pytest.mark.parametrize("media_type", [media_types.OCI_INDEX, media_types.DOCKER_LIST])
def test_an_index_names_its_children(media_type: str) -> None:
    found = parse(index(media_type), media_type)
    assert (found.kind, found.media_type) == ("index", media_type)
    assert [child.digest for child in found.children] == [
        digests.of(b"amd64"),
        digests.of(b"nested"),
    ]
    assert (found.config, found.layers, found.blobs, found.content_size) == (None, (), (), 0)


@pytest.mark.parametrize("children", [[], None])
def test_an_index_may_be_empty(children: object) -> None:
    assert parse(index(manifests=children)).children == ()


def test_what_an_index_names_that_is_no_manifest_is_a_blob() -> None:
    cached = named(b"cached layer")
    found = parse(index(manifests=[cached, named(b"amd64", media_types.DOCKER_IMAGE)]))
    assert [blob.digest for blob in found.blobs] == [digests.of(b"cached layer")]
    assert [child.digest for child in found.children] == [digests.of(b"amd64")]


@pytest.mark.parametrize("body", [image(layers=[]), image(layers=None), without(image(), "layers")])
def test_an_image_needs_no_layers(body: dict[str, Any]) -> None:
    found = parse(body)
    assert found.layers == ()
    assert found.blobs == (found.config,)


def test_a_layer_may_be_empty() -> None:
    (layer,) = parse(image(layers=[named(b"")])).layers
    assert layer.size == 0


@pytest.mark.parametrize("media_type", sorted(media_types.NON_DISTRIBUTABLE))
def test_layers_that_are_not_distributed_are_not_required(media_type: str) -> None:
    elsewhere = named(b"windows", media_type, urls=["http://169.254.169.254/latest"])
    found = parse(image(layers=[elsewhere, named(b"ours")]))
    assert [layer.is_distributable for layer in found.layers] == [False, True]
    assert [blob.digest for blob in found.blobs[1:]] == [digests.of(b"ours")]
    assert found.content_size == len(b"config" + b"ours")


def test_an_artifact_tells_its_type() -> None:
    found = parse(image(artifactType="application/vnd.example"))
    assert found.artifact_type == "application/vnd.example"


@pytest.mark.parametrize("absent", ["", None])
def test_an_image_without_artifact_type_shows_that_of_its_config(absent: object) -> None:
    assert parse(image()).artifact_type == CONFIG_TYPE
    assert parse(image(artifactType=absent)).artifact_type == CONFIG_TYPE


def test_an_index_shows_only_its_own_artifact_type() -> None:
    assert parse(index()).artifact_type == ""
    assert parse(index(artifactType="a/b")).artifact_type == "a/b"


def test_the_withdrawn_artifact_manifest_is_an_image_of_blobs() -> None:
    found = parse(artifact(subject=named(b"subject")), media_types.OCI_ARTIFACT)
    assert (found.kind, found.config, found.children) == ("image", None, ())
    assert found.artifact_type == "application/vnd.example.sbom"
    assert [blob.digest for blob in found.blobs] == [digests.of(b"sbom")]
    assert found.subject
    assert parse(without(artifact(), "blobs")).blobs == ()


@pytest.mark.parametrize("body", [image(), index()])
def test_images_and_indexes_may_have_a_subject(body: dict[str, Any]) -> None:
    found = parse(body | {"subject": named(b"subject", media_types.OCI_IMAGE)})
    assert found.subject
    assert found.subject.digest == digests.of(b"subject")
    assert parse(body).subject is None
    assert parse(body | {"subject": None}).subject is None


def test_annotations_are_kept() -> None:
    kept = {"org.example": "<b>é\u200b🐳</b>", "__proto__": "", "": "\t\x01"}
    assert parse(image(annotations=kept)).annotations == kept
    assert parse(index(annotations=kept)).annotations == kept
    assert parse(image(annotations=None)).annotations == {}


def test_names_of_annotations_may_differ_only_in_case() -> None:
    assert parse(image(annotations={"a": "1", "A": "2"})).annotations == {"a": "1", "A": "2"}


def test_data_is_decoded() -> None:
    embedded = named(DATA, data=base64.b64encode(DATA).decode())
    longer = embedded | {"digest": SHA512}
    first, second = parse(image(layers=[embedded, longer])).layers
    assert (first.data, second.data) == (DATA, DATA)
    assert parse(image()).layers[0].data is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "AAAA"},
        {"data": base64.b64encode(DATA).decode() + "="},
        {"data": base64.b64encode(DATA).decode()[:-1]},
        {"data": " " + base64.b64encode(DATA).decode()},
        {"data": base64.b64encode(DATA).decode(), "size": len(DATA) + 1},
        {"data": base64.b64encode(DATA).decode(), "digest": str(digests.of(b"other content"))},
        {"data": "é"},
        {"data": "!"},
        {"data": ""},
        {"data": 5},
        {"data": ["A"]},
    ],
)
def test_data_that_is_not_the_content_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidManifest, match=r"layers\[0\]\.data"):
        parse(image(layers=[named(DATA) | wrong]))


def test_a_number_beyond_all_bounds_is_ignored_like_any_other() -> None:
    payload = dumped(image(x=5)).replace(b'"x": 5', b'"x": 1e400')
    assert manifests.parse(payload, None) == parse(image())


def test_fields_that_we_do_not_know_are_ignored() -> None:
    strange = {"org.Example": [{}], "nested": {"layers": 5, "Layers": None}, "": 1.5}
    assert parse(image() | strange) == parse(image())
    assert parse(image(layers=[named() | strange])) == parse(image(layers=[named()]))


@pytest.mark.parametrize(
    "content_type",
    [
        media_types.OCI_IMAGE,
        media_types.OCI_IMAGE.upper(),
        f"{media_types.OCI_IMAGE}; charset=utf-8",
        f"  {media_types.OCI_IMAGE} ;",
        None,
        "",
        " ",
    ],
)
def test_the_content_type_is_read_leniently(content_type: str | None) -> None:
    assert parse(image(), content_type).media_type == media_types.OCI_IMAGE


def test_without_a_content_type_the_media_type_tells() -> None:
    for body in (image(media_types.DOCKER_IMAGE), index(media_types.DOCKER_LIST), artifact()):
        assert parse(body).media_type == body["mediaType"]


def test_without_any_type_the_shape_tells() -> None:
    assert parse(without(image(), "mediaType")).media_type == media_types.OCI_IMAGE
    assert parse(without(index(), "mediaType")).media_type == media_types.OCI_INDEX
    with pytest.raises(InvalidManifest, match="mediaType"):
        parse({"schemaVersion": 2})


@pytest.mark.parametrize("media_type", [media_types.OCI_IMAGE, media_types.OCI_INDEX])
def test_oci_manifests_need_no_media_type(media_type: str) -> None:
    body = index() if media_type in media_types.INDEXES else image()
    assert parse(without(body, "mediaType"), media_type).media_type == media_type


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (image(), media_types.DOCKER_IMAGE),
        (index(), media_types.DOCKER_LIST),
        (artifact(), media_types.OCI_ARTIFACT),
    ],
)
def test_other_manifests_do(body: dict[str, Any], media_type: str) -> None:
    with pytest.raises(InvalidManifest, match="mediaType is missing"):
        parse(without(body, "mediaType"), media_type)


@pytest.mark.parametrize("size", [4 * 1024 * 1024, 4 * 1024 * 1024 + 1])
def test_four_mebibytes_are_accepted_and_not_a_byte_more(size: int) -> None:
    body = image(annotations={"padding": ""})
    payload = dumped(image(annotations={"padding": "x" * (size - len(dumped(body)))}))
    assert len(payload) == size
    if size <= manifests.LIMIT:
        assert len(manifests.parse(payload, None).annotations["padding"]) > 4_000_000
    else:
        with pytest.raises(ManifestTooLarge):
            manifests.parse(payload, None)


def test_many_large_annotations_are_accepted() -> None:
    annotations = {f"org.example.{number}": "x" * 10_000 for number in range(400)}
    assert parse(image(annotations=annotations)).annotations == annotations


@pytest.mark.parametrize("media_type", sorted(media_types.SCHEMA_1))
def test_schema_1_is_refused_with_a_way_out(media_type: str) -> None:
    for payload, content_type in (
        (dumped({"schemaVersion": 1, "fsLayers": [], "history": []}), media_type),
        (dumped({"schemaVersion": 1, "fsLayers": []}), None),
        (dumped({"schemaVersion": 1}), media_types.DOCKER_IMAGE),
        (dumped(image(media_type)), None),
        (b"not even JSON", media_type),
    ):
        with pytest.raises(UnsupportedManifest, match="schema 1") as refused:
            manifests.parse(payload, content_type)
        assert "skopeo" in refused.value.advice


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "application/json",
        "application/octet-stream",
        "*/*",
        f"{media_types.OCI_IMAGE},{media_types.OCI_INDEX}",
        "application/vnd.cncf.oras.artifact.manifest.v1+json",
        "x" * 10_000,
    ],
)
def test_other_types_are_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedManifest):
        parse(image(), content_type)
    with pytest.raises((UnsupportedManifest, InvalidManifest)):
        parse(image(content_type))


def test_a_docker_plugin_is_an_image() -> None:
    plugin = named(b"{}", "application/vnd.docker.plugin.v1+json")
    assert parse(image(media_types.DOCKER_IMAGE, config=plugin)).kind == "image"


def test_a_foreign_layer_of_an_index_is_not_required() -> None:
    assert parse(index(manifests=[named(b"x", FOREIGN_TYPE)])).blobs == ()
