"""Manifests as clients send them."""

import json
from typing import Any

from images.oci import digests, media_types

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
FOREIGN_TYPE = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def named(content: bytes = b"{}", media_type: str = LAYER_TYPE, **more: Any) -> dict[str, Any]:
    """Describe the content."""
    digest = str(digests.of(content))
    return {"mediaType": media_type, "digest": digest, "size": len(content)} | more


def image(media_type: str = media_types.OCI_IMAGE, **changes: Any) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": named(b"config", CONFIG_TYPE),
        "layers": [named(b"layer one"), named(b"layer number two")],
    } | changes


def index(media_type: str = media_types.OCI_INDEX, **changes: Any) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [
            named(b"amd64", media_types.OCI_IMAGE, platform={"os": "linux"}),
            named(b"nested", media_types.OCI_INDEX),
        ],
    } | changes


def artifact(**changes: Any) -> dict[str, Any]:
    """An artifact manifest of OCI 1.1's release candidates."""
    return {
        "mediaType": media_types.OCI_ARTIFACT,
        "artifactType": "application/vnd.example.sbom",
        "blobs": [named(b"sbom", "application/json")],
    } | changes


def without(body: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in keys}


def dumped(body: object) -> bytes:
    return json.dumps(body).encode()
