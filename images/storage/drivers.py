"""Which store this installation uses.  A new driver is one line here; the contract tests it."""

from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings

from images.storage.base import Storage
from images.storage.filesystem import FilesystemStorage
from images.storage.memory import MemoryStorage

_lock = Lock()


def storage() -> Storage:
    """Return the store of the settings, made once per process."""
    with _lock:
        return _made(settings.STORAGE, settings.STORAGE_DIR)


def check() -> None:
    """Raise StorageUnavailable, with the reason, if nothing can be written."""
    storage().check()


@cache
def _made(kind: str, folder: Path) -> Storage:
    return MemoryStorage() if kind == "memory" else FilesystemStorage(folder)
