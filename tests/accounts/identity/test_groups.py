import pytest
from django.db import IntegrityError, transaction

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.choices import Role
from accounts.identity.models import Account, RoleAssignment, User
from swr.errors import InvalidName, NameTaken, NotAllowed, UserNotFound
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db


def test_the_owner_creates_describes_and_deletes_groups(acme: Account, owner: User) -> None:
    actor = actor_of(owner)
    group = identity.create_group(actor, acme, "devs", description="who builds")
    identity.describe_group(actor, group, description="who builds and runs")
    group.refresh_from_db()
    assert group.description == "who builds and runs"
    identity.delete_group(actor, group)
    assert not acme.user_groups.filter(name="devs").exists()
    names = Trace.objects.filter(resource_name="devs").values_list("name", flat=True)
    assert set(names) == {"createUserGroup", "updateUserGroup", "deleteUserGroup"}


def test_a_name_is_unique_in_its_account(acme: Account, globex: Account) -> None:
    identity.create_group(OPERATOR, acme, "devs")
    with pytest.raises(NameTaken):
        identity.create_group(OPERATOR, acme, "devs")
    identity.create_group(OPERATOR, globex, "devs")


def test_a_bad_name_is_refused(acme: Account) -> None:
    with pytest.raises(InvalidName):
        identity.create_group(OPERATOR, acme, "de/vs")


def test_adding_twice_is_adding_once(acme: Account, bob: User) -> None:
    group = identity.create_group(OPERATOR, acme, "devs")
    for _ in range(2):
        identity.add_member(OPERATOR, group, bob)
        identity.assign_role(OPERATOR, group, Role.SWR_ADMIN)
    assert group.members.count() == 1
    assert group.assignments.count() == 1


def test_a_user_of_another_account_is_no_member(acme: Account, mallory: User) -> None:
    with pytest.raises(UserNotFound):
        identity.add_member(OPERATOR, acme.user_groups.get(name="SWR Admin"), mallory)


def test_a_project_of_another_account_is_refused(acme: Account, globex: Account) -> None:
    group = identity.create_group(OPERATOR, acme, "devs")
    with pytest.raises(NotAllowed):
        identity.assign_role(OPERATOR, group, Role.SWR_ADMIN, project=globex.projects.get())


def test_only_the_owner_changes_groups(acme: Account, bob: User, mallory: User) -> None:
    group = acme.user_groups.get(name="SWR Admin")
    for actor in (actor_of(bob), actor_of(mallory)):
        with pytest.raises(NotAllowed):
            identity.add_member(actor, group, bob)
        with pytest.raises(NotAllowed):
            identity.assign_role(actor, group, Role.TENANT_ADMINISTRATOR)
        with pytest.raises(NotAllowed):
            identity.delete_group(actor, group)
        with pytest.raises(NotAllowed):
            identity.create_group(actor, acme, "mine")


def test_the_database_keeps_an_account_wide_role_once(acme: Account) -> None:
    group = acme.user_groups.get(name="SWR Admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(group=group, role=Role.SWR_ADMIN)
