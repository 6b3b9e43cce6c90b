"""/admin/: what operators see of organizations, repositories and shares; every change is a verb."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit.models import Trace
from accounts.identity import services as identity
from images.access.models import Share
from images.access.services import share
from images.repositories.models import Repository
from images.repositories.services import create_repository
from organizations.models import Organization
from organizations.services import create_organization
from tests.cast import OPERATOR, Stage

TABLES = ["organizations_organization", "images_repository", "images_share"]
ORGANIZATION, REPOSITORY, SHARE = TABLES


@pytest.fixture
def site(stage: Stage) -> Client:
    """The owner of globex, who is an operator and nobody in acme, at the admin site."""
    return client_of(stage, "globex", operator=True)


def client_of(stage: Stage, name: str, *, operator: bool) -> Client:
    identity.set_operator(OPERATOR, stage.users[name], operator=operator)
    client = Client()
    backend = "accounts.authentication.backends.PasswordBackend"
    client.force_login(stage.users[name], backend=backend)
    return client


def url(table: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{table}_{page}", args=args)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def many(stage: Stage, account: str, count: int) -> None:
    owner = stage.actor(account)
    organization = create_organization(owner, f"{account}-more")
    for number in range(count):
        repository = create_repository(owner, organization, f"app-{number}")
        share(owner, repository, "partner", deadline=None)


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_a_table_costs_the_same_queries_however_long_it_is(
    site: Client, stage: Stage, table: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert site.get(url(table)).status_code == 200
        return len(captured)

    queries()
    many(stage, "acme", 1)
    before = queries()
    many(stage, "former", 20)
    assert queries() == before <= 9


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_searched(site: Client, table: str) -> None:
    assert "acme-apps" in site.get(url(table), {"q": "acme"}).text
    assert "partner" in site.get(url(SHARE), {"q": "partner"}).text
    for odd in ("nothing-is-called-so", "%", "'; --", "\0", "é" * 300):
        assert site.get(url(table), {"q": odd}).status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_nobody_asks_for_columns_that_are_no_filter(site: Client, table: str) -> None:
    for lookup in ("account__users__password__startswith", "user_permissions__user__password"):
        assert site.get(url(table), {lookup: "a"}).status_code in {302, 400}


def test_every_row_opens_and_says_who_holds_what(site: Client, stage: Stage) -> None:
    page = site.get(url(ORGANIZATION, "change", stage.organization.pk)).text
    assert "acme: manage, alice: manage, bob: read, carol: write" in page
    page = site.get(url(REPOSITORY, "change", stage.web.pk)).text
    assert "acme: manage, molly: manage, rob: read, wendy: write" in page
    made = Share.objects.get(account__name="partner")
    assert "acme-apps/web" in site.get(url(SHARE, "change", made.pk)).text


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_added_here(site: Client, table: str) -> None:
    assert site.get(url(table, "add")).status_code == 403


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["acme", "alice", "mallory"])
def test_only_operators_come_in(stage: Stage, name: str, table: str) -> None:
    client = client_of(stage, name, operator=False)
    assert client.get(url(table)).status_code == 302
    assert client.post(url(table, "delete", stage.web.pk), {"post": "yes"}).status_code == 302
    assert Repository.objects.count() == 2


# --- writing -----------------------------------------------------------------------------------


def test_a_repository_is_edited_by_the_verb(site: Client, stage: Stage) -> None:
    given = {"is_public": "on", "category": "database", "description": "The shop."}
    response = site.post(url(REPOSITORY, "change", stage.web.pk), given)
    assert response.status_code == 302
    stage.web.refresh_from_db()
    assert (stage.web.is_public, stage.web.category) == (True, "database")
    trace = Trace.objects.get(name="updateImageRepository")
    assert (trace.account_name, trace.user_name) == ("globex", "globex")


def test_a_form_holds_no_other_column(site: Client, stage: Stage) -> None:
    given = {"category": "linux", "path": "globex-apps/web", "organization": stage.foreign.pk}
    site.post(url(REPOSITORY, "change", stage.web.pk), given)
    stage.web.refresh_from_db()
    assert (stage.web.path, stage.web.organization) == ("acme-apps/web", stage.organization)


def test_a_repository_is_deleted_by_the_verb(site: Client, stage: Stage) -> None:
    page = site.get(url(REPOSITORY, "delete", stage.web.pk)).text
    assert "acme-apps/web" in page
    site.post(url(REPOSITORY, "delete", stage.web.pk), {"post": "yes"})
    assert not Repository.objects.filter(path="acme-apps/web").exists()
    assert Trace.objects.filter(name="deleteImageRepository", user_name="globex").exists()


def test_a_share_is_ended_by_the_verb(site: Client) -> None:
    made = Share.objects.get(account__name="partner")
    site.post(url(SHARE, "delete", made.pk), {"post": "yes"})
    assert not Share.objects.filter(pk=made.pk).exists()
    assert Trace.objects.filter(name="deleteImageRepositoryAccessDomain").exists()


def test_an_organization_is_deleted_when_it_is_empty(site: Client, stage: Stage) -> None:
    refused = site.post(url(ORGANIZATION, "delete", stage.organization.pk), {"post": "yes"})
    assert said(refused) == ["The organization cannot be deleted because there are images in it."]
    site.post(url(ORGANIZATION, "delete", stage.foreign.pk), {"post": "yes"})
    assert [row.name for row in Organization.objects.all()] == ["acme-apps"]


def test_several_are_deleted_or_none(site: Client, stage: Stage) -> None:
    both = [stage.foreign.pk, stage.organization.pk]
    given = {"action": "delete_selected", "_selected_action": both, "post": "yes"}
    refused = site.post(url(ORGANIZATION), given)
    assert "images in it" in said(refused)[0]
    assert Organization.objects.count() == 2
