"""Everything the product runs, in the foreground, under one supervisor."""

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand
from django.db import connections

from swr import env
from swr.serve import banner, jobs, lock, preparation, web
from swr.serve.supervisor import Program, Supervisor

PROGRAMS = {"web": web.run, "worker": jobs.work, "beat": jobs.beat}


class Command(BaseCommand):
    help = "Start the registry: web server, worker and beat.  Ctrl-C stops all of them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "program", nargs="?", choices=PROGRAMS, help="only this one, without any preparation"
        )

    def handle(self, *_args: Any, program: str | None, **_options: Any) -> None:
        if program:
            PROGRAMS[program]()
        else:
            sys.exit(serve())


def serve() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    for complaint in settings.UNKNOWN_SETTINGS:
        print(complaint, file=sys.stderr, flush=True)
    preparation.make_folders()
    handle = lock.hold(settings.DATA_DIR)
    preparation.check_settings()
    preparation.check_broker()
    account, password = preparation.prepare_database()
    connections.close_all()
    if password:
        print(banner.made_account(account, password), flush=True)
    current_app.send_task("accounts.workers.tasks.beat", expires=60)  # ready in no time
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"]
    return Supervisor(
        [Program(name, [*command, name], vital=name == "web") for name in PROGRAMS],
        environment=env.inherited(without="SWR_ADMIN_PASSWORD"),
        handles=[handle],
        tend=banner.Banner(account, password).show,
    ).run()
