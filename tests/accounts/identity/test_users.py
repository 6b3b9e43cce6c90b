import pytest

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from swr.errors import InvalidName, NameTaken, NotAllowed, UserNotFound, WeakPassword
from tests.accounts.people import OPERATOR, PASSWORD, actor_of

pytestmark = pytest.mark.django_db


def test_the_owner_creates_users_in_groups(acme: Account, owner: User) -> None:
    readers = acme.user_groups.get(name="SWR ReadOnlyAccess")
    carol = identity.create_user(
        actor_of(owner), acme, "carol", password=PASSWORD, groups=[readers], description="QA"
    )
    assert (carol.is_owner, carol.is_superuser, carol.description) == (False, False, "QA")
    assert list(readers.members.all()) == [carol]
    trace = Trace.objects.get(name="createUser", resource_name="carol")
    assert (trace.user_name, trace.detail) == ("acme", {"account": "acme"})


@pytest.mark.parametrize("name", ["bob", "Bob", "acme", "ACME"])
def test_a_name_is_taken_in_any_case(acme: Account, bob: User, name: str) -> None:
    with pytest.raises(NameTaken):
        identity.create_user(OPERATOR, acme, name, password=PASSWORD)


def test_another_account_may_have_the_same_name(bob: User, globex: Account) -> None:
    assert identity.create_user(OPERATOR, globex, "bob", password=PASSWORD).pk != bob.pk


def test_a_bad_name_or_password_is_refused(acme: Account) -> None:
    with pytest.raises(InvalidName):
        identity.create_user(OPERATOR, acme, "1bob", password=PASSWORD)
    with pytest.raises(WeakPassword):
        identity.create_user(OPERATOR, acme, "carol smith", password="carol smith")


def test_a_group_of_another_account_is_refused_and_nothing_is_left(
    acme: Account, globex: Account
) -> None:
    foreign = globex.user_groups.get(name="SWR Admin")
    with pytest.raises(UserNotFound):
        identity.create_user(OPERATOR, acme, "carol", password=PASSWORD, groups=[foreign])
    assert not acme.users.filter(name="carol").exists()


def test_no_member_not_even_a_tenant_administrator_manages_users(acme: Account, bob: User) -> None:
    identity.add_member(OPERATOR, acme.user_groups.get(name="Tenant Administrator"), bob)
    with pytest.raises(NotAllowed):
        identity.create_user(actor_of(bob), acme, "carol", password=PASSWORD)


def test_no_stranger_and_nobody_does(acme: Account, globex: Account, bob: User) -> None:
    stranger = actor_of(globex.users.get(is_owner=True))
    for actor in (stranger, Actor.anonymous("api")):
        with pytest.raises(NotAllowed):
            identity.create_user(actor, acme, "carol", password=PASSWORD)
        with pytest.raises(NotAllowed):
            identity.set_password(actor, bob, "another horse 1")
        with pytest.raises(NotAllowed):
            identity.set_user_enabled(actor, bob, enabled=False)
        with pytest.raises(NotAllowed):
            identity.delete_user(actor, bob)
        with pytest.raises(NotAllowed):
            identity.describe_user(actor, bob, description="mine")


def test_an_actor_whose_user_was_disabled_meanwhile_may_nothing(acme: Account, owner: User) -> None:
    actor = actor_of(owner)
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    with pytest.raises(NotAllowed):
        identity.create_user(actor, acme, "carol", password=PASSWORD)


def test_everybody_sets_his_own_password(bob: User) -> None:
    identity.set_password(actor_of(bob), bob, "another horse 1")
    bob.refresh_from_db()
    assert bob.check_password("another horse 1")
    trace = Trace.objects.get(name="updateUserPassword")
    assert "another" not in str(trace.detail)


def test_a_weak_new_password_changes_nothing(bob: User) -> None:
    with pytest.raises(WeakPassword):
        identity.set_password(actor_of(bob), bob, "short")
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_the_owner_is_neither_disabled_nor_deleted(owner: User) -> None:
    with pytest.raises(NotAllowed):
        identity.set_user_enabled(OPERATOR, owner, enabled=False)
    with pytest.raises(NotAllowed):
        identity.delete_user(OPERATOR, owner)


def test_deleting_leaves_a_trace_of_who_it_was(owner: User, bob: User) -> None:
    hexed = bob.pk.hex
    identity.delete_user(actor_of(owner), bob)
    trace = Trace.objects.get(name="deleteUser")
    assert (trace.resource_name, trace.resource_id) == ("bob", hexed)


def test_no_owner_makes_operators_and_no_operator_himself(owner: User, bob: User) -> None:
    with pytest.raises(NotAllowed):
        identity.set_operator(actor_of(owner, door="admin"), bob, operator=True)
    identity.set_operator(OPERATOR, owner, operator=True)
    admin = actor_of(owner, door="admin")
    identity.set_operator(admin, bob, operator=True)
    with pytest.raises(NotAllowed):
        identity.set_operator(admin, owner, operator=False)
