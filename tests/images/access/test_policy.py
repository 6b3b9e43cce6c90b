"""Levels are in tests/test_permissions.py; here is how they are found."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.levels import Level
from images.access import policy
from images.access.models import Share
from images.access.policy import NOWHERE, Standing
from images.access.services import delete_repository
from images.repositories.models import RepositoryUserObjectPermission
from images.repositories.services import create_repository
from swr.errors import NotAllowed, RepositoryNotFound
from tests.cast import Stage


def standing(stage: Stage, who: str, organization: str, repository: str) -> Standing:
    return policy.standing(stage.actor(who), organization, repository)


def test_before_a_repository(stage: Stage) -> None:
    at, web = stage.organization.pk, stage.web.pk
    assert standing(stage, "carol", "acme-apps", "web") == Standing(
        at, repository_id=web, level=Level.WRITE
    )
    assert standing(stage, "pat", "acme-apps", "web") == Standing(
        at, repository_id=web, level=Level.READ
    )
    assert standing(stage, "mallory", "acme-apps", "web") == Standing(
        at, repository_id=web, level=Level.NONE
    )
    assert standing(stage, "nobody", "acme-apps", "site") == Standing(
        at, repository_id=stage.site.pk, level=Level.READ
    )


@pytest.mark.parametrize(
    ("who", "level"),
    [
        ("acme", Level.MANAGE),
        ("rita", Level.READ),
        ("alice", Level.MANAGE),
        ("carol", Level.WRITE),
        ("bob", Level.READ),
        ("molly", Level.NONE),
        ("mallory", Level.NONE),
        ("pat", Level.NONE),
        ("nobody", Level.NONE),
    ],
)
def test_before_no_repository_the_organization_s_level_counts(
    stage: Stage, who: str, level: Level
) -> None:
    found = standing(stage, who, "acme-apps", "new")
    assert (found.organization_id, found.repository_id) == (stage.organization.pk, None)
    assert found.level is level


def test_before_nothing_there_is_nothing(stage: Stage) -> None:
    for who in ("acme", "mallory", "nobody"):
        assert standing(stage, who, "free", "web") == NOWHERE


def test_a_job_may_do_everything(stage: Stage) -> None:
    sync = Actor.system("sync")
    assert policy.standing(sync, "acme-apps", "web").level is Level.MANAGE
    assert policy.level(sync, stage.web) is Level.MANAGE
    assert policy.visible_to(sync).count() == 2


def test_several_names_are_told_apart_in_one_query(
    stage: Stage, django_assert_num_queries: Any
) -> None:
    create_repository(stage.actor("globex"), stage.foreign, "site")
    rob = stage.actor("rob")
    names = [
        ("acme-apps", "web"),
        ("acme-apps", "site"),
        ("acme-apps", "new"),
        ("globex-apps", "web"),
        ("globex-apps", "site"),
        ("free", "web"),
    ]
    with django_assert_num_queries(1):
        found = policy.standings(rob, names)
    assert {name: (held.repository_id is not None, held.level) for name, held in found.items()} == {
        ("acme-apps", "web"): (True, Level.READ),
        ("acme-apps", "site"): (True, Level.READ),
        ("acme-apps", "new"): (False, Level.NONE),
        ("globex-apps", "web"): (False, Level.NONE),
        ("globex-apps", "site"): (True, Level.NONE),
        ("free", "web"): (False, Level.NONE),
    }


@pytest.mark.parametrize("who", ["nobody", "acme", "carol", "rob", "pat", "mallory"])
def test_one_query_decides(stage: Stage, who: str, django_assert_num_queries: Any) -> None:
    actor = stage.actor(who)
    with django_assert_num_queries(1):
        policy.standing(actor, "acme-apps", "web")
    with django_assert_num_queries(1):
        policy.level(actor, stage.web)
    with django_assert_num_queries(1):
        list(policy.visible_to(actor))


def test_what_is_visible_is_what_may_be_pulled(stage: Stage) -> None:
    for who in [*stage.users, "nobody"]:
        actor = stage.actor(who)
        pullable = {
            repository.path
            for repository in (stage.web, stage.site)
            if policy.level(actor, repository) >= Level.READ
        }
        assert set(policy.visible_to(actor).values_list("path", flat=True)) == pullable, who


def test_too_low_is_not_allowed_and_none_is_not_found(stage: Stage) -> None:
    policy.require(stage.actor("pat"), Level.READ, stage.web)
    with pytest.raises(NotAllowed):
        policy.require(stage.actor("pat"), Level.WRITE, stage.web)
    with pytest.raises(RepositoryNotFound):
        policy.require(stage.actor("fred"), Level.READ, stage.web)


def test_a_share_ends_with_its_deadline_and_without_one_never(stage: Stage) -> None:
    share = Share.objects.filter(repository=stage.web, account__name="partner")
    share.update(deadline=timezone.now() - timedelta(seconds=1))
    assert policy.level(stage.actor("pat"), stage.web) is Level.NONE
    share.update(deadline=None)
    assert policy.level(stage.actor("pat"), stage.web) is Level.READ


def test_a_grant_counts_in_the_own_account_only(stage: Stage) -> None:
    """However it came there: a row alone opens nothing to a user of another account."""
    rows = RepositoryUserObjectPermission.objects.filter(user=stage.users["molly"])
    rows.update(user=stage.users["mallory"])
    assert policy.level(stage.actor("mallory"), stage.web) is Level.NONE
    assert stage.web not in policy.visible_to(stage.actor("mallory"))


def test_grants_and_shares_do_not_pass_to_the_next_repository_of_the_name(stage: Stage) -> None:
    delete_repository(stage.actor("acme"), stage.web)
    again = create_repository(stage.actor("acme"), stage.organization, "web")
    for who in ("molly", "wendy", "rob", "pat"):
        assert policy.level(stage.actor(who), again) is Level.NONE


def test_a_repository_that_has_gone_has_no_level(stage: Stage) -> None:
    stale = type(stage.web).objects.select_related("organization").get(pk=stage.web.pk)
    delete_repository(stage.actor("acme"), stage.web)
    assert policy.level(stage.actor("acme"), stale) is Level.NONE
