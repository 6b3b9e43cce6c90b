import uuid
from typing import Any

import pytest
from guardian.shortcuts import get_objects_for_user

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.models import User
from accounts.levels import Level
from organizations import policy
from organizations.models import Organization, OrganizationUserObjectPermission
from organizations.services import change_grant, grant, revoke
from swr.errors import (
    InvalidLevel,
    NotAllowed,
    OrganizationGrantExists,
    OrganizationGrantNotFound,
    OrganizationNotFound,
    UserNotFound,
)
from tests.cast import OPERATOR, Cast


def held(cast: Cast, name: str) -> set[str]:
    rows = OrganizationUserObjectPermission.objects.filter(user=cast.users[name])
    return set(rows.values_list("permission__codename", flat=True))


@pytest.mark.parametrize(
    ("level", "permissions"),
    [
        (Level.READ, {"read"}),
        (Level.WRITE, {"read", "write"}),
        (Level.MANAGE, {"read", "write", "manage"}),
    ],
)
def test_a_level_is_the_sum_of_its_permissions(
    cast: Cast, level: Level, permissions: set[str]
) -> None:
    grant(cast.actor("alice"), cast.organization, cast.users["dave"], level)
    assert held(cast, "dave") == permissions
    assert policy.level(cast.actor("dave"), cast.organization) is level


def test_guardian_answers_the_same(cast: Cast) -> None:
    carol = cast.users["carol"]
    assert carol.has_perm("organizations.write", cast.organization)
    assert not carol.has_perm("organizations.manage", cast.organization)
    assert list(get_objects_for_user(carol, "organizations.write")) == [cast.organization]
    assert list(get_objects_for_user(carol, "organizations.manage")) == []


@pytest.mark.parametrize("level", [Level.READ, Level.WRITE, Level.MANAGE])
def test_a_grant_changes_to_any_level(cast: Cast, level: Level) -> None:
    change_grant(cast.actor("alice"), cast.organization, cast.users["carol"], level)
    assert held(cast, "carol") == set(level.permissions)


def test_a_grant_is_revoked(cast: Cast) -> None:
    revoke(cast.actor("alice"), cast.organization, cast.users["carol"])
    assert held(cast, "carol") == set()
    assert policy.level(cast.actor("carol"), cast.organization) is Level.NONE


def test_each_leaves_a_trace_that_says_who_got_what(cast: Cast) -> None:
    alice, dave = cast.actor("alice"), cast.users["dave"]
    grant(alice, cast.organization, dave, Level.READ)
    change_grant(alice, cast.organization, dave, Level.WRITE)
    revoke(alice, cast.organization, dave)
    traces = Trace.objects.filter(user_name="alice").order_by("pk")
    assert [(trace.name, trace.detail.get("auth")) for trace in traces] == [
        ("createUserNamespaceAuth", 1),
        ("updateUserNamespaceAuth", 3),
        ("deleteUserNamespaceAuth", None),
    ]
    assert {trace.detail["user_name"] for trace in traces} == {"dave"}


def test_a_second_grant_is_refused_and_changes_nothing(cast: Cast) -> None:
    with pytest.raises(OrganizationGrantExists):
        grant(cast.actor("alice"), cast.organization, cast.users["bob"], Level.MANAGE)
    assert held(cast, "bob") == {"read"}


def test_what_is_not_granted_is_neither_changed_nor_revoked(cast: Cast) -> None:
    alice, dave = cast.actor("alice"), cast.users["dave"]
    with pytest.raises(OrganizationGrantNotFound):
        change_grant(alice, cast.organization, dave, Level.READ)
    with pytest.raises(OrganizationGrantNotFound):
        revoke(alice, cast.organization, dave)
    assert held(cast, "dave") == set()


def test_a_grant_of_nothing_is_none(cast: Cast) -> None:
    with pytest.raises(InvalidLevel):
        grant(cast.actor("alice"), cast.organization, cast.users["dave"], Level.NONE)


@pytest.mark.parametrize("name", ["alice", "acme", "otto"])
def test_nobody_grants_to_himself(cast: Cast, name: str) -> None:
    for verb in (grant, change_grant):
        with pytest.raises(NotAllowed, match="himself"):
            verb(cast.actor(name), cast.organization, cast.users[name], Level.MANAGE)


@pytest.mark.parametrize("name", ["mallory", "globex", "pat"])
def test_users_of_other_accounts_are_not_found(cast: Cast, name: str) -> None:
    with pytest.raises(UserNotFound):
        grant(cast.actor("acme"), cast.organization, cast.users[name], Level.READ)


def test_a_user_who_has_gone_is_not_found(cast: Cast) -> None:
    dave = User.objects.get(pk=cast.users["dave"].pk)
    identity.delete_user(OPERATOR, cast.users["dave"])
    with pytest.raises(UserNotFound):
        grant(cast.actor("acme"), cast.organization, dave, Level.READ)
    with pytest.raises(UserNotFound):
        grant(cast.actor("acme"), cast.organization, User(pk=uuid.uuid4()), Level.READ)


@pytest.mark.parametrize("name", ["carol", "bob", "rita"])
def test_members_without_manage_grant_nothing(cast: Cast, name: str) -> None:
    for level in (Level.READ, Level.MANAGE):
        with pytest.raises(NotAllowed):
            grant(cast.actor(name), cast.organization, cast.users["dave"], level)
    with pytest.raises(NotAllowed):
        revoke(cast.actor(name), cast.organization, cast.users["alice"])


@pytest.mark.parametrize("name", ["dave", "molly", "mallory", "pat", "nobody"])
def test_strangers_find_no_organization_to_grant_on(cast: Cast, name: str) -> None:
    with pytest.raises(OrganizationNotFound):
        grant(cast.actor(name), cast.organization, cast.users["bob"], Level.READ)


def test_an_organization_that_has_gone_is_not_found(cast: Cast) -> None:
    gone = Organization(pk=404, account=cast.accounts["acme"], name="gone")
    with pytest.raises(OrganizationNotFound):
        grant(cast.actor("acme"), gone, cast.users["dave"], Level.READ)


def test_a_grant_dies_with_its_user(cast: Cast) -> None:
    identity.delete_user(OPERATOR, cast.users["carol"])
    rows = OrganizationUserObjectPermission.objects.filter(content_object=cast.organization)
    assert rows.filter(permission__codename="write").count() == 2  # the owner's and alice's


def test_a_grant_counts_in_the_own_account_only(cast: Cast) -> None:
    """However it came there: a row alone opens nothing to a user of another account."""
    rows = OrganizationUserObjectPermission.objects.filter(user=cast.users["alice"])
    rows.update(user=cast.users["mallory"])
    assert policy.level(cast.actor("mallory"), cast.organization) is Level.NONE
    assert cast.organization not in policy.visible_to(cast.actor("mallory"))


def test_granting_costs_the_same_however_many_grants_there_are(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        grant(cast.actor("alice"), cast.organization, cast.users["dave"], Level.MANAGE)
