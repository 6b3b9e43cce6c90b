"""What the operating system is asked for, and what its refusals mean."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from swr.errors import StorageFull, StorageUnavailable, SwrError, UploadBusy

FILE_MODE, FOLDER_MODE = 0o640, 0o750
TO_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW

_TO_WRITE = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def meaning(error: OSError) -> SwrError:
    if error.errno in _FULL:
        return StorageFull()
    return StorageUnavailable(f"The registry's storage does not work: {error.strerror}.")


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise meaning(error) from error


def open_alone(path: Path, *, create: bool) -> int:
    """Open for writing, locked against every other writer; the lock ends with its process."""
    with translated():
        if create:
            path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        handle = os.open(path, _TO_WRITE | (os.O_CREAT if create else 0), FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise UploadBusy from error
        raise meaning(error) from error
    return handle


def cut(handle: int, size: int) -> bool:
    """Drop what lies beyond ``size``; whether there was anything."""
    with translated():
        found = os.fstat(handle).st_size
        if found > size:
            os.ftruncate(handle, size)
    if found < size:
        raise StorageUnavailable("The stored object is shorter than what was acknowledged.")
    return found > size


def write(handle: int, offset: int, chunks: Iterable[bytes]) -> int:
    """Write all chunks from ``offset`` on; how many bytes that were."""
    position = offset
    for chunk in chunks:  # outside of translated(): an OSError in there is the client's
        rest = memoryview(chunk)
        with translated():
            while rest:
                written = os.pwrite(handle, rest, position)
                position += written
                rest = rest[written:]
    return position - offset


def sync(handle: int) -> None:
    with translated():
        os.fsync(handle)


def sync_folder(folder: Path) -> None:
    with translated():
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
