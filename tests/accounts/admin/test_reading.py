"""/admin/: what operators see of accounts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.models import Account, User, UserGroup
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from tests.accounts.admin.pages import url
from tests.accounts.people import OPERATOR

pytestmark = pytest.mark.django_db

TABLES = ["account", "user", "usergroup", "trace", "accesskey"]


def many(account: Account, count: int) -> None:
    for number in range(count):
        user = identity.create_user(OPERATOR, account, f"u{number}", password=None)
        group = identity.create_group(OPERATOR, account, f"g{number}")
        identity.add_member(OPERATOR, group, user)
        keys.create_access_key(OPERATOR, user)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_costs_the_same_queries_however_long_it_is(
    site: Client, acme: Account, globex: Account, table: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert site.get(url(table)).status_code == 200
        return len(captured)

    queries()
    many(acme, 2)
    before = queries()
    many(globex, 20)
    assert queries() == before <= 9


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_searched(site: Client, bob: User, table: str) -> None:
    keys.create_access_key(OPERATOR, bob)
    assert site.get(url(table), {"q": "acme"}).status_code == 200
    assert "0 results" not in site.get(url(table), {"q": "acme"}).text
    for odd in ("nobody-is-called-so", "%", "'; --", "\0", "é" * 300):
        assert site.get(url(table), {"q": odd}).status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_every_row_opens(site: Client, bob: User, table: str) -> None:
    keys.create_access_key(OPERATOR, bob)
    model = {"account": Account, "user": User, "usergroup": UserGroup, "trace": Trace}
    row = model.get(table, AccessKey)._default_manager.first()
    assert row is not None
    assert site.get(url(table, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_nobody_else_sees_them(bob: User, table: str) -> None:
    client = Client()
    assert client.get(url(table)).status_code == 302
    client.force_login(bob, backend="accounts.authentication.backends.PasswordBackend")
    assert client.get(url(table)).status_code == 302


def test_no_secret_is_shown(site: Client, bob: User) -> None:
    key, secret = keys.create_access_key(OPERATOR, bob)
    for page in (
        url("accesskey"),
        url("accesskey", "change", key.pk),
        url("user", "change", bob.pk),
    ):
        text = site.get(page).text
        assert key.sealed_secret not in text
        assert secret not in text
        assert bob.password not in text


@pytest.mark.parametrize(
    ("table", "lookup"),
    [
        ("user", "password__startswith"),
        ("user", "access_keys__sealed_secret__startswith"),
        ("user", "account__users__password__startswith"),
        ("accesskey", "sealed_secret__startswith"),
        ("accesskey", "user__password__startswith"),
        ("account", "users__password__startswith"),
        ("usergroup", "members__password__startswith"),
    ],
)
def test_no_filter_tells_secrets(site: Client, bob: User, table: str, lookup: str) -> None:
    assert site.get(url(table), {lookup: "a"}).status_code == 400


def test_the_filters_that_are_offered_work(site: Client, bob: User) -> None:
    assert site.get(url("user"), {"enabled__exact": "1"}).status_code == 200
    assert site.get(url("trace"), {"rating__exact": "warning"}).status_code == 200
