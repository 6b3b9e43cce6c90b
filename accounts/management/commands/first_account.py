from typing import Any

from accounts.identity import services as identity
from accounts.management.command import VerbCommand


class Command(VerbCommand):
    help = "Create the account SWR_ADMIN_ACCOUNT, whose owner is an operator, unless one is there."

    def run(self, **_: Any) -> None:
        created = identity.first_account()
        if created is None:
            self.stdout.write("There is an account already: nothing to do.")
            return
        account, made = created
        self.stdout.write(f"Account {account.name} is there.")
        if made:
            self.stdout.write(f"The password of {account.name}, shown this once: {made}")
        else:
            self.stdout.write("Its password is the one of SWR_ADMIN_PASSWORD.")
