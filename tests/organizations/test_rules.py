import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations import rules
from swr.errors import InvalidOrganizationName
from tests.names import NAMES

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "group-dev",
        "a--b",
        "a__b",
        "my.project",
        "a1",
        "a" * 64,
        "api",
        "swr",
        "token",
        "blobs",
    ],
)
def test_names_that_swr_takes(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize("name", [*NAMES, "1a", "a/b", "a" * 65])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidOrganizationName) as caught:
        rules.check_name(name)
    assert "1 to 64" in caught.value.advice


@pytest.mark.parametrize("name", ["manage", "library", "v2", "v3", "admin", "static", "_catalog"])
def test_reserved_names_say_that_they_are(name: str) -> None:
    with pytest.raises(InvalidOrganizationName, match=f"{name} is reserved"):
        rules.check_name(name)


@given(st.from_regex(r"[a-z][a-z0-9]{0,20}((\.|_|__|-{1,3})[a-z0-9]{1,9}){0,3}", fullmatch=True))
def test_every_name_of_the_grammar_is_taken(name: str) -> None:
    if name not in rules.RESERVED:
        rules.check_name(name)


@given(st.text(max_size=70))
def test_whatever_is_taken_is_plain_and_short(name: str) -> None:
    try:
        rules.check_name(name)
    except InvalidOrganizationName:
        return
    assert 1 <= len(name) <= 64
    assert name == name.lower()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert not any(twice in name for twice in ("..", "___", "._", "_.", "-.", ".-", "-_", "_-"))


@given(st.integers(1, 5000))
def test_long_names_are_refused_at_once(times: int) -> None:
    with pytest.raises(InvalidOrganizationName):
        rules.check_name("a-" * (32 + times))
