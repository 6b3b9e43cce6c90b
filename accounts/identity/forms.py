"""What operators type at the admin site."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.core.exceptions import ValidationError

from accounts.identity import rules
from accounts.identity.choices import Role
from accounts.identity.models import Account, User, UserGroup
from swr.errors import SwrError


class AccountCreation(forms.ModelForm[Account]):
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    class Meta:
        model = Account
        fields = ("name",)

    def clean(self) -> None:
        super().clean()
        _check(self, "name", rules.check_account_name)
        _check_password(self, self.cleaned_data.get("name", ""))


class UserCreation(forms.ModelForm[User]):
    password = AccountCreation.base_fields["password"]

    class Meta:
        model = User
        fields = ("account", "name", "description")

    def clean(self) -> None:
        super().clean()
        _check(self, "name", rules.check_user_name)
        _check_password(self, self.cleaned_data.get("name", ""))


class UserChange(forms.ModelForm[User]):
    password = forms.CharField(
        label="New password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave it empty to keep the one there is.",
    )

    class Meta:
        model = User
        fields = ("description", "enabled", "is_superuser")
        labels = {"is_superuser": "Operator"}
        help_texts = {"is_superuser": "May enter this site; this is no right in any account."}

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("password"):
            _check_password(self, self.instance.name)


class GroupCreation(forms.ModelForm[UserGroup]):
    class Meta:
        model = UserGroup
        fields = ("account", "name", "description")

    def clean(self) -> None:
        super().clean()
        _check(self, "name", rules.check_group_name)


class GroupChange(forms.ModelForm[UserGroup]):
    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=FilteredSelectMultiple("members", is_stacked=False),
    )
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="On the whole account.",
    )

    class Meta:
        model = UserGroup
        fields = ("description",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group: UserGroup = self.instance
        members = self.fields["members"]
        assert isinstance(members, forms.ModelMultipleChoiceField)  # noqa: S101  as declared above
        members.queryset = group.account.users.order_by("name")
        self.initial["members"] = list(group.members.all())
        of_account = group.assignments.filter(project=None)
        self.initial["roles"] = list(of_account.values_list("role", flat=True))


def _check(form: forms.ModelForm[Any], field: str, rule: Callable[[str], None]) -> None:
    if field not in form.cleaned_data:
        return
    try:
        rule(form.cleaned_data[field])
    except SwrError as error:
        form.add_error(field, ValidationError(f"{error.message} {error.advice}".strip()))


def _check_password(form: forms.ModelForm[Any], name: str) -> None:
    _check(form, "password", lambda password: rules.check_password(password, name=name))
