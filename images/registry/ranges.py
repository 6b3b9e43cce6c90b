"""Ranges as HTTP and the specification write them.  Pure."""

import re

from swr.errors import InvalidUpload, RangeNotSatisfiable

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_CHUNK = re.compile(r"(?:bytes )?(\d{1,18})-(\d{1,18})(?:/(?:\*|\d{1,18}))?", re.ASCII)


def parse(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for; None where the whole is the answer (RFC 9110 14.2).

    Several ranges, other units and what is no range at all are answered by the whole.
    """
    found = _ONE.fullmatch(header.strip())
    if not found or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            raise RangeNotSatisfiable
    if start >= end:
        raise RangeNotSatisfiable
    return range(start, end)


def parse_chunk(header: str) -> range:
    """The bytes that a chunk says it holds: ``first-last`` (spec: Pushing a blob in chunks)."""
    found = _CHUNK.fullmatch(header.strip())
    if not found or int(found[2]) < int(found[1]):
        raise InvalidUpload(
            f"Content-Range {header[:60]!r} is not understood.",
            advice="Write it as first-last, both inclusive, as in 0-1023.",
        )
    return range(int(found[1]), int(found[2]) + 1)
