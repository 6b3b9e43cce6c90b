import pytest

from accounts.audit.models import Trace
from images.access.services import delete_repository
from organizations.models import Organization, OrganizationUserObjectPermission
from organizations.services import create_organization, delete_organization
from swr.errors import NotAllowed, OrganizationNotEmpty, OrganizationNotFound
from tests.cast import Cast


@pytest.fixture
def empty(cast: Cast) -> Organization:
    for repository in (cast.web, cast.site):
        delete_repository(cast.actor("acme"), repository)
    return cast.organization


def test_a_manager_deletes_it_with_its_grants(cast: Cast, empty: Organization) -> None:
    delete_organization(cast.actor("alice"), empty)
    assert not Organization.objects.exists()
    assert not OrganizationUserObjectPermission.objects.exists()
    trace = Trace.objects.get(name="deleteUserNamespace")
    assert (trace.user_name, trace.resource_name) == ("alice", "acme-apps")
    assert trace.resource_id == str(empty.pk)


def test_the_name_is_free_for_anybody_at_once(cast: Cast, empty: Organization) -> None:
    delete_organization(cast.actor("acme"), empty)
    again = create_organization(cast.actor("globex"), "acme-apps")
    assert again.account == cast.accounts["globex"]
    with pytest.raises(OrganizationNotFound):
        delete_organization(cast.actor("alice"), again)


def test_one_with_repositories_is_not_deleted(cast: Cast) -> None:
    with pytest.raises(OrganizationNotEmpty):
        delete_organization(cast.actor("acme"), cast.organization)
    assert OrganizationUserObjectPermission.objects.exists()


@pytest.mark.parametrize("name", ["carol", "bob", "rita"])
def test_members_without_the_level_do_not(cast: Cast, empty: Organization, name: str) -> None:
    with pytest.raises(NotAllowed):
        delete_organization(cast.actor(name), empty)
    assert Organization.objects.exists()


@pytest.mark.parametrize("name", ["dave", "mallory", "globex", "pat", "nobody"])
def test_strangers_do_not_find_it(cast: Cast, empty: Organization, name: str) -> None:
    with pytest.raises(OrganizationNotFound):
        delete_organization(cast.actor(name), empty)


def test_deleting_twice_finds_nothing(cast: Cast, empty: Organization) -> None:
    delete_organization(cast.actor("acme"), empty)
    with pytest.raises(OrganizationNotFound):
        delete_organization(cast.actor("acme"), empty)
