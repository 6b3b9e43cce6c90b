"""What a process remembers for a while: bounded, safe between threads, never the only truth."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """At most ``size`` values, each until its deadline; the least recently used goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, *, now: float) -> Value | None:
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            deadline, value = found
            if deadline <= now:
                del self._held[key]
                return None
            self._held.move_to_end(key)
            return value

    def put(self, key: Key, value: Value, *, until: float) -> None:
        with self._lock:
            self._held[key] = until, value
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
