"""The verbs of accounts, users and user groups, and who a user id is right now."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Model

from accounts.actors import Actor, Door
from accounts.audit import services as audit
from accounts.identity import policy, rules
from accounts.identity.choices import Role
from accounts.identity.models import Account, Project, RoleAssignment, User, UserGroup
from accounts.identity.querysets import able
from accounts.levels import Level
from swr.errors import NameTaken, NotAllowed, UserNotFound

# --- who somebody is ---------------------------------------------------------------------------


def actor_of(user_id: UUID, *, door: Door, address: str = "") -> Actor | None:
    """Ask one query; None when the user or the account is gone or disabled."""
    found = able(user_id)
    if found is None:
        return None
    name, account_id, account_name, is_owner, role = found
    return Actor(
        name=name,
        door=door,
        user_id=user_id,
        account_id=account_id,
        account_name=account_name,
        role=Level.MANAGE if is_owner else Level(role),
        address=address,
    )


def new_password() -> str:
    return secrets.token_urlsafe(18)


# --- accounts ----------------------------------------------------------------------------------


def create_account(actor: Actor, name: str, *, password: str | None) -> Account:
    """Create it with its owner, the region's project and one group for each role.

    Without a password the owner logs in with access keys only.
    """
    policy.require_operator(actor)
    rules.check_account_name(name)
    hashed = _hashed(password, name=name)
    with transaction.atomic():
        account = Account(name=name)
        _insert(account)
        User.objects.create(account=account, name=name, is_owner=True, password=hashed)
        Project.objects.create(account=account, name=settings.REGION)
        _create_standard_groups(account)
        audit.record(actor, "createAccount", resource_id=account.pk.hex, resource_name=name)
    return account


def _create_standard_groups(account: Account) -> None:
    groups = [UserGroup(account=account, name=role.label) for role in Role]
    UserGroup.objects.bulk_create(groups)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(group=group, role=role) for group, role in zip(groups, Role, strict=True)
    )


def first_account() -> tuple[Account, str | None] | None:
    """Create ``SWR_ADMIN_ACCOUNT``, whose owner is an operator, unless an account exists.

    Return it with the password that was made (None: it was given); None when there was nothing to
    do, also because another process was first.
    """
    if Account.objects.exists():
        return None
    made = None if settings.ADMIN_PASSWORD else new_password()
    first = Actor.system("first start")
    try:
        with transaction.atomic():
            password = made or settings.ADMIN_PASSWORD
            account = create_account(first, settings.ADMIN_ACCOUNT, password=password)
            account.users.update(is_superuser=True)
    except NameTaken:
        return None
    return account, made


@transaction.atomic
def set_account_enabled(actor: Actor, account: Account, *, enabled: bool) -> None:
    """Make nobody of a disabled account's users; what it owns stays."""
    policy.require_operator(actor)
    if account.pk == actor.account_id and not enabled:
        raise NotAllowed("Nobody disables his own account.")
    account.enabled = enabled
    account.save(update_fields=["enabled"])
    name = "enableAccount" if enabled else "disableAccount"
    audit.record(actor, name, resource_id=account.pk.hex, resource_name=account.name)


# --- users -------------------------------------------------------------------------------------


def create_user(
    actor: Actor,
    account: Account,
    name: str,
    *,
    password: str | None,
    groups: Iterable[UserGroup] = (),
    description: str = "",
) -> User:
    """Without a password the user logs in with access keys only."""
    policy.require_administrator(actor, account)
    rules.check_user_name(name)
    hashed = _hashed(password, name=name)
    with transaction.atomic():
        user = User(account=account, name=name, password=hashed, description=description)
        _insert(user)
        for group in groups:
            add_member(actor, group, user)
        _record_user(actor, "createUser", user)
    return user


@transaction.atomic
def describe_user(actor: Actor, user: User, *, description: str) -> None:
    policy.require_administrator(actor, user.account)
    user.description = description
    user.save(update_fields=["description"])
    _record_user(actor, "updateUser", user)


def set_password(actor: Actor, user: User, password: str) -> None:
    """End the user's sessions, refresh tokens and whatever remembers the old password."""
    policy.require_self_or_administrator(actor, user)
    hashed = _hashed(password, name=user.name)
    with transaction.atomic():
        user.password = hashed
        user.save(update_fields=["password"])
        _record_user(actor, "updateUserPassword", user)


