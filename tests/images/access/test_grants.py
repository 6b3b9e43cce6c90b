import pytest
from guardian.shortcuts import get_objects_for_user

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.levels import Level
from images.access import policy
from images.access.services import change_grant, delete_repository, grant, revoke
from images.repositories.models import Repository, RepositoryUserObjectPermission
from swr.errors import (
    GrantExists,
    GrantNotFound,
    InvalidLevel,
    NotAllowed,
    RepositoryNotFound,
    UserNotFound,
)
from tests.cast import OPERATOR, Stage


def held(stage: Stage, name: str) -> set[str]:
    rows = RepositoryUserObjectPermission.objects.filter(
        user=stage.users[name], content_object=stage.web
    )
    return set(rows.values_list("permission__codename", flat=True))


@pytest.mark.parametrize("level", [Level.READ, Level.WRITE, Level.MANAGE])
def test_a_level_is_the_sum_of_its_permissions(stage: Stage, level: Level) -> None:
    grant(stage.actor("molly"), stage.web, stage.users["dave"], level)
    assert held(stage, "dave") == set(level.permissions)
    assert policy.level(stage.actor("dave"), stage.web) is level


def test_guardian_answers_the_same(stage: Stage) -> None:
    wendy = stage.users["wendy"]
    assert wendy.has_perm("images.write", stage.web)
    assert not wendy.has_perm("images.manage", stage.web)
    written = get_objects_for_user(wendy, "write", klass=Repository)
    assert list(written) == [stage.web]


@pytest.mark.parametrize("level", [Level.READ, Level.WRITE, Level.MANAGE])
def test_a_grant_changes_to_any_level(stage: Stage, level: Level) -> None:
    change_grant(stage.actor("molly"), stage.web, stage.users["wendy"], level)
    assert held(stage, "wendy") == set(level.permissions)


def test_a_grant_is_revoked(stage: Stage) -> None:
    revoke(stage.actor("alice"), stage.web, stage.users["wendy"])
    assert held(stage, "wendy") == set()
    assert policy.level(stage.actor("wendy"), stage.web) is Level.NONE


def test_a_grant_on_one_repository_opens_no_other(stage: Stage) -> None:
    grant(stage.actor("molly"), stage.web, stage.users["dave"], Level.MANAGE)
    assert policy.level(stage.actor("dave"), stage.site) is Level.READ  # it is public


def test_each_leaves_a_trace_that_says_who_got_what(stage: Stage) -> None:
    molly, dave = stage.actor("molly"), stage.users["dave"]
    grant(molly, stage.web, dave, Level.READ)
    change_grant(molly, stage.web, dave, Level.WRITE)
    revoke(molly, stage.web, dave)
    traces = Trace.objects.filter(user_name="molly").order_by("pk")
    assert [(trace.name, trace.detail.get("auth")) for trace in traces] == [
        ("createUserRepositoryAuth", 1),
        ("updateUserRepositoryAuth", 3),
        ("deleteUserRepositoryAuth", None),
    ]
    assert {trace.resource_name for trace in traces} == {"acme-apps/web"}


def test_what_is_there_is_not_granted_and_what_is_not_is_not_changed(stage: Stage) -> None:
    molly, dave, rob = stage.actor("molly"), stage.users["dave"], stage.users["rob"]
    with pytest.raises(GrantExists):
        grant(molly, stage.web, rob, Level.MANAGE)
    with pytest.raises(GrantNotFound):
        change_grant(molly, stage.web, dave, Level.READ)
    with pytest.raises(GrantNotFound):
        revoke(molly, stage.web, dave)
    assert (held(stage, "rob"), held(stage, "dave")) == ({"read"}, set())


def test_a_grant_of_nothing_is_none(stage: Stage) -> None:
    with pytest.raises(InvalidLevel):
        change_grant(stage.actor("molly"), stage.web, stage.users["rob"], Level.NONE)
    assert held(stage, "rob") == {"read"}


@pytest.mark.parametrize("name", ["molly", "alice", "acme", "carol", "wendy", "rob"])
def test_nobody_grants_to_himself(stage: Stage, name: str) -> None:
    for verb in (grant, change_grant):
        with pytest.raises(NotAllowed):
            verb(stage.actor(name), stage.web, stage.users[name], Level.MANAGE)


@pytest.mark.parametrize("name", ["mallory", "pat"])
def test_users_of_other_accounts_are_not_found(stage: Stage, name: str) -> None:
    with pytest.raises(UserNotFound):
        grant(stage.actor("acme"), stage.web, stage.users[name], Level.READ)


@pytest.mark.parametrize("name", ["carol", "wendy", "bob", "rob", "rita", "pat"])
def test_members_without_manage_grant_nothing(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        grant(stage.actor(name), stage.web, stage.users["dave"], Level.READ)
    with pytest.raises(NotAllowed):
        revoke(stage.actor(name), stage.web, stage.users["molly"])


@pytest.mark.parametrize("name", ["dave", "mallory", "fred", "nobody"])
def test_strangers_find_no_repository_to_grant_on(stage: Stage, name: str) -> None:
    with pytest.raises(RepositoryNotFound):
        grant(stage.actor(name), stage.web, stage.users["bob"], Level.READ)


def test_a_repository_that_has_gone_is_not_found(stage: Stage) -> None:
    stale = Repository.objects.select_related("organization").get(pk=stage.web.pk)
    delete_repository(stage.actor("acme"), stage.web)
    with pytest.raises(RepositoryNotFound):
        grant(stage.actor("acme"), stale, stage.users["dave"], Level.READ)


def test_a_grant_dies_with_its_user(stage: Stage) -> None:
    identity.delete_user(OPERATOR, stage.users["wendy"])
    rows = RepositoryUserObjectPermission.objects.filter(permission__codename="write")
    assert rows.filter(content_object=stage.web).count() == 2  # the owner's and molly's
