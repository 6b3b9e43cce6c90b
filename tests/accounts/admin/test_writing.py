"""/admin/: every change of an account, a user, a group is a verb."""

import pytest
from django.test import Client

from accounts.audit import services as audit
from accounts.audit.models import Trace
from accounts.identity.models import Account, User, UserGroup
from accounts.keys import services as keys
from tests.accounts.admin.pages import said, url
from tests.accounts.people import OPERATOR, PASSWORD

pytestmark = pytest.mark.django_db


# --- what has no verb --------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["trace", "accesskey"])
def test_traces_and_keys_are_read_only(site: Client, bob: User, table: str) -> None:
    key, _ = keys.create_access_key(OPERATOR, bob)
    row = key if table == "accesskey" else Trace.objects.first()
    assert row is not None
    assert site.get(url(table, "add")).status_code == 403
    assert site.post(url(table, "change", row.pk), {}).status_code == 403
    assert site.post(url(table, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_no_account_is_deleted(site: Client, globex: Account) -> None:
    assert site.post(url("account", "delete", globex.pk), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": globex.pk, "post": "yes"}
    site.post(url("account"), action)
    assert Account.objects.filter(pk=globex.pk).exists()


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_created_by_its_verb(site: Client) -> None:
    response = site.post(url("account", "add"), {"name": "initech", "password": PASSWORD})
    assert response.status_code == 302
    account = Account.objects.get(name="initech")
    assert account.users.get().check_password(PASSWORD)
    assert account.user_groups.count() == 5
    trace = Trace.objects.get(name="createAccount", resource_name="initech")
    assert (trace.user_name, trace.door) == ("acme", "admin")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "a/b", "password": PASSWORD}, "account name is not valid"),
        ({"name": "initech", "password": "short"}, "8 to 128"),
        ({"name": "initech", "password": "initech1" * 20}, "8 to 128"),
        ({"name": "acme", "password": PASSWORD}, "already exists"),
        ({"name": "ACME", "password": PASSWORD}, "The name is taken."),
        ({"name": "", "password": ""}, "This field is required"),
    ],
)
def test_a_wrong_account_is_said_at_the_form(
    site: Client, given: dict[str, str], sentence: str
) -> None:
    response = site.post(url("account", "add"), given)
    assert response.status_code == 200
    assert sentence in response.text
    assert Account.objects.count() == 1


def test_an_account_is_disabled_and_enabled(site: Client, globex: Account) -> None:
    site.post(url("account", "change", globex.pk), {})
    globex.refresh_from_db()
    assert not globex.enabled
    site.post(url("account", "change", globex.pk), {"enabled": "on"})
    globex.refresh_from_db()
    assert globex.enabled
    assert Trace.objects.filter(name="disableAccount", door="admin").exists()


def test_what_a_verb_refuses_is_said_and_changes_nothing(site: Client, acme: Account) -> None:
    response = site.post(url("account", "change", acme.pk), {})
    assert response.status_code == 302
    assert said(response) == [
        "Nobody disables his own account. Ask somebody who may manage it for a higher permission."
    ]
    acme.refresh_from_db()
    assert acme.enabled


def test_a_name_cannot_be_changed(site: Client, globex: Account) -> None:
    site.post(url("account", "change", globex.pk), {"enabled": "on", "name": "admin"})
    globex.refresh_from_db()
    assert globex.name == "globex"


# --- users -------------------------------------------------------------------------------------


def test_a_user_is_created_by_its_verb(site: Client, globex: Account) -> None:
    given = {"account": globex.pk, "name": "carol", "description": "QA", "password": PASSWORD}
    assert site.post(url("user", "add"), given).status_code == 302
    carol = User.objects.get(name="carol")
    assert (carol.account, carol.description) == (globex, "QA")
    assert carol.check_password(PASSWORD)


def test_nobody_is_made_an_operator_or_owner_in_passing(site: Client, globex: Account) -> None:
    given = {"account": globex.pk, "name": "carol", "password": PASSWORD}
    site.post(url("user", "add"), given | {"is_superuser": "on", "is_owner": "on", "id": "1"})
    carol = User.objects.get(name="carol")
    assert not carol.is_superuser
    assert not carol.is_owner


