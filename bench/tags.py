"""Run in a shell of our registry: many tags, written straight into its database."""

from django.utils import timezone

from images.artifacts.models import Tag


def copy(path: str, count: int) -> None:
    """Give the repository's only tag ``count - 1`` fellows on the same manifest."""
    first = Tag.objects.get(repository__path=path)
    kind, now = first.name.partition("-")[0], timezone.now()
    Tag.objects.bulk_create(
        [
            Tag(
                repository_id=first.repository_id,
                manifest_id=first.manifest_id,
                name=f"{kind}-{number:06}",
                updated_at=now,
            )
            for number in range(1, count)
        ],
        batch_size=5000,
    )
