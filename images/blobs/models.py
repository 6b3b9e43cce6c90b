"""Blobs, and which repository may read which: the only truth about stored bytes (design D1, D2)."""

from django.db import models

from images.repositories.models import Repository
from swr.fields import ByteOrderedCharField

DIGEST_LENGTH = 135  # "sha512:" and 128 hex digits


class Blob(models.Model):
    """Bytes in the store.  The digest is mapped to a key that no other upload ever has."""

    digest = ByteOrderedCharField(max_length=DIGEST_LENGTH, unique=True)
    size = models.PositiveBigIntegerField()
    storage_key = models.CharField(max_length=128, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest


class RepositoryBlob(models.Model):
    """The fact that a repository may read a blob; knowing a digest is no right to it."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, db_index=False, related_name="repository_blobs"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="repository_blobs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "blob"], name="blob_once_per_repository")
        ]

    def __str__(self) -> str:
        return f"{self.blob_id} in {self.repository_id}"
