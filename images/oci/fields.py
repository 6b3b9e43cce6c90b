"""The fields of a manifest, each checked as it is read; ``where`` is its name in the sentence."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from images.oci import digests, media_types
from images.oci.digests import Digest
from swr.errors import InvalidDigest, InvalidManifest

MAX_SIZE = 2**63 - 1  # what Go's int64 and a BIGINT hold
MAX_DESCRIPTORS = 10_000


@dataclass(frozen=True, slots=True)
class Descriptor:
    media_type: str
    digest: Digest
    size: int
    data: bytes | None = None  # the content itself, checked against digest and size

    @property
    def is_distributable(self) -> bool:
        return self.media_type not in media_types.NON_DISTRIBUTABLE


class Names:
    """The keys of one kind of object that we read."""

    def __init__(self, *names: str) -> None:
        self._exact = frozenset(names)
        self._folded = frozenset(name.casefold() for name in names)

    def refuse_lookalikes(self, found: Iterable[str], where: str) -> None:
        """Refuse what a Go client, which ignores case in keys, would read and we would not."""
        for key in found:
            if key not in self._exact and key.casefold() in self._folded:
                raise InvalidManifest(f"{where} has the key {key!r}: write it in the right case.")


_DESCRIPTOR = Names("mediaType", "digest", "size", "data")


def descriptors(found: dict[str, Any], key: str) -> tuple[Descriptor, ...]:
    """Read the list under ``key``; Go writes an empty one as null, too."""
    value = found.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidManifest(f"{key} must be a list of descriptors.")
    if len(value) > MAX_DESCRIPTORS:
        raise InvalidManifest(f"{key} has more than {MAX_DESCRIPTORS} entries.")
    return tuple(descriptor(one, f"{key}[{number}]") for number, one in enumerate(value))


def descriptor(found: object, where: str) -> Descriptor:
    if not isinstance(found, dict):
        raise InvalidManifest(f"{where} must be a descriptor (an object).")
    _DESCRIPTOR.refuse_lookalikes(found, where)
    kind = media_type(found, "mediaType", where)
    if not kind:
        raise InvalidManifest(f"{where}.mediaType is missing.")
    digest, size = _digest(found, where), _size(found, where)
    return Descriptor(kind, digest, size, _data(found, digest, size, where))


def media_type(found: dict[str, Any], key: str, where: str) -> str:
    """Read the media type under ``key``; empty when there is none."""
    value = found.get(key)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not media_types.is_well_formed(value):
        raise InvalidManifest(
            f"{where}: {key} must be a media type (type/subtype, at most 255 characters)."
        )
    return value


def annotations(found: dict[str, Any], where: str) -> dict[str, str]:
    value = found.get("annotations")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidManifest(f"{where}: annotations must be an object of strings.")
    for name, text in value.items():
        if not isinstance(text, str):
            raise InvalidManifest(f"{where}: the annotation {name[:80]!r} must be a string.")
        if not (_can_be_kept(name) and _can_be_kept(text)):
            raise InvalidManifest(f"{where}: the annotation {name[:80]!r} is not plain Unicode.")
    return value


def _can_be_kept(text: str) -> bool:
    """PostgreSQL has no NUL in text, and half a surrogate pair is no character at all."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(found: dict[str, Any], where: str) -> Digest:
    value = found.get("digest")
    if not isinstance(value, str):
        raise InvalidManifest(f"{where}.digest must be a digest (a string).")
    try:
        return digests.parse(value)
    except InvalidDigest as error:
        raise InvalidManifest(f"{where}.digest: {error.message}", advice=error.advice) from None


def _size(found: dict[str, Any], where: str) -> int:
    value = found.get("size")
    if type(value) is not int or not 0 <= value <= MAX_SIZE:  # True is an int, too
        raise InvalidManifest(f"{where}.size must be a whole number from 0 to 2^63-1.")
    return value


def _data(found: dict[str, Any], digest: Digest, size: int, where: str) -> bytes | None:
    value = found.get("data")
    if value is None:
        return None
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except ValueError:
        data = None
    if data is None or len(data) != size or digests.of(data, digest.algorithm) != digest:
        raise InvalidManifest(f"{where}.data is not the base64 of what digest and size describe.")
    return data
