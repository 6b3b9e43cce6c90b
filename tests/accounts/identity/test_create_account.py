import pytest
from django.conf import settings

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.choices import Role
from accounts.identity.models import Account, User
from swr.errors import InvalidName, NameTaken, NotAllowed, WeakPassword
from tests.accounts.people import OPERATOR, PASSWORD, actor_of

pytestmark = pytest.mark.django_db


def test_it_has_an_owner_of_its_name_and_the_regions_project(acme: Account) -> None:
    owner = acme.users.get()
    assert (owner.name, owner.is_owner, owner.is_superuser) == ("acme", True, False)
    assert owner.check_password(PASSWORD)
    assert [project.name for project in acme.projects.all()] == [settings.REGION]


def test_it_has_a_group_for_each_role(acme: Account) -> None:
    found = {group.name: group.assignments.get() for group in acme.user_groups.all()}
    assert set(found) == {role.label for role in Role}
    assert found["SWR ReadOnlyAccess"].role == Role.READ_ONLY_ACCESS
    assert all(assignment.project is None for assignment in found.values())


def test_it_leaves_a_trace(acme: Account) -> None:
    trace = Trace.objects.get(name="createAccount")
    assert (trace.resource_name, trace.resource_id) == ("acme", acme.pk.hex)
    assert PASSWORD not in str(trace.detail)


def test_without_a_password_the_owner_has_none() -> None:
    account = identity.create_account(OPERATOR, "robots", password=None)
    assert not account.users.get().has_usable_password()


@pytest.mark.parametrize("name", ["acme", "ACME", "Acme"])
def test_a_taken_name_is_refused_in_any_case_and_nothing_is_left(acme: Account, name: str) -> None:
    with pytest.raises(NameTaken):
        identity.create_account(OPERATOR, name, password=PASSWORD)
    assert (Account.objects.count(), User.objects.count()) == (1, 1)
    assert Trace.objects.filter(name="createAccount").count() == 1


def test_a_bad_name_or_password_is_refused() -> None:
    with pytest.raises(InvalidName):
        identity.create_account(OPERATOR, "a/b", password=PASSWORD)
    with pytest.raises(WeakPassword):
        identity.create_account(OPERATOR, "acme", password="short")
    assert not Account.objects.exists()


def test_no_owner_creates_accounts(owner: User) -> None:
    with pytest.raises(NotAllowed):
        identity.create_account(actor_of(owner), "other", password=PASSWORD)


def test_an_operator_does_so_at_the_admin_site_only(owner: User) -> None:
    identity.set_operator(OPERATOR, owner, operator=True)
    with pytest.raises(NotAllowed):
        identity.create_account(actor_of(owner, door="api"), "other", password=PASSWORD)
    identity.create_account(actor_of(owner, door="admin"), "other", password=PASSWORD)


def test_a_disabled_account_is_nobody_until_it_is_enabled(acme: Account, owner: User) -> None:
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    assert identity.actor_of(owner.pk, door="api") is None
    identity.set_account_enabled(OPERATOR, acme, enabled=True)
    assert identity.actor_of(owner.pk, door="api") is not None
    names = Trace.objects.values_list("name", flat=True)
    assert {"disableAccount", "enableAccount"} <= set(names)


def test_nobody_disables_his_own_account(acme: Account, owner: User) -> None:
    identity.set_operator(OPERATOR, owner, operator=True)
    with pytest.raises(NotAllowed):
        identity.set_account_enabled(actor_of(owner, door="admin"), acme, enabled=False)


def test_no_owner_disables_accounts(acme: Account, mallory: User) -> None:
    with pytest.raises(NotAllowed):
        identity.set_account_enabled(actor_of(mallory), acme, enabled=False)
