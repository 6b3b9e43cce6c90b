from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.identity import services as identity
from accounts.management.command import (
    OPERATOR,
    VerbCommand,
    account_named,
    add_password_argument,
    given_password,
    group_named,
)


class Command(VerbCommand):
    help = "Create a user of an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", metavar="ACCOUNT/NAME")
        add_password_argument(parser)
        parser.add_argument(
            "--group",
            nargs="+",
            action="extend",
            default=[],
            dest="groups",
            help="groups to join, such as 'SWR ReadOnlyAccess'",
        )

    def run(self, *, login: str, password_stdin: bool, groups: list[str], **_: Any) -> None:
        account_name, slash, name = login.partition("/")
        if not slash:
            raise CommandError("Say which account's user: ACCOUNT/NAME.")
        account = account_named(account_name)
        joined = [group_named(account, group) for group in groups]
        given = given_password(from_stdin=password_stdin)
        password = identity.new_password() if given is None else given
        identity.create_user(OPERATOR, account, name, password=password, groups=joined)
        self.stdout.write(f"User {login} is there.")
        if given is None:
            self.stdout.write(f"The password of {login}, shown this once: {password}")
