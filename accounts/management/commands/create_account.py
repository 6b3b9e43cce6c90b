from argparse import ArgumentParser
from typing import Any

from accounts.identity import services as identity
from accounts.management.command import (
    OPERATOR,
    VerbCommand,
    add_password_argument,
    given_password,
)


class Command(VerbCommand):
    help = "Create an account with its owner, who bears its name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        add_password_argument(parser)

    def run(self, *, name: str, password_stdin: bool, **_: Any) -> None:
        given = given_password(from_stdin=password_stdin)
        password = identity.new_password() if given is None else given
        identity.create_account(OPERATOR, name, password=password)
        self.stdout.write(f"Account {name} is there.")
        if given is None:
            self.stdout.write(f"The password of its owner {name}, shown this once: {password}")
