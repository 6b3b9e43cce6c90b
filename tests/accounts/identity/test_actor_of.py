from uuid import uuid4

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from accounts.identity import services as identity
from accounts.identity.choices import LEVELS, Role
from accounts.identity.models import Account, Project, User, UserGroup
from accounts.levels import Level
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(acme: Account, bob: User) -> UserGroup:
    group = identity.create_group(OPERATOR, acme, "devs")
    identity.add_member(OPERATOR, group, bob)
    return group


def test_it_says_who_and_from_where(acme: Account, bob: User) -> None:
    actor = identity.actor_of(bob.pk, door="registry", address="192.0.2.9")
    assert actor is not None
    assert (actor.name, actor.user_id) == ("bob", bob.pk)
    assert (actor.account_name, actor.account_id) == ("acme", acme.pk)
    assert (actor.door, actor.address) == ("registry", "192.0.2.9")
    assert not actor.is_anonymous


def test_it_asks_one_query_whatever_the_groups(
    bob: User, group: UserGroup, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for role in Role:
        identity.assign_role(OPERATOR, group, role)
    with django_assert_num_queries(1):
        assert identity.actor_of(bob.pk, door="registry") is not None
    with django_assert_num_queries(1):
        assert identity.actor_of(uuid4(), door="registry") is None


def test_the_owner_manages_and_a_new_user_has_nothing(owner: User, bob: User) -> None:
    assert actor_of(owner).role is Level.MANAGE
    assert actor_of(bob).role is Level.NONE


@pytest.mark.parametrize(("role", "level"), LEVELS.items())
def test_a_group_gives_its_role(bob: User, group: UserGroup, role: Role, level: Level) -> None:
    identity.assign_role(OPERATOR, group, role)
    assert actor_of(bob).role is level
    identity.withdraw_role(OPERATOR, group, role)
    assert actor_of(bob).role is Level.NONE


def test_the_highest_of_several_counts(acme: Account, bob: User, group: UserGroup) -> None:
    identity.assign_role(OPERATOR, group, Role.READ_ONLY_ACCESS)
    assert actor_of(bob).role is Level.READ
    identity.add_member(OPERATOR, acme.user_groups.get(name="SWR Admin"), bob)
    assert actor_of(bob).role is Level.MANAGE


def test_who_left_the_group_lost_its_role(acme: Account, bob: User) -> None:
    admins = acme.user_groups.get(name="SWR Admin")
    identity.add_member(OPERATOR, admins, bob)
    identity.remove_member(OPERATOR, admins, bob)
    assert actor_of(bob).role is Level.NONE


def test_a_role_on_the_regions_project_counts_and_on_another_does_not(
    acme: Account, bob: User, group: UserGroup
) -> None:
    other = Project.objects.create(account=acme, name=f"{settings.REGION}_team")
    identity.assign_role(OPERATOR, group, Role.SWR_ADMIN, project=other)
    assert actor_of(bob).role is Level.NONE
    here = acme.projects.get(name=settings.REGION)
    identity.assign_role(OPERATOR, group, Role.READ_ONLY_ACCESS, project=here)
    assert actor_of(bob).role is Level.READ


def test_being_an_operator_gives_nothing_in_any_account(bob: User) -> None:
    identity.set_operator(OPERATOR, bob, operator=True)
    assert actor_of(bob).role is Level.NONE


def test_a_disabled_user_and_a_deleted_one_are_nobody(bob: User) -> None:
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    assert identity.actor_of(bob.pk, door="api") is None
    gone = bob.pk
    identity.delete_user(OPERATOR, bob)
    assert identity.actor_of(gone, door="api") is None
