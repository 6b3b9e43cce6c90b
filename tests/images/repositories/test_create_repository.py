import pytest

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.access import policy
from images.repositories.choices import Category
from images.repositories.models import Repository, RepositoryUserObjectPermission
from images.repositories.services import create_repository
from organizations import services as organizations
from swr.errors import (
    DescriptionTooLong,
    InvalidRepositoryName,
    NotAllowed,
    OrganizationNotFound,
    RepositoryExists,
    RepositoryQuotaExceeded,
)
from tests.cast import OPERATOR, Stage


@pytest.mark.parametrize("name", ["acme", "tess", "ada", "fay", "otto", "alice", "carol"])
def test_whoever_may_write_creates_one_and_manages_it(stage: Stage, name: str) -> None:
    actor = stage.actor(name)
    created = create_repository(actor, stage.organization, "team/api")
    assert (created.creator_id, created.creator_name) == (actor.user_id, name)
    assert created.path == "acme-apps/team/api"
    assert policy.level(actor, created) is Level.MANAGE


def test_it_is_private_unless_said(stage: Stage) -> None:
    assert not create_repository(stage.actor("carol"), stage.organization, "api").is_public
    assert create_repository(
        stage.actor("carol"), stage.organization, "open", is_public=True
    ).is_public


def test_it_keeps_category_and_description(stage: Stage) -> None:
    create_repository(
        stage.actor("carol"),
        stage.organization,
        "db",
        category=Category.DATABASE,
        description="a" * 30_000,
    )
    found = Repository.objects.get(path="acme-apps/db")
    assert found.category == Category.DATABASE
    assert len(found.description) == 30_000


def test_it_leaves_a_trace(stage: Stage) -> None:
    created = create_repository(stage.actor("carol"), stage.organization, "api")
    trace = Trace.objects.get(name="createImageRepository", resource_name="acme-apps/api")
    assert (trace.user_name, trace.resource_id) == ("carol", str(created.pk))


def test_a_writer_gets_no_more_than_his_own_repository(stage: Stage) -> None:
    """Creating one makes nobody a manager of what is there already (peers.md 4.1, 24)."""
    create_repository(stage.actor("carol"), stage.organization, "api")
    assert policy.level(stage.actor("carol"), stage.web) is Level.WRITE
    with pytest.raises(RepositoryExists):
        create_repository(stage.actor("carol"), stage.organization, "web")
    assert policy.level(stage.actor("carol"), stage.web) is Level.WRITE


def test_a_job_creates_one_and_holds_no_grant(stage: Stage) -> None:
    created = create_repository(Actor.system("sync"), stage.organization, "copy")
    assert not RepositoryUserObjectPermission.objects.filter(content_object=created).exists()


def test_wrong_input_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidRepositoryName):
        create_repository(stage.actor("carol"), stage.organization, "Web")
    with pytest.raises(DescriptionTooLong):
        create_repository(stage.actor("carol"), stage.organization, "api", description="a" * 30_001)


@pytest.mark.parametrize("name", ["bob", "rita"])
def test_readers_create_none(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        create_repository(stage.actor(name), stage.organization, "api")


@pytest.mark.parametrize("name", ["dave", "molly", "mallory", "globex", "pat", "nobody"])
def test_strangers_find_no_organization(stage: Stage, name: str) -> None:
    with pytest.raises(OrganizationNotFound):
        create_repository(stage.actor(name), stage.organization, "api")
    assert Repository.objects.count() == 2


def test_an_organization_that_has_gone_meanwhile_is_not_found(stage: Stage) -> None:
    empty = organizations.create_organization(stage.actor("acme"), "gone-apps")
    stale = type(empty).objects.get(pk=empty.pk)
    organizations.delete_organization(stage.actor("acme"), empty)
    with pytest.raises(OrganizationNotFound):
        create_repository(stage.actor("acme"), stale, "api")


def test_the_quota_is_the_account_s(stage: Stage) -> None:
    quotas.set_limit(OPERATOR, stage.accounts["acme"], Quota.REPOSITORIES, 3)
    create_repository(stage.actor("carol"), stage.organization, "third")
    with pytest.raises(RepositoryQuotaExceeded):
        create_repository(stage.actor("carol"), stage.organization, "fourth")
    assert Repository.objects.count() == 3
