"""The operators' door: Django's admin, with our way to log in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver

from swr.errors import SwrError

NAME_LENGTH = 64 + 1 + 64  # account/user


class LoginForm(AdminAuthenticationForm):
    username = forms.CharField(
        label="Account, or account/user",
        max_length=NAME_LENGTH,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocapitalize": "none", "autocomplete": "username"}
        ),
    )
    error_messages = {
        "invalid_login": "The name or the password is wrong, or the user is no operator.",
        "inactive": "The user is disabled.",
    }
    refusal: SwrError | None = None

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        # Django's form has just set these to the length of the user's key, which nobody types.
        self.fields["username"].max_length = NAME_LENGTH  # type: ignore[attr-defined]
        self.fields["username"].widget.attrs["maxlength"] = NAME_LENGTH

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except SwrError as error:  # too many attempts, too many logins at once
            self.refusal = error
            raise ValidationError(f"{error.message} {error.advice}") from error

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not (user.is_active and getattr(user, "is_staff", False)):
            raise self.get_invalid_login_error()


class AdminSite(admin.AdminSite):
    site_title = site_header = "SWR operators"
    index_title = "Installation"
    site_url = None
    login_form = LoginForm
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leave out Django's own groups, whose permissions open nothing here."""
        if model_or_iterable != (Group,):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out Django's password page: passwords change by a verb, which leaves a trace."""
        return [
            found
            for found in super().get_urls()
            if not str(getattr(found, "name", "")).startswith("password_change")
        ]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        known_as = {"username": getattr(request.user, "name", "")}  # not the key that Django shows
        response = super().login(request, {**known_as, **(extra_context or {})})
        refusal = _refusal(response)
        if refusal:
            response.status_code = refusal.status
            for name, value in refusal.headers.items():
                response[name] = value
        return response


def _refusal(response: HttpResponse) -> SwrError | None:
    if not isinstance(response, TemplateResponse):
        return None
    return getattr((response.context_data or {}).get("form"), "refusal", None)
