from typing import Any

from accounts.management.command import OPERATOR, VerbCommand
from accounts.tokens import services as tokens


class Command(VerbCommand):
    help = "Sign registry tokens with a new key; tokens that are out stay good until they expire."

    def run(self, **_: Any) -> None:
        self.stdout.write(f"Key {tokens.rotate_signing_key(OPERATOR)} signs from now on.")
