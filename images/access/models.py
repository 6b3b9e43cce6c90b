from django.db import models

from accounts.identity.models import Account
from images.repositories.models import Repository


class Share(models.Model):
    """Read for every user of another account, until a deadline or for ever (no deadline)."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, db_index=False, related_name="shares"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="shares")
    deadline = models.DateTimeField(null=True, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    creator_id = models.UUIDField(null=True)
    creator_name = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "account"], name="share_once_per_account")
        ]

    def __str__(self) -> str:
        return f"repository {self.repository_id} with {self.account_id}"
