import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.registry import scopes
from images.repositories import rules
from tests.names import NAMES

pytestmark = pytest.mark.pure


def read(*texts: str) -> list[str]:
    return [str(scope) for scope in scopes.parse(texts)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("repository:acme/web:pull", "repository:acme/web:pull"),
        ("repository:acme/web:push,pull", "repository:acme/web:pull,push"),
        ("repository:acme/web:*", "repository:acme/web:*"),
        ("repository:acme/a/b/c:pull", "repository:acme/a/b/c:pull"),
        ("repository(plugin):acme/web:pull", "repository:acme/web:pull"),
        ("registry:catalog:*", "registry:catalog:*"),
        ("repository:acme/web:pull,push,delete,admin", "repository:acme/web:pull,push,delete"),
        ("repository:acme/web:pull,pull,,PULL", "repository:acme/web:pull"),
    ],
)
def test_a_scope_is_read(text: str, found: str) -> None:
    assert read(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", ":", "::", ":::", "repository", "repository:acme/web", "repository::pull"],
        *["repository:acme/web:", "repository:acme/web:admin", "repository:acme/web:Pull"],
        *[
            "repository:*:pull",
            "repository:acme/*:pull",
            "repository:web:pull",
            "repository:/:pull",
        ],
        *["repository:acme/web:v1:pull", "repository:host:5000/acme/web:pull"],
        *["repository:acme/../web:pull", "repository:acme//web:pull", "repository:Acme/web:pull"],
        *["repository:library/web:pull", "repository:manage/web:pull"],
        *["Repository:acme/web:pull", "repository(:acme/web:pull", "repo:acme/web:pull"],
        *["registry:*:*", "registry:catalog:", "registry:other:*", "aws:acme/web:pull"],
        *[f"repository:acme/{name}:pull" for name in NAMES if " " not in name],
        "repository:acme/" + "a" * 65_000 + ":pull",
    ],
)
def test_what_is_malformed_or_unknown_is_left_out(text: str) -> None:
    assert read(text) == []
    assert read(text, "repository:acme/web:pull") == ["repository:acme/web:pull"]


def test_several_scopes_come_in_one_text_or_in_several() -> None:
    pull, push = "repository:acme/a:pull", "repository:acme/b:push"
    assert read(f"{pull} {push}") == read(pull, push) == [pull, push]


def test_scopes_of_one_name_become_one() -> None:
    assert read("repository:a/b:pull", "repository:a/b:push") == ["repository:a/b:pull,push"]


def test_the_first_hundred_count() -> None:
    assert len(read(*(f"repository:acme/web-{n}:pull" for n in range(1000)))) == 100


@given(st.lists(st.text(max_size=60) | st.text(alphabet="repository:ab/,pul* ", max_size=60)))
def test_whatever_is_read_is_good(texts: list[str]) -> None:
    for scope in scopes.parse(texts):
        assert scope.actions <= {"pull", "push", "delete", "*"}
        assert scope.is_repository or scope.name == "catalog"
        if scope.is_repository:
            rules.split(scope.name)
