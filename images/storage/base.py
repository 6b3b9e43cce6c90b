"""What a store of bytes promises; ``tests/images/storage/contract.py`` tests every driver."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
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
    def lock(self, key: str) -> AbstractContextManager[None]:
        """Be the only one on this store who may append to, finish or discard the object.

        Raises UploadBusy at once when somebody else is.  The lock ends with its process at the
        latest; an object that nothing was written to does not outlive it.
        """
        ...

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        """Write the chunks at ``offset``, under the lock; answer the state and the length.

        What lay beyond ``offset`` (left by a lost request) is dropped first; what was written is
        durable on return.  Never holds more than one chunk.  When ``chunks`` raises, so does this,
        and the bytes beyond ``offset`` are dropped by the next append.

        Raises StorageFull, StorageUnavailable.
        """
        ...

    def finish(self, key: str, state: State, size: int) -> None:
        """Complete the object, under the lock: ``size`` bytes long, perhaps none, and durable.

        Raises StorageUnavailable when it is shorter.
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
        """Forget an unfinished object, if there is one, under the lock."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""
        ...

    def check(self) -> None:
        """Raise StorageUnavailable, with the reason, if nothing can be written."""
        ...
