from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from images.storage.drivers import storage
from images.storage.filesystem import FilesystemStorage
from images.storage.memory import MemoryStorage

pytestmark = pytest.mark.pure


def test_the_settings_choose_the_store(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE, settings.STORAGE_DIR = "memory", tmp_path
    assert isinstance(storage(), MemoryStorage)
    settings.STORAGE = "fs"
    assert isinstance(storage(), FilesystemStorage)


def test_all_threads_have_the_same_store(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE, settings.STORAGE_DIR = "memory", tmp_path
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: storage(), range(100)))
    assert len(set(map(id, made))) == 1
