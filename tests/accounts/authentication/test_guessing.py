"""Names and passwords: guessing is slowed, and nobody locks another out."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.authentication import basic, passwords
from accounts.authentication.models import LoginFailure
from accounts.identity.models import Account, User
from swr.errors import SystemBusy, TooManyAttempts, WrongCredentials
from tests.accounts.people import ADDRESS, PASSWORD

pytestmark = pytest.mark.django_db

ELSEWHERE = "198.51.100.1"


def enter(username: str, password: str = PASSWORD, *, address: str = ADDRESS) -> Actor:
    return basic.authenticate(username, password, door="registry", address=address)


def guess(username: str, times: int, *, address: str = ADDRESS) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            enter(username, "wrong horse 1", address=address)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Counts how often a password is hashed."""
    counted = Mock(wraps=hashers.check_password)
    monkeypatch.setattr(passwords, "check_password", counted)
    return counted


def test_after_five_failures_even_the_right_password_waits_unhashed(
    bob: User, hashing: Mock
) -> None:
    guess("acme/bob", 5)
    with pytest.raises(TooManyAttempts) as refused:
        enter("acme/bob")
    assert refused.value.headers["Retry-After"] == "1"
    assert hashing.call_count == 5


def test_it_comes_in_when_the_time_is_over(bob: User) -> None:
    guess("acme/bob", 5)
    LoginFailure.objects.update(last_at=timezone.now() - timedelta(seconds=1))
    enter("acme/bob")
    guess("acme/bob", 4)


def test_from_another_address_it_does_not_wait(bob: User) -> None:
    guess("acme/bob", 5)
    enter("acme/bob", address=ELSEWHERE)


def test_a_remembered_password_does_not_wait_either(bob: User) -> None:
    enter("acme/bob")
    guess("acme/bob", 5)
    enter("acme/bob")


def test_guesses_at_many_names_slow_the_address(bob: User) -> None:
    for number in range(5):
        guess(f"acme/user{number}", 1)
    with pytest.raises(TooManyAttempts):
        enter("acme/bob")
    enter("acme/bob", address=ELSEWHERE)


def test_but_not_who_came_in_from_there_before(bob: User) -> None:
    enter("acme/bob")
    passwords._remembered.clear()
    for number in range(5):
        guess(f"acme/user{number}", 1)
    enter("acme/bob")


def test_the_two_names_of_an_owner_are_one(owner: User) -> None:
    guess("acme", 3)
    guess("acme/acme", 2)
    with pytest.raises(TooManyAttempts):
        enter("acme")


def test_refused_attempts_are_not_counted(bob: User) -> None:
    guess("acme/bob", 5)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            enter("acme/bob", "wrong horse 1")
    assert set(LoginFailure.objects.values_list("failures", flat=True)) == {5}


def test_when_all_slots_are_taken_the_queue_has_an_end(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("acme/bob")
    monkeypatch.setattr(passwords, "_slots", Mock(acquire=Mock(return_value=False)))
    enter("acme/bob"), "remembered ones do not queue"
    with pytest.raises(SystemBusy):
        enter("acme/bob", "wrong horse 1")


def test_a_slot_is_given_back_whatever_happens(bob: User) -> None:
    for address in ("192.0.2.7", "192.0.2.8", "192.0.2.9"):
        guess("acme/bob", 1, address=address)
    enter("acme/bob")


# --- traces ------------------------------------------------------------------------------------


def test_failures_and_the_pause_leave_traces_without_the_password(acme: Account, bob: User) -> None:
    guess("acme/bob", 5)
    with pytest.raises(TooManyAttempts):
        enter("acme/bob", "wrong horse 1")
    traces = Trace.objects.filter(resource_type="login")
    assert [trace.name for trace in traces.order_by("pk")] == ["loginFailed"] * 5 + [
        "loginThrottled"
    ]
    for trace in traces:
        assert (trace.rating, trace.resource_name) == ("warning", "acme/bob")
        assert (trace.account_id, trace.user_id, trace.address) == (acme.pk, None, ADDRESS)
        assert "wrong horse" not in str(vars(trace))


def test_a_name_of_nobody_is_written_in_one_safe_line(acme: Account) -> None:
    with pytest.raises(WrongCredentials):
        enter("no\nbody\0" + "x" * 999)
    trace = Trace.objects.get(name="loginFailed")
    assert trace.account_id is None
    assert "\n" not in trace.resource_name
    assert len(trace.resource_name) == 512


def test_a_success_leaves_none(bob: User) -> None:
    enter("acme/bob")
    assert not Trace.objects.filter(resource_type="login").exists()
