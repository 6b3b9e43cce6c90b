from celery import shared_task
from django.db import OperationalError

from accounts.tokens import services


@shared_task(
    acks_late=True,
    ignore_result=True,
    autoretry_for=(OperationalError,),
    retry_backoff=5,
    max_retries=5,
)
def sweep() -> None:
    services.sweep()
