"""The only place that decides who may do what with a repository."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.grants.querysets import readable
from accounts.levels import Level
from images.access import querysets, rules
from images.access.models import Share
from images.access.querysets import Facts
from images.repositories.models import Repository, RepositoryUserObjectPermission
from organizations.models import OrganizationUserObjectPermission
from swr.errors import NotAllowed, RepositoryNotFound

Name = tuple[str, str]  # of the organization, of the repository in it


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an actor stands before a name, whether or not there is anything of that name.

    ``level`` is on the repository or, when there is none, on the organization.
    """

    organization_id: int | None
    repository_id: int | None
    level: Level


NOWHERE = Standing(None, repository_id=None, level=Level.NONE)


def visible_to(actor: Actor) -> QuerySet[Repository]:
    """Every repository the actor may pull, public ones included."""
    if actor.is_system:
        return Repository.objects.all()
    if actor.user_id is None:
        return Repository.objects.filter(is_public=True)
    own = Q(organization__account=actor.account_id)
    if actor.role < Level.READ:
        own &= Q(pk__in=readable(RepositoryUserObjectPermission, actor.user_id)) | Q(
            organization__in=readable(OrganizationUserObjectPermission, actor.user_id)
        )
    endless_or_open = Q(deadline=None) | Q(deadline__gt=timezone.now())
    shares = Share.objects.filter(endless_or_open, account=actor.account_id)
    shared = Q(pk__in=shares.values("repository"))
    return Repository.objects.filter(Q(is_public=True) | own | shared)


def level(actor: Actor, repository: Repository) -> Level:
    organization_name, _, name = repository.path.partition("/")
    found = standing(actor, organization_name, name)
    return found.level if found.repository_id == repository.pk else Level.NONE


def require(actor: Actor, needed: Level, repository: Repository) -> None:
    held = level(actor, repository)
    if held is Level.NONE:
        raise RepositoryNotFound
    if held < needed:
        raise NotAllowed


def standing(actor: Actor, organization_name: str, repository_name: str) -> Standing:
    name = (organization_name, repository_name)
    return standings(actor, [name])[name]


def standings(actor: Actor, names: Iterable[Name]) -> dict[Name, Standing]:
    """Where the actor stands before each of the names, in one query."""
    paths = {name: "/".join(name) for name in names}
    found = querysets.facts(
        user_id=actor.user_id,
        account_id=actor.account_id,
        organizations={organization for organization, _ in paths},
        paths=paths.values(),
    )
    there = {facts.path: _standing(actor, facts) for facts in found}
    empty = {facts.organization: _standing(actor, _without(facts)) for facts in found}
    return {name: there.get(path) or empty.get(name[0], NOWHERE) for name, path in paths.items()}


def _without(facts: Facts) -> Facts:
    """The organization alone."""
    return replace(
        facts, path=None, repository_id=None, public=False, repository_bits=0, shared=False
    )


def _standing(actor: Actor, facts: Facts) -> Standing:
    own = actor.is_system or bool(facts.own)
    held = rules.effective(
        own=own,
        role=actor.role,
        bits=facts.organization_bits | facts.repository_bits,
        shared=bool(facts.shared),
        public=bool(facts.public),
    )
    return Standing(facts.organization_id, facts.repository_id, held)
