from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from accounts.audit import services


@shared_task(
    acks_late=True,
    ignore_result=True,
    autoretry_for=(OperationalError,),
    retry_backoff=5,
    max_retries=5,
)
def sweep() -> None:
    services.sweep(before=timezone.now() - timedelta(days=settings.TRACE_DAYS))
