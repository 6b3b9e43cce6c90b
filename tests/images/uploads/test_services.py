"""The verbs of uploads: what is durable, what is told, what is given back."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.access import services as access
from images.blobs.models import Blob, RepositoryBlob
from images.oci import digests
from images.pushes import services as pushes
from images.repositories.models import Repository
from images.repositories.services import create_repository
from images.storage.base import KeyMissing
from images.storage.drivers import storage
from images.uploads import services as uploads
from images.uploads.models import Upload
from swr.errors import (
    BlobTooLarge,
    InvalidDigest,
    RepositoryNotFound,
    StorageFull,
    StorageQuotaExceeded,
    StorageUnavailable,
    UploadBusy,
    UploadNotFound,
    UploadOutOfOrder,
    WrongSize,
)
from tests.cast import OPERATOR, Cast, Stage

pytestmark = pytest.mark.django_db

CONTENT = b"0123456789" * 50


@pytest.fixture
def alice(cast: Cast):
    return cast.actor("alice")


@pytest.fixture
def upload(stage: Stage, alice) -> Upload:
    return uploads.start(alice, stage.web)


def row(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def stored(key: str) -> bytes:
    return b"".join(storage().read(key))


def test_what_arrives_of_a_lost_chunk_is_kept_and_told(alice, upload: Upload) -> None:
    with pytest.raises(WrongSize):
        uploads.append(alice, upload, [CONTENT[:200]], begin=0, length=len(CONTENT))
    assert row(upload).offset == 200
    uploads.append(alice, upload, [CONTENT[200:]], begin=200, length=len(CONTENT) - 200)
    uploads.finish(alice, upload, [], digests.of(CONTENT), length=0)
    assert stored(Blob.objects.get().storage_key) == CONTENT


def test_what_arrives_of_a_lost_closing_chunk_is_kept_too(alice, upload: Upload) -> None:
    with pytest.raises(WrongSize):
        uploads.finish(alice, upload, [CONTENT[:7]], digests.of(CONTENT), length=len(CONTENT))
    assert row(upload).offset == 7
    uploads.finish(alice, upload, [CONTENT[7:]], digests.of(CONTENT), length=len(CONTENT) - 7)
    assert not Upload.objects.exists()


def test_a_full_store_keeps_what_was_told_and_the_upload_goes_on(
    alice, upload: Upload, monkeypatch
) -> None:
    uploads.append(alice, upload, [CONTENT[:100]], begin=0, length=100)

    def full(*_: object) -> None:
        raise StorageFull

    with monkeypatch.context() as patched:
        patched.setattr(storage(), "append", full)
        with pytest.raises(StorageFull):
            uploads.append(alice, upload, [CONTENT[100:]], begin=100, length=400)
    assert row(upload).offset == 100
    uploads.append(alice, upload, [CONTENT[100:]], begin=100, length=400)
    uploads.finish(alice, upload, [], digests.of(CONTENT), length=0)
    assert stored(Blob.objects.get().storage_key) == CONTENT


def test_a_body_that_breaks_leaves_the_upload_as_it_was(alice, upload: Upload) -> None:
    uploads.append(alice, upload, [CONTENT[:100]], begin=0, length=100)

    def broken() -> Iterator[bytes]:
        yield CONTENT[100:200]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        uploads.append(alice, upload, broken(), begin=100, length=400)
    assert row(upload).offset == 100
    uploads.finish(alice, upload, [CONTENT[100:]], digests.of(CONTENT), length=400)
    assert stored(Blob.objects.get().storage_key) == CONTENT


def test_one_request_at_a_time_writes(alice, upload: Upload) -> None:
    with storage().lock(upload.storage_key):
        for write in (
            lambda: uploads.append(alice, upload, [b"x"], begin=0, length=1),
            lambda: uploads.finish(alice, upload, [b"x"], digests.of(b"x"), length=1),
            lambda: uploads.cancel(alice, upload),
        ):
            with pytest.raises(UploadBusy):
                write()
    assert row(upload).offset == 0


def test_a_stale_row_is_read_again(stage: Stage, cast: Cast, alice, upload: Upload) -> None:
    stale = uploads.find(alice, stage.web.pk, upload.pk.hex)
    uploads.append(alice, upload, [CONTENT], begin=0, length=len(CONTENT))
    with pytest.raises(UploadOutOfOrder):
        uploads.append(alice, stale, [CONTENT], begin=0, length=len(CONTENT))
    uploads.finish(alice, upload, [], digests.of(CONTENT), length=0)
    for late in (
        lambda: uploads.append(alice, stale, [CONTENT]),
        lambda: uploads.finish(alice, stale, [], digests.of(CONTENT)),
        lambda: uploads.cancel(alice, stale),
    ):
        with pytest.raises(UploadNotFound):
            late()
    assert stored(Blob.objects.get().storage_key) == CONTENT


def test_cancelling_frees_the_bytes(alice, upload: Upload) -> None:
    uploads.append(alice, upload, [CONTENT])
    uploads.cancel(alice, upload)
    with pytest.raises(KeyMissing):
        storage().size(upload.storage_key)


def test_sweeping_takes_what_expired_and_its_bytes(
    stage: Stage, cast: Cast, alice, upload: Upload
) -> None:
    uploads.append(alice, upload, [CONTENT])
    later = timezone.now() + timedelta(hours=25)
    young = uploads.start(alice, stage.web)
    Upload.objects.filter(pk=young.pk).update(expires_at=later + timedelta(minutes=1))
    assert uploads.sweep(now=later) == 1
    assert list(Upload.objects.all()) == [young]
    with pytest.raises(KeyMissing):
        storage().size(upload.storage_key)


def test_sweeping_leaves_alone_what_is_being_written(alice, upload: Upload) -> None:
    with storage().lock(upload.storage_key):
        assert uploads.sweep(now=timezone.now() + timedelta(hours=25)) == 0
    assert Upload.objects.exists()


def test_every_chunk_gives_more_time(alice, upload: Upload) -> None:
    Upload.objects.update(expires_at=timezone.now() + timedelta(seconds=5))
    uploads.append(alice, upload, [CONTENT])
    assert row(upload).expires_at > timezone.now() + timedelta(hours=23)


def test_an_expired_upload_is_not_found(stage: Stage, cast: Cast, alice, upload: Upload) -> None:
    Upload.objects.update(expires_at=timezone.now())
    with pytest.raises(UploadNotFound):
        uploads.find(alice, stage.web.pk, upload.pk.hex)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_several_chunks_are_verified_by_reading_them(alice, upload: Upload, algorithm: str) -> None:
    uploads.append(alice, upload, [CONTENT[:1]])
    uploads.append(alice, upload, [CONTENT[1:]])
    with pytest.raises(InvalidDigest):
        uploads.finish(alice, upload, [], digests.of(b"else", algorithm), length=0)
    uploads.finish(alice, upload, [], digests.of(CONTENT, algorithm), length=0)
    assert Blob.objects.get().digest == f"{algorithm}:{hashlib.new(algorithm, CONTENT).hexdigest()}"


def test_the_later_of_two_uploads_gives_its_bytes_back(
    stage: Stage, cast: Cast, alice, upload: Upload
) -> None:
    other = uploads.start(alice, stage.site)
    for each in (upload, other):
        uploads.finish(alice, each, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    assert Blob.objects.get().storage_key == upload.storage_key
    assert RepositoryBlob.objects.count() == 2
    with pytest.raises(KeyMissing):
        storage().size(other.storage_key)


def test_a_push_heals_a_blob_whose_bytes_are_lost(
    stage: Stage, cast: Cast, alice, upload: Upload
) -> None:
    uploads.finish(alice, upload, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    storage().delete(upload.storage_key)
    again = uploads.start(alice, stage.web)
    uploads.finish(alice, again, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    assert stored(Blob.objects.get().storage_key) == CONTENT


def test_over_the_storage_quota_nothing_stays_behind(
    stage: Stage, cast: Cast, alice, upload: Upload
) -> None:
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.STORAGE, len(CONTENT))
    uploads.finish(alice, upload, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    one_more = uploads.start(alice, stage.web)
    with pytest.raises(StorageQuotaExceeded):
        uploads.finish(alice, one_more, [b"x"], digests.of(b"x"), length=1)
    assert not Upload.objects.exists()
    with pytest.raises(KeyMissing):
        storage().size(one_more.storage_key)


def test_what_the_account_holds_already_takes_no_more_room(
    stage: Stage, cast: Cast, alice, upload: Upload
) -> None:
    quotas.set_limit(OPERATOR, cast.accounts["acme"], Quota.STORAGE, len(CONTENT))
    for each in (upload, uploads.start(alice, stage.site)):
        uploads.finish(alice, each, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    assert not Upload.objects.exists()


def test_a_mount_asks_the_quota_too(stage: Stage, cast: Cast, alice, upload: Upload) -> None:
    uploads.finish(alice, upload, [CONTENT], digests.of(CONTENT), length=len(CONTENT))
    access.update_repository(cast.actor("acme"), stage.web, is_public=True)
    mallory = cast.actor("mallory")
    theirs = create_repository(mallory, cast.foreign, "copy")
    quotas.set_limit(OPERATOR, cast.accounts["globex"], Quota.STORAGE, len(CONTENT) - 1)
    with pytest.raises(StorageQuotaExceeded):
        pushes.mount(mallory, theirs, digests.of(CONTENT), source=stage.web.pk)
    assert RepositoryBlob.objects.count() == 1


def test_one_upload_that_cannot_be_swept_keeps_no_other(
    stage: Stage, alice, upload: Upload, monkeypatch
) -> None:
    for _ in range(3):
        uploads.start(alice, stage.web)
    stuck = Upload.objects.order_by("pk").first().storage_key
    discard = storage().discard

    def failing(key: str, state: dict) -> None:
        if key == stuck:
            raise StorageUnavailable
        discard(key, state)

    monkeypatch.setattr(storage(), "discard", failing)
    assert uploads.sweep(now=timezone.now() + timedelta(hours=25)) == 3
    assert Upload.objects.get().storage_key == stuck


@pytest.mark.parametrize("length", [None, 101])
def test_a_blob_over_the_limit(alice, upload: Upload, settings, length: int | None) -> None:
    settings.MAX_BLOB_SIZE = 100
    with pytest.raises(BlobTooLarge):
        uploads.append(alice, upload, [b"x" * 60, b"x" * 41], length=length)
    assert row(upload).offset == 0
    uploads.append(alice, upload, [b"x" * 100])
    with pytest.raises(BlobTooLarge):
        uploads.append(alice, upload, [b"x"], length=1)


def test_the_uploads_of_a_deleted_repository_are_over_and_swept(stage: Stage, alice) -> None:
    upload = uploads.start(alice, stage.web)
    uploads.append(alice, upload, [CONTENT])
    stale = uploads.find(alice, stage.web.pk, upload.pk.hex)
    Repository.objects.filter(pk=stage.web.pk).delete()
    with pytest.raises((UploadNotFound, RepositoryNotFound)):
        uploads.append(alice, upload, [b"x"])
    with pytest.raises((UploadNotFound, RepositoryNotFound)):
        uploads.finish(alice, stale, [], digests.of(CONTENT), length=0)
    for repository_id in (stage.web.pk, None):
        with pytest.raises(UploadNotFound):
            uploads.find(alice, repository_id, upload.pk.hex)
    assert uploads.sweep(now=timezone.now()) == 1
    with pytest.raises(KeyMissing):
        storage().size(upload.storage_key)


def test_a_commit_that_the_database_refuses_can_be_tried_again(
    stage: Stage, alice, upload: Upload, monkeypatch
) -> None:
    uploads.append(alice, upload, [CONTENT[:100]])

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "_keep", refuse)
        with pytest.raises(OperationalError):
            uploads.finish(alice, upload, [CONTENT[100:]], digests.of(CONTENT), length=400)
    again = uploads.find(alice, stage.web.pk, upload.pk.hex)
    uploads.finish(alice, again, [CONTENT[100:]], digests.of(CONTENT), length=400)
    assert stored(Blob.objects.get().storage_key) == CONTENT
