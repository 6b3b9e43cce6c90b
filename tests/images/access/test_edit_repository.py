import pytest

from accounts.audit.models import Trace
from images.access.models import Share
from images.access.services import delete_repository, update_repository
from images.repositories.choices import Category
from images.repositories.models import Repository, RepositoryUserObjectPermission
from swr.errors import DescriptionTooLong, NotAllowed, RepositoryNotFound
from tests.cast import Stage


@pytest.mark.parametrize("name", ["acme", "otto", "alice", "carol", "molly", "wendy"])
def test_whoever_may_write_edits_what_is_given(stage: Stage, name: str) -> None:
    before = stage.web.updated_at
    found = update_repository(stage.actor(name), stage.web, category=Category.DATABASE)
    found.refresh_from_db()
    assert (found.category, found.is_public, found.description) == (Category.DATABASE, False, "")
    assert found.updated_at > before


def test_a_description_is_emptied_and_a_repository_made_private_again(stage: Stage) -> None:
    update_repository(stage.actor("carol"), stage.web, description="The shop.", is_public=True)
    update_repository(stage.actor("carol"), stage.web, description="", is_public=False)
    stage.web.refresh_from_db()
    assert (stage.web.description, stage.web.is_public) == ("", False)


def test_editing_leaves_a_trace(stage: Stage) -> None:
    update_repository(stage.actor("carol"), stage.web, is_public=True)
    trace = Trace.objects.get(name="updateImageRepository")
    assert (trace.user_name, trace.resource_name) == ("carol", "acme-apps/web")
    assert trace.detail == {"is_public": True}


def test_too_long_a_description_changes_nothing(stage: Stage) -> None:
    with pytest.raises(DescriptionTooLong):
        update_repository(stage.actor("carol"), stage.web, is_public=True, description="a" * 30_001)
    stage.web.refresh_from_db()
    assert not stage.web.is_public


def test_a_manager_deletes_with_grants_and_shares(stage: Stage) -> None:
    web = stage.web.pk
    delete_repository(stage.actor("molly"), stage.web)
    assert not Repository.objects.filter(pk=web).exists()
    assert not RepositoryUserObjectPermission.objects.filter(content_object=web).exists()
    assert not Share.objects.filter(repository=web).exists()
    trace = Trace.objects.get(name="deleteImageRepository")
    assert (trace.user_name, trace.resource_name) == ("molly", "acme-apps/web")
    assert trace.resource_id == str(web)


@pytest.mark.parametrize("name", ["carol", "wendy", "bob", "rob", "rita", "pat"])
def test_members_without_the_level_do_not(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        delete_repository(stage.actor(name), stage.web)
    assert Repository.objects.count() == 2


@pytest.mark.parametrize("name", ["dave", "mallory", "globex", "fred", "nobody"])
def test_strangers_do_not_find_it(stage: Stage, name: str) -> None:
    with pytest.raises(RepositoryNotFound):
        delete_repository(stage.actor(name), stage.web)
    with pytest.raises(RepositoryNotFound):
        update_repository(stage.actor(name), stage.web, is_public=True)


@pytest.mark.parametrize("name", ["bob", "rob", "rita", "pat"])
def test_readers_do_not_edit(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        update_repository(stage.actor(name), stage.web, is_public=True)


def test_one_that_has_gone_is_not_found(stage: Stage) -> None:
    stale = Repository.objects.select_related("organization").get(pk=stage.web.pk)
    delete_repository(stage.actor("acme"), stage.web)
    with pytest.raises(RepositoryNotFound):
        delete_repository(stage.actor("acme"), stale)
    with pytest.raises(RepositoryNotFound):
        update_repository(stage.actor("acme"), stale, is_public=True)
