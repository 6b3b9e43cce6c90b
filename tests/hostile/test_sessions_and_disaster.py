"""Table 4.4 when the ground gives way: a killed server, a full disk (U5, U8)."""

import errno
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hostile import raw
from tests.hostile.town import Resident
from tests.hostile.verdicts import TALES
from tests.server import Server, gone, running
from tests.wire import digest_of

NAME = "hooli-apps/kept"
MIB = 1024 * 1024


@contextmanager
def small_disk(folder: Path, *, size: str) -> Iterator[None]:
    """A file system of that size; where none may be mounted, the folder as it is."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    made = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def island(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, with little room for rows and less for blobs."""
    folder = tmp_path_factory.mktemp("island")
    data = folder / "data"
    store = small_disk(data / "store", size="8m")
    with small_disk(data, size="24m"), store, running(folder) as server:
        yield server


@pytest.fixture
def owner(island: Server) -> Resident:
    return Resident(island.port, "admin", island.admin_password)


def need_small_disk(folder: Path) -> None:
    if not folder.is_mount():
        pytest.skip("needs root, to mount a small file system")


def refused_for_room(answer: raw.Answer, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert '"message"' in answer.text
    assert [tale for tale in TALES if tale in answer.text] == []


def test_u5_kill_9_in_the_middle_of_an_upload_loses_nothing_acknowledged(
    island: Server, owner: Resident
) -> None:
    whole = os.urandom(4 * MIB)
    where = owner.start(NAME)
    span = f"Content-Range: 0-{MIB - 1}"
    assert owner.ask("PATCH", NAME, where, span, content=whole[:MIB]).status_code == 202
    manifest = owner.image(NAME, b"layer")
    assert owner.push(NAME, "1", manifest).status_code == 201
    with raw.dial(island.port) as line:
        line.sendall(owner.head("PATCH", NAME, where, f"Content-Length: {3 * MIB}"))
        line.sendall(whole[MIB : 3 * MIB])
        family = island.family()
        island.stop(signal.SIGKILL)
        assert gone(family, within=20)
    island.start()
    island.wait()
    kept = int(owner.ask("GET", NAME, where).headers["Range"].removeprefix("0-")) + 1
    assert MIB <= kept <= 3 * MIB
    owner.resume(NAME, where, whole)
    assert owner.pull(NAME, f"blobs/{digest_of(whole)}").content == whole
    assert owner.pull(NAME, "manifests/1").content == manifest


def test_u8_a_full_disk_is_said_and_the_upload_goes_on_when_there_is_room(
    island: Server, owner: Resident
) -> None:
    store, logged = island.data_dir / "store", len(island.read_log())
    need_small_disk(store)
    whole, name = os.urandom(12 * MIB), "hooli-apps/full"
    where = owner.start(name)
    span = f"Content-Range: 0-{MIB - 1}"
    assert owner.ask("PATCH", name, where, span, content=whole[:MIB]).status_code == 202
    for method, query in (("PATCH", ""), ("PUT", f"?digest={digest_of(whole)}")):
        full = owner.ask(method, name, where + query, content=whole[MIB:])
        refused_for_room(full, 507)
        assert owner.ask("GET", name, where).headers["Range"] == f"0-{MIB - 1}"
    assert owner.push_blob(name, os.urandom(MIB))  # what is small still fits
    assert island.ask("/readyz")[0] == 200
    subprocess.run(["mount", "-o", "remount,size=64m", str(store)], check=True)
    owner.resume(name, where, whole)
    assert owner.pull(name, f"blobs/{digest_of(whole)}").content == whole
    assert "Traceback" not in island.read_log()[logged:]


def test_u8_no_room_for_rows_is_said_too_and_pulls_go_on(island: Server, owner: Resident) -> None:
    need_small_disk(island.data_dir)
    name, filler = "hooli-apps/rows", island.data_dir / "filler"
    manifest = owner.image(name, b"layer")
    assert owner.push(name, "1", manifest).status_code == 201
    _fill(filler)
    answers = [owner.ask("POST", name, "blobs/uploads/") for _ in range(40)]
    for answer in answers:
        if answer.status_code != 202:
            refused_for_room(answer, 503, 507)
    assert owner.pull(name, "manifests/1").content == manifest
    filler.unlink()
    whole = os.urandom(MIB)
    owner.push_blob(name, whole)
    assert owner.pull(name, f"blobs/{digest_of(whole)}").content == whole


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017
