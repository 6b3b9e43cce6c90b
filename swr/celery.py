"""The Celery application and THE beat schedule: every periodic job of the product."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "swr.settings")

app = Celery("swr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "accounts.workers",
        "accounts.audit",
        "accounts.tokens",
        "accounts.authentication",
        "images.uploads",
    ]
)

app.conf.beat_schedule = {
    "say that workers live": {
        "task": "accounts.workers.tasks.beat",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "sweep expired uploads": {
        "task": "images.uploads.tasks.sweep",
        "schedule": 300.0,
    },
    "sweep expired refresh tokens": {
        "task": "accounts.tokens.tasks.sweep",
        "schedule": crontab(minute="17"),
    },
    "sweep old login failures": {
        "task": "accounts.authentication.tasks.sweep",
        "schedule": crontab(minute="23"),
    },
    "sweep old traces": {
        "task": "accounts.audit.tasks.sweep",
        "schedule": crontab(minute="29"),
    },
}


@setup_logging.connect
def _keep_our_logging(**_given: Any) -> None:
    """Keep Celery from configuring logging: it has been told by now (``swr.logs``)."""
