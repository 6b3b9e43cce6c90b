"""Files on their way out, block by block."""

import os
from typing import Self

from images.storage.base import BLOCK, TOO_SHORT
from swr.errors import StorageUnavailable


class OneBlock:
    """What has been read at once: the file is closed already."""

    __slots__ = ("_block", "_wanted")

    def __init__(self, block: bytes, wanted: int) -> None:
        self._block, self._wanted = block, wanted

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        block = self._block
        if len(block) != self._wanted:
            raise StorageUnavailable(TOO_SHORT)
        if not block:
            raise StopIteration
        self.close()
        return block

    def close(self) -> None:
        self._block, self._wanted = b"", 0


class FileBlocks:
    """An open file; ``close()`` may come at any time, and comes by itself at the end."""

    __slots__ = ("_handle", "_position", "_stop")

    def __init__(self, handle: int, start: int, length: int) -> None:
        self._handle, self._position, self._stop = handle, start, start + length

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._handle < 0 or self._position >= self._stop:
            self.close()
            raise StopIteration
        block = self._read(min(BLOCK, self._stop - self._position))
        if not block:
            self.close()
            raise StorageUnavailable(TOO_SHORT)
        self._position += len(block)
        return block

    def _read(self, wanted: int) -> bytes:
        try:
            return os.pread(self._handle, wanted, self._position)
        except OSError as error:
            self.close()
            raise StorageUnavailable("The stored object cannot be read.") from error

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    __del__ = close
