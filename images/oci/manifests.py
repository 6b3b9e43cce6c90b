"""What a pushed manifest says (OCI image-spec 1.1; Docker image manifest version 2, schema 2).

Read once, at the push.  A body that two clients could read as two things is refused
(CVE-2021-41190); fields that nobody has specified are ignored, their bytes are kept.
"""

from dataclasses import dataclass
from typing import Any, Literal

from images.oci import fields, media_types, shapes, strict_json
from images.oci.fields import Descriptor
from swr.errors import InvalidManifest, ManifestTooLarge

LIMIT = 4 * 1024 * 1024  # bytes; distribution-spec, Pushing Manifests: "at least 4 megabytes"

Kind = Literal["image", "index"]
Descriptors = tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedManifest:
    """``artifact_type`` is the effective one, as the referrers API shows it.

    ``children`` are manifests.  An index may name content of other types, too (BuildKit's cache
    does): these can only be blobs, and stand in ``layers``.
    ``content_size`` is that of ``blobs`` in bytes, as declared.
    """

    media_type: str
    kind: Kind
    config: Descriptor | None
    layers: Descriptors
    children: Descriptors
    subject: Descriptor | None
    artifact_type: str
    annotations: dict[str, str]
    content_size: int

    @property
    def blobs(self) -> Descriptors:
        """What has to be in the repository before this manifest is."""
        return _blobs(self.config, self.layers)


def parse(payload: bytes, content_type: str | None) -> ParsedManifest:
    """Raise InvalidManifest, UnsupportedManifest or ManifestTooLarge, naming the field."""
    if len(payload) > LIMIT:
        raise ManifestTooLarge
    declared = media_types.essence(content_type or "")
    shapes.check_supported(declared)
    body = strict_json.loads(payload)
    return _read(body, shapes.media_type(body, declared))


def _read(body: dict[str, Any], media_type: str) -> ParsedManifest:
    config, layers, children = _content(body, media_type)
    artifact_type = fields.media_type(body, "artifactType", "The manifest")
    return ParsedManifest(
        media_type=media_type,
        kind="index" if media_type in media_types.INDEXES else "image",
        config=config,
        layers=layers,
        children=children,
        subject=_subject(body),
        artifact_type=artifact_type or (config.media_type if config else ""),
        annotations=fields.annotations(body, "The manifest"),
        content_size=_total(_blobs(config, layers)),
    )


def _content(
    body: dict[str, Any], media_type: str
) -> tuple[Descriptor | None, Descriptors, Descriptors]:
    """Read the config, the layers and the children."""
    if media_type == media_types.OCI_ARTIFACT:
        return None, fields.descriptors(body, "blobs"), ()
    if media_type in media_types.INDEXES:
        return None, *_parted(fields.descriptors(body, "manifests"))
    return fields.descriptor(body.get("config"), "config"), fields.descriptors(body, "layers"), ()


def _parted(named: Descriptors) -> tuple[Descriptors, Descriptors]:
    """Part what an index names into what can only be blobs, and manifests."""
    known = media_types.MANIFESTS | media_types.SCHEMA_1
    return (
        tuple(one for one in named if one.media_type not in known),
        tuple(one for one in named if one.media_type in known),
    )


def _subject(body: dict[str, Any]) -> Descriptor | None:
    found = body.get("subject")
    return None if found is None else fields.descriptor(found, "subject")


def _blobs(config: Descriptor | None, layers: Descriptors) -> Descriptors:
    distributable = tuple(layer for layer in layers if layer.is_distributable)
    return distributable if config is None else (config, *distributable)


def _total(blobs: Descriptors) -> int:
    total = sum(blob.size for blob in blobs)
    if total > fields.MAX_SIZE:
        raise InvalidManifest("The sizes of the layers add up to more than 2^63-1 bytes.")
    return total
