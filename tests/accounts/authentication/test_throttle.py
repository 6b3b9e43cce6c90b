from datetime import UTC, datetime, timedelta

import pytest

from accounts.authentication import tasks, throttle
from accounts.authentication.models import LoginFailure
from accounts.authentication.throttle import Attempt
from swr.errors import TooManyAttempts

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE, THERE = "192.0.2.1", "198.51.100.1"
BOB_HERE, BOB_THERE = Attempt.of("acme/bob", HERE), Attempt.of("acme/bob", THERE)
ALICE_HERE = Attempt.of("acme/alice", HERE)


def at(**passed: float) -> datetime:
    return NOON + timedelta(**passed)


def fail(attempt: Attempt, times: int, *, now: datetime = NOON) -> None:
    for _ in range(times):
        throttle.failed(attempt, now=now)


def waits(attempt: Attempt, *, now: datetime = NOON) -> int:
    try:
        throttle.check(attempt, now=now)
    except TooManyAttempts as refused:
        return int(refused.headers["Retry-After"])
    return 0


def test_four_failures_are_free() -> None:
    fail(BOB_HERE, 4)
    assert waits(BOB_HERE) == 0


def test_each_further_one_doubles_the_pause() -> None:
    fail(BOB_HERE, 4)
    for pause in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        fail(BOB_HERE, 1)
        assert waits(BOB_HERE) == pause
        assert waits(BOB_HERE, now=at(seconds=pause)) == 0


def test_counting_says_how_many() -> None:
    assert [throttle.failed(BOB_HERE, now=NOON) for _ in range(3)] == [1, 2, 3]


def test_the_same_name_elsewhere_does_not_wait() -> None:
    fail(BOB_HERE, 50)
    assert waits(BOB_THERE) == 0


def test_other_names_at_the_address_do() -> None:
    for number in range(5):
        fail(Attempt.of(f"acme/guess{number}", HERE), 1)
    assert waits(ALICE_HERE) == 1
    assert waits(BOB_THERE) == 0


def test_but_not_one_that_came_in_there_before() -> None:
    throttle.succeeded(ALICE_HERE, now=NOON)
    fail(BOB_HERE, 50)
    assert waits(ALICE_HERE) == 0
    assert waits(ALICE_HERE, now=at(days=29)) == 0


def test_and_it_still_waits_for_failures_of_its_own_name() -> None:
    throttle.succeeded(ALICE_HERE, now=NOON)
    fail(ALICE_HERE, 6)
    assert waits(ALICE_HERE) == 2


def test_a_success_forgets_this_name_at_this_address_only() -> None:
    fail(BOB_HERE, 6)
    fail(BOB_THERE, 6)
    throttle.succeeded(BOB_HERE, now=NOON)
    assert waits(BOB_HERE) == 0
    assert waits(BOB_THERE) == 2
    assert waits(ALICE_HERE) == 2  # the address as a whole


def test_an_hour_later_counting_begins_anew() -> None:
    fail(BOB_HERE, 50)
    assert throttle.failed(BOB_HERE, now=at(hours=1, seconds=1)) == 1
    assert waits(BOB_HERE, now=at(hours=1, seconds=1)) == 0


def test_neighbours_in_an_ipv6_network_are_one() -> None:
    for number in range(5):
        fail(Attempt.of("acme/bob", f"2001:db8::{number}"), 1)
    assert waits(Attempt.of("acme/bob", "2001:db8::ffff")) == 1
    assert waits(Attempt.of("acme/bob", "2001:db8:0:1::1")) == 0


def test_names_are_kept_as_digests() -> None:
    fail(Attempt.of("hunter2", HERE), 1)
    rows = str(list(LoginFailure.objects.values()))
    assert "hunter2" not in rows
    assert LoginFailure.objects.exclude(name="").get().name == Attempt.of("hunter2", HERE).name


def test_a_success_is_written_once_a_day() -> None:
    for hours in (0, 1, 23):
        throttle.succeeded(BOB_HERE, now=at(hours=hours))
        assert LoginFailure.objects.get().succeeded_at == NOON
    throttle.succeeded(BOB_HERE, now=at(hours=25))
    assert LoginFailure.objects.get().succeeded_at == at(hours=25)


def test_what_counts_no_more_is_swept() -> None:
    fail(BOB_HERE, 5)
    throttle.succeeded(BOB_THERE, now=NOON)
    throttle.sweep(now=at(minutes=59))
    assert LoginFailure.objects.count() == 3
    throttle.sweep(now=at(hours=2))
    assert LoginFailure.objects.get().address == THERE
    throttle.sweep(now=at(days=31))
    assert not LoginFailure.objects.exists()


def test_the_task_sweeps_by_the_clock() -> None:
    fail(BOB_HERE, 1, now=datetime(2020, 1, 1, tzinfo=UTC))
    tasks.sweep()
    assert not LoginFailure.objects.exists()


@pytest.mark.parametrize("name", ["", "\0", "\ud800", "x" * 10**5, "é"])
def test_any_name_can_be_counted(name: str) -> None:
    attempt = Attempt.of(name, "\0")
    fail(attempt, 5)
    assert waits(attempt) == 1
