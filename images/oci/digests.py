"""Digests, the names of content (OCI image-spec, descriptor.md): sha256 and sha512, lower case."""

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swr.errors import InvalidDigest

if TYPE_CHECKING:
    from hashlib import _Hash

ALGORITHMS = {"sha256": 64, "sha512": 128}  # and how many hex digits each has

_PATTERN = re.compile("|".join(f"{name}:[0-9a-f]{{{n}}}" for name, n in ALGORITHMS.items()))
_HASHERS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Digest:
    algorithm: str
    hex: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"


def parse(text: str) -> Digest:
    if _PATTERN.fullmatch(text) is None:
        raise InvalidDigest(f"{text[:80]!r} is not a digest that this registry knows.")
    algorithm, _, digits = text.partition(":")
    return Digest(algorithm, digits)


def hasher(algorithm: str) -> "_Hash":
    if algorithm not in _HASHERS:
        raise InvalidDigest(
            f"{algorithm[:80]!r} is not a digest algorithm that this registry knows."
        )
    return _HASHERS[algorithm]()


def of(data: bytes, algorithm: str = "sha256") -> Digest:
    hashing = hasher(algorithm)
    hashing.update(data)
    return Digest(algorithm, hashing.hexdigest())
