"""Who may do what: the whole product's answer, written out.

The thing is the private ``acme-apps/web`` of the account ``acme`` unless a column says otherwise;
who is who stands in ``tests/cast.py``.  ok, 403 (a member without the level), 404 (a stranger).
"""

import time
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.identity.models import User
from accounts.levels import Level
from accounts.tokens import services as tokens
from images.access import policy, services
from images.repositories.services import create_repository
from organizations import services as organizations
from swr.errors import RepositoryNotFound, SwrError
from tests.cast import PASSWORD, Stage
from tests.wire import Wire

# see       find the repository among those that are visible
# pull      read it
# pull-pub  read the public acme-apps/site
# push      write to it
# new       push a repository that does not exist yet to acme-apps
# edit      change its description
# publish   make it public
# delete    delete it
# grant     give dave read on it
# share     share it with globex
# org       create an organization
# org-gr    give dave (molly, where it is dave) read on acme-apps
# org-del   delete acme-apps, after its repositories
TABLE = """
who       see  pull pull-pub push new  edit publish delete grant share org  org-gr org-del
nobody    404  404  ok       404  404  404  404     404    404   404   403  404    404
acme      ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    ok   ok     ok
tess      ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    ok   ok     ok
ada       ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    ok   ok     ok
fay       ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    ok   ok     ok
otto      ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    ok   ok     ok
rita      ok   ok   ok       403  403  403  403     403    403   403   403  403    403
alice     ok   ok   ok       ok   ok   ok   ok      ok     ok    ok    403  ok     ok
carol     ok   ok   ok       ok   ok   ok   ok      403    403   403   403  403    403
bob       ok   ok   ok       403  403  403  403     403    403   403   403  403    403
molly     ok   ok   ok       ok   404  ok   ok      ok     ok    ok    403  404    404
wendy     ok   ok   ok       ok   404  ok   ok      403    403   403   403  404    404
rob       ok   ok   ok       403  404  403  403     403    403   403   403  404    404
dave      404  404  ok       404  404  404  404     404    404   404   403  404    404
globex    404  404  ok       404  404  404  404     404    404   404   ok   404    404
mallory   404  404  ok       404  404  404  404     404    404   404   ok   404    404
partner   ok   ok   ok       403  404  403  403     403    403   403   ok   404    404
pat       ok   ok   ok       403  404  403  403     403    403   403   403  404    404
former    404  404  ok       404  404  404  404     404    404   404   ok   404    404
fred      404  404  ok       404  404  404  404     404    404   404   403  404    404
"""
Do = Callable[[Actor, Stage], object]


def see(actor: Actor, stage: Stage) -> None:
    if not policy.visible_to(actor).filter(path="acme-apps/web").exists():
        raise RepositoryNotFound


def delete_organization(actor: Actor, stage: Stage) -> None:
    for repository in (stage.web, stage.site):
        services.delete_repository(stage.actor("acme"), repository)
    organizations.delete_organization(actor, stage.organization)


def somebody_else(actor: Actor, stage: Stage) -> User:
    return stage.users["dave" if actor.name != "dave" else "molly"]


DO: dict[str, Do] = {
    "see": see,
    "pull": lambda actor, stage: policy.require(actor, Level.READ, stage.web),
    "pull-pub": lambda actor, stage: policy.require(actor, Level.READ, stage.site),
    "push": lambda actor, stage: policy.require(actor, Level.WRITE, stage.web),
    "new": lambda actor, stage: create_repository(actor, stage.organization, "new"),
    "edit": lambda actor, stage: services.update_repository(actor, stage.web, description="New."),
    "publish": lambda actor, stage: services.update_repository(actor, stage.web, is_public=True),
    "delete": lambda actor, stage: services.delete_repository(actor, stage.web),
    "grant": lambda actor, stage: services.grant(
        actor, stage.web, somebody_else(actor, stage), Level.READ
    ),
    "share": lambda actor, stage: services.share(actor, stage.web, "globex", deadline=None),
    "org": lambda actor, _: organizations.create_organization(actor, "new-apps"),
    "org-gr": lambda actor, stage: organizations.grant(
        actor, stage.organization, somebody_else(actor, stage), Level.READ
    ),
    "org-del": delete_organization,
}


def outcome(do: Do, actor: Actor, stage: Stage) -> str:
    """What comes of it; whatever it did is undone."""
    with transaction.atomic():
        try:
            do(actor, stage)
        except SwrError as error:
            return str(int(error.status))
        finally:
            transaction.set_rollback(True)
    return "ok"


HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_who_may_do_what(stage: Stage, row: list[str]) -> None:
    who, *expected = row
    actor = stage.actor(who)
    found = {what: outcome(DO[what], actor, stage) for what in HEAD[1:]}
    assert found == dict(zip(HEAD[1:], expected, strict=True))


# What is in the token of who asks for all: p pull, w push, d delete, * the whole, - nothing.
# web       acme-apps/web            site     acme-apps/site, public
# new       acme-apps/new            free     free-apps/new, whose organization does not exist
# other     globex-apps/web, private
TOKENS = """
who       web   site  new  free other
nobody    -     p     -    -    -
acme      pwd*  pwd*  pw   pw   -
tess      pwd*  pwd*  pw   pw   -
ada       pwd*  pwd*  pw   pw   -
fay       pwd*  pwd*  pw   pw   -
otto      pwd*  pwd*  pw   pw   -
rita      p     p     p    -    -
alice     pwd*  pwd*  pw   -    -
carol     pw    pw    pw   -    -
bob       p     p     p    -    -
molly     pwd*  p     -    -    -
wendy     pw    p     -    -    -
rob       p     p     -    -    -
dave      -     p     -    -    -
globex    -     p     -    pw   pwd*
mallory   -     p     -    pw   pwd*
partner   p     p     -    pw   -
pat       p     p     -    -    -
former    -     p     -    pw   -
fred      -     p     -    -    -
"""
TOKEN_HEAD, *TOKEN_ROWS = (line.split() for line in TOKENS.strip().splitlines())
PATHS = {
    "web": "acme-apps/web",
    "site": "acme-apps/site",
    "new": "acme-apps/new",
    "free": "free-apps/new",
    "other": "globex-apps/web",
}
LETTERS = {"pull": "p", "push": "w", "delete": "d", "*": "*"}


def letters(actions: frozenset[str]) -> str:
    return "".join(letter for action, letter in LETTERS.items() if action in actions) or "-"


@pytest.mark.parametrize("row", TOKEN_ROWS, ids=lambda row: row[0])
def test_what_is_in_whose_token(stage: Stage, row: list[str]) -> None:
    who, *expected = row
    create_repository(stage.actor("globex"), stage.foreign, "web")
    answer = Wire().get(
        "/swr/auth/v2/registry/auth",
        params={"scope": [f"repository:{path}:pull,push,delete,*" for path in PATHS.values()]},
        auth=None if who == "nobody" else (stage.login(who), PASSWORD),
    )
    claims = tokens.verify(answer.json()["token"], now=time.time())
    held = {access.name: access.actions for access in claims.access}
    found = {what: letters(held.get(path, frozenset())) for what, path in PATHS.items()}
    assert found == dict(zip(TOKEN_HEAD[1:], expected, strict=True))


def test_everybody_stands_in_the_tables(stage: Stage) -> None:
    everybody = {*stage.users, "nobody"}
    assert {row[0] for row in ROWS} == {row[0] for row in TOKEN_ROWS} == everybody
