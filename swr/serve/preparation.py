"""What has to be there before the first request: folders, tables, keys, somebody to log in."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError

from accounts.identity import services as identity
from accounts.identity.models import Account
from accounts.tokens import services as tokens
from swr import health, redaction
from swr.env import WrongSetting
from swr.errors import InvalidName, NotReady, WeakPassword
from swr.serve import web

_MIGRATING = 7_977_114  # any number, the same for all servers of one database


def check_settings() -> None:
    if settings.STORAGE == "memory":
        raise WrongSetting("SWR_STORAGE", "memory is for tests: every process has its own.")
    try:
        web.listener(settings.LISTEN).close()
    except OSError as error:
        host, port = settings.LISTEN
        unknown = isinstance(error, socket.gaierror)
        reason = "unknown host" if unknown else os.strerror(error.errno or 0)
        raise WrongSetting("SWR_LISTEN", f"cannot listen on {host}:{port}: {reason}.") from None


def make_folders() -> None:
    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    broker = [
        Path(options[name]) for name in ("data_folder_in", "control_folder") if name in options
    ]
    for folder in [settings.DATA_DIR, settings.STORAGE_DIR, *broker]:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise WrongSetting("SWR_DATA_DIR", f"cannot be written: {error}.") from None


def prepare_database() -> tuple[str, str | None]:
    """Make tables, keys and the first account; return its name, and its password if made now."""
    with _database_answers():
        connection.ensure_connection()
    with _alone():
        try:
            health.migrations()
        except NotReady:
            call_command("migrate", interactive=False, verbosity=0)
        _ensure_signing_key()
        return _first_account()


def _ensure_signing_key() -> None:
    try:
        tokens.ensure_signing_key()
    except ImproperlyConfigured as error:
        raise WrongSetting("SWR_SECRET_KEY", str(error)) from None


def _first_account() -> tuple[str, str | None]:
    try:
        made = identity.first_account()
    except InvalidName as error:
        raise WrongSetting("SWR_ADMIN_ACCOUNT", f"{error.message} {error.advice}") from None
    except WeakPassword as error:
        raise WrongSetting("SWR_ADMIN_PASSWORD", f"{error.message} {error.advice}") from None
    if made:
        return made[0].name, made[1]
    return Account.objects.order_by("created_at").values_list("name", flat=True)[0], None


def check_broker() -> None:
    if not settings.REDIS_URL:
        return
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=5)
    except (BrokerError, OSError) as error:
        raise WrongSetting("SWR_REDIS_URL", f"does not answer: {_said(error)}.") from None


@contextmanager
def _database_answers() -> Iterator[None]:
    name = "SWR_DATABASE_URL" if connection.vendor == "postgresql" else "SWR_DATA_DIR"
    try:
        yield
    except DatabaseError as error:
        raise WrongSetting(name, f"the database does not answer: {_said(error)}.") from None


@contextmanager
def _alone() -> Iterator[None]:
    """Let one server at a time change the tables; on SQLite the data folder's lock does."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def _said(error: Exception) -> str:
    """Say in one line, without secrets, what a library complained about."""
    return redaction.text(" ".join(str(error).split())).rstrip(".")
