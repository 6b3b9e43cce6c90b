"""Manifests and tags: what the blobs are parts of (design D1, D4).

A foreign key that a unique constraint begins with has no index of its own: every push would pay.
"""

from django.db import models

from images.blobs.models import DIGEST_LENGTH, Blob
from images.repositories.models import Repository
from swr.fields import ByteOrderedCharField


class Manifest(models.Model):
    """A manifest or index, byte for byte as pushed, with what was read from it once."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, db_index=False, related_name="manifests"
    )
    digest = ByteOrderedCharField(max_length=DIGEST_LENGTH)
    media_type = models.CharField(max_length=255)
    artifact_type = models.CharField(max_length=255, blank=True)
    payload = models.BinaryField()
    size = models.PositiveIntegerField()
    content_size = models.PositiveBigIntegerField()  # of config and layers, as declared
    subject_digest = ByteOrderedCharField(max_length=DIGEST_LENGTH, blank=True)
    annotations = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["repository", "digest"], name="manifest_once_per_repository"
            )
        ]
        indexes = [
            models.Index(
                fields=["repository", "subject_digest", "digest"],
                condition=~models.Q(subject_digest=""),
                name="manifest_subject",
            )
        ]

    def __str__(self) -> str:
        return self.digest


class ManifestBlob(models.Model):
    """A manifest names a blob (its config or a layer) that the repository holds.

    Where sparse manifests are accepted, ``missing`` is the digest of one that has yet to come.
    """

    manifest = models.ForeignKey(
        Manifest, on_delete=models.CASCADE, db_index=False, related_name="manifest_blobs"
    )
    blob = models.ForeignKey(
        Blob, on_delete=models.PROTECT, null=True, related_name="manifest_blobs"
    )
    missing = ByteOrderedCharField(max_length=DIGEST_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manifest", "blob"], name="blob_once_per_manifest")
        ]

    def __str__(self) -> str:
        return f"{self.blob_id} of {self.manifest_id}"


class ManifestChild(models.Model):
    """An index names a manifest.  By digest: a sparse index names some that never come."""

    parent = models.ForeignKey(
        Manifest, on_delete=models.CASCADE, db_index=False, related_name="children"
    )
    digest = ByteOrderedCharField(max_length=DIGEST_LENGTH, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "digest"], name="child_once_per_parent")
        ]

    def __str__(self) -> str:
        return f"{self.digest} of {self.parent_id}"


class Tag(models.Model):
    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, db_index=False, related_name="tags"
    )
    name = ByteOrderedCharField(max_length=128)
    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="tags")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "name"], name="tag_name_in_repository")
        ]

    def __str__(self) -> str:
        return self.name


class TagMove(models.Model):
    """One line of a tag's history: where it pointed before and where since; empty is nowhere."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, db_index=False, related_name="tag_moves"
    )
    name = ByteOrderedCharField(max_length=128)
    old_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    new_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["repository", "name", "-at"], name="tag_history")]

    def __str__(self) -> str:
        return f"{self.name} {self.old_digest} -> {self.new_digest}"
