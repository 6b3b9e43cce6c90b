"""The verbs of organizations.  Each asks the policy first and leaves a trace last."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.grants import services as grants
from accounts.identity.models import User
from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from organizations import policy, rules
from organizations.models import Organization, OrganizationUserObjectPermission
from swr.errors import (
    NotAllowed,
    OrganizationExists,
    OrganizationGrantExists,
    OrganizationGrantNotFound,
    OrganizationNotEmpty,
    OrganizationNotFound,
    OrganizationTaken,
)


@transaction.atomic
def create_organization(actor: Actor, name: str) -> Organization:
    """OrganizationExists when the account has it already, OrganizationTaken when another has."""
    rules.check_name(name)
    if actor.account_id is None or actor.user_id is None or not policy.may_create(actor):
        raise NotAllowed
    quotas.hold(actor.account_id)
    used = Organization.objects.filter(account_id=actor.account_id).count()
    organization = _insert(actor, actor.account_id, name)
    quotas.require(actor.account_id, Quota.ORGANIZATIONS, used=used)
    grants.give(OrganizationUserObjectPermission, organization, actor.user_id, Level.MANAGE)
    _trace(actor, "createUserNamespace", organization)
    return organization


@transaction.atomic
def delete_organization(actor: Actor, organization: Organization) -> None:
    policy.require(actor, Level.MANAGE, organization)
    quotas.hold(organization.account_id)  # nobody puts a repository into it meanwhile
    doomed = lock(organization)
    try:
        doomed.delete()
    except ProtectedError:
        raise OrganizationNotEmpty from None
    _trace(actor, "deleteUserNamespace", organization)


@transaction.atomic
def grant(actor: Actor, organization: Organization, user: User, level: Level) -> None:
    _check_grant(actor, organization, user, level)
    if not grants.give(OrganizationUserObjectPermission, organization, user.pk, level):
        raise OrganizationGrantExists
    _trace(actor, "createUserNamespaceAuth", organization, **_named(user), auth=int(level))


@transaction.atomic
def change_grant(actor: Actor, organization: Organization, user: User, level: Level) -> None:
    _check_grant(actor, organization, user, level)
    if not grants.change(OrganizationUserObjectPermission, organization, user.pk, level):
        raise OrganizationGrantNotFound
    _trace(actor, "updateUserNamespaceAuth", organization, **_named(user), auth=int(level))


@transaction.atomic
def revoke(actor: Actor, organization: Organization, user: User) -> None:
    policy.require(actor, Level.MANAGE, organization)
    lock(organization)
    if not grants.take(OrganizationUserObjectPermission, organization, user.pk):
        raise OrganizationGrantNotFound
    _trace(actor, "deleteUserNamespaceAuth", organization, **_named(user))


def lock(organization: Organization) -> Organization:
    """Keep the organization from being deleted, and its grants from moving, until the commit."""
    found = Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk).first()
    if found is None:
        raise OrganizationNotFound
    return found


def _insert(actor: Actor, account_id: UUID, name: str) -> Organization:
    try:
        with transaction.atomic():
            return Organization.objects.create(
                name=name,
                account_id=account_id,
                creator_id=actor.user_id,
                creator_name=actor.name,
            )
    except IntegrityError:
        own = Organization.objects.filter(name=name, account_id=account_id)
        raise (OrganizationExists if own.exists() else OrganizationTaken) from None


def _check_grant(actor: Actor, organization: Organization, user: User, level: Level) -> None:
    policy.require(actor, Level.MANAGE, organization)
    grants.check(actor, user, level, account_id=organization.account_id)
    lock(organization)


def _named(user: User) -> dict[str, Any]:
    return {"user_id": user.pk.hex, "user_name": user.name}


def _trace(actor: Actor, name: str, organization: Organization, **detail: Any) -> None:
    audit.record(
        actor,
        name,
        resource_id=organization.pk,
        resource_name=organization.name,
        detail=detail or None,
    )
