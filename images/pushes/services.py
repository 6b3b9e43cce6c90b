"""What a pusher does, in the order it happens: a place to push to, blobs, then a manifest.

What follows an accepted manifest (triggers, synchronization) is listed in ``accept_manifest``,
in plain sight; nothing else hangs on a push.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.levels import Level
from images.access import policy as access
from images.artifacts import services as artifacts
from images.blobs import services as blobs
from images.blobs.models import RepositoryBlob
from images.oci import digests, manifests, references
from images.oci.digests import Digest
from images.repositories import rules
from images.repositories import services as repositories
from images.repositories.models import Repository
from organizations import policy
from organizations import services as organizations
from organizations.models import Organization
from swr.errors import (
    InvalidDigest,
    NotAllowed,
    OrganizationExists,
    OrganizationNotFound,
    OrganizationNotYours,
    OrganizationTaken,
    RepositoryExists,
)


@dataclass(frozen=True, slots=True)
class Accepted:
    digest: Digest
    tags: tuple[str, ...]
    subject: Digest | None


def open_repository(actor: Actor, full_name: str) -> Repository:
    """The repository that a push goes to; made, with its organization, where the actor may.

    Whoever owns a name that the actor cannot use, he hears the same sentence.
    """
    organization_name, name = rules.split(full_name)
    standing = access.standing(actor, organization_name, name)
    if standing.organization_id is None:
        _open_organization(actor, organization_name)
        return open_repository(actor, full_name)
    if standing.level < Level.WRITE:
        raise NotAllowed if standing.level else OrganizationNotYours
    if standing.repository_id is None:
        return _make_repository(actor, standing.organization_id, name)
    return repositories.get(standing.repository_id)


def _open_organization(actor: Actor, name: str) -> None:
    if not policy.may_create(actor):
        raise OrganizationNotYours
    with suppress(OrganizationExists, OrganizationTaken):  # by somebody faster; he is asked again
        organizations.create_organization(actor, name)


def _make_repository(actor: Actor, organization_id: int, name: str) -> Repository:
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        raise OrganizationNotFound
    with suppress(RepositoryExists):
        return repositories.create_repository(actor, organization, name)
    return repositories.get(access.standing(actor, organization.name, name).repository_id)


def mount(actor: Actor, repository: Repository, digest: Digest, *, source: int | None) -> bool:
    """Let the repository read a blob that the actor may read elsewhere; False when he may not.

    ``source`` is the repository to take it from; None means any that the actor may pull from,
    whatever his token says: it is his right that counts, as for every write.
    """
    access.require(actor, Level.WRITE, repository)
    readable = access.visible_to(actor)
    if source is not None:
        readable = readable.filter(pk=source)
    held = RepositoryBlob.objects.filter(blob__digest=str(digest), repository__in=readable)
    with transaction.atomic():
        repositories.hold(repository.pk, alone=settings.SPARSE_MANIFESTS)
        link = held.select_for_update(of=("self",)).select_related("blob").first()
        if link is None:
            return False
        blobs.require_room(repository.organization.account_id, digest, link.blob.size)
        blobs.link_blob(repository.pk, link.blob_id)
        artifacts.complete_sparse(repository.pk, digest)
        audit.record(
            actor,
            "createBlob",
            resource_id=repository.pk,
            resource_name=str(digest),
            detail={"mounted_from": link.repository_id},
        )
    return True


def accept_manifest(
    actor: Actor,
    full_name: str,
    reference: str,
    *,
    payload: bytes,
    content_type: str | None,
    tags: Sequence[str] = (),
) -> Accepted:
    """Keep a manifest under its digest and its tags.

    ``reference`` is a tag, or a digest of either algorithm, which ``payload`` then must have;
    ``tags`` are further tags to move (spec: end-7b).
    """
    for tag in tags:
        references.check_tag(tag)
    if references.is_digest(reference):
        wanted = digests.parse(reference)
        digest = digests.of(payload, wanted.algorithm)
        if digest != wanted:
            raise InvalidDigest(f"The manifest's digest is {digest}, not {wanted}.")
    else:
        references.check_tag(reference)
        digest, tags = digests.of(payload), (reference, *tags)
    parsed = manifests.parse(payload, content_type)
    with transaction.atomic():
        repository = open_repository(actor, full_name)
        artifacts.put_manifest(actor, repository, parsed, payload=payload, digest=digest, tags=tags)
    subject = parsed.subject.digest if parsed.subject else None
    return Accepted(digest, tuple(dict.fromkeys(tags)), subject)
