"""A server killed in the middle of pushes: what it acknowledged is there, the rest is repeated."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest

from tests.clients import layouts
from tests.clients.line import Line
from tests.clients.people import Person, Place
from tests.clients.programs import PATIENCE, Program
from tests.server import Server

pytestmark = pytest.mark.clients

LAYER = 20_000_000  # bytes
MIDDLE = 12_000_000
WRITERS = 4
ENOUGH = 10


class Writers:
    """Push one small image after the other until that fails; know what was acknowledged."""

    def __init__(self, crane: Program, place: Place) -> None:
        self.crane = crane
        self.place = place
        self.acknowledged: dict[str, str] = {}  # an address by tag: the same by digest
        self.enough = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(WRITERS) as pool:
            done = [pool.submit(self._write, number) for number in range(WRITERS)]
            yield
            for each in done:
                each.result()

    def _write(self, first: int) -> None:
        for number in count(first, WRITERS):
            folder = self.crane.folder / f"image-{number}"
            layouts.write(folder, layouts.noise(10_000, seed=number))
            said = self.crane.attempt("push", folder, f"{self.place}:{number}")
            if said is None:
                return
            self.acknowledged[f"{self.place}:{number}"] = said.strip()
            if len(self.acknowledged) >= ENOUGH:
                self.enough.set()


def test_what_was_acknowledged_is_there_and_the_rest_is_repeated(program, own_server) -> None:
    victim, admin = own_server, Person("admin", own_server.admin_password)
    skopeo, crane = program("skopeo"), program("crane")
    admin.log_in(crane, victim.host, "auth", "login")
    layouts.write(crane.folder / "large", layouts.noise(LAYER, seed="large"))
    large, small = Place(victim.host, "acme-apps/large"), Place(victim.host, "acme-apps/small")
    writers = Writers(crane, small)

    with Line(victim.host, limit=MIDDLE) as line:
        admin.log_in(skopeo, line.host, "login", "--tls-verify=false")
        copy = ("copy", "--dest-tls-verify=false", "oci:large:latest")
        with skopeo.running(*copy, f"docker://{large.over(line.host)}:1"), writers.at_work():
            assert line.stalled.wait(PATIENCE)
            assert writers.enough.wait(PATIENCE)
            kill(victim)
    victim.start()
    victim.wait()

    for by_tag, by_digest in writers.acknowledged.items():
        assert by_digest.endswith(crane("digest", by_tag).strip())
        assert "PASS" in crane("validate", "--remote", by_tag)
    crane("push", "large", f"{large}:1")
    assert "PASS" in crane("validate", "--remote", f"{large}:1")


def kill(server: Server) -> None:
    """All its processes at once, with no time for anything."""
    for pid in server.family():
        os.kill(pid, signal.SIGKILL)
    assert server.process
    server.process.wait()
