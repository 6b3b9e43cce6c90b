"""The verb that makes a repository; those that need the repository's own policy are in access."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.grants import services as grants
from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.repositories import rules
from images.repositories.choices import Category
from images.repositories.models import Repository, RepositoryUserObjectPermission
from organizations import policy as organizations
from organizations.models import Organization
from organizations.services import lock
from swr import rows
from swr.errors import DescriptionTooLong, RepositoryExists, RepositoryNotFound

_GET = """
    SELECT r.id, r.organization_id, r.name, r.path, o.name, o.account_id
    FROM images_repository r JOIN organizations_organization o ON o.id = r.organization_id
    WHERE r.id = %s
"""


@transaction.atomic
def create_repository(
    actor: Actor,
    organization: Organization,
    name: str,
    *,
    is_public: bool = False,
    category: Category = Category.OTHER,
    description: str = "",
) -> Repository:
    rules.check_name(name)
    check_description(description)
    organizations.require(actor, Level.WRITE, organization)
    quotas.hold(organization.account_id)
    lock(organization)  # it may have gone while we waited
    used = Repository.objects.filter(organization__account_id=organization.account_id).count()
    repository = _insert(
        Repository(
            organization=organization,
            name=name,
            path=f"{organization.name}/{name}",
            is_public=is_public,
            category=category,
            description=description,
            creator_id=actor.user_id,
            creator_name=actor.name,
        )
    )
    quotas.require(organization.account_id, Quota.REPOSITORIES, used=used)
    if actor.user_id is not None:
        grants.give(RepositoryUserObjectPermission, repository, actor.user_id, Level.MANAGE)
    audit.record(
        actor,
        "createImageRepository",
        resource_id=repository.pk,
        resource_name=repository.path,
        detail={"is_public": is_public},
    )
    return repository


def get(repository_id: int | None) -> Repository:
    """The repository of an id that a policy has answered; it may have gone meanwhile.

    It has what the verbs of a push ask; any other column is fetched when it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GET, [repository_id])
        row = cursor.fetchone()
    if row is None:
        raise RepositoryNotFound
    known, organization_id, name, path, organization, account_id = row
    owner = account_id if isinstance(account_id, UUID) else UUID(account_id)
    repository = rows.partly(
        Repository, id=known, organization_id=organization_id, name=name, path=path
    )
    repository.organization = rows.partly(
        Organization, id=organization_id, name=organization, account_id=owner
    )
    return repository


def hold(repository_id: int, *, alone: bool = False) -> None:
    """Keep the repository from being deleted until the transaction ends.

    Whoever writes into a repository takes this first, so that all take their locks in one order.
    ``alone`` lets nobody else hold it meanwhile.  On SQLite the transaction itself is alone.
    """
    query = "SELECT id FROM images_repository WHERE id = %s"
    if connection.vendor == "postgresql":
        query += " FOR NO KEY UPDATE" if alone else " FOR KEY SHARE"
    with connection.cursor() as cursor:
        cursor.execute(query, [repository_id])
        if cursor.fetchone() is None:
            raise RepositoryNotFound


def touch(repository_id: int) -> None:
    """Something was pushed to it."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE images_repository SET updated_at = %s WHERE id = %s", [now, repository_id]
        )


def check_description(description: str) -> None:
    if len(description) > rules.DESCRIPTION_LIMIT:
        raise DescriptionTooLong(
            f"The description is longer than {rules.DESCRIPTION_LIMIT} characters."
        )


def _insert(repository: Repository) -> Repository:
    try:
        with transaction.atomic():
            repository.save(force_insert=True)
    except IntegrityError:
        raise RepositoryExists from None
    return repository
