"""The verbs on a repository: edit, delete, grant, share.  Policy first, trace last."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.grants import services as grants
from accounts.identity import rules as names
from accounts.identity.models import Account, User
from accounts.levels import Level
from images.access import policy, rules
from images.access.models import Share
from images.repositories.choices import Category
from images.repositories.models import Repository, RepositoryUserObjectPermission
from images.repositories.services import check_description
from swr.errors import (
    AccountNotFound,
    DescriptionTooLong,
    GrantExists,
    GrantNotFound,
    InvalidName,
    InvalidShare,
    RepositoryNotFound,
    ShareExists,
    ShareNotFound,
    TooManyShares,
)


@transaction.atomic
def update_repository(
    actor: Actor,
    repository: Repository,
    *,
    is_public: bool | None = None,
    category: Category | None = None,
    description: str | None = None,
) -> Repository:
    """Edit what is given; None leaves as it is."""
    check_description(description or "")
    policy.require(actor, Level.WRITE, repository)
    found = _lock(repository)
    given = {"is_public": is_public, "category": category, "description": description}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        setattr(found, name, value)
    found.updated_at = timezone.now()
    found.save(update_fields=[*changed, "updated_at"])
    _trace(
        actor,
        "updateImageRepository",
        found,
        **{n: v for n, v in changed.items() if n != "description"},
    )
    return found


@transaction.atomic
def delete_repository(actor: Actor, repository: Repository) -> None:
    """With all its manifests and tags; its blobs are left to garbage collection."""
    policy.require(actor, Level.MANAGE, repository)
    doomed = _lock(repository, to_delete=True)
    doomed.delete()
    _trace(actor, "deleteImageRepository", repository)


@transaction.atomic
def grant(actor: Actor, repository: Repository, user: User, level: Level) -> None:
    _check_grant(actor, repository, user, level)
    if not grants.give(RepositoryUserObjectPermission, repository, user.pk, level):
        raise GrantExists
    _trace(actor, "createUserRepositoryAuth", repository, **_named(user), auth=int(level))


@transaction.atomic
def change_grant(actor: Actor, repository: Repository, user: User, level: Level) -> None:
    _check_grant(actor, repository, user, level)
    if not grants.change(RepositoryUserObjectPermission, repository, user.pk, level):
        raise GrantNotFound
    _trace(actor, "updateUserRepositoryAuth", repository, **_named(user), auth=int(level))


@transaction.atomic
def revoke(actor: Actor, repository: Repository, user: User) -> None:
    policy.require(actor, Level.MANAGE, repository)
    _lock(repository)
    if not grants.take(RepositoryUserObjectPermission, repository, user.pk):
        raise GrantNotFound
    _trace(actor, "deleteUserRepositoryAuth", repository, **_named(user))


@transaction.atomic
def share(
    actor: Actor,
    repository: Repository,
    account_name: str,
    *,
    deadline: datetime | None,
    description: str = "",
) -> Share:
    """Let every user of another account pull, until the deadline or for ever (None)."""
    policy.require(actor, Level.MANAGE, repository)
    _check_share(deadline, description)
    found = _lock(repository)
    account = _account_to_share_with(found, account_name)
    if found.shares.count() >= rules.SHARES_LIMIT and not found.shares.filter(account=account):
        raise TooManyShares
    created = _insert(
        Share(
            repository=found,
            account=account,
            deadline=deadline,
            description=description,
            creator_id=actor.user_id,
            creator_name=actor.name,
        )
    )
    _trace(actor, "createImageRepositoryAccessDomain", found, **_shared(created))
    return created


@transaction.atomic
def update_share(
    actor: Actor,
    repository: Repository,
    account_name: str,
    *,
    deadline: datetime | None,
    description: str = "",
) -> Share:
    policy.require(actor, Level.MANAGE, repository)
    _check_share(deadline, description)
    found = _share(repository, account_name)
    found.deadline, found.description = deadline, description
    found.save(update_fields=["deadline", "description", "updated_at"])
    _trace(actor, "updateImageRepositoryAccessDomain", repository, **_shared(found))
    return found


@transaction.atomic
def unshare(actor: Actor, repository: Repository, account_name: str) -> None:
    policy.require(actor, Level.MANAGE, repository)
    ended = _share(repository, account_name)
    ended.delete()
    _trace(actor, "deleteImageRepositoryAccessDomain", repository, access_domain=account_name)


def _lock(repository: Repository, *, to_delete: bool = False) -> Repository:
    """Keep the repository from being deleted, and who may use it from moving, until the commit.

    To delete it, wait for all who hold it (``repositories.hold``): asking for more later deadlocks.
    """
    rows = Repository.objects.select_for_update(no_key=not to_delete, of=("self",))
    found = rows.select_related("organization").filter(pk=repository.pk).first()
    if found is None:
        raise RepositoryNotFound
    return found


def _check_grant(actor: Actor, repository: Repository, user: User, level: Level) -> None:
    policy.require(actor, Level.MANAGE, repository)
    grants.check(actor, user, level, account_id=repository.organization.account_id)
    _lock(repository)


def _check_share(deadline: datetime | None, description: str) -> None:
    if deadline is not None and deadline <= timezone.now():
        raise InvalidShare("The deadline has passed.", advice="Name a time in the future, or none.")
    if len(description) > rules.DESCRIPTION_LIMIT:
        raise DescriptionTooLong(
            f"The description is longer than {rules.DESCRIPTION_LIMIT} characters."
        )


def _account_to_share_with(repository: Repository, name: str) -> Account:
    if repository.is_public:
        raise InvalidShare("The repository is public: everybody may pull it already.")
    account = _account(name)
    if account is None:
        raise AccountNotFound
    if account.pk == repository.organization.account_id:
        raise InvalidShare("A repository is shared with other accounts, not with its own.")
    return account


def _insert(share: Share) -> Share:
    try:
        with transaction.atomic():
            share.save(force_insert=True)
    except IntegrityError:
        raise ShareExists from None
    return share


def _share(repository: Repository, account_name: str) -> Share:
    account = _account(account_name)
    shares = Share.objects.select_for_update(of=("self",)).select_related("account")
    found = shares.filter(repository=repository, account=account).first() if account else None
    if found is None:
        raise ShareNotFound
    return found


def _account(name: str) -> Account | None:
    try:
        names.check_account_name(name)
    except InvalidName:
        return None
    return Account.objects.filter(name=name).first()


def _named(user: User) -> dict[str, Any]:
    return {"user_id": user.pk.hex, "user_name": user.name}


def _shared(share: Share) -> dict[str, Any]:
    deadline = share.deadline.isoformat() if share.deadline else "forever"
    return {"access_domain": share.account.name, "deadline": deadline}


def _trace(actor: Actor, name: str, repository: Repository, **detail: Any) -> None:
    audit.record(
        actor,
        name,
        resource_id=repository.pk,
        resource_name=repository.path,
        detail=detail or None,
    )
