"""The cast: who the tests call alice.

``acme`` owns the organization ``acme-apps`` with the private repository ``acme-apps/web`` and the
public ``acme-apps/site``; ``web`` is shared with the account ``partner`` until tomorrow and was
shared with ``former`` until yesterday.  Nobody of ``globex`` has anything to do with them.
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

# Users of acme: what they hold on acme-apps, what on acme-apps/web, which role their group bears.
ON_ORGANIZATION = {"alice": Level.MANAGE, "carol": Level.WRITE, "bob": Level.READ}
ON_REPOSITORY = {"molly": Level.MANAGE, "wendy": Level.WRITE, "rob": Level.READ}
ROLES = {
    "tess": "Tenant Administrator",
    "ada": "SWR Admin",
    "fay": "SWR FullAccess",
    "otto": "SWR OperateAccess",
    "rita": "SWR ReadOnlyAccess",
}
WITHOUT = ("dave",)


@dataclass(frozen=True)
class Cast:
    accounts: dict[str, Account]
    users: dict[str, User]
    organization: Organization
    web: Repository
    site: Repository

    def actor(self, name: str, *, door: Door = "registry") -> Actor:
        """Who "bob" is right now; "nobody" is anonymous."""
        if name == "nobody":
            return Actor.anonymous(door)
        found = identity.actor_of(self.users[name].pk, door=door)
        assert found is not None, f"{name} is gone or disabled"
        return found

    def login(self, name: str) -> str:
        """The user name for docker login; the password is PASSWORD."""
        user = self.users[name]
        return user.account.name if user.is_owner else f"{user.account.name}/{name}"


@pytest.fixture
def cast(db) -> Cast:
    accounts, users = {}, {}
    for name, others in {
        "acme": (*ON_ORGANIZATION, *ON_REPOSITORY, *ROLES, *WITHOUT),
        "globex": ("mallory",),
        "partner": ("pat",),
        "former": ("fred",),
    }.items():
        accounts[name] = identity.create_account(OPERATOR, name, password=PASSWORD)
        users[name] = accounts[name].users.get(is_owner=True)
        for other in others:
            users[other] = _user(accounts[name], other)
    owner = identity.actor_of(users["acme"].pk, door="registry")
    assert owner is not None
    organization = organizations.create_organization(owner, "acme-apps")
    web = create_repository(owner, organization, "web")
    site = create_repository(owner, organization, "site", is_public=True)
    for name, level in ON_ORGANIZATION.items():
        organizations.grant(owner, organization, users[name], level)
    for name, level in ON_REPOSITORY.items():
        access.grant(owner, web, users[name], level)
    _share(owner, web)
    return Cast(accounts, users, organization, web, site)


def _user(account: Account, name: str) -> User:
    bears = [ROLES[name]] if name in ROLES else []
    groups = account.user_groups.filter(name__in=bears)
    return identity.create_user(OPERATOR, account, name, password=PASSWORD, groups=groups)


def _share(owner: Actor, repository: Repository) -> None:
    now = timezone.now()
    for name in ("partner", "former"):
        access.share(owner, repository, name, deadline=now + timedelta(days=1))
    lapsed = Share.objects.filter(repository=repository, account__name="former")
    lapsed.update(deadline=now - timedelta(days=1))
