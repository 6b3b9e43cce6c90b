"""Which kind of manifest a body is: Content-Type, ``mediaType`` and its keys have to agree."""

from typing import Any

from images.oci import fields, media_types
from swr.errors import InvalidManifest, UnsupportedManifest

_NAMES = fields.Names(
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
    "manifests",
    "blobs",
    "subject",
    "annotations",
    "fsLayers",
)
# The keys of other kinds: what has one of these could be read as something else.
_FOREIGN = {
    media_types.OCI_IMAGE: ("manifests", "blobs", "fsLayers"),
    media_types.DOCKER_IMAGE: ("manifests", "blobs", "fsLayers"),
    media_types.OCI_INDEX: ("config", "layers", "blobs", "fsLayers"),
    media_types.DOCKER_LIST: ("config", "layers", "blobs", "fsLayers"),
    media_types.OCI_ARTIFACT: ("config", "layers", "manifests", "fsLayers"),
}
_NEEDED = {
    media_types.OCI_IMAGE: "config",
    media_types.DOCKER_IMAGE: "config",
    media_types.OCI_INDEX: "manifests",
    media_types.DOCKER_LIST: "manifests",
    media_types.OCI_ARTIFACT: "mediaType",
}
_MAY_OMIT_TYPE = frozenset({media_types.OCI_IMAGE, media_types.OCI_INDEX})


def check_supported(media_type: str) -> None:
    """Refuse a type that we do not know; the empty one may still be found out."""
    if media_type in media_types.SCHEMA_1:
        raise _schema_1()
    if media_type and media_type not in media_types.MANIFESTS:
        raise UnsupportedManifest(f"Manifests of the type {media_type[:255]!r} are not accepted.")


def media_type(body: dict[str, Any], declared: str) -> str:
    """Find the one type that ``declared`` (by Content-Type, or empty) and the body agree on."""
    _NAMES.refuse_lookalikes(body, "The manifest")
    if _version(body) == 1:
        raise _schema_1()
    found = _agreed(fields.media_type(body, "mediaType", "The manifest"), declared)
    found = found or _deduced(body)
    _check_version(body, found)
    _check_keys(body, found)
    return found


def _agreed(inside: str, declared: str) -> str:
    check_supported(inside)
    if inside and declared and inside != declared:
        raise InvalidManifest(f"mediaType is {inside!r}, but Content-Type says {declared!r}.")
    if declared and not inside and declared not in _MAY_OMIT_TYPE:
        raise InvalidManifest(f"mediaType is missing: it must be {declared!r}, as Content-Type is.")
    return inside or declared


def _deduced(body: dict[str, Any]) -> str:
    if "manifests" in body:
        return media_types.OCI_INDEX
    if "config" in body:
        return media_types.OCI_IMAGE
    raise InvalidManifest("There is no mediaType, and neither config nor manifests.")


def _check_version(body: dict[str, Any], found: str) -> None:
    if found == media_types.OCI_ARTIFACT and body.get("schemaVersion") is None:
        return  # that type has none
    if _version(body) != 2:  # noqa: PLR2004
        raise InvalidManifest("schemaVersion must be 2.")


def _version(body: dict[str, Any]) -> int:
    """Return 0 when it is no whole number; True and 2.0 are none."""
    version = body.get("schemaVersion")
    return version if type(version) is int else 0


def _check_keys(body: dict[str, Any], found: str) -> None:
    for name in _FOREIGN[found]:
        if name in body:
            raise InvalidManifest(f"{name} has no place in a manifest of the type {found!r}.")
    if _NEEDED[found] not in body:
        raise InvalidManifest(f"{_NEEDED[found]} is missing.")


def _schema_1() -> UnsupportedManifest:
    return UnsupportedManifest(
        "Docker's manifest schema 1 is not accepted: schema 2 replaced it in 2016.",
        advice="Push with Docker 1.10 or newer, or convert it: skopeo copy --format v2s2.",
    )
