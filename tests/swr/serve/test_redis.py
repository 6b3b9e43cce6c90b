"""The scaled deployment's broker: messages go through Redis instead of a folder."""

import subprocess

import pytest

from tests.clients.need import need
from tests.server import free_port, running


@pytest.fixture
def redis(tmp_path):
    port = free_port()
    options = ("--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path)
    process = subprocess.Popen(
        [need("redis-server"), *map(str, options)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(timeout=30)


def test_workers_are_reached_through_redis(tmp_path, redis):
    with running(tmp_path, SWR_REDIS_URL=redis) as server:
        assert server.checks()["worker"] == "ok"
        assert not (server.data_dir / "broker").exists()
