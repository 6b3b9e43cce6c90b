from argparse import ArgumentParser
from typing import Any

from accounts.logins import services as logins
from accounts.management.command import OPERATOR, VerbCommand, user_named


class Command(VerbCommand):
    help = "Print the docker login line of a user; an access key is made if none can be used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", metavar="ACCOUNT[/USER]")

    def run(self, *, login: str, **_: Any) -> None:
        self.stdout.write(logins.create_login_command(OPERATOR, user_named(login)))
