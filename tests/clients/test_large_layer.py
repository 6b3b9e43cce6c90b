"""A layer of two gigabytes."""

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import layouts
from tests.clients.people import Person

pytestmark = [pytest.mark.clients, pytest.mark.slow]

SIZE = 2 * 1024**3
BLOCK = 1024**2
PATIENCE = 300  # seconds
MEMORY = 150 * 1024**2  # of one process


@pytest.fixture
def layer(tmp_path) -> Iterator[Path]:
    """A gzip that only stores: as large as what is in it, and made as fast as it is written."""
    path = tmp_path / "large.tar.gz"
    member = tarfile.TarInfo("large")
    member.size = SIZE
    block = layouts.noise(BLOCK, seed="large")
    with gzip.GzipFile(path, "wb", compresslevel=0, mtime=0) as archive:
        archive.write(member.tobuf())
        for _ in range(SIZE // BLOCK):
            archive.write(block)
        archive.write(bytes(2 * tarfile.BLOCKSIZE))
    yield path
    path.unlink()


def test_a_layer_of_two_gigabytes_arrives_whole_in_little_memory(
    program, own_server, layer
) -> None:
    crane = program("crane")
    Person("admin", own_server.admin_password).log_in(crane, own_server.host, "auth", "login")
    image = f"{own_server.host}/apps/large:1"

    crane("append", "--new_layer", layer, "--new_tag", image, patience=PATIENCE)
    said = crane("validate", "--remote", image, patience=PATIENCE)

    assert "PASS" in said
    assert max(peak_memory(pid) for pid in own_server.family()) < MEMORY


def peak_memory(pid: int) -> int:
    """The most that the process ever held, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
