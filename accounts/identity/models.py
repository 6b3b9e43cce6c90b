"""Accounts, their projects, users and user groups.  Ids are the 32 hex digits of the wire."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.identity.choices import Role
from swr.fields import ByteOrderedCharField


class Account(models.Model):
    """Owns everything; sharing addresses it by name ("domain" on the wire)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = ByteOrderedCharField(max_length=64, unique=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Nobody shall pass for "admin" as "Admin".
            models.UniqueConstraint(
                Lower("name"),
                name="account_name_whatever_case",
                violation_error_message="The name is taken.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """An account's share of the region; named as the region, or ``{region}_{name}``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="project_name_in_account")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(pk=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person or a robot of one account; the owner bears the account's name.

    ``is_superuser`` opens the admin site of the whole installation and is no right in any account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="users")
    name = models.CharField(max_length=64)
    is_owner = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    description = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="user_name_in_account"),
            models.UniqueConstraint(
                "account",
                Lower("name"),
                name="user_name_whatever_case",
                violation_error_message="The name is taken.",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_owner=True), name="one_owner_per_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # asked by Django and guardian
        return self.enabled

    @property
    def is_staff(self) -> bool:
        return self.is_superuser


class UserGroup(models.Model):
    """Users who bear the same roles."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="user_groups")
    name = models.CharField(max_length=128)
    description = models.CharField(max_length=255, blank=True)
    members: "models.ManyToManyField[User, Any]" = models.ManyToManyField(
        User, related_name="user_groups", blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="group_name_in_account")
        ]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role that a group bears: on one project, or on the whole account (no project)."""

    group = models.ForeignKey(UserGroup, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=32, choices=Role)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "role", "project"], name="role_once_per_group_and_project"
            ),
            models.UniqueConstraint(
                fields=["group", "role"],
                condition=models.Q(project=None),
                name="role_once_per_group_on_the_account",
            ),
        ]

    def __str__(self) -> str:
        return self.role
