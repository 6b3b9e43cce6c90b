"""How tables look at the admin site: read-only, or written through the verbs."""

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from swr.errors import SwrError

Row = TypeVar("Row", bound=Model)


class TableAdmin(admin.ModelAdmin[Row]):
    """Filters by what ``list_filter`` names and by nothing else: no guessing at secret columns."""

    show_full_result_count = False
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        names = map(str, self.list_filter)
        return any(lookup == name or lookup.startswith(f"{name}__") for name in names)


class ReadOnlyAdmin(TableAdmin[Row]):
    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class VerbAdmin(TableAdmin[Row]):
    """Written through verbs; what these refuse is said, and undone.

    A subclass says in ``create``, ``edit`` and ``delete_model`` which; ``fields``,
    ``readonly_fields`` and ``form`` are for editing, ``add_fields`` and ``add_form`` for creating.
    """

    add_fields: tuple[str, ...] = ()
    add_form: type[ModelForm[Row]]

    def create(self, request: HttpRequest, row: Row, given: dict[str, Any]) -> Row:
        raise NotImplementedError

    def edit(
        self, request: HttpRequest, row: Row, given: dict[str, Any], changed: list[str]
    ) -> None:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Row, form: Any, change: bool) -> None:
        if change:
            self.edit(request, obj, form.cleaned_data, form.changed_data)
        else:
            obj.pk = self.create(request, obj, form.cleaned_data).pk

    def save_related(self, *_: Any, **__: Any) -> None:
        """Leave everything to the verbs."""

    def get_form(
        self, request: HttpRequest, obj: Row | None = None, change: bool = False, **given: Any
    ) -> type[ModelForm[Row]]:
        if obj is None:
            given["form"] = self.add_form
        return super().get_form(request, obj, change, **given)

    def get_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        return self.add_fields if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        with transaction.atomic():
            for row in queryset:
                self.delete_model(request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The verb knows who may; what goes along need not be deletable by itself."""
        gone, counts, _, protected = super().get_deleted_objects(objs, request)
        return gone, counts, set(), protected

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except SwrError as error:
            return self._refused(request, error)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except SwrError as error:
            return self._refused(request, error)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Row], *args: Any
    ) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args)
        except SwrError as error:
            return self._refused(request, error)

    def _refused(self, request: HttpRequest, error: SwrError) -> HttpResponse:
        self.message_user(request, f"{error.message} {error.advice}".strip(), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
