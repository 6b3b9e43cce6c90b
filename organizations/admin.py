"""Organizations as operators see them; they may delete an empty one, through the verb."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.grants.services import holders
from accounts.identity import policy as identity
from accounts.identity.admin import operator
from accounts.identity.models import User
from accounts.levels import Level
from organizations.models import Organization, OrganizationUserObjectPermission
from organizations.services import delete_organization
from swr.model_admin import VerbAdmin


def caretaker(request: HttpRequest) -> Actor:
    """The operator, under his own name, with a hand in everybody's things as our jobs have it."""
    actor = operator(request)
    identity.require_operator(actor)
    return replace(actor, door="system")


@admin.register(Organization)
class OrganizationAdmin(VerbAdmin[Organization]):
    list_display = ("name", "account", "repositories", "creator_name", "created_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__name", "creator_name")
    ordering = ("name",)
    fields = readonly_fields = ("name", "account", "creator_name", "created_at", "grants")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return super().get_queryset(request).annotate(repository_count=Count("repositories"))

    @admin.display(ordering="repository_count")
    def repositories(self, organization: Any) -> int:
        return int(organization.repository_count)

    def grants(self, organization: Organization) -> str:
        return written(holders(OrganizationUserObjectPermission, organization))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """What goes along is the verb's business, and may be too much to show."""
        return [str(organization) for organization in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        delete_organization(caretaker(request), obj)


def written(held: dict[User, Level]) -> str:
    return ", ".join(f"{user}: {level.name.lower()}" for user, level in held.items()) or "none"
