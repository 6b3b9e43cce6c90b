"""Accounts, users and groups as operators see them; every change is a verb."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.identity import forms
from accounts.identity import services as identity
from accounts.identity.choices import Role
from accounts.identity.models import Account, User, UserGroup
from swr.model_admin import VerbAdmin


def operator(request: HttpRequest) -> Actor:
    """Who is at the admin site, as an actor for the verbs."""
    address, user_id = request.META.get("REMOTE_ADDR", ""), request.user.pk
    actor = identity.actor_of(user_id, door="admin", address=address) if user_id else None
    if actor is None:
        raise PermissionDenied
    return actor


@admin.register(Account)
class AccountAdmin(VerbAdmin[Account]):
    list_display = ("name", "enabled", "users", "created_at")
    list_filter = ("enabled",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "enabled", "created_at")
    readonly_fields = ("name", "created_at")
    add_fields = ("name", "password")
    add_form = forms.AccountCreation

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).annotate(user_count=Count("users"))

    @admin.display(ordering="user_count")
    def users(self, account: Any) -> int:
        return int(account.user_count)

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False  # accounts are disabled: what they own would go with them

    def create(self, request: HttpRequest, row: Account, given: dict[str, Any]) -> Account:
        return identity.create_account(operator(request), row.name, password=given["password"])

    def edit(
        self, request: HttpRequest, row: Account, given: dict[str, Any], changed: list[str]
    ) -> None:
        if "enabled" in changed:
            identity.set_account_enabled(operator(request), row, enabled=given["enabled"])


@admin.register(User)
class UserAdmin(VerbAdmin[User]):
    list_display = ("name", "account", "is_owner", "enabled", "is_superuser", "created_at")
    list_filter = ("enabled", "is_owner", "is_superuser")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
    ordering = ("account__name", "name")
    autocomplete_fields = ("account",)
    readonly_fields = ("account", "name", "is_owner", "created_at", "last_login")
    fields = (*readonly_fields, "description", "enabled", "is_superuser", "password")
    form = forms.UserChange
    add_fields = ("account", "name", "description", "password")
    add_form = forms.UserCreation

    def create(self, request: HttpRequest, row: User, given: dict[str, Any]) -> User:
        return identity.create_user(
            operator(request),
            row.account,
            row.name,
            password=given["password"],
            description=row.description,
        )

    def edit(
        self, request: HttpRequest, row: User, given: dict[str, Any], changed: list[str]
    ) -> None:
        actor = operator(request)
        if "description" in changed:
            identity.describe_user(actor, row, description=given["description"])
        if "enabled" in changed:
            identity.set_user_enabled(actor, row, enabled=given["enabled"])
        if "is_superuser" in changed:
            identity.set_operator(actor, row, operator=given["is_superuser"])
        if given["password"]:
            identity.set_password(actor, row, given["password"])

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        identity.delete_user(operator(request), obj)


@admin.register(UserGroup)
class UserGroupAdmin(VerbAdmin[UserGroup]):
    list_display = ("name", "account", "roles", "members", "created_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
    ordering = ("account__name", "name")
    autocomplete_fields = ("account",)
    readonly_fields = ("account", "name", "created_at")
    fields = (*readonly_fields, "description", "members", "roles")
    form = forms.GroupChange
    add_fields = ("account", "name", "description")
    add_form = forms.GroupCreation

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserGroup]:
        groups = super().get_queryset(request).prefetch_related("assignments")
        return groups.annotate(member_count=Count("members"))

    @admin.display(ordering="member_count")
    def members(self, group: Any) -> int:
        return int(group.member_count)

    def roles(self, group: UserGroup) -> str:
        return ", ".join(assignment.get_role_display() for assignment in group.assignments.all())

    def create(self, request: HttpRequest, row: UserGroup, given: dict[str, Any]) -> UserGroup:
        actor = operator(request)
        return identity.create_group(actor, row.account, row.name, description=row.description)

    def edit(
        self, request: HttpRequest, row: UserGroup, given: dict[str, Any], changed: list[str]
    ) -> None:
        actor = operator(request)
        if "description" in changed:
            identity.describe_group(actor, row, description=given["description"])
        _move_members(actor, row, set(given["members"]))
        _move_roles(actor, row, {Role(role) for role in given["roles"]})

    def delete_model(self, request: HttpRequest, obj: UserGroup) -> None:
        identity.delete_group(operator(request), obj)


def _move_members(actor: Actor, group: UserGroup, wanted: set[User]) -> None:
    held = set(group.members.all())
    for user in held - wanted:
        identity.remove_member(actor, group, user)
    for user in wanted - held:
        identity.add_member(actor, group, user)


def _move_roles(actor: Actor, group: UserGroup, wanted: set[Role]) -> None:
    of_account = group.assignments.filter(project=None)
    held = {Role(role) for role in of_account.values_list("role", flat=True)}
    for role in held - wanted:
        identity.withdraw_role(actor, group, role)
    for role in wanted - held:
        identity.assign_role(actor, group, role)
