from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.audit.models import Trace
from accounts.identity.models import Account
from accounts.levels import Level
from images.access import policy, rules
from images.access.models import Share
from images.access.services import share, unshare, update_share
from swr.errors import (
    AccountNotFound,
    DescriptionTooLong,
    InvalidShare,
    NotAllowed,
    RepositoryNotFound,
    ShareExists,
    ShareNotFound,
    TooManyShares,
)
from tests.cast import Stage


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def level(stage: Stage, name: str) -> Level:
    return policy.level(stage.actor(name), stage.web)


@pytest.mark.parametrize("name", ["acme", "otto", "alice", "molly"])
def test_a_manager_shares_for_ever_or_until_a_deadline(stage: Stage, name: str) -> None:
    made = share(stage.actor(name), stage.web, "globex", deadline=None, description="For review.")
    assert (made.creator_name, made.description) == (name, "For review.")
    assert level(stage, "mallory") is level(stage, "globex") is Level.READ


def test_a_share_gives_read_and_no_more(stage: Stage) -> None:
    pat = stage.actor("pat")
    for needed in (Level.WRITE, Level.MANAGE):
        with pytest.raises(NotAllowed):
            policy.require(pat, needed, stage.web)
    with pytest.raises(NotAllowed):
        share(pat, stage.web, "globex", deadline=None)
    assert level(stage, "partner") is Level.READ  # the owner of that account is a guest here too


def test_a_lapsed_share_is_renewed(stage: Stage) -> None:
    assert level(stage, "fred") is Level.NONE
    update_share(stage.actor("molly"), stage.web, "former", deadline=tomorrow())
    assert level(stage, "fred") is Level.READ
    update_share(stage.actor("molly"), stage.web, "former", deadline=None)
    assert Share.objects.get(account__name="former").deadline is None


def test_unsharing_takes_effect_at_once(stage: Stage) -> None:
    unshare(stage.actor("alice"), stage.web, "partner")
    assert level(stage, "pat") is Level.NONE
    with pytest.raises(ShareNotFound):
        unshare(stage.actor("alice"), stage.web, "partner")


def test_each_leaves_a_trace(stage: Stage) -> None:
    molly = stage.actor("molly")
    share(molly, stage.web, "globex", deadline=None)
    update_share(molly, stage.web, "globex", deadline=None, description="Still.")
    unshare(molly, stage.web, "globex")
    traces = Trace.objects.filter(user_name="molly").order_by("pk")
    assert [trace.name for trace in traces] == [
        "createImageRepositoryAccessDomain",
        "updateImageRepositoryAccessDomain",
        "deleteImageRepositoryAccessDomain",
    ]
    assert {trace.detail["access_domain"] for trace in traces} == {"globex"}


def test_only_private_repositories_are_shared(stage: Stage) -> None:
    with pytest.raises(InvalidShare, match="public"):
        share(stage.actor("acme"), stage.site, "globex", deadline=None)


def test_not_with_the_own_account(stage: Stage) -> None:
    with pytest.raises(InvalidShare, match="own"):
        share(stage.actor("acme"), stage.web, "acme", deadline=None)


@pytest.mark.parametrize("name", ["missing", "", "Globex", "globex ", "glo\x00bex", "g" * 500])
def test_not_with_an_account_that_does_not_exist(stage: Stage, name: str) -> None:
    with pytest.raises(AccountNotFound):
        share(stage.actor("acme"), stage.web, name, deadline=None)
    with pytest.raises(ShareNotFound):
        update_share(stage.actor("acme"), stage.web, name, deadline=None)
    with pytest.raises(ShareNotFound):
        unshare(stage.actor("acme"), stage.web, name)


def test_not_twice(stage: Stage) -> None:
    with pytest.raises(ShareExists):
        share(stage.actor("acme"), stage.web, "partner", deadline=None)
    with pytest.raises(ShareExists):  # nor beside one that has run out: it is renewed
        share(stage.actor("acme"), stage.web, "former", deadline=None)


def test_not_into_the_past(stage: Stage) -> None:
    with pytest.raises(InvalidShare, match="passed"):
        share(stage.actor("acme"), stage.web, "globex", deadline=timezone.now())
    with pytest.raises(InvalidShare, match="passed"):
        update_share(
            stage.actor("acme"), stage.web, "partner", deadline=timezone.now() - timedelta(days=1)
        )
    assert level(stage, "pat") is Level.READ


def test_a_description_has_a_limit(stage: Stage) -> None:
    share(stage.actor("acme"), stage.web, "globex", deadline=None, description="a" * 1000)
    with pytest.raises(DescriptionTooLong):
        update_share(
            stage.actor("acme"), stage.web, "globex", deadline=None, description="a" * 1001
        )


def test_with_500_accounts_and_not_501(stage: Stage) -> None:
    others = Account.objects.bulk_create(Account(name=f"a{n}") for n in range(rules.SHARES_LIMIT))
    Share.objects.bulk_create(
        Share(repository=stage.web, account=account) for account in others[2:]
    )
    with pytest.raises(TooManyShares):
        share(stage.actor("acme"), stage.web, "a0", deadline=None)
    with pytest.raises(ShareExists):
        share(stage.actor("acme"), stage.web, "partner", deadline=None)
    unshare(stage.actor("acme"), stage.web, "former")
    share(stage.actor("acme"), stage.web, "a0", deadline=None)


@pytest.mark.parametrize("name", ["carol", "wendy", "bob", "rob", "rita", "pat"])
def test_members_without_manage_share_nothing(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        share(stage.actor(name), stage.web, "globex", deadline=None)
    with pytest.raises(NotAllowed):
        unshare(stage.actor(name), stage.web, "partner")


@pytest.mark.parametrize("name", ["dave", "mallory", "fred", "nobody"])
def test_strangers_find_no_repository_to_share(stage: Stage, name: str) -> None:
    with pytest.raises(RepositoryNotFound):
        share(stage.actor(name), stage.web, "globex", deadline=None)
    with pytest.raises(RepositoryNotFound):
        unshare(stage.actor(name), stage.web, "partner")