def test_a_user_is_changed_by_verbs(site: Client, bob: User) -> None:
    given = {"description": "on leave", "is_superuser": "on", "password": "another horse 1"}
    assert site.post(url("user", "change", bob.pk), given).status_code == 302
    bob.refresh_from_db()
    assert (bob.description, bob.enabled, bob.is_superuser) == ("on leave", False, True)
    assert bob.check_password("another horse 1")
    names = Trace.objects.filter(door="admin").values_list("name", flat=True)
    assert sorted(names) == ["disableUser", "updateUser", "updateUser", "updateUserPassword"]


def test_an_empty_password_keeps_the_old_one(site: Client, bob: User) -> None:
    site.post(url("user", "change", bob.pk), {"enabled": "on", "password": ""})
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_a_weak_password_is_said_at_the_form(site: Client, bob: User) -> None:
    response = site.post(url("user", "change", bob.pk), {"enabled": "on", "password": "short"})
    assert "8 to 128" in response.text


def test_one_refused_change_undoes_the_others(site: Client, owner: User) -> None:
    response = site.post(
        url("user", "change", owner.pk), {"description": "new", "is_superuser": "on"}
    )
    assert "disable the account" in said(response)[0]
    owner.refresh_from_db()
    assert (owner.description, owner.enabled) == ("", True)


def test_a_user_is_deleted_with_his_keys_by_the_verb(site: Client, bob: User) -> None:
    keys.create_access_key(OPERATOR, bob)
    assert site.get(url("user", "delete", bob.pk)).status_code == 200
    assert site.post(url("user", "delete", bob.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(name="bob").exists()
    assert Trace.objects.get(name="deleteUser").door == "admin"


def test_several_users_are_deleted_or_none(site: Client, owner: User, bob: User) -> None:
    action = {"action": "delete_selected", "_selected_action": [bob.pk, owner.pk], "post": "yes"}
    response = site.post(url("user"), action)
    assert said(response)[-1].startswith("The owner of an account cannot be deleted.")
    assert User.objects.filter(pk=bob.pk).exists()
    site.post(url("user"), action | {"_selected_action": [bob.pk]})
    assert not User.objects.filter(pk=bob.pk).exists()


# --- groups ------------------------------------------------------------------------------------


def test_a_group_is_created_filled_and_deleted_by_verbs(
    site: Client, acme: Account, bob: User
) -> None:
    given = {"account": acme.pk, "name": "devs", "description": ""}
    assert site.post(url("usergroup", "add"), given).status_code == 302
    group = UserGroup.objects.get(name="devs")
    page = url("usergroup", "change", group.pk)
    site.post(page, {"members": [bob.pk], "roles": ["swr_adm", "swr_readonly_access"]})
    assert list(group.members.all()) == [bob]
    assert set(group.assignments.values_list("role", flat=True)) == {
        "swr_adm",
        "swr_readonly_access",
    }
    site.post(page, {"members": [], "roles": ["swr_adm"], "description": "who builds"})
    group.refresh_from_db()
    assert not group.members.exists()
    assert group.description == "who builds"
    assert [assignment.role for assignment in group.assignments.all()] == ["swr_adm"]
    site.post(url("usergroup", "delete", group.pk), {"post": "yes"})
    names = set(Trace.objects.filter(door="admin").values_list("name", flat=True))
    assert names >= {"createUserGroup", "addUserToGroup", "removeUserFromGroup", "assignRole"}
    assert names >= {"withdrawRole", "updateUserGroup", "deleteUserGroup"}


def test_members_of_other_accounts_are_not_offered_and_not_taken(
    site: Client, acme: Account, mallory: User
) -> None:
    group = acme.user_groups.get(name="SWR Admin")
    page = url("usergroup", "change", group.pk)
    assert "mallory" not in site.get(page).text
    response = site.post(page, {"members": [mallory.pk], "roles": []})
    assert "not one of the available choices" in response.text
    assert not group.members.exists()


def test_a_page_of_a_trace_shows_its_detail(site: Client) -> None:
    audit.record(OPERATOR, "createImageTag", resource_name="acme/web:1", detail={"digest": "d1"})
    trace = Trace.objects.get(name="createImageTag")
    assert "d1" in site.get(url("trace", "change", trace.pk)).text
