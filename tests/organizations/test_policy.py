from typing import Any

import pytest

from accounts.actors import Actor
from accounts.levels import Level
from organizations import policy
from swr.errors import NotAllowed, OrganizationNotFound
from tests.cast import Cast

LEVELS = {
    "nobody": Level.NONE,
    "acme": Level.MANAGE,
    "tess": Level.MANAGE,
    "ada": Level.MANAGE,
    "fay": Level.MANAGE,
    "otto": Level.MANAGE,
    "rita": Level.READ,
    "alice": Level.MANAGE,
    "carol": Level.WRITE,
    "bob": Level.READ,
    "dave": Level.NONE,
    "molly": Level.NONE,
    "rob": Level.NONE,
    "globex": Level.NONE,
    "mallory": Level.NONE,
    "pat": Level.NONE,
}


@pytest.mark.parametrize(("name", "level"), LEVELS.items())
def test_levels(cast: Cast, name: str, level: Level) -> None:
    actor = cast.actor(name)
    assert policy.level(actor, cast.organization) is level
    assert (cast.organization in policy.visible_to(actor)) is (level >= Level.READ)


def test_a_role_and_a_grant_give_the_higher_of_both(cast: Cast) -> None:
    cast.accounts["acme"].user_groups.get(name="SWR ReadOnlyAccess").members.add(
        cast.users["carol"], cast.users["bob"]
    )
    assert policy.level(cast.actor("carol"), cast.organization) is Level.WRITE
    assert policy.level(cast.actor("bob"), cast.organization) is Level.READ


def test_too_low_is_not_allowed_and_none_is_not_found(cast: Cast) -> None:
    policy.require(cast.actor("carol"), Level.WRITE, cast.organization)
    with pytest.raises(NotAllowed):
        policy.require(cast.actor("bob"), Level.WRITE, cast.organization)
    with pytest.raises(OrganizationNotFound):
        policy.require(cast.actor("dave"), Level.READ, cast.organization)


def test_a_role_opens_the_own_account_only(cast: Cast) -> None:
    for name in ("acme", "tess", "rita"):
        assert policy.level(cast.actor(name), cast.foreign) is Level.NONE
        assert cast.foreign not in policy.visible_to(cast.actor(name))


def test_a_job_may_do_everything(cast: Cast) -> None:
    assert policy.level(Actor.system("sync"), cast.organization) is Level.MANAGE
    assert policy.visible_to(Actor.system("sync")).count() == 2


def test_a_withdrawn_role_takes_effect_with_the_next_actor(cast: Cast) -> None:
    cast.users["ada"].user_groups.clear()
    assert policy.level(cast.actor("ada"), cast.organization) is Level.NONE


def test_one_query_decides(cast: Cast, django_assert_num_queries: Any) -> None:
    carol = cast.actor("carol")
    with django_assert_num_queries(1):
        policy.level(carol, cast.organization)
    with django_assert_num_queries(1):
        list(policy.visible_to(carol))
