import pytest
from django.conf import LazySettings
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts.audit.models import Trace
from accounts.identity.models import Account, User
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from swr.errors import (
    NotAllowed,
    OrganizationQuotaExceeded,
    RepositoryQuotaExceeded,
    StorageQuotaExceeded,
    SwrError,
)
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings: LazySettings) -> None:
    settings.QUOTA_ORGANIZATIONS = 5
    settings.QUOTA_REPOSITORIES = 0
    settings.QUOTA_STORAGE = 0


def test_the_installations_limit_holds_for_everybody(acme: Account) -> None:
    assert quotas.limit(acme.pk, Quota.ORGANIZATIONS) == 5
    assert quotas.limit(acme.pk, Quota.REPOSITORIES) == 0
    assert quotas.limit(acme.pk, Quota.STORAGE) == 0


def test_an_account_may_have_its_own(acme: Account, globex: Account) -> None:
    quotas.set_limit(OPERATOR, acme, Quota.ORGANIZATIONS, 7)
    quotas.set_limit(OPERATOR, acme, Quota.ORGANIZATIONS, 8)
    assert quotas.limit(acme.pk, Quota.ORGANIZATIONS) == 8
    assert quotas.limit(globex.pk, Quota.ORGANIZATIONS) == 5
    quotas.clear_limit(OPERATOR, acme, Quota.ORGANIZATIONS)
    assert quotas.limit(acme.pk, Quota.ORGANIZATIONS) == 5
    names = Trace.objects.filter(resource_type="quota").values_list("name", flat=True)
    assert list(names) == ["updateQuota", "updateQuota", "deleteQuota"]


def test_its_own_zero_is_no_limit(acme: Account) -> None:
    quotas.set_limit(OPERATOR, acme, Quota.ORGANIZATIONS, 0)
    quotas.require(acme.pk, Quota.ORGANIZATIONS, used=10**6)


@pytest.mark.parametrize(
    ("quota", "error"),
    [
        (Quota.ORGANIZATIONS, OrganizationQuotaExceeded),
        (Quota.REPOSITORIES, RepositoryQuotaExceeded),
        (Quota.STORAGE, StorageQuotaExceeded),
    ],
)
def test_what_is_over_the_limit_is_refused(
    acme: Account, quota: Quota, error: type[SwrError]
) -> None:
    quotas.set_limit(OPERATOR, acme, quota, 5)
    quotas.require(acme.pk, quota, used=4)
    quotas.require(acme.pk, quota, used=0, adding=5)
    with pytest.raises(error):
        quotas.require(acme.pk, quota, used=5)
    with pytest.raises(error):
        quotas.require(acme.pk, quota, used=0, adding=6)


def test_sizes_beyond_32_bits_are_sizes(acme: Account) -> None:
    quotas.set_limit(OPERATOR, acme, Quota.STORAGE, 2**42)
    quotas.require(acme.pk, Quota.STORAGE, used=2**41, adding=2**41)
    with pytest.raises(StorageQuotaExceeded):
        quotas.require(acme.pk, Quota.STORAGE, used=2**41, adding=2**41 + 1)


def test_asking_costs_one_query(
    acme: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        quotas.require(acme.pk, Quota.ORGANIZATIONS, used=1)


def test_an_account_can_be_held(acme: Account) -> None:
    with transaction.atomic():
        quotas.hold(acme.pk)


def test_no_owner_raises_his_own_limit(acme: Account, owner: User) -> None:
    with pytest.raises(NotAllowed):
        quotas.set_limit(actor_of(owner), acme, Quota.ORGANIZATIONS, 99)
    with pytest.raises(NotAllowed):
        quotas.clear_limit(actor_of(owner), acme, Quota.ORGANIZATIONS)
