"""What a pushed manifest says (OCI image-spec 1.1; Docker image manifest version 2, schema 2).

Read once, at the push.  A body that two clients could read as two things is refused
(CVE-2021-41190); fields that nobody has specified are ignored, their bytes are kept.
"""

from dataclasses import dataclass
from typing import Any, Literal

from images.oci import media_types, strict_json
from images.oci.fields import MAX_SIZE, Descriptor, Names, annotations, descriptor, media_type
from swr.errors import InvalidManifest, ManifestTooLarge, UnsupportedManifest

LIMIT = 4 * 1024 * 1024  # bytes; distribution-spec: at least 4 megabytes SHOULD be accepted
MAX_DESCRIPTORS = 10_000

_NAMES = Names(
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "blobs",
    "subject", "annotations", "fsLayers",
)  # fmt: skip
_SCHEMA_1 = (
    "Docker's manifest schema 1 is not accepted: it has been replaced by schema 2 since 2016."
)
_SCHEMA_1_ADVICE = (
    "Push with Docker 1.10 or newer, or convert it: skopeo copy --format v2s2 (or --format oci)."
)

Kind = Literal["image", "index"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedManifest:
    """``artifact_type`` is the effective one, as the referrers API shows it.

    ``children`` are manifests.  An index may also name content of other types (BuildKit's cache
    does): no manifest can have these, so they are blobs and stand in ``layers``.
    ``content_size`` is that of ``blobs``, as declared, in bytes.
    """

    media_type: str
    kind: Kind
    config: Descriptor | None
    layers: tuple[Descriptor, ...]
    children: tuple[Descriptor, ...]
    subject: Descriptor | None
    artifact_type: str
    annotations: dict[str, str]
    content_size: int

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """What has to be in the repository before this manifest is."""
        return _required(self.config, self.layers)


def parse(payload: bytes, content_type: str | None) -> ParsedManifest:
    if len(payload) > LIMIT:
        raise ManifestTooLarge
    declared = media_types.essence(content_type or "")
    _check_supported(declared)
    body = strict_json.loads(payload)
    _NAMES.refuse_lookalikes(body, "The manifest")
    kept_as = _media_type(body, declared)
    _check_shape(body, kept_as)
    return _read(body, kept_as)


def _check_supported(declared: str) -> None:
    if declared in media_types.SCHEMA_1:
        raise UnsupportedManifest(_SCHEMA_1, advice=_SCHEMA_1_ADVICE)
    if declared and declared not in media_types.MANIFESTS:
        raise UnsupportedManifest(f"Manifests of the type {declared[:255]!r} are not accepted.")


def _media_type(body: dict[str, Any], declared: str) -> str:
    """Find the one type that Content-Type, mediaType and the shape of the body agree on."""
    inside = media_type(body, "mediaType", "The manifest")
    if inside and declared and inside != declared:
        raise InvalidManifest(f"mediaType is {inside!r}, but Content-Type says {declared!r}.")
    if declared in media_types.MANIFESTS - _MAY_OMIT_TYPE and not inside:
        raise InvalidManifest(f"mediaType is missing; it must be {declared!r}.")
    _check_version(body, inside or declared)
    _check_supported(inside)
    return inside or declared or _deduced(body)


def _deduced(body: dict[str, Any]) -> str:
    if "manifests" in body:
        return media_types.OCI_INDEX
    if "config" in body:
        return media_types.OCI_IMAGE
    raise InvalidManifest("mediaType is missing, and the content shows no known type.")


def _check_version(body: dict[str, Any], kept_as: str) -> None:
    version = body.get("schemaVersion")
    if type(version) is int and version == 1:
        raise UnsupportedManifest(_SCHEMA_1, advice=_SCHEMA_1_ADVICE)
    if version is None and kept_as == media_types.OCI_ARTIFACT:
        return  # that type never had one
    if type(version) is not int or version != 2:  # noqa: PLR2004
        raise InvalidManifest("schemaVersion must be 2.")


_MAY_OMIT_TYPE = frozenset({media_types.OCI_IMAGE, media_types.OCI_INDEX})
_FOREIGN = {
    media_types.OCI_IMAGE: ("manifests", "blobs", "fsLayers"),
    media_types.DOCKER_IMAGE: ("manifests", "blobs", "fsLayers"),
    media_types.OCI_INDEX: ("config", "layers", "blobs", "fsLayers"),
    media_types.DOCKER_LIST: ("config", "layers", "blobs", "fsLayers"),
    media_types.OCI_ARTIFACT: ("config", "layers", "manifests", "fsLayers"),
}


def _check_shape(body: dict[str, Any], kept_as: str) -> None:
    for name in _FOREIGN[kept_as]:
        if name in body:
            raise InvalidManifest(f"A manifest of the type {kept_as!r} must not have {name!r}.")


def _read(body: dict[str, Any], kept_as: str) -> ParsedManifest:
    config, layers, children = _content(body, kept_as)
    artifact_type = media_type(body, "artifactType", "The manifest")
    return ParsedManifest(
        media_type=kept_as,
        kind="index" if kept_as in media_types.INDEXES else "image",
        config=config,
        layers=layers,
        children=children,
        subject=_optional(body, "subject"),
        artifact_type=artifact_type or (config.media_type if config else ""),
        annotations=annotations(body, "The manifest"),
        content_size=_size(_required(config, layers)),
    )


_Content = tuple[Descriptor | None, tuple[Descriptor, ...], tuple[Descriptor, ...]]


def _content(body: dict[str, Any], kept_as: str) -> _Content:
    """Read the config, the layers and the children."""
    if kept_as == media_types.OCI_ARTIFACT:
        return None, _descriptors(body, "blobs"), ()
    if kept_as not in media_types.INDEXES:
        return descriptor(body.get("config"), "config"), _descriptors(body, "layers"), ()
    if "manifests" not in body:
        raise InvalidManifest("manifests is missing: an index has a list of them, even if empty.")
    named = _descriptors(body, "manifests")
    children = tuple(one for one in named if one.media_type in _CHILDREN)
    return None, tuple(one for one in named if one.media_type not in _CHILDREN), children


_CHILDREN = media_types.MANIFESTS | media_types.SCHEMA_1


def _optional(body: dict[str, Any], name: str) -> Descriptor | None:
    found = body.get(name)
    return None if found is None else descriptor(found, name)


def _descriptors(body: dict[str, Any], name: str) -> tuple[Descriptor, ...]:
    """Read a list of descriptors; Go writes an empty one as null, too."""
    found = body.get(name)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise InvalidManifest(f"{name} must be a list of descriptors.")
    if len(found) > MAX_DESCRIPTORS:
        raise InvalidManifest(f"{name} has more than {MAX_DESCRIPTORS} entries.")
    return tuple(descriptor(one, f"{name}[{number}]") for number, one in enumerate(found))


def _required(config: Descriptor | None, layers: tuple[Descriptor, ...]) -> tuple[Descriptor, ...]:
    distributable = tuple(layer for layer in layers if layer.is_distributable)
    return distributable if config is None else (config, *distributable)


def _size(blobs: tuple[Descriptor, ...]) -> int:
    total = sum(blob.size for blob in blobs)
    if total > MAX_SIZE:
        raise InvalidManifest("The sizes of the layers add up to more than 2^63-1 bytes.")
    return total
