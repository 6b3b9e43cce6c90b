"""What every store has to do.  A driver is tested by a subclass that has a ``storage`` fixture."""

import hashlib
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from images.storage.base import BLOCK, KeyMissing, State, Storage
from images.storage.paths import new_key
from swr.errors import StorageUnavailable, UploadBusy

MIB = 1024 * 1024


def fresh_key() -> str:
    return new_key(datetime(2026, 11, 21, tzinfo=UTC))


def put(storage: Storage, *chunks: bytes) -> str:
    key = fresh_key()
    with storage.lock(key):
        state, written = storage.append(key, {}, 0, chunks)
        storage.finish(key, state, written)
    return key


def content(storage: Storage, key: str) -> bytes:
    return b"".join(storage.read(key))


class StorageContract:
    def test_what_was_written_is_read(self, storage: Storage) -> None:
        key = put(storage, b"one ", b"", b"two")
        assert content(storage, key) == b"one two"
        assert storage.size(key) == 7

    def test_append_tells_how_much_was_written(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, first = storage.append(key, {}, 0, [b"abc", b"de"])
            state, second = storage.append(key, state, first, [b"f"])
        assert (first, second) == (5, 1)

    def test_appends_under_several_locks_add_up(self, storage: Storage) -> None:
        key, offset = fresh_key(), 0
        state: State = {}
        for chunk in (b"a" * 1000, b"b" * 24, b"c"):
            with storage.lock(key):
                state, written = storage.append(key, state, offset, [chunk])
                offset += written
        with storage.lock(key):
            storage.finish(key, state, offset)
        assert content(storage, key) == b"a" * 1000 + b"b" * 24 + b"c"

    def test_what_a_lost_request_left_is_dropped_by_the_next_append(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"kept"])
        with storage.lock(key):
            storage.append(key, state, 4, [b"and this was never acknowledged"])
        with storage.lock(key):
            state, written = storage.append(key, state, 4, [b" on"])
            storage.finish(key, state, 4 + written)
        assert content(storage, key) == b"kept on"

    def test_chunks_that_raise_leave_what_was_acknowledged(self, storage: Storage) -> None:
        def vanishing() -> Iterator[bytes]:
            yield b"half of"
            raise ConnectionResetError

        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"kept"])
        with pytest.raises(ConnectionResetError), storage.lock(key):
            storage.append(key, state, 4, vanishing())
        with storage.lock(key):
            state, written = storage.append(key, state, 4, [b" all"])
            storage.finish(key, state, 4 + written)
        assert content(storage, key) == b"kept all"

    def test_a_first_append_that_raises_can_be_repeated(self, storage: Storage) -> None:
        def vanishing() -> Iterator[bytes]:
            yield b"half of"
            raise TimeoutError

        key = fresh_key()
        with pytest.raises(TimeoutError), storage.lock(key):
            storage.append(key, {}, 0, vanishing())
        with storage.lock(key):
            state, written = storage.append(key, {}, 0, [b"all"])
            storage.finish(key, state, written)
        assert content(storage, key) == b"all"

    def test_an_object_may_be_empty_and_never_appended_to(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            storage.finish(key, {}, 0)
        assert (content(storage, key), storage.size(key)) == (b"", 0)

    def test_an_append_of_nothing_changes_nothing(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, nothing = storage.append(key, {}, 0, [])
        with storage.lock(key):
            state, written = storage.append(key, state, nothing, [b"something"])
        with storage.lock(key):
            state, again = storage.append(key, state, written, [])
            storage.finish(key, state, written)
        assert (nothing, again, content(storage, key)) == (0, 0, b"something")

    def test_finish_drops_what_was_not_acknowledged(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"content and rubbish"])
            storage.finish(key, state, 7)
        assert content(storage, key) == b"content"

    def test_finish_refuses_an_object_that_is_too_short(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"short"])
            with pytest.raises(StorageUnavailable):
                storage.finish(key, state, 6)

    def test_finish_refuses_an_object_that_is_not_there(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key), pytest.raises(StorageUnavailable):
            storage.finish(key, {}, 6)
        with pytest.raises(KeyMissing):
            storage.size(key)

    def test_finish_may_be_repeated(self, storage: Storage) -> None:
        key = put(storage, b"content")
        with storage.lock(key):
            storage.finish(key, {}, 7)
        assert content(storage, key) == b"content"

    def test_append_refuses_to_leave_a_hole(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"1234"])
            with pytest.raises(StorageUnavailable):
                storage.append(key, state, 5, [b"6"])
        assert content(storage, key) == b"1234"

    def test_an_unfinished_object_is_read_as_far_as_it_was_acknowledged(
        self, storage: Storage
    ) -> None:
        key = fresh_key()
        with storage.lock(key):
            storage.append(key, {}, 0, [b"123456"])
            assert b"".join(storage.read(key, 0, 4)) == b"1234"

    @pytest.mark.parametrize(
        ("start", "length"),
        [(0, 1), (0, 10), (9, 1), (3, 4), (4, 0), (10, 0), (3, None), (10, None), (0, None)],
    )
    def test_a_range_is_read(self, storage: Storage, start: int, length: int | None) -> None:
        key = put(storage, b"0123456789")
        stop = 10 if length is None else start + length
        assert b"".join(storage.read(key, start, length)) == b"0123456789"[start:stop]

    @pytest.mark.parametrize("size", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 5])
    def test_blocks_are_as_large_as_promised(self, storage: Storage, size: int) -> None:
        key = put(storage, bytes(size))
        blocks = [len(block) for block in storage.read(key)]
        assert sum(blocks) == size
        assert all(0 < block <= BLOCK for block in blocks)

    def test_ranges_across_blocks(self, storage: Storage) -> None:
        data = hashlib.shake_128(b"seed").digest(3 * BLOCK)
        key = put(storage, data)
        for start, length in ((BLOCK - 1, 2), (1, 2 * BLOCK), (BLOCK, BLOCK), (5, 3 * BLOCK - 5)):
            assert b"".join(storage.read(key, start, length)) == data[start : start + length]

    @pytest.mark.parametrize(("start", "length"), [(0, 11), (10, 1), (11, None), (0, 2 * BLOCK)])
    def test_an_object_that_is_too_short_never_ends_silently(
        self, storage: Storage, start: int, length: int | None
    ) -> None:
        blocks = storage.read(put(storage, b"0123456789"), start, length)
        with pytest.raises(StorageUnavailable):
            b"".join(blocks)

    @pytest.mark.parametrize("length", [0, 1, None, 2 * BLOCK])
    def test_a_missing_key_is_told_at_the_call(self, storage: Storage, length: int | None) -> None:
        with pytest.raises(KeyMissing):
            storage.read(fresh_key(), 0, length)
        with pytest.raises(KeyMissing):
            storage.size(fresh_key())

    @pytest.mark.parametrize("size", [0, 10, 2 * BLOCK])
    def test_blocks_can_be_closed_at_any_time(self, storage: Storage, size: int) -> None:
        key = put(storage, bytes(size))
        unread, begun = storage.read(key), storage.read(key)
        next(begun, None)
        for blocks in (unread, begun):
            blocks.close()
            blocks.close()
            assert list(blocks) == []

    def test_a_deleted_object_is_gone_and_deleting_again_is_fine(self, storage: Storage) -> None:
        key = put(storage, b"content")
        storage.delete(key)
        storage.delete(key)
        with pytest.raises(KeyMissing):
            storage.read(key)

    def test_an_object_deleted_while_it_is_read_is_read_to_the_end(self, storage: Storage) -> None:
        key = put(storage, bytes(3 * BLOCK))
        blocks = storage.read(key)
        first = next(blocks)
        storage.delete(key)
        assert len(first) + sum(map(len, blocks)) == 3 * BLOCK

    def test_a_discarded_object_is_gone_and_discarding_again_is_fine(
        self, storage: Storage
    ) -> None:
        key = fresh_key()
        with storage.lock(key):
            state, _ = storage.append(key, {}, 0, [b"unfinished"])
        for _ in range(2):
            with storage.lock(key):
                storage.discard(key, state)
        with pytest.raises(KeyMissing):
            storage.size(key)

    def test_a_lock_alone_leaves_nothing_behind(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key):
            pass
        with pytest.raises(KeyMissing):
            storage.size(key)

    def test_a_lock_alone_leaves_an_empty_object_in_peace(self, storage: Storage) -> None:
        key = put(storage)
        with storage.lock(key):
            pass
        assert storage.size(key) == 0

    def test_only_one_may_write(self, storage: Storage) -> None:
        key = fresh_key()
        with storage.lock(key), pytest.raises(UploadBusy), storage.lock(key):
            pytest.fail("two hold the lock")
        with storage.lock(key):
            storage.append(key, {}, 0, [b"free again"])

    def test_only_one_of_many_threads_may_write(self, storage: Storage) -> None:
        key, together, outcomes = fresh_key(), threading.Barrier(8), []

        def write(number: int) -> None:
            together.wait()
            try:
                with storage.lock(key):
                    storage.append(key, {}, 0, [bytes([number]) * 1000])
                    together.wait()
            except UploadBusy:
                outcomes.append("busy")
                together.wait()
            else:
                outcomes.append("written")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        assert sorted(outcomes) == ["busy"] * 7 + ["written"]
        assert len(set(content(storage, key))) == 1

    @pytest.mark.parametrize("verb", ["append", "finish", "discard"])
    def test_nothing_is_written_without_the_lock(self, storage: Storage, verb: str) -> None:
        key = put(storage, b"content")
        calls: dict[str, tuple[Any, ...]]
        calls = {"append": ({}, 0, [b"x"]), "finish": ({}, 0), "discard": ({},)}
        with pytest.raises(KeyError):
            getattr(storage, verb)(key, *calls[verb])
        assert content(storage, key) == b"content"

    def test_different_keys_are_written_at_once(self, storage: Storage) -> None:
        together = threading.Barrier(4, timeout=30)

        def chunks(number: int) -> Iterator[bytes]:
            for _ in range(5):
                together.wait()  # only passes while all four appends are under way
                yield bytes([number]) * 10_000

        def write(number: int) -> str:
            return _put_from(storage, chunks(number))

        with ThreadPoolExecutor(4) as pool:
            keys = list(pool.map(write, range(4)))
        for number, key in enumerate(keys):
            assert content(storage, key) == bytes([number]) * 50_000

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "../../etc/passwd",
            "blobs/2026/11/../../x",
            "/etc/passwd",
            "blobs/2026/11/" + "a" * 31,
            "blobs/2026/11/" + "A" * 32,
            "blobs/2026/11/" + "a" * 32 + "\n",
            "blobs/2026/11/" + "a" * 32 + "/x",
            "blobs/\u0662\u0660\u0662\u0666/11/" + "a" * 32,
        ],
    )
    def test_a_key_of_another_shape_is_refused(self, storage: Storage, key: str) -> None:
        for verb in (storage.read, storage.size, storage.delete):
            with pytest.raises(ValueError, match="not a storage key"):
                verb(key)
        with pytest.raises(ValueError, match="not a storage key"), storage.lock(key):
            pytest.fail("locked")

    def test_it_says_that_it_works(self, storage: Storage) -> None:
        storage.check()


class BoundedMemory:
    """For stores that keep their bytes elsewhere."""

    def test_a_large_object_passes_in_little_memory(self, storage: Storage) -> None:
        tracemalloc.start()
        key = _put_from(storage, (bytes(MIB) for _ in range(64)))
        passed = sum(map(len, storage.read(key)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert passed == 64 * MIB
        assert peak < 4 * MIB


def _put_from(storage: Storage, chunks: Iterator[bytes]) -> str:
    key = fresh_key()
    with storage.lock(key):
        state, written = storage.append(key, {}, 0, chunks)
        storage.finish(key, state, written)
    return key
