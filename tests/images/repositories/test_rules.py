import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.repositories import rules
from swr.errors import InvalidName, InvalidOrganizationName, InvalidRepositoryName
from tests.names import NAMES

pytestmark = pytest.mark.pure

SEGMENT = r"[a-z0-9]{1,9}((\.|_|__|-{1,3})[a-z0-9]{1,9}){0,2}"


@pytest.mark.parametrize(
    "name",
    [
        *["a", "1", "team/app", "a--b", "a---b", "a__b", "my.project", "library", "v2", "manage"],
        *["blobs", "a/blobs/uploads", "a/manifests/x", "a/tags/list", "referrers", "a/referrers/b"],
        *["a" * 128, "/".join("a" * 64)],
    ],
)
def test_names_that_swr_takes(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize(
    "name", [*NAMES, "a//b", "a/-b", "a/.b", "a/_b", "a/../b", "a/./b", "a" * 129, "/" * 100]
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidRepositoryName) as caught:
        rules.check_name(name)
    assert "1 to 128" in caught.value.advice
    with pytest.raises(InvalidRepositoryName):
        rules.split(f"acme/{name}")


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("acme/web", ("acme", "web")),
        ("acme/team/web", ("acme", "team/web")),
        ("a" * 64 + "/" + "b" * 128, ("a" * 64, "b" * 128)),
    ],
)
def test_a_full_name_splits_at_its_first_slash(full_name: str, parts: tuple[str, str]) -> None:
    assert rules.split(full_name) == parts


@pytest.mark.parametrize("full_name", ["", "web", "acme", "a" * 256, "acme/" + "a/" * 125 + "a"])
def test_without_a_slash_or_too_long_it_is_no_repository(full_name: str) -> None:
    with pytest.raises(InvalidRepositoryName):
        rules.split(full_name)


@pytest.mark.parametrize("full_name", ["/web", "Acme/web", "library/web", "manage/web", "1a/web"])
def test_a_wrong_organization_says_so(full_name: str) -> None:
    with pytest.raises(InvalidOrganizationName):
        rules.split(full_name)


@given(st.from_regex(f"{SEGMENT}(/{SEGMENT}){{0,2}}", fullmatch=True))
def test_every_name_of_the_grammar_is_taken(name: str) -> None:
    if len(name) <= 128:
        rules.check_name(name)


@given(st.text(max_size=300) | st.text(alphabet="ab./_-", max_size=140))
def test_whatever_splits_is_plain_and_comes_together_again(text: str) -> None:
    try:
        organization, name = rules.split(text)
    except InvalidName:
        return
    assert f"{organization}/{name}" == text
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789./_-")
    assert all(segment[0].isalnum() and segment[-1].isalnum() for segment in text.split("/"))


@given(st.integers(100, 100_000))
def test_long_names_are_refused_at_once(times: int) -> None:
    with pytest.raises(InvalidRepositoryName):
        rules.split("a/" + "a-" * times + "!")
