"""Each measure does one thing to one registry and returns how much of it fits in a second."""

import contextlib
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from bench import client, load, servers
from bench.connection import BLOCK, Connection, Refused
from bench.content import Content
from bench.servers import Registry

MEGABYTE = 1024 * 1024
APP, MANY, FEW, CROWD = "bench/app", "bench/many", "bench/few", "bench/crowd"
Push = Callable[[Connection, str, Content], None]


@dataclass(frozen=True, slots=True)
class Stock:
    """What both registries hold before the first measure, pushed as ``bench/app:latest``."""

    config: Content
    layers: dict[int, Content]  # by size
    manifest: bytes

    def manifest_like(self, note: str) -> bytes:
        return client.manifest(list(self.layers.values()), config=self.config, note=note)


def stock(sizes: Iterable[int]) -> Stock:
    config, layers = Content(1500), {size: Content(size) for size in sizes}
    return Stock(config, layers, client.manifest(list(layers.values()), config=config, note=""))


def fill(registry: Registry, held: Stock) -> None:
    with registry.connect(APP) as connection:
        for content in (held.config, *held.layers.values()):
            client.push_whole(connection, APP, content)
        client.put_manifest(connection, APP, "latest", held.manifest)


def fill_tags(registry: Registry, repository: str, count: int) -> None:
    """Push one tag; write the others straight into our database, 100,000 pushes would take long."""
    config = Content(100)
    with registry.connect(repository) as connection:
        client.push_whole(connection, repository, config)
        payload = client.manifest([], config=config, note="")
        client.put_manifest(connection, repository, tag_name(0), payload)
    script = f"from bench.tags import copy; copy({repository!r}, {count})"
    subprocess.run(  # noqa: S603  # our own arguments
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        cwd=servers.ROOT,
        env=servers.our_environment(registry.folder, registry.port),
        check=True,
        timeout=120,
        capture_output=True,
    )


def tag_name(number: int) -> str:
    return f"release-{number:06}"


def gets(registry: Registry, repository: str, path: str, seconds: int) -> float:
    target = f"/v2/{repository}/{path}"
    return load.get_rate(registry.port, target, registry.headers(repository), seconds)


def heads(registry: Registry, repository: str, path: str, seconds: int) -> float:
    target = f"/v2/{repository}/{path}"
    return load.head_rate(registry.port, target, registry.headers(repository), seconds)


def pulls(registry: Registry, digest: str, times: int) -> float:
    """Whole blobs, one after the other over one connection."""
    buffer = bytearray(BLOCK)
    with registry.connect(APP) as connection:
        began = time.perf_counter()
        for _ in range(times):
            client.pull(connection, APP, digest, buffer)
        return times / (time.perf_counter() - began)


def pushes(registry: Registry, push: Push, size: int, times: int, connections: int) -> float:
    """Push new blobs, each connection ``times`` one after the other."""
    work = [[Content(size) for _ in range(times)] for _ in range(connections)]

    def one(connection: Connection, contents: list[Content]) -> None:
        for content in contents:
            push(connection, APP, content)

    with _connections(registry, APP, connections) as open_ones:
        tasks = [partial(one, *pair) for pair in zip(open_ones, work, strict=True)]
        return times * connections / together(tasks)


def manifest_puts(registry: Registry, held: Stock, times: int, connections: int) -> float:
    """Push new manifests of blobs that are there, each under a new tag."""

    def one(connection: Connection, payloads: dict[str, bytes]) -> None:
        for tag, payload in payloads.items():
            client.put_manifest(connection, APP, tag, payload)

    names = [[secrets.token_hex(8) for _ in range(times)] for _ in range(connections)]
    work = [{name: held.manifest_like(name) for name in part} for part in names]
    with _connections(registry, APP, connections) as open_ones:
        tasks = [partial(one, *pair) for pair in zip(open_ones, work, strict=True)]
        return times * connections / together(tasks)


def crowd(registry: Registry, clients: int) -> float:
    """Whole images, one from each client, all at once into one repository."""

    def one(connection: Connection, image: tuple[Content, Content]) -> None:
        layer, config = image
        client.push_chunked(connection, CROWD, layer)
        client.push_chunked(connection, CROWD, config)
        tag = secrets.token_hex(8)
        payload = client.manifest([layer], config=config, note=tag)
        client.put_manifest(connection, CROWD, tag, payload)

    images = [(Content(MEGABYTE), Content(1500)) for _ in range(clients)]
    with _connections(registry, CROWD, clients) as open_ones:
        tasks = [partial(one, *pair) for pair in zip(open_ones, images, strict=True)]
        return clients / together(tasks)


def carry(registry: Registry, size: int) -> None:
    """Push and pull one huge blob."""
    content = Content(size)
    with registry.connect(APP) as connection:
        client.push_chunked(connection, APP, content)
    with registry.connect(APP) as connection:
        client.pull(connection, APP, content.digest, bytearray(BLOCK))


def together(tasks: Sequence[Callable[[], None]]) -> float:
    """Run all tasks at once, each in a thread; returns the seconds until the last has ended."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        began = time.perf_counter()
        errors = [future.exception() for future in [pool.submit(task) for task in tasks]]
        took = time.perf_counter() - began
    if failed := [error for error in errors if error]:
        raise Refused(f"{len(failed)} of {len(tasks)} clients failed, one with: {failed[0]}")
    return took


@contextlib.contextmanager
def _connections(registry: Registry, repository: str, count: int) -> Iterator[list[Connection]]:
    with contextlib.ExitStack() as stack:
        headers = registry.headers(repository)
        yield [stack.enter_context(Connection(registry.port, headers)) for _ in range(count)]
