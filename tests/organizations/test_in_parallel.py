"""What the database promises when several do it at once."""

import pytest

from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.repositories.models import Repository
from images.repositories.services import create_repository
from organizations import policy
from organizations.models import Organization, OrganizationUserObjectPermission
from organizations.services import (
    change_grant,
    create_organization,
    delete_organization,
    grant,
    revoke,
)
from tests.cast import OPERATOR, Cast
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_exactly_the_quota_s_organizations_exist(cast: Cast) -> None:
    acme = cast.actor("acme")
    outcomes = at_once(*(lambda n=n: create_organization(acme, f"apps-{n}") for n in range(12)))
    assert outcomes.count(None) == 4  # and acme-apps
    assert cast.accounts["acme"].organizations.count() == 5


def test_exactly_the_quota_s_repositories_exist(cast: Cast) -> None:
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.REPOSITORIES, 3)
    carol = cast.actor("carol")
    outcomes = at_once(
        *(lambda n=n: create_repository(carol, cast.organization, f"web-{n}") for n in range(10))
    )
    assert outcomes.count(None) == 3
    assert Repository.objects.count() == 3


def test_one_name_is_one_organization(cast: Cast) -> None:
    actors = [cast.actor(name) for name in ("acme", "ada", "otto", "globex", "partner")] * 2
    outcomes = at_once(*(lambda a=a: create_organization(a, "wanted") for a in actors))
    assert outcomes.count(None) == 1
    assert Organization.objects.filter(name="wanted").count() == 1


def test_one_name_is_one_repository(cast: Cast) -> None:
    carol = cast.actor("carol")
    outcomes = at_once(
        *(lambda: create_repository(carol, cast.organization, "web") for _ in range(10))
    )
    assert outcomes.count(None) == 1
    assert Repository.objects.count() == 1


@pytest.mark.parametrize("creators", [1, 4])
def test_an_organization_is_not_deleted_under_a_new_repository(cast: Cast, creators: int) -> None:
    acme = cast.actor("acme")
    outcome, *_ = at_once(
        lambda: delete_organization(acme, cast.organization),
        *(lambda n=n: create_repository(acme, cast.organization, f"a{n}") for n in range(creators)),
    )
    gone = not Organization.objects.filter(pk=cast.organization.pk).exists()
    assert gone == (outcome is None) == (Repository.objects.count() == 0)


def test_a_grant_is_never_half_a_level(cast: Cast) -> None:
    acme, dave = cast.actor("acme"), cast.users["dave"]
    organization = cast.organization
    at_once(
        *(
            lambda verb=verb, level=level: verb(acme, organization, dave, level)
            for verb in (grant, change_grant)
            for level in (Level.READ, Level.WRITE, Level.MANAGE)
        ),
        *(lambda: revoke(acme, organization, dave) for _ in range(2)),
    )
    rows = OrganizationUserObjectPermission.objects.filter(user=dave)
    held = set(rows.values_list("permission__codename", flat=True))
    assert held == set(policy.level(cast.actor("dave"), organization).permissions)
