"""Blobs that are made on the way: any size, never twice the same, never held in memory."""

import hashlib
import os
from collections.abc import Iterator

from bench.connection import BLOCK

FRAME = 32 * 1024  # bytes: what the Docker engine writes into one chunk of a chunked body
_filling = os.urandom(BLOCK)


class Content:
    """``size`` bytes: a first block of its own, then the same filling again and again."""

    def __init__(self, size: int) -> None:
        own = os.urandom(min(32, size))
        self.size = size
        self._first = (own + _filling[len(own) :])[:size]
        self.digest = self._digest()

    def blocks(self) -> Iterator[bytes | memoryview]:
        yield self._first
        whole, rest = divmod(max(0, self.size - BLOCK), BLOCK)
        for _ in range(whole):
            yield _filling
        if rest:
            yield memoryview(_filling)[:rest]

    def chunks(self) -> Iterator[bytes]:
        """Yield the same blocks, framed for ``Transfer-Encoding: chunked``."""
        for block in self.blocks():
            yield _framed_filling if block is _filling else _framed(block)
        yield b"0\r\n\r\n"

    def _digest(self) -> str:
        hasher = hashlib.sha256()
        for block in self.blocks():
            hasher.update(block)
        return f"sha256:{hasher.hexdigest()}"


def _framed(block: bytes | memoryview) -> bytes:
    pieces = [block[start : start + FRAME] for start in range(0, len(block), FRAME)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), bytes(piece)) for piece in pieces)


_framed_filling = _framed(_filling)
