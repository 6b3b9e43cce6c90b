"""The contract on a real folder, and what can only go wrong there."""

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from images.storage.base import Storage
from images.storage.filesystem import FilesystemStorage
from swr.errors import StorageFull, StorageUnavailable, UploadBusy
from tests.images.storage.contract import (
    MIB,
    BoundedMemory,
    StorageContract,
    content,
    fresh_key,
    put,
)

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[3]

# Appends b"A" blocks without end at an offset, telling when the first ones are written.
ENDLESS = """
import itertools, sys
from pathlib import Path
from images.storage.filesystem import FilesystemStorage

def chunks():
    for number in itertools.count():
        if number == 3:
            print("writing", flush=True)
            sys.stdin.read()
        yield b"A" * 100_000

folder, key, offset = sys.argv[1:]
storage = FilesystemStorage(Path(folder))
with storage.lock(key):
    storage.append(key, {}, int(offset), chunks())
"""

# Appends 64 KiB where only 16 KiB fit, then what fits; prints what happened.
LIMITED = """
import resource, sys
from pathlib import Path
from images.storage.filesystem import FilesystemStorage
from swr.errors import StorageFull

resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
folder, key = sys.argv[1:]
storage = FilesystemStorage(Path(folder))
with storage.lock(key):
    state, written = storage.append(key, {}, 0, [b"k" * 1000])
try:
    with storage.lock(key):
        storage.append(key, state, written, [b"x" * 4096] * 16)
except StorageFull:
    print("full, and left", storage.size(key))
with storage.lock(key):
    state, more = storage.append(key, state, written, [b"y" * 1000])
    storage.finish(key, state, written + more)
"""


class TestFilesystem(StorageContract, BoundedMemory):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        return FilesystemStorage(tmp_path / "store")


@pytest.fixture
def storage(tmp_path: Path) -> FilesystemStorage:
    return FilesystemStorage(tmp_path)


@pytest.fixture
def without_privileges() -> Iterator[None]:
    """Be nobody, if we are root: nothing is forbidden to root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def name_of(handle: int) -> Path:
    return Path(f"/proc/self/fd/{handle}").readlink()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_key_is_a_path_below_the_folder(storage: FilesystemStorage, tmp_path: Path) -> None:
    key = put(storage, b"content")
    assert (tmp_path / key).read_bytes() == b"content"


def test_nobody_else_may_read_the_files(storage: FilesystemStorage, tmp_path: Path) -> None:
    path = tmp_path / put(storage, b"content")
    assert stat.S_IMODE(path.stat().st_mode) & 0o137 == 0
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o027 == 0


def test_a_killed_writer_frees_the_lock_and_costs_nothing(
    storage: FilesystemStorage, tmp_path: Path
) -> None:
    key = fresh_key()
    with storage.lock(key):
        state, offset = storage.append(key, {}, 0, [b"acknowledged "])
    with start(ENDLESS, tmp_path, key, offset) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(UploadBusy), storage.lock(key):
            pytest.fail("two processes hold the lock")
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert storage.size(key) > offset
    with storage.lock(key):
        state, written = storage.append(key, state, offset, [b"and gone on with"])
        storage.finish(key, state, offset + written)
    assert content(storage, key) == b"acknowledged and gone on with"


def test_a_writer_killed_in_its_first_append_leaves_no_trouble(
    storage: FilesystemStorage, tmp_path: Path
) -> None:
    key = fresh_key()
    with start(ENDLESS, tmp_path, key, 0) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        writer.kill()
    with storage.lock(key):
        state, written = storage.append(key, {}, 0, [b"anew"])
        storage.finish(key, state, written)
    assert content(storage, key) == b"anew"


def test_a_full_disk_is_told_and_the_upload_goes_on_later(
    storage: FilesystemStorage, tmp_path: Path
) -> None:
    key = fresh_key()
    with start(LIMITED, tmp_path, key) as writer:
        assert writer.stdout
        assert writer.stdout.read() == "full, and left 1000\n"
    assert writer.returncode == 0
    assert content(storage, key) == b"k" * 1000 + b"y" * 1000


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_no_room_is_told_whichever_call_finds_out(
    storage: FilesystemStorage, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    key = fresh_key()

    def full(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with storage.lock(key):
        state, _ = storage.append(key, {}, 0, [b"kept"])
        monkeypatch.setattr(os, call, full)
        with pytest.raises(StorageFull):
            storage.append(key, state, 4, [b"lost"])
    assert content(storage, key) == b"kept"


@pytest.mark.parametrize("call", ["pwrite", "fsync", "ftruncate"])
def test_a_broken_disk_is_told_without_a_path(
    storage: FilesystemStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def broken(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(tmp_path))

    key = fresh_key()
    with storage.lock(key):
        state, _ = storage.append(key, {}, 0, [b"kept and lost"])
        monkeypatch.setattr(os, call, broken)
        with pytest.raises(StorageUnavailable) as told:
            storage.append(key, state, 4, [b"more"])
    assert str(tmp_path) not in told.value.message


def test_what_was_acknowledged_has_been_synced_with_the_folders_above(
    storage: FilesystemStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(name_of(handle)))
    key = put(storage, b"content")
    path = tmp_path / key
    assert synced[0] == path
    assert set(synced[1:]) == {*path.parents[:4], tmp_path.parent}


def test_an_empty_object_is_synced_like_any_other(
    storage: FilesystemStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(name_of(handle)))
    path = tmp_path / put(storage)
    assert {path, path.parent} <= set(synced)


def test_a_link_is_never_followed(storage: FilesystemStorage, tmp_path: Path) -> None:
    secret, key = tmp_path / "secret", fresh_key()
    secret.write_bytes(b"secret")
    (tmp_path / key).parent.mkdir(parents=True)
    (tmp_path / key).symlink_to(secret)
    with pytest.raises(StorageUnavailable):
        storage.read(key)
    with pytest.raises(StorageUnavailable), storage.lock(key):
        pytest.fail("locked")


def test_open_files_do_not_add_up(storage: FilesystemStorage) -> None:
    key = put(storage, bytes(MIB))
    before = open_files()
    for _ in range(20):
        next(storage.read(key))  # neither read to the end nor closed
        list(storage.read(key))
        b"".join(storage.read(key, 0, 10))
        with storage.lock(key):
            pass
    assert open_files() == before


def test_a_file_that_shrinks_while_it_is_read_never_ends_silently(
    storage: FilesystemStorage, tmp_path: Path
) -> None:
    key = put(storage, bytes(MIB))
    blocks = storage.read(key)
    next(blocks)
    os.truncate(tmp_path / key, 300_000)
    with pytest.raises(StorageUnavailable):
        list(blocks)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, without_privileges: None) -> None:
    storage = FilesystemStorage(tmp_path / "store")
    with pytest.raises(StorageUnavailable, match="Permission denied"):
        storage.check()
    with pytest.raises(StorageUnavailable), storage.lock(fresh_key()):
        pytest.fail("locked")


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"")
    storage = FilesystemStorage(tmp_path / "store")
    with pytest.raises(StorageUnavailable):
        storage.check()
    with pytest.raises(StorageUnavailable):
        storage.read(fresh_key())
    with pytest.raises(StorageUnavailable):
        storage.size(fresh_key())


def test_the_check_cleans_up(storage: FilesystemStorage, tmp_path: Path) -> None:
    storage.check()
    assert list(tmp_path.iterdir()) == []
