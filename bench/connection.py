"""HTTP/1.1 on a bare socket, the same for both registries: what the client costs, both pay."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

BLOCK = 1024 * 1024
TIMEOUT = 120  # seconds without a byte
NO_CONTENT, NOT_MODIFIED = 204, 304


class Refused(Exception):
    """The registry answered something else than a benchmark needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


class Connection:
    """One kept-alive connection; ``headers`` go with every request."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")
        self._always = {"Host": f"127.0.0.1:{port}", **headers}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()

    def request(
        self,
        method: str,
        target: str,
        *,
        expect: int,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        length = {"Content-Length": str(len(body))}
        self._socket.sendall(self._head(method, target, length | (headers or {})) + body)
        return self._answer(method, target, expect)

    def stream(
        self,
        method: str,
        target: str,
        *,
        expect: int,
        headers: dict[str, str],
        blocks: Iterable[bytes | memoryview],
    ) -> Answer:
        """Send a body that is made on the way; ``headers`` say how it is framed."""
        self._socket.sendall(self._head(method, target, headers))
        for block in blocks:
            self._socket.sendall(block)
        return self._answer(method, target, expect)

    def download(self, target: str, buffer: bytearray) -> int:
        """GET a body and forget it; returns how many bytes came."""
        self._socket.sendall(self._head("GET", target, {}))
        status, headers = self._read_head()
        size = int(headers.get("content-length", -1))
        if status != 200 or size < 0:  # noqa: PLR2004
            raise Refused(f"GET {target} answered {status} {headers}")
        left, view = size, memoryview(buffer)
        while left:
            count = self._answers.readinto(view[: min(left, len(view))])
            if not count:
                raise Refused(f"GET {target} ended {left} bytes early")
            left -= count
        return size

    def _head(self, method: str, target: str, headers: dict[str, str]) -> bytes:
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in (self._always | headers).items()]
        return "\r\n".join([*lines, "", ""]).encode()

    def _answer(self, method: str, target: str, expect: int) -> Answer:
        status, headers = self._read_head()
        body = b""
        if method != "HEAD" and status not in {NO_CONTENT, NOT_MODIFIED}:
            body = self._read_body(headers)
        if status != expect:
            path = target.partition("?")[0]
            raise Refused(f"{method} {path} answered {status}, not {expect}: {body[:300]!r}")
        return Answer(status, headers, body)

    def _read_head(self) -> tuple[int, dict[str, str]]:
        first = self._answers.readline().split()
        if len(first) < 2:  # noqa: PLR2004
            raise Refused("The registry closed the connection.")
        headers = {}
        while (line := self._answers.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return int(first[1]), headers

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self._answers.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self._answers.readline(), 16):
            body += self._answers.read(size + 2)[:-2]
        self._answers.readline()
        return body
