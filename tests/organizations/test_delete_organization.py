import pytest

from accounts.audit.models import Trace
from images.access.services import delete_repository
from organizations.models import Organization, OrganizationUserObjectPermission
from organizations.services import create_organization, delete_organization
from swr.errors import NotAllowed, OrganizationNotEmpty, OrganizationNotFound
from tests.cast import Stage


@pytest.fixture
def empty(stage: Stage) -> Organization:
    for repository in (stage.web, stage.site):
        delete_repository(stage.actor("acme"), repository)
    return stage.organization


def test_a_manager_deletes_it_with_its_grants(stage: Stage, empty: Organization) -> None:
    delete_organization(stage.actor("alice"), empty)
    assert not Organization.objects.filter(name="acme-apps").exists()
    left = OrganizationUserObjectPermission.objects.filter(user=stage.users["alice"])
    assert not left.exists()
    trace = Trace.objects.get(name="deleteUserNamespace")
    assert (trace.user_name, trace.resource_name) == ("alice", "acme-apps")
    assert trace.resource_id == str(empty.pk)


def test_the_name_is_free_for_anybody_at_once(stage: Stage, empty: Organization) -> None:
    delete_organization(stage.actor("acme"), empty)
    again = create_organization(stage.actor("globex"), "acme-apps")
    assert again.account == stage.accounts["globex"]
    with pytest.raises(OrganizationNotFound):
        delete_organization(stage.actor("alice"), again)


def test_one_with_repositories_is_not_deleted(stage: Stage) -> None:
    with pytest.raises(OrganizationNotEmpty):
        delete_organization(stage.actor("acme"), stage.organization)
    assert OrganizationUserObjectPermission.objects.exists()


@pytest.mark.parametrize("name", ["carol", "bob", "rita"])
def test_members_without_the_level_do_not(stage: Stage, empty: Organization, name: str) -> None:
    with pytest.raises(NotAllowed):
        delete_organization(stage.actor(name), empty)
    assert Organization.objects.filter(pk=empty.pk).exists()


@pytest.mark.parametrize("name", ["dave", "mallory", "globex", "pat", "nobody"])
def test_strangers_do_not_find_it(stage: Stage, empty: Organization, name: str) -> None:
    with pytest.raises(OrganizationNotFound):
        delete_organization(stage.actor(name), empty)


def test_deleting_twice_finds_nothing(stage: Stage, empty: Organization) -> None:
    delete_organization(stage.actor("acme"), empty)
    with pytest.raises(OrganizationNotFound):
        delete_organization(stage.actor("acme"), empty)
