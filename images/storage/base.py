"""What a store of bytes promises; ``tests/images/storage/contract.py`` tests every driver."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

BLOCK = 256 * 1024  # bytes handed out at a time
TOO_SHORT = "The stored object is shorter than it should be."

State = dict[
    str, Any
]  # what a driver has to remember of an unfinished object: JSON, empty at first


class KeyMissing(Exception):
    """The store has no such object."""


class Blocks(Iterator[bytes], Protocol):
    """Bytes on their way out.  ``close()`` lets go of the object before the end is reached."""

    def close(self) -> None: ...


class Storage(Protocol):
    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        """Write the chunks at ``offset`` of an unfinished object; answer the state and the length.

        What lay beyond ``offset`` (left by a lost request) is dropped first; what was written is
        durable on return.  Never holds more than one chunk.  When ``chunks`` raises, so does this,
        and the bytes beyond ``offset`` are dropped by the next append.

        The first chunk is asked for when nobody else can write any more and nothing has been
        dropped yet: there the caller can make sure that ``offset`` is still the right one.

        Raises UploadBusy while another append to the key is under way anywhere on this store,
        UploadNotFound when the object is finished or goes away meanwhile, StorageFull,
        StorageUnavailable.
        """
        ...

    def finish(self, key: str, state: State, size: int) -> None:
        """Complete an object of exactly ``size`` bytes, perhaps none; from now on it can be read.

        Raises StorageUnavailable when it is shorter, UploadBusy while it is written to.
        """
        ...

    def read(self, key: str, start: int = 0, length: int | None = None) -> Blocks:
        """Hand out ``length`` bytes, or all, from ``start`` on.

        Raises KeyMissing here and now; StorageUnavailable later, if the object is too short.
        """
        ...

    def size(self, key: str) -> int:
        """Return how many bytes there are; raise KeyMissing."""
        ...

    def discard(self, key: str, state: State) -> None:
        """Forget an unfinished object, if there is one."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""
        ...

    def check(self) -> None:
        """Raise StorageUnavailable, with the reason, if nothing can be written."""
        ...
