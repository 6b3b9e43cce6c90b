import json
from argparse import ArgumentParser
from typing import Any

from accounts.keys import services as keys
from accounts.management.command import OPERATOR, VerbCommand, user_named


class Command(VerbCommand):
    help = "Create an access key; its secret is shown this once, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", metavar="ACCOUNT[/USER]")

    def run(self, *, login: str, **_: Any) -> None:
        key, secret = keys.create_access_key(OPERATOR, user_named(login))
        self.stdout.write(json.dumps({"access": key.access, "secret": secret}))
