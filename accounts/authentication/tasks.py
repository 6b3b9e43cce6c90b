from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from accounts.authentication import throttle


@shared_task(
    acks_late=True,
    ignore_result=True,
    autoretry_for=(OperationalError,),
    retry_backoff=5,
    max_retries=5,
)
def sweep() -> None:
    throttle.sweep(now=timezone.now())
