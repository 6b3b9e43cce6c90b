"""The cast: who the tests call alice, and the stage on which they act.

``acme`` owns the organization ``acme-apps``; ``globex`` with mallory is another account, with
``globex-apps``.  On the stage there are the private repository ``acme-apps/web``, shared with the
account ``partner`` until tomorrow and with ``former`` until yesterday, and the public one
``acme-apps/site``.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.levels import Level
from images.access import services as access
from images.access.models import Share
from images.repositories.models import Repository
from images.repositories.services import create_repository
from organizations import services as organizations
from organizations.models import Organization

PASSWORD = "correct horse 1"
OPERATOR = Actor.system("tests")

# Users of acme: what they hold on acme-apps, what on acme-apps/web (on the stage only).
ON_ORGANIZATION = {"alice": Level.MANAGE, "carol": Level.WRITE, "bob": Level.READ}
ON_REPOSITORY = {"molly": Level.MANAGE, "wendy": Level.WRITE, "rob": Level.READ}
ROLES = {
    "tess": "Tenant Administrator",
    "ada": "SWR Admin",
    "fay": "SWR FullAccess",
    "otto": "SWR OperateAccess",
    "rita": "SWR ReadOnlyAccess",
    "mallory": "SWR Admin",  # of globex
}
USERS = {
    "acme": [*ON_ORGANIZATION, *ON_REPOSITORY, "tess", "ada", "fay", "otto", "rita", "dave"],
    "globex": ["mallory"],
    "partner": ["pat"],
    "former": ["fred"],
}


@dataclass(frozen=True)
class Cast:
    """Users by their names, owners by the names of their accounts."""

    accounts: dict[str, Account]
    users: dict[str, User]
    organization: Organization
    foreign: Organization

    def actor(self, name: str, *, door: Door = "registry") -> Actor:
        """Who "bob" is right now; "nobody" is anonymous."""
        if name == "nobody":
            return Actor.anonymous(door)
        return _actor(self.users[name], door)

    def login(self, name: str) -> str:
        """The user name for docker login; the password is PASSWORD."""
        user = self.users[name]
        return user.account.name if user.is_owner else f"{user.account.name}/{name}"


@dataclass(frozen=True)
class Stage(Cast):
    web: Repository
    site: Repository


@pytest.fixture
def cast(db: None) -> Cast:
    accounts, users, owned = {}, {}, {}
    for name, others in USERS.items():
        accounts[name] = identity.create_account(OPERATOR, name, password=PASSWORD)
        users[name] = accounts[name].users.get(is_owner=True)
        users |= {other: _user(accounts[name], other) for other in others}
    for name in ("acme", "globex"):
        owned[name] = organizations.create_organization(_actor(users[name]), f"{name}-apps")
    for name, level in ON_ORGANIZATION.items():
        organizations.grant(OPERATOR, owned["acme"], users[name], level)
    return Cast(accounts, users, owned["acme"], owned["globex"])


@pytest.fixture
def stage(cast: Cast) -> Stage:
    owner = cast.actor("acme")
    web = create_repository(owner, cast.organization, "web")
    site = create_repository(owner, cast.organization, "site", is_public=True)
    for name, level in ON_REPOSITORY.items():
        access.grant(owner, web, cast.users[name], level)
    now = timezone.now()
    for name in ("partner", "former"):
        access.share(owner, web, name, deadline=now + timedelta(days=1))
    lapsed = Share.objects.filter(repository=web, account=cast.accounts["former"])
    lapsed.update(deadline=now - timedelta(days=1))
    return Stage(cast.accounts, cast.users, cast.organization, cast.foreign, web, site)


def _user(account: Account, name: str) -> User:
    groups = account.user_groups.filter(name=ROLES.get(name, ""))
    return identity.create_user(OPERATOR, account, name, password=PASSWORD, groups=groups)


def _actor(user: User, door: Door = "registry") -> Actor:
    found = identity.actor_of(user.pk, door=door)
    assert found is not None, f"{user} is gone or disabled"
    return found
