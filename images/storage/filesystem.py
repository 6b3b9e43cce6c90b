"""A store in a folder.  What is acknowledged is on the disk: the file and the folder it is in."""

import os
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from images.storage import disk
from images.storage.base import BLOCK, Blocks, KeyMissing, State
from images.storage.blocks import FileBlocks, OneBlock
from images.storage.paths import check_key
from swr.errors import StorageFull, StorageUnavailable, UploadNotFound


class FilesystemStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prefix = f"{folder}/"  # a pull's path is text: a Path costs more than the pull
        self._anchored: set[Path] = set()  # folders whose own names are known to be on the disk

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        with disk.locked(self._path(key), create=offset == 0) as handle:
            end = _receive(handle, offset, chunks)
            if offset == 0:  # whatever comes later follows an append that has been here
                self._anchor(key)
            _refuse_vanished(handle)
        return state, end - offset

    def finish(self, key: str, state: State, size: int) -> None:
        del state
        with disk.locked(self._path(key), create=size == 0) as handle:
            if disk.cut(handle, size) or size == 0:  # what was appended is on the disk already
                disk.sync(handle)
                self._anchor(key)
            with disk.translated():
                os.fchmod(handle, disk.FINISHED_MODE)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Blocks:
        handle = self._open(key)
        try:
            wanted = os.fstat(handle).st_size - start if length is None else length
            if wanted > BLOCK:
                blocks = FileBlocks(handle, start, wanted)
                handle = -1  # theirs to close
                return blocks
            return OneBlock(os.pread(handle, max(wanted, 0), start), wanted)
        except OSError as error:
            raise disk.meaning(error) from error
        finally:
            if handle >= 0:
                os.close(handle)

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise KeyMissing(key) from None
        except OSError as error:
            raise disk.meaning(error) from error

    def discard(self, key: str, state: State) -> None:
        del state
        self.delete(key)

    def delete(self, key: str) -> None:
        with disk.translated():
            self._path(key).unlink(missing_ok=True)

    def check(self) -> None:
        probe = self._folder / f".check-{uuid.uuid4().hex}"
        try:
            self._folder.mkdir(disk.FOLDER_MODE, parents=True, exist_ok=True)
            try:
                probe.write_bytes(b"the readiness check was here")
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            reason = f"The registry's storage cannot be written: {error.strerror}."
            raise StorageUnavailable(reason) from error

    def _path(self, key: str) -> Path:
        check_key(key)
        return self._folder / key

    def _open(self, key: str) -> int:
        check_key(key)
        try:
            return os.open(self._prefix + key, disk.TO_READ)
        except FileNotFoundError:
            raise KeyMissing(key) from None
        except OSError as error:
            raise disk.meaning(error) from error

    def _anchor(self, key: str) -> None:
        """Put the file's name on the disk; once per process, the names of the folders above too."""
        month, year, blobs, top = self._path(key).parents[:4]
        disk.sync_folder(month)
        if month not in self._anchored:
            for folder in (year, blobs, top, top.parent):
                disk.sync_folder(folder)
            self._anchored.add(month)


def _receive(handle: int, offset: int, chunks: Iterable[bytes]) -> int:
    """Write all chunks, durably; where they end.  Drops nothing before the first one is there."""
    position, ahead, waiting = offset, disk.WritingAhead(handle, offset), iter(chunks)
    chunk = next(waiting, None)
    if chunk is not None:
        _refuse_finished(handle)
        disk.cut(handle, offset)
    try:
        while chunk is not None:
            with disk.translated():
                position = disk.write(handle, chunk, position)
                ahead.reached(position)
            chunk = next(waiting, None)
        disk.sync(handle)
    except StorageFull:
        with suppress(OSError):  # give back what nobody has been promised
            os.ftruncate(handle, offset)
        raise
    return position


def _refuse_finished(handle: int) -> None:
    """Keep a request that was long on its way from writing into what has become a blob."""
    if not os.fstat(handle).st_mode & 0o222:
        raise UploadNotFound


def _refuse_vanished(handle: int) -> None:
    if os.fstat(handle).st_nlink == 0:
        raise UploadNotFound
