"""The media types a registry has to tell apart; every other one is opaque to it."""

import re

OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"  # withdrawn from OCI 1.1, in use
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json"
DOCKER_SCHEMA_1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"

IMAGES = frozenset({OCI_IMAGE, DOCKER_IMAGE, OCI_ARTIFACT})
INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})
MANIFESTS = IMAGES | INDEXES
SCHEMA_1 = frozenset({DOCKER_SCHEMA_1, DOCKER_SCHEMA_1_SIGNED})

# Layers that stay where their URLs point: clients do not push them, and nobody may require them.
NON_DISTRIBUTABLE = frozenset(
    {
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    }
)

MAX_LENGTH = 255

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105  (RFC 9110, 5.6.2)
_PATTERN = re.compile(rf"{_TOKEN}/{_TOKEN}(?:[ ]*;[ -~]*)?")


def is_well_formed(media_type: str) -> bool:
    return len(media_type) <= MAX_LENGTH and _PATTERN.fullmatch(media_type) is not None


def essence(content_type: str) -> str:
    """Take the media type out of a Content-Type header: lower case, no parameters."""
    return content_type.partition(";")[0].strip().lower()
