from celery import shared_task
from django.utils import timezone

from accounts.workers import services


@shared_task(ignore_result=True)
def beat() -> None:
    services.beat(now=timezone.now())
