"""What the tables promise when pushes and deletions meet: one winner, nothing that dangles."""

import json
import random

import pytest
from django.utils import timezone

from images.access import services as access
from images.artifacts import services as artifacts
from images.artifacts.models import Manifest, ManifestChild, Tag, TagMove
from images.blobs import services as blobs
from images.blobs.models import Blob, RepositoryBlob
from images.oci import digests
from images.pushes import services as pushes
from images.repositories.models import Repository
from images.storage.drivers import storage
from images.uploads import services as uploads
from images.uploads.models import Upload
from swr.errors import (
    BlobInUse,
    ManifestBlobMissing,
    ManifestInUse,
    RepositoryNotFound,
    SwrError,
    UploadNotFound,
)
from tests.cast import Stage
from tests.races import at_once
from tests.wire import OCI_INDEX, OCI_MANIFEST, descriptor

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "application/vnd.oci.image.config.v1+json"


def push_blob(stage: Stage, content: bytes, name: str = "acme-apps/web") -> None:
    alice = stage.actor("alice")
    upload = uploads.start(alice, pushes.open_repository(alice, name))
    uploads.finish(alice, upload, [content], digests.of(content), length=len(content))


def image(*, config: bytes = b"{}", note: str = "") -> bytes:
    body = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": []}
    return json.dumps(
        body | {"config": descriptor(KIND, config), "annotations": {"n": note}}
    ).encode()


def index(*children: bytes) -> bytes:
    named = [descriptor(OCI_MANIFEST, child) for child in children]
    return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": named}).encode()


def push(stage: Stage, payload: bytes, *tags: str, name: str = "acme-apps/web") -> None:
    kind = json.loads(payload)["mediaType"]
    pushes.accept_manifest(
        stage.actor("alice"),
        name,
        str(digests.of(payload)),
        payload=payload,
        content_type=kind,
        tags=tags,
    )


def delete(stage: Stage, payload: bytes) -> None:
    artifacts.delete_manifest(stage.actor("alice"), stage.web, digests.of(payload))


def test_one_digest_from_many_sides_is_stored_once(stage: Stage) -> None:
    names = [f"acme-apps/r{number % 3}" for number in range(8)]
    outcomes = at_once(*(lambda name=name: push_blob(stage, b"same", name) for name in names))
    assert outcomes == [None] * 8
    blob = Blob.objects.get()
    assert b"".join(storage().read(blob.storage_key)) == b"same"
    assert RepositoryBlob.objects.count() == 3


def test_one_upload_is_committed_once(stage: Stage) -> None:
    alice = stage.actor("alice")
    upload = uploads.start(alice, stage.web)

    def finish() -> None:
        found = uploads.find(alice, stage.web.pk, upload.pk.hex)
        uploads.finish(alice, found, [b"once"], digests.of(b"once"), length=4)

    outcomes = at_once(finish, finish, finish, finish)
    assert outcomes.count(None) == 1
    blob = Blob.objects.get()
    assert b"".join(storage().read(blob.storage_key)) == b"once"


def test_finishing_and_cancelling_leave_all_or_nothing(stage: Stage) -> None:
    alice = stage.actor("alice")
    for _ in range(5):
        upload = uploads.start(alice, stage.web)
        content = upload.pk.bytes
        uploads.append(alice, upload, [content])
        mine = uploads.find(alice, stage.web.pk, upload.pk.hex)
        finished, cancelled = at_once(
            lambda upload=mine, content=content: uploads.finish(
                alice, upload, [], digests.of(content), length=0
            ),
            lambda upload=upload: uploads.cancel(alice, upload),
        )
        assert (finished is None) != (cancelled is None)
        assert finished in {None, UploadNotFound} or issubclass(finished, SwrError)
        if finished is None:
            blob = Blob.objects.get(digest=str(digests.of(content)))
            assert b"".join(storage().read(blob.storage_key)) == content


def test_many_pushes_of_the_same_tags_do_not_lock_each_other_out(stage: Stage) -> None:
    push_blob(stage, b"{}")
    tags = [f"v{number}" for number in range(6)]
    payloads = [image(note=str(number)) for number in range(6)]

    def push_all(payload: bytes) -> None:
        push(stage, payload, *random.sample(tags, len(tags)))

    outcomes = at_once(*(lambda payload=payload: push_all(payload) for payload in payloads))
    assert outcomes == [None] * 6
    assert Tag.objects.count() == 6
    last = dict(TagMove.objects.order_by("pk").values_list("name", "new_digest"))
    assert dict(Tag.objects.values_list("name", "manifest__digest")) == last


def test_a_child_is_deleted_or_its_index_stands(stage: Stage) -> None:
    push_blob(stage, b"{}")
    for number in range(5):
        child = image(note=str(number))
        push(stage, child)
        pushed, deleted = at_once(
            lambda child=child: push(stage, index(child)), lambda child=child: delete(stage, child)
        )
        assert (pushed, deleted) in {(None, ManifestInUse), (ManifestBlobMissing, None)}
    held = set(Manifest.objects.values_list("digest", flat=True))
    assert set(ManifestChild.objects.values_list("digest", flat=True)) <= held


def test_a_blob_is_deleted_or_its_manifest_stands(stage: Stage) -> None:
    alice = stage.actor("alice")
    for number in range(5):
        config = f'{{"n": {number}}}'.encode()
        push_blob(stage, config)
        pushed, deleted = at_once(
            lambda config=config: push(stage, image(config=config)),
            lambda config=config: blobs.delete_blob(alice, stage.web, digests.of(config)),
        )
        assert (pushed, deleted) in {(None, BlobInUse), (ManifestBlobMissing, None)}


def test_a_tag_is_pushed_and_deleted_at_once(stage: Stage) -> None:
    push_blob(stage, b"{}")
    alice = stage.actor("alice")
    for number in range(5):
        push(stage, image(note="old"), "v1")
        new = image(note=str(number))
        pushed, _ = at_once(
            lambda new=new: push(stage, new, "v1"),
            lambda: artifacts.delete_tag(alice, stage.web, "v1"),
        )
        assert pushed is None
        left = Tag.objects.filter(name="v1").values_list("manifest__digest", flat=True).first()
        latest = TagMove.objects.filter(name="v1").order_by("-pk").first()
        assert (left or "") == latest.new_digest


def test_whatever_meets_the_deletion_of_its_repository_is_whole_or_not_at_all(stage: Stage) -> None:
    acme, alice = stage.actor("acme"), stage.actor("alice")
    for number in range(6):
        name = f"acme-apps/short-lived-{number}"
        push_blob(stage, b"{}", name)
        repository = Repository.objects.select_related("organization__account").get(path=name)
        upload = uploads.start(alice, repository)
        outcomes = at_once(
            lambda name=name: push(stage, image(), "v1", name=name),
            lambda upload=upload: uploads.finish(
                alice, upload, [b"late"], digests.of(b"late"), length=4
            ),
            lambda repository=repository: uploads.start(alice, repository),
            lambda repository=repository: access.delete_repository(acme, repository),
        )
        assert outcomes.pop() is None
        assert set(outcomes) <= {None, RepositoryNotFound, UploadNotFound, ManifestBlobMissing}
        assert not Manifest.objects.filter(repository__pk=repository.pk).exists()
    uploads.sweep(now=timezone.now())
    assert not Upload.objects.filter(repository=None).exists()
