"""The only place that decides who may do what with a repository."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from accounts.actors import Actor
from accounts.grants.querysets import Grants, bits, holds
from accounts.levels import Level
from images.access import rules
from images.access.models import Share
from images.repositories.models import Repository, RepositoryUserObjectPermission
from organizations.models import Organization, OrganizationUserObjectPermission
from swr.errors import NotAllowed, RepositoryNotFound

Name = tuple[str, str]  # of the organization, of the repository in it


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an actor stands before a name, whether or not there is anything of that name.

    ``level`` is on the repository or, when there is none, on the organization.
    """

    organization_id: int | None
    own_account: bool
    repository_id: int | None
    level: Level


NOWHERE = Standing(None, own_account=False, repository_id=None, level=Level.NONE)


def visible_to(actor: Actor) -> QuerySet[Repository]:
    """Every repository the actor may pull, public ones included."""
    if actor.is_system:
        return Repository.objects.all()
    if actor.user_id is None:
        return Repository.objects.filter(is_public=True)
    own = Q(organization__account_id=actor.account_id)
    if actor.role < Level.READ:
        own &= Q(holds(RepositoryUserObjectPermission, actor.user_id, "read")) | Q(
            holds(OrganizationUserObjectPermission, actor.user_id, "read", "organization_id")
        )
    return Repository.objects.filter(Q(is_public=True) | own | Q(_shared(actor, "pk")))


def level(actor: Actor, repository: Repository) -> Level:
    rows = _rows(actor, Q(repositories=repository.pk), Q(repositories__pk=repository.pk))
    return next((_standing(actor, row).level for row in rows), Level.NONE)


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
    organizations = Q(name__in={organization for organization, _ in paths})
    rows = list(_rows(actor, organizations, Q(repositories__path__in=paths.values())))
    found = {row.path: _standing(actor, row) for row in rows}
    empty = {row.organization: _standing(actor, replace(row, **_NO_REPOSITORY)) for row in rows}
    return {name: found.get(path) or empty.get(name[0], NOWHERE) for name, path in paths.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """An organization with one of its repositories, or with none, and what the actor has there."""

    organization: str
    organization_id: int
    account_id: UUID
    organization_bits: int
    path: str | None
    repository_id: int | None
    public: bool | None
    repository_bits: int
    shared: bool


_NO_REPOSITORY: dict[str, Any] = {
    "path": None,
    "repository_id": None,
    "public": False,
    "repository_bits": 0,
    "shared": False,
}


def _rows(actor: Actor, organizations: Q, repositories: Q) -> Iterator[_Row]:
    """Each organization, joined with those of its repositories that are wanted."""
    joined = Organization.objects.filter(organizations).annotate(
        wanted=FilteredRelation("repositories", condition=repositories)
    )
    rows = joined.values_list(
        "name",
        "pk",
        "account_id",
        _bits(OrganizationUserObjectPermission, actor, "pk"),
        "wanted__path",
        "wanted__pk",
        "wanted__is_public",
        _bits(RepositoryUserObjectPermission, actor, "wanted"),
        _shared(actor, "wanted"),
    )
    return (_Row(*row) for row in rows)


def _bits(grants: Grants, actor: Actor, thing: str) -> Combinable:
    return Value(0) if actor.user_id is None else bits(grants, actor.user_id, thing)


def _shared(actor: Actor, repository: str) -> Exists | Value:
    """Tell whether a share that has not run out opens the repository to the actor's account."""
    if actor.account_id is None:
        return Value(value=False)
    endless_or_open = Q(deadline=None) | Q(deadline__gt=timezone.now())
    return Exists(
        Share.objects.filter(
            endless_or_open, repository=OuterRef(repository), account_id=actor.account_id
        )
    )


def _standing(actor: Actor, row: _Row) -> Standing:
    own = actor.is_system or row.account_id == actor.account_id
    held = rules.effective(
        own=own,
        role=actor.role,
        bits=row.organization_bits | row.repository_bits,
        shared=row.shared,
        public=bool(row.public),
    )
    return Standing(row.organization_id, own, row.repository_id, held)
