"""A store in the memory of this process, for tests: gone with it, otherwise as strict as any."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from images.storage.base import BLOCK, TOO_SHORT, Blocks, KeyMissing, State
from images.storage.paths import check_key
from swr.errors import StorageUnavailable, UploadBusy


class MemoryStorage:
    def __init__(self) -> None:
        self._door = Lock()
        self._held: set[str] = set()
        self._objects: dict[str, bytearray] = {}

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        check_key(key)
        with self._door:
            if key in self._held:
                raise UploadBusy
            self._held.add(key)
        try:
            yield
        finally:
            self._held.remove(key)

    def append(
        self, key: str, state: State, offset: int, chunks: Iterable[bytes]
    ) -> tuple[State, int]:
        content = self._cut(key, offset)
        for chunk in chunks:
            content += chunk
        if content:
            self._objects[key] = content
        return state, len(content) - offset

    def finish(self, key: str, state: State, size: int) -> None:
        del state
        self._objects[key] = self._cut(key, size)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Blocks:
        content = self._content(key)
        stop = len(content) if length is None else start + length
        return _blocks(content, start, stop)

    def size(self, key: str) -> int:
        return len(self._content(key))

    def discard(self, key: str, state: State) -> None:
        del state
        self._cut(key, 0)
        self.delete(key)

    def delete(self, key: str) -> None:
        check_key(key)
        self._objects.pop(key, None)

    def check(self) -> None:
        pass

    def _cut(self, key: str, size: int) -> bytearray:
        if key not in self._held:
            raise KeyError(key)
        content = self._objects.get(key, bytearray())
        if len(content) < size:
            raise StorageUnavailable(TOO_SHORT)
        del content[size:]
        return content

    def _content(self, key: str) -> bytearray:
        check_key(key)
        try:
            return self._objects[key]
        except KeyError:
            raise KeyMissing(key) from None


def _blocks(content: bytearray, start: int, stop: int) -> Generator[bytes, None, None]:
    if max(start, stop) > len(content):
        raise StorageUnavailable(TOO_SHORT)
    for position in range(start, stop, BLOCK):
        yield bytes(content[position : min(position + BLOCK, stop)])
