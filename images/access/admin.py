"""Repositories and shares as operators see them; every change is a verb.

Repositories are here, and not in their own room, because the verbs that edit them are.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.grants.services import holders
from images.access import services
from images.access.models import Share
from images.repositories.choices import Category
from images.repositories.models import Repository, RepositoryUserObjectPermission
from organizations.admin import caretaker, written
from swr.model_admin import VerbAdmin

EDITABLE = ("is_public", "category", "description")


@admin.register(Repository)
class RepositoryAdmin(VerbAdmin[Repository]):
    list_display = ("path", "account", "is_public", "category", "shares", "updated_at")
    list_filter = ("is_public", "category")
    list_select_related = ("organization__account",)
    search_fields = ("path", "organization__account__name", "creator_name")
    ordering = ("path",)
    readonly_fields = ("path", "account", "creator_name", "created_at", "updated_at", "grants")
    fields = (*readonly_fields, *EDITABLE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Repository]:
        return super().get_queryset(request).annotate(share_count=Count("shares"))

    @admin.display(ordering="organization__account__name")
    def account(self, repository: Repository) -> str:
        return repository.organization.account.name

    @admin.display(ordering="share_count")
    def shares(self, repository: Any) -> int:
        return int(repository.share_count)

    def grants(self, repository: Repository) -> str:
        return written(holders(RepositoryUserObjectPermission, repository))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def edit(
        self, request: HttpRequest, row: Repository, given: dict[str, Any], changed: list[str]
    ) -> None:
        edits = {name: given[name] for name in EDITABLE if name in changed}
        if "category" in edits:
            edits["category"] = Category(edits["category"])
        services.update_repository(caretaker(request), row, **edits)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """A repository may hold a hundred thousand tags: its path has to do."""
        return [repository.path for repository in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Repository) -> None:
        services.delete_repository(caretaker(request), obj)


@admin.register(Share)
class ShareAdmin(VerbAdmin[Share]):
    list_display = ("repository_path", "account", "deadline", "creator_name", "created_at")
    list_filter = ("deadline",)
    list_select_related = ("repository", "account")
    search_fields = ("repository__path", "account__name", "creator_name")
    ordering = ("repository__path", "account__name")
    fields = readonly_fields = (
        *("repository_path", "account", "deadline", "description"),
        *("creator_name", "created_at", "updated_at"),
    )

    @admin.display(description="repository", ordering="repository__path")
    def repository_path(self, share: Share) -> str:
        return share.repository.path

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Share | None = None) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        return [f"{share.repository.path} with {share.account}" for share in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Share) -> None:
        services.unshare(caretaker(request), obj.repository, obj.account.name)
