"""Bytes to a socket and back: what no well-behaved client would send."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import httpx

PATIENCE = 10  # seconds
BLOCK = 65_536


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: httpx.Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("latin-1")


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def head(method: str, path: str | bytes, *lines: str, host: str = "127.0.0.1") -> bytes:
    """The head of a request, with nothing in it but what is said here."""
    target = path.encode() if isinstance(path, str) else path
    fields = [f"Host: {host}", *lines, "", ""]
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(fields).encode()


def ask(port: int, request: bytes | Iterable[bytes], *, method: str = "GET") -> Answer:
    """One request on a connection of its own; a server that hangs up early may still answer."""
    with dial(port) as line:
        try:
            for part in [request] if isinstance(request, bytes) else request:
                line.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        with line.makefile("rb") as stream:
            found = read(stream, method=method)
    assert found, "the server hung up without an answer"
    return found


def converse(port: int, request: bytes) -> list[Answer]:
    """Everything that comes back for these bytes until the server hangs up or falls silent."""
    found = []
    with dial(port) as line, line.makefile("rb") as stream:
        line.sendall(request)
        line.settimeout(2)
        try:
            while answer := read(stream):
                found.append(answer)
        except (TimeoutError, ConnectionResetError):
            pass
    return found


def read(stream: BinaryIO, *, method: str = "GET") -> Answer | None:
    """The next answer of a connection; None where it has ended."""
    try:
        line = stream.readline(BLOCK)
    except ConnectionResetError:
        return None
    if not line:
        return None
    status = int(line.split()[1])
    headers = httpx.Headers()
    while (line := stream.readline(BLOCK)).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip()] = value.strip()
    if 100 <= status < 200:
        return read(stream, method=method)
    return Answer(status, headers, _body(stream, headers, status, method))


def _body(stream: BinaryIO, headers: httpx.Headers, status: int, method: str) -> bytes:
    if method == "HEAD" or status in {204, 304}:
        return b""
    if headers.get("transfer-encoding") == "chunked":
        return b"".join(_chunks(stream))
    length = headers.get("content-length")
    return stream.read() if length is None else stream.read(int(length))


def _chunks(stream: BinaryIO) -> Iterable[bytes]:
    while size := int(stream.readline(BLOCK) or b"0", 16):
        yield stream.read(size)
        stream.readline(BLOCK)


def chunked(*parts: bytes) -> bytes:
    """A whole body in chunked transfer encoding."""
    written = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part)
    return written + b"0\r\n\r\n"
