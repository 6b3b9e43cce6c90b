"""How much an account may have.  Whoever owns the things counts them."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.identity import policy
from accounts.identity.models import Account
from accounts.quotas.choices import Quota
from accounts.quotas.models import QuotaOverride
from swr.errors import (
    OrganizationQuotaExceeded,
    RepositoryQuotaExceeded,
    StorageQuotaExceeded,
    SwrError,
)

_EXCEEDED: dict[Quota, type[SwrError]] = {
    Quota.ORGANIZATIONS: OrganizationQuotaExceeded,
    Quota.REPOSITORIES: RepositoryQuotaExceeded,
    Quota.STORAGE: StorageQuotaExceeded,
}


def limit(account_id: UUID, quota: Quota) -> int:
    """Answer 0 for no limit."""
    own = QuotaOverride.objects.filter(account_id=account_id, quota=quota)
    found = own.values_list("limit", flat=True).first()
    return _installation_wide(quota) if found is None else found


def require(account_id: UUID, quota: Quota, *, used: int, adding: int = 1) -> None:
    allowed = limit(account_id, quota)
    if allowed and used + adding > allowed:
        raise _EXCEEDED[quota]


def hold(account_id: UUID) -> None:
    """Until the transaction ends nobody else creates on the account what a quota counts."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk=account_id)
    rows.values_list("pk").first()


@transaction.atomic
def set_limit(actor: Actor, account: Account, quota: Quota, limit: int) -> None:
    """Give the account a limit of its own; 0 means none."""
    policy.require_operator(actor)
    QuotaOverride.objects.update_or_create(account=account, quota=quota, defaults={"limit": limit})
    _record(actor, "updateQuota", account, quota=quota, limit=limit)


@transaction.atomic
def clear_limit(actor: Actor, account: Account, quota: Quota) -> None:
    """Let the installation's limit hold for the account again."""
    policy.require_operator(actor)
    QuotaOverride.objects.filter(account=account, quota=quota).delete()
    _record(actor, "deleteQuota", account, quota=quota)


def _installation_wide(quota: Quota) -> int:
    limits: dict[Quota, int] = {
        Quota.ORGANIZATIONS: settings.QUOTA_ORGANIZATIONS,
        Quota.REPOSITORIES: settings.QUOTA_REPOSITORIES,
        Quota.STORAGE: settings.QUOTA_STORAGE,
    }
    return limits[quota]


def _record(actor: Actor, name: str, account: Account, **detail: object) -> None:
    audit.record(actor, name, resource_id=account.pk.hex, resource_name=account.name, detail=detail)
