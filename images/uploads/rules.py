"""What may arrive in one request, and its digest on the way.  Pure."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from swr.errors import BlobTooLarge, WrongSize

if TYPE_CHECKING:
    from hashlib import _Hash


def check_size(size: int, *, most: int) -> None:
    """``most`` is how many bytes a blob may have; 0 means any number."""
    if most and size > most:
        raise BlobTooLarge(advice=f"A blob may have {most} bytes at most.")


def checked(blocks: Iterable[bytes], *, length: int | None, room: int | None) -> Iterator[bytes]:
    """The blocks, as long as they are no more than were declared and than there is room for."""
    arrived = 0
    for block in blocks:
        arrived += len(block)
        if length is not None and arrived > length:
            raise WrongSize(f"{length} bytes were declared, more arrived; none of them is kept.")
        if room is not None and arrived > room:
            raise BlobTooLarge
        yield block


def hashed(blocks: Iterable[bytes], hasher: "_Hash | None") -> Iterator[bytes]:
    for block in blocks:
        if hasher:
            hasher.update(block)
        yield block
