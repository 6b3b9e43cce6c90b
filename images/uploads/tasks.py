"""Doors for the workers: call the verb, say how to retry."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from images.uploads import services


@shared_task(
    acks_late=True,
    autoretry_for=(OperationalError,),
    retry_backoff=5,
    retry_backoff_max=300,
    max_retries=5,
)
def sweep() -> None:
    services.sweep(now=timezone.now())
