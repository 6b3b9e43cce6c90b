from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.identity.models import Account
from swr.fields import ByteOrderedCharField


class Organization(models.Model):
    """A name, unique in the region, that holds repositories ("namespace" on the wire)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="organizations")
    name = ByteOrderedCharField(max_length=64, unique=True)
    creator_id = models.UUIDField(null=True)
    creator_name = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("read", "pull its images"),
            ("write", "push images, edit them"),
            ("manage", "delete, grant, share"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationUserObjectPermission(UserObjectPermissionBase):
    """A grant on an organization: one row for each permission that the level is made of."""

    content_object = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="user_permissions"
    )
