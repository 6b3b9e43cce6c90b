"""A layer of two gigabytes."""

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import layouts

pytestmark = [pytest.mark.clients, pytest.mark.slow]

SIZE = 2 * 1024**3
BLOCK = 1024**2
PATIENCE = 300  # seconds


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


def test_a_layer_of_two_gigabytes_arrives_whole(crane, image, layer) -> None:
    crane("append", "--new_layer", layer, "--new_tag", f"{image}:1", patience=PATIENCE)

    assert "PASS" in crane("validate", "--remote", f"{image}:1", patience=PATIENCE)
    crane("delete", f"{image}:1")