@transaction.atomic
def set_user_enabled(actor: Actor, user: User, *, enabled: bool) -> None:
    policy.require_administrator(actor, user.account)
    if user.is_owner and not enabled:
        raise NotAllowed("The owner of an account cannot be disabled; disable the account.")
    user.enabled = enabled
    user.save(update_fields=["enabled"])
    _record_user(actor, "enableUser" if enabled else "disableUser", user)


@transaction.atomic
def set_operator(actor: Actor, user: User, *, operator: bool) -> None:
    """Let the user into the admin site of the whole installation, or out of it."""
    policy.require_operator(actor)
    if user.pk == actor.user_id:
        raise NotAllowed("Nobody changes this for himself.")
    user.is_superuser = operator
    user.save(update_fields=["is_superuser"])
    _record_user(actor, "updateUser", user, operator=operator)


@transaction.atomic
def delete_user(actor: Actor, user: User) -> None:
    """His keys, tokens and grants go with him; what he made stays."""
    policy.require_administrator(actor, user.account)
    if user.is_owner:
        raise NotAllowed("The owner of an account cannot be deleted.")
    _record_user(actor, "deleteUser", user)
    user.delete()


def _record_user(actor: Actor, name: str, user: User, **detail: object) -> None:
    audit.record(
        actor,
        name,
        resource_id=user.pk.hex,
        resource_name=user.name,
        detail={"account": user.account.name, **detail},
    )


# --- user groups -------------------------------------------------------------------------------


@transaction.atomic
def create_group(actor: Actor, account: Account, name: str, *, description: str = "") -> UserGroup:
    policy.require_administrator(actor, account)
    rules.check_group_name(name)
    group = UserGroup(account=account, name=name, description=description)
    _insert(group)
    _record_group(actor, "createUserGroup", group)
    return group


@transaction.atomic
def describe_group(actor: Actor, group: UserGroup, *, description: str) -> None:
    policy.require_administrator(actor, group.account)
    group.description = description
    group.save(update_fields=["description"])
    _record_group(actor, "updateUserGroup", group)


@transaction.atomic
def delete_group(actor: Actor, group: UserGroup) -> None:
    policy.require_administrator(actor, group.account)
    _record_group(actor, "deleteUserGroup", group)
    group.delete()


@transaction.atomic
def add_member(actor: Actor, group: UserGroup, user: User) -> None:
    policy.require_administrator(actor, group.account)
    if user.account_id != group.account_id:
        raise UserNotFound
    group.members.add(user)
    _record_group(actor, "addUserToGroup", group, user=user.name)


@transaction.atomic
def remove_member(actor: Actor, group: UserGroup, user: User) -> None:
    policy.require_administrator(actor, group.account)
    group.members.remove(user)
    _record_group(actor, "removeUserFromGroup", group, user=user.name)


@transaction.atomic
def assign_role(
    actor: Actor, group: UserGroup, role: Role, *, project: Project | None = None
) -> None:
    """On one project of the account, or on all of it; assigning twice is assigning once."""
    policy.require_administrator(actor, group.account)
    if project is not None and project.account_id != group.account_id:
        raise NotAllowed("The project belongs to another account.")
    RoleAssignment.objects.get_or_create(group=group, role=role, project=project)
    _record_group(actor, "assignRole", group, role=role)


@transaction.atomic
def withdraw_role(
    actor: Actor, group: UserGroup, role: Role, *, project: Project | None = None
) -> None:
    policy.require_administrator(actor, group.account)
    RoleAssignment.objects.filter(group=group, role=role, project=project).delete()
    _record_group(actor, "withdrawRole", group, role=role)


def _record_group(actor: Actor, name: str, group: UserGroup, **detail: str) -> None:
    audit.record(
        actor,
        name,
        resource_id=group.pk.hex,
        resource_name=group.name,
        detail={"account": group.account.name, **detail},
    )


# --- hands -------------------------------------------------------------------------------------


def _hashed(password: str | None, *, name: str) -> str:
    """Before a transaction begins: it takes a moment, in which nobody shall wait for a lock."""
    if password is not None:
        rules.check_password(password, name=name)
    return make_password(password)


def _insert(row: Model) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise NameTaken from None
