"""A store in the memory of this process, for tests: gone with it, otherwise as strict as any."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from images.storage.base import BLOCK, TOO_SHORT, Blocks, KeyMissing, State
from images.storage.paths import check_key
from swr.errors import StorageUnavailable, UploadBusy, UploadNotFound


class MemoryStorage:
    def __init__(self) -> None:
        self._lock = Lock()
        self._unfinished: dict[str, bytearray] = {}
        self._finished: dict[str, bytes] = {}
        self._busy: set[str] = set()

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        check_key(key)
        with self._alone(key):
            content = self._unfinished.setdefault(key, bytearray())
            written = self._receive(key, content, offset, chunks)
            if self._unfinished.get(key) is not content:
                raise UploadNotFound
        return state, written

    def _receive(self, key: str, content: bytearray, offset: int, chunks: Iterable[bytes]) -> int:
        written = 0
        for number, chunk in enumerate(chunks):
            if number == 0:
                self._cut(key, content, offset)
            content += chunk
            written += len(chunk)
        return written

    def _cut(self, key: str, content: bytearray, offset: int) -> None:
        if key in self._finished:
            raise UploadNotFound
        if len(content) < offset:
            raise StorageUnavailable(TOO_SHORT)
        del content[offset:]

    def finish(self, key: str, state: State, size: int) -> None:
        del state
        check_key(key)
        with self._alone(key):
            content = self._unfinished.get(key) or self._finished.get(key, b"")
            if len(content) < size:
                raise StorageUnavailable(TOO_SHORT)
            self._finished[key] = bytes(content[:size])
            self._unfinished.pop(key, None)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Blocks:
        content = self._content(key)
        stop = len(content) if length is None else start + length
        return _blocks(content, start, stop)

    def size(self, key: str) -> int:
        return len(self._content(key))

    def discard(self, key: str, state: State) -> None:
        del state
        check_key(key)
        self._unfinished.pop(key, None)

    def delete(self, key: str) -> None:
        check_key(key)
        self._finished.pop(key, None)
        self._unfinished.pop(key, None)

    def check(self) -> None:
        pass

    def _content(self, key: str) -> bytes:
        check_key(key)
        try:
            return self._finished[key]
        except KeyError:
            raise KeyMissing(key) from None

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._lock:
            if key in self._busy:
                raise UploadBusy
            self._busy.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(key)


def _blocks(content: bytes, start: int, stop: int) -> Generator[bytes, None, None]:
    if max(start, stop) > len(content):
        raise StorageUnavailable(TOO_SHORT)
    for position in range(start, stop, BLOCK):
        yield content[position : min(position + BLOCK, stop)]
