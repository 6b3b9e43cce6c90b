import io
import json
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.authentication import basic
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.keyring.models import SigningKey
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.levels import Level
from accounts.signing.login_key import login_key
from accounts.tokens import services as tokens
from tests.accounts.people import OPERATOR, PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(*words, stdout=io.StringIO())
    return str(refused.value)


def enter(username: str, password: str) -> Actor:
    return basic.authenticate(username, password, door="registry", address="192.0.2.1")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def type_(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return type_


def test_create_account_makes_a_password_and_says_it_once(db: None) -> None:
    lines = run("create_account", "acme").splitlines()
    assert lines[0] == "Account acme is there."
    password = lines[1].rpartition(" ")[2]
    assert enter("acme", password).role is Level.MANAGE


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nsecond line\n"])
def test_create_account_takes_the_password_from_standard_input(typed: Any, ending: str) -> None:
    typed(PASSWORD + ending)
    assert PASSWORD not in run("create_account", "acme", "--password-stdin")
    enter("acme", PASSWORD)


def test_create_account_says_in_a_sentence_what_is_wrong(acme: Account, typed: Any) -> None:
    assert refused("create_account", "acme") == "The name is taken. Choose another name."
    assert "The account name is not valid." in refused("create_account", "a/b")
    typed("short\n")
    assert "8 to 128" in refused("create_account", "other", "--password-stdin")
    typed("")
    assert "8 to 128" in refused("create_account", "other", "--password-stdin")
    assert Account.objects.count() == 1


def test_create_user_joins_groups(acme: Account, typed: Any) -> None:
    typed(PASSWORD)
    run(
        "create_user", "acme/carol", "--password-stdin",
        "--group", "SWR ReadOnlyAccess", "--group", "SWR OperateAccess",
    )  # fmt: skip
    assert enter("acme/carol", PASSWORD).role is Level.MANAGE
    assert User.objects.get(name="carol").user_groups.count() == 2


def test_create_user_makes_a_password_too(acme: Account) -> None:
    password = run("create_user", "acme/carol").splitlines()[1].rpartition(" ")[2]
    assert enter("acme/carol", password).role is Level.NONE


def test_create_user_says_in_a_sentence_what_is_wrong(acme: Account, bob: User) -> None:
    assert refused("create_user", "carol") == "Say which account's user: ACCOUNT/NAME."
    assert refused("create_user", "nobody/carol") == "There is no account nobody."
    assert "taken" in refused("create_user", "acme/bob")
    assert "The user name is not valid." in refused("create_user", "acme/1bob")
    sentence = refused("create_user", "acme/carol", "--group", "wizards")
    assert sentence.startswith("Account acme has no user group wizards. It has: SWR Admin,")
    assert not User.objects.filter(name="carol").exists()


def test_create_access_key_prints_json_that_works(bob: User, settings: LazySettings) -> None:
    made = json.loads(run("create_access_key", "acme/bob"))
    assert set(made) == {"access", "secret"}
    password = login_key(made["access"], made["secret"])
    assert enter(f"{settings.REGION}@{made['access']}", password).user_id == bob.pk


def test_create_access_key_of_an_account_is_its_owners(acme: Account) -> None:
    made = json.loads(run("create_access_key", "acme"))
    assert AccessKey.objects.get().access == made["access"]
    assert AccessKey.objects.get().user.is_owner


def test_create_access_key_says_in_a_sentence_what_is_wrong(bob: User) -> None:
    assert refused("create_access_key", "nobody") == "There is no account nobody."
    assert refused("create_access_key", "acme/nobody") == "Account acme has no user nobody."
    for _ in range(2):
        keys.create_access_key(OPERATOR, bob)
    assert "two access keys already" in refused("create_access_key", "acme/bob")


def test_login_command_prints_one_line_that_works_and_again_the_same(bob: User) -> None:
    line = run("login_command", "acme/bob")
    found = re.fullmatch(r"docker login -u (\S+) -p (\S+) (\S+)\n", line)
    assert found is not None
    assert enter(found[1], found[2]).user_id == bob.pk
    assert run("login_command", "acme/bob") == line


def test_login_command_says_in_a_sentence_what_is_wrong(acme: Account) -> None:
    assert refused("login_command", "acme/") == "Account acme has no user ."


def test_first_account_says_its_password_once(db: None, settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "admin", ""
    lines = run("first_account").splitlines()
    enter("admin", lines[1].rpartition(" ")[2])
    assert run("first_account") == "There is an account already: nothing to do.\n"


def test_first_account_does_not_repeat_a_given_password(db: None, settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "admin", PASSWORD
    assert PASSWORD not in run("first_account")
    enter("admin", PASSWORD)


def test_first_account_says_in_a_sentence_what_is_wrong(db: None, settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "admin", "short"
    assert "8 to 128" in refused("first_account")


def test_rotate_signing_key_makes_a_new_one(db: None) -> None:
    old = tokens.ensure_signing_key()
    said = run("rotate_signing_key")
    new = tokens.ensure_signing_key()
    assert new != old
    assert said == f"Key {new} signs from now on.\n"
    assert SigningKey.objects.count() == 2


def test_what_commands_do_is_traced(bob: User) -> None:
    run("create_access_key", "acme/bob")
    trace = Trace.objects.get(name="createAccessKey")
    assert (trace.user_name, trace.door) == ("manage.py", "system")


def test_a_disabled_user_still_gets_a_key_from_the_operator(bob: User) -> None:
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    assert run("login_command", "acme/bob")
