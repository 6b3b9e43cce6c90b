"""The only place that decides who may do what with an organization."""

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.grants.querysets import bits, readable
from accounts.levels import Level, level_of_bits
from organizations.models import Organization, OrganizationUserObjectPermission
from swr.errors import NotAllowed, OrganizationNotFound


def visible_to(actor: Actor) -> QuerySet[Organization]:
    """Every organization on which the actor has a level; its repositories are another matter."""
    if actor.is_system:
        return Organization.objects.all()
    if actor.user_id is None or actor.account_id is None:
        return Organization.objects.none()
    own = Organization.objects.filter(account_id=actor.account_id)
    if actor.role >= Level.READ:
        return own
    return own.filter(pk__in=readable(OrganizationUserObjectPermission, actor.user_id))


def level(actor: Actor, organization: Organization) -> Level:
    if actor.is_system:
        return Level.MANAGE
    if actor.user_id is None or organization.account_id != actor.account_id:
        return Level.NONE
    if actor.role is Level.MANAGE:
        return Level.MANAGE
    granted = bits(OrganizationUserObjectPermission, actor.user_id)
    held = Organization.objects.filter(pk=organization.pk).values_list(granted, flat=True).first()
    return max(actor.role, level_of_bits(held or 0))


def require(actor: Actor, needed: Level, organization: Organization) -> None:
    held = level(actor, organization)
    if held is Level.NONE:
        raise OrganizationNotFound
    if held < needed:
        raise NotAllowed


def may_create(actor: Actor) -> bool:
    """Owners and the roles that give everything may (swr-behaviour.md 9); a job has no account."""
    return actor.account_id is not None and actor.role is Level.MANAGE
