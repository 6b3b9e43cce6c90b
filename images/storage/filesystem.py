"""A store in a folder.  What is acknowledged is on the disk: the file and the folder it is in."""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from images.storage import disk
from images.storage.base import BLOCK, Blocks, KeyMissing, State
from images.storage.blocks import FileBlocks, OneBlock
from images.storage.paths import check_key
from swr.errors import StorageFull, StorageUnavailable


@dataclass(slots=True)
class _Held:
    """A locked file.  ``is_spare``: nothing in it is worth keeping, it goes with the lock."""

    handle: int
    is_spare: bool


class FilesystemStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prefix = f"{folder}/"  # a pull's path is text: a Path costs more than the pull
        self._held: dict[str, _Held] = {}  # by key; the kernel's lock is what keeps others out
        self._anchored: set[Path] = set()  # folders whose own names are known to be on the disk

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        path = self._path(key)
        self._held[key] = held = _Held(*disk.open_alone(path))
        try:
            yield
        finally:
            del self._held[key]
            if held.is_spare:
                with suppress(OSError):  # while it is locked: nobody else has begun anew
                    path.unlink(missing_ok=True)
            os.close(held.handle)

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        held = self._held[key]
        disk.cut(held.handle, offset)
        try:
            end = disk.write(held.handle, offset, chunks)
            disk.sync(held.handle)
        except StorageFull:
            with suppress(OSError):  # give back what nobody has been promised
                os.ftruncate(held.handle, offset)
            raise
        if offset == 0 and end:  # whatever is appended later, the name is on the disk
            self._anchor(key)
            held.is_spare = False
        return state, end - offset

    def finish(self, key: str, state: State, size: int) -> None:
        del state
        held = self._held[key]
        if disk.cut(held.handle, size) or size == 0:  # what was appended is on the disk already
            disk.sync(held.handle)
            self._anchor(key)
        held.is_spare = False

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
        held = self._held[key]
        with disk.translated():
            os.ftruncate(held.handle, 0)
        held.is_spare = True

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
