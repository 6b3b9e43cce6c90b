"""Who the tests of accounts are, and as whom they ask."""

from accounts.actors import Actor, Door
from accounts.identity import services as identity
from accounts.identity.models import User

PASSWORD = "correct horse 1"
OPERATOR = Actor.system("tests")
ADDRESS = "192.0.2.1"


def actor_of(user: User, *, door: Door = "api") -> Actor:
    found = identity.actor_of(user.pk, door=door, address=ADDRESS)
    assert found is not None, f"{user} is gone or disabled"
    return found
