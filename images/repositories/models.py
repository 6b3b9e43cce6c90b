from django.db import models
from guardian.models import UserObjectPermissionBase

from images.repositories.choices import Category
from organizations.models import Organization
from swr.fields import ByteOrderedCharField


class Repository(models.Model):
    """Images of one name in one organization; its name may contain slashes."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="repositories"
    )
    name = ByteOrderedCharField(max_length=128)
    # "organization/name": neither is ever renamed, and the catalog is ordered by the bytes of both.
    path = ByteOrderedCharField(max_length=193, unique=True)
    is_public = models.BooleanField(default=False)
    category = models.CharField(max_length=16, choices=Category, default=Category.OTHER)
    description = models.TextField(max_length=30000, blank=True)
    creator_id = models.UUIDField(null=True)
    creator_name = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)  # moved by verbs: pushes and edits

    class Meta:
        verbose_name_plural = "repositories"
        default_permissions = ()
        permissions = [
            ("read", "pull the image"),
            ("write", "push the image, edit it"),
            ("manage", "delete, grant, share"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="repository_name_in_organization"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RepositoryUserObjectPermission(UserObjectPermissionBase):
    """A grant on a repository: one row for each permission that the level is made of."""

    content_object = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="user_permissions"
    )
