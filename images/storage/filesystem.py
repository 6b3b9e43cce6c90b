"""A store in a folder.  What is acknowledged is on the disk: the file and the folder it is in."""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from images.storage import disk
from images.storage.base import BLOCK, Blocks, KeyMissing, State
from images.storage.blocks import FileBlocks, OneBlock
from images.storage.paths import check_key
from swr.errors import StorageFull


class FilesystemStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prefix = f"{folder}/"  # a pull's path is text: a Path costs more than the pull
        self._anchored: set[Path] = set()  # folders whose own names are known to be on the disk

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        with self._alone(key, create=offset == 0) as handle:
            disk.cut(handle, offset)
            try:
                written = disk.write(handle, offset, chunks)
                disk.sync(handle)
            except StorageFull:
                with suppress(OSError):  # give back what nobody has been promised
                    os.ftruncate(handle, offset)
                raise
            if offset == 0:
                self._anchor(key)
        return state, written

    def finish(self, key: str, state: State, size: int) -> None:
        del state
        with self._alone(key, create=size == 0) as handle:
            if disk.cut(handle, size) or size == 0:  # what was appended is on the disk already
                disk.sync(handle)
                self._anchor(key)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Blocks:
        handle = self._open(key)
        try:
            wanted = os.fstat(handle).st_size - start if length is None else length
            if wanted > BLOCK:
                blocks = FileBlocks(handle, start, wanted)
                handle = -1  # now theirs to close
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
        with disk.translated():
            probe.parent.mkdir(disk.FOLDER_MODE, parents=True, exist_ok=True)
            probe.write_bytes(b"written by the readiness check")
            probe.unlink()

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

    @contextmanager
    def _alone(self, key: str, *, create: bool) -> Iterator[int]:
        handle = disk.open_alone(self._path(key), create=create)
        try:
            yield handle
        finally:
            os.close(handle)

    def _anchor(self, key: str) -> None:
        """Put the file's name on the disk; once per process, the names of the folders above too."""
        folder, year, blobs, top = self._path(key).parents[:4]
        disk.sync_folder(folder)
        if folder not in self._anchored:
            for above in (year, blobs, top, top.parent):
                disk.sync_folder(above)
            self._anchored.add(folder)
