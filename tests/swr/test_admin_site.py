import pytest
from django.urls import NoReverseMatch, reverse

from accounts.identity.models import User
from swr.admin import NAME_LENGTH
from tests.cast import PASSWORD

LOGIN = "/admin/login/"


@pytest.fixture
def operator(cast) -> User:
    owner = cast.users["acme"]
    owner.is_superuser = True
    owner.save(update_fields=["is_superuser"])
    return owner


def log_in(client, name: str, password: str = PASSWORD):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"})


def test_an_operator_logs_in_by_account(client, operator):
    assert log_in(client, "acme").headers["Location"] == "/admin/"
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "acme" in page.text
    assert operator.pk.hex not in page.text


def test_an_operator_logs_in_by_account_and_user(client, cast, operator):
    User.objects.filter(pk=cast.users["alice"].pk).update(is_superuser=True)
    assert log_in(client, "acme/alice").status_code == 302


@pytest.mark.parametrize("name", ["acme/alice", "globex", "nobody", "a/b/c", "x" * NAME_LENGTH])
def test_nobody_else_gets_in_and_all_read_the_same(client, operator, name):
    response = log_in(client, name)
    assert response.status_code == 200
    assert "the user is no operator" in response.text
    assert client.get("/admin/").status_code == 302


def test_a_wrong_password_does_not_get_in(client, operator):
    assert "is wrong" in log_in(client, "acme", "wrong").text


def test_a_disabled_operator_is_out_at_once(client, operator):
    log_in(client, "acme")
    operator.enabled = False
    operator.save(update_fields=["enabled"])
    assert client.get("/admin/").status_code == 302


def test_the_browser_does_not_cut_long_names(client, db):
    assert f'maxlength="{NAME_LENGTH}"' in client.get(LOGIN).text


def test_guessing_is_slowed_down_like_everywhere(client, operator):
    for _ in range(20):
        response = log_in(client, "acme", "wrong")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many failed logins" in response.text
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("field", ["username", "password"])
def test_an_empty_field_is_a_form_with_a_sentence(client, db, field):
    given = {"username": "acme", "password": "x", field: ""}
    assert "This field is required" in client.post(LOGIN, given).text


def test_djangos_page_for_passwords_is_not_there(client, operator):
    log_in(client, "acme")
    with pytest.raises(NoReverseMatch):
        reverse("admin:password_change")
    assert client.get("/admin/password_change/").status_code == 404


def test_logging_out_ends_the_session(client, operator):
    log_in(client, "acme")
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302
