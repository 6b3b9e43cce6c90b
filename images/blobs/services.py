"""The verbs of blobs: keep, link, read, delete.  The policy is asked first where somebody acts."""

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.levels import Level
from images.access import policy as access
from images.blobs.models import Blob, RepositoryBlob
from images.oci.digests import Digest
from images.repositories.models import Repository
from images.storage.base import Blocks, KeyMissing
from images.storage.drivers import storage
from swr.errors import BlobInUse, BlobNotFound, StorageUnavailable

MIN_CHUNK = 64 * 1024  # bytes: what a chunk of an upload should have at least, each is made durable


def read_blob(storage_key: str, start: int, length: int) -> Blocks:
    """The bytes of a blob that a pull has found, for whoever sends them on."""
    try:
        return storage().read(storage_key, start, length)
    except KeyMissing:
        raise StorageUnavailable("The blob's bytes are not in the store.") from None


def keep_blob(repository_id: int, digest: Digest, *, size: int, storage_key: str) -> str:
    """Map a digest to its bytes and let the repository read them; inside a transaction.

    Returns the key that is not needed: of two uploads of one digest the later one's, or, when
    the bytes of the earlier one are gone from the store, the lost one's; "" when all are needed.
    """
    blob, made = Blob.objects.select_for_update().get_or_create(
        digest=str(digest), defaults={"size": size, "storage_key": storage_key}
    )
    spare = ""
    if not made:
        spare = storage_key if _is_stored(blob) else blob.storage_key
        if spare != storage_key:
            blob.storage_key = storage_key
            blob.save(update_fields=["storage_key"])
    link_blob(repository_id, blob.pk)
    return spare


def link_blob(repository_id: int, blob_id: int) -> None:
    link = RepositoryBlob(repository_id=repository_id, blob_id=blob_id)
    RepositoryBlob.objects.bulk_create([link], ignore_conflicts=True)


def _is_stored(blob: Blob) -> bool:
    try:
        return storage().size(blob.storage_key) == blob.size
    except KeyMissing:
        return False


@transaction.atomic
def delete_blob(actor: Actor, repository: Repository, digest: Digest) -> None:
    """Take the blob from the repository; the bytes go when nobody anywhere needs them."""
    access.require(actor, Level.MANAGE, repository)
    links = RepositoryBlob.objects.select_for_update().filter(
        repository=repository, blob__digest=str(digest)
    )
    link = links.first()
    if link is None:
        raise BlobNotFound
    if link.blob.manifest_blobs.filter(manifest__repository=repository).exists():
        raise BlobInUse
    link.delete()
    audit.record(actor, "deleteBlob", resource_id=repository.pk, resource_name=str(digest))


def used_bytes(account_id: UUID) -> int:
    """What the account's repositories hold, each blob counted once."""
    mine = RepositoryBlob.objects.filter(repository__organization__account_id=account_id)
    blobs = Blob.objects.filter(pk__in=mine.values("blob_id"))
    return blobs.aggregate(total=Sum("size"))["total"] or 0
