import pytest

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from organizations import policy
from organizations.models import Organization
from organizations.services import create_organization
from swr.errors import (
    InvalidOrganizationName,
    NotAllowed,
    OrganizationExists,
    OrganizationNotYours,
    OrganizationQuotaExceeded,
)
from tests.cast import OPERATOR, Cast


@pytest.mark.parametrize("name", ["acme", "tess", "ada", "fay", "otto"])
def test_owner_and_administrators_create_one_and_manage_it(cast: Cast, name: str) -> None:
    actor = cast.actor(name)
    created = create_organization(actor, "new-apps")
    assert created.account == cast.accounts["acme"]
    assert (created.creator_id, created.creator_name) == (actor.user_id, name)
    assert cast.users[name].has_perm("organizations.manage", created)


def test_the_creator_keeps_managing_it_without_the_role(cast: Cast) -> None:
    created = create_organization(cast.actor("otto"), "otto-apps")
    cast.users["otto"].user_groups.clear()
    assert policy.level(cast.actor("otto"), created) is Level.MANAGE


def test_it_leaves_a_trace(cast: Cast) -> None:
    created = create_organization(cast.actor("ada"), "new-apps")
    trace = Trace.objects.get(name="createUserNamespace", resource_name="new-apps")
    assert (trace.user_name, trace.resource_id) == ("ada", str(created.pk))


@pytest.mark.parametrize("name", ["dave", "alice", "carol", "rita", "nobody"])
def test_others_create_none(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        create_organization(cast.actor(name), "new-apps")
    assert not Organization.objects.filter(name="new-apps").exists()


def test_a_job_owns_nothing_and_creates_none(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        create_organization(Actor.system("sync"), "new-apps")


def test_a_wrong_name_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidOrganizationName):
        create_organization(cast.actor("acme"), "New")


def test_a_name_of_the_account_exists(cast: Cast) -> None:
    with pytest.raises(OrganizationExists):
        create_organization(cast.actor("ada"), "acme-apps")


def test_a_name_of_another_account_is_not_yours_and_says_no_more(cast: Cast) -> None:
    with pytest.raises(OrganizationNotYours) as caught:
        create_organization(cast.actor("globex"), "acme-apps")
    assert caught.value.message == OrganizationNotYours.message
    assert "acme" not in caught.value.advice


def test_five_and_not_six(cast: Cast) -> None:
    for number in range(2, 6):
        create_organization(cast.actor("acme"), f"apps-{number}")
    with pytest.raises(OrganizationQuotaExceeded):
        create_organization(cast.actor("acme"), "apps-6")
    assert cast.accounts["acme"].organizations.count() == 5
    create_organization(cast.actor("globex"), "globex-more")


def test_an_account_may_have_a_limit_of_its_own(cast: Cast) -> None:
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.ORGANIZATIONS, 1)
    with pytest.raises(OrganizationQuotaExceeded):
        create_organization(cast.actor("acme"), "apps-2")
    assert not Organization.objects.filter(name="apps-2").exists()


def test_a_name_that_exists_says_so_even_when_the_quota_is_used_up(cast: Cast) -> None:
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.ORGANIZATIONS, 1)
    with pytest.raises(OrganizationExists):
        create_organization(cast.actor("acme"), "acme-apps")
