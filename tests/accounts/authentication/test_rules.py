from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.authentication import rules
from accounts.authentication.rules import Standing

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def failed(times: int, *, seconds_ago: float = 0, known: timedelta | None = None) -> Standing:
    succeeded_at = None if known is None else NOON - known
    return Standing(times, NOON - timedelta(seconds=seconds_ago), succeeded_at)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (12, 128), (13, 256), (14, 300), (10**9, 300)],
)
def test_the_pause_doubles_from_the_fifth_failure_to_five_minutes(
    failures: int, seconds: int
) -> None:
    assert failed(failures).wait(NOON) == seconds


@pytest.mark.parametrize(("ago", "left"), [(0, 8), (0.5, 8), (1, 7), (7.2, 1), (8, 0), (99, 0)])
def test_it_counts_from_the_last_failure(ago: float, left: int) -> None:
    assert failed(8, seconds_ago=ago).wait(NOON) == left


def test_a_clock_that_was_set_back_makes_nobody_wait_longer() -> None:
    assert failed(14, seconds_ago=-86400).wait(NOON) == 300


def test_an_hour_without_failure_forgets_them() -> None:
    assert failed(99, seconds_ago=3600).wait(NOON) == 0


def test_the_longer_of_two_pauses_counts() -> None:
    assert rules.wait(failed(5), failed(8), now=NOON) == 8
    assert rules.wait(failed(8), failed(5), now=NOON) == 8
    assert rules.wait(None, failed(8), now=NOON) == 8
    assert rules.wait(failed(8), None, now=NOON) == 8
    assert rules.wait(None, None, now=NOON) == 0


def test_who_is_known_at_an_address_waits_for_himself_only() -> None:
    known = timedelta(days=29)
    assert rules.wait(failed(0, known=known), failed(99), now=NOON) == 0
    assert rules.wait(failed(6, known=known), failed(99), now=NOON) == 2
    assert rules.wait(failed(0, known=timedelta(days=30)), failed(99), now=NOON) == 300


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_where_an_address_is(address: str, place: str) -> None:
    assert rules.place(address).strip("'") == place


@given(st.text())
def test_any_address_fits_into_its_column(address: str) -> None:
    place = rules.place(address)
    assert len(place) <= 64
    assert place.isascii()
    assert "\0" not in place


@pytest.mark.parametrize("name", ["", "a" * 65, "a\0", "é", "a\n", "a@b"])
def test_names_that_cannot_be(name: str) -> None:
    assert not rules.is_possible_name(name)


@pytest.mark.parametrize("password", ["x" * 1025, "a\0b", "\ud800", "x" * 10**6])
def test_passwords_that_cannot_be(password: str) -> None:
    assert not rules.is_possible_password(password)


@pytest.mark.parametrize("password", ["", "x" * 1024, "пароль", "\n"])
def test_passwords_that_may_be_wrong(password: str) -> None:
    assert rules.is_possible_password(password)
