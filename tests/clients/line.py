"""A line to the server that goes dead after so many bytes: clients are caught in the middle."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Self

BLOCK = 65_536


class Line:
    """Passes bytes on to ``target`` ("host:port") until ``limit`` bytes went there, then stalls."""

    def __init__(self, target: str, *, limit: int) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._left = limit
        self._sockets: list[socket.socket] = []
        self._counting = threading.Lock()
        self.stalled = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._server, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                threading.Thread(target=self._send, args=(near, far), daemon=True).start()
                threading.Thread(target=_answer, args=(far, near), daemon=True).start()

    def _send(self, near: socket.socket, far: socket.socket) -> None:
        for block in _blocks(near):
            with self._counting:
                passed = block[: self._left]
                self._left -= len(passed)
            with contextlib.suppress(OSError):
                far.sendall(passed)
            if len(passed) < len(block):
                self.stalled.set()
                return
        _finish(far)


def _answer(far: socket.socket, near: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for block in _blocks(far):
            near.sendall(block)
    _finish(near)


def _blocks(source: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while block := source.recv(BLOCK):
            yield block


def _finish(target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
