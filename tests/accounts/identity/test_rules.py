import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity import rules
from swr.errors import InvalidName, WeakPassword

pytestmark = pytest.mark.pure

HOSTILE = [
    "",
    " ",
    " admin",
    "admin ",
    "admin\n",
    "admin\0",
    "a" * 65,
    "a/b",
    "a@b",
    "a:b",
    "a,b",
    "аdmin",  # noqa: RUF001  Cyrillic
    "ａｄｍｉｎ",  # noqa: RUF001  full width
    "admın",  # noqa: RUF001  Turkish
    "ad\u202emin",
    "ad\u200bmin",
    "é",
    "😀",
    "..",
    ".",
    "a\tb",
    "١٢٣",
]


@pytest.mark.parametrize("name", ["a", "Acme", "acme-1", "a.b_c d", "1und1", "9", "a" * 64])
def test_an_account_may_be_called(name: str) -> None:
    rules.check_account_name(name)


@pytest.mark.parametrize("name", [*HOSTILE, "-x", "_x", ".x"])
def test_no_account_may_be_called(name: str) -> None:
    with pytest.raises(InvalidName):
        rules.check_account_name(name)


@pytest.mark.parametrize("name", ["b", "Bob", "bob smith", "_robot", "-x", ".x9", "b" * 64])
def test_a_user_may_be_called(name: str) -> None:
    rules.check_user_name(name)


@pytest.mark.parametrize("name", [*HOSTILE, "1bob", "9", "---", "_"])
def test_no_user_may_be_called(name: str) -> None:
    with pytest.raises(InvalidName):
        rules.check_user_name(name)


@pytest.mark.parametrize("name", ["SWR ReadOnlyAccess", "devs", "9 to 5", "g" * 128])
def test_a_group_may_be_called(name: str) -> None:
    rules.check_group_name(name)


@pytest.mark.parametrize("name", ["", " a", "a ", "a/b", "g" * 129, "a\n", "аdmins"])  # noqa: RUF001
def test_no_group_may_be_called(name: str) -> None:
    with pytest.raises(InvalidName):
        rules.check_group_name(name)


@given(st.text())
def test_no_name_holds_what_parts_names(name: str) -> None:
    for check in (rules.check_account_name, rules.check_user_name):
        try:
            check(name)
        except InvalidName:
            continue
        assert name.isascii()
        assert not set(name) & set("/@:\n\0")


@pytest.mark.parametrize(
    "password",
    [
        "abcdefg1",
        "Abcdefgh",
        "correct horse battery",
        "a1" * 64,
        "密码密码密码a1",
        "£££££££1",
    ],
)
def test_a_password_that_will_do(password: str) -> None:
    rules.check_password(password, name="bob")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short1",
        "abcdefgh",
        "12345678",
        "--------",
        "a1" * 65,
        "with\0null1",
        "with\nline1",
        "lone\ud800surrogate1",
    ],
)
def test_a_password_that_will_not_do(password: str) -> None:
    with pytest.raises(WeakPassword):
        rules.check_password(password, name="bob")


@pytest.mark.parametrize("password", ["Bob Smith", "bob smith", "BOB SMITH"])
def test_the_name_is_no_password(password: str) -> None:
    with pytest.raises(WeakPassword):
        rules.check_password(password, name="Bob Smith")


@pytest.mark.parametrize(
    ("login", "parts"),
    [
        ("acme", ("acme", "acme")),
        ("acme/bob", ("acme", "bob")),
        ("acme/", ("acme", "")),
        ("/bob", ("", "bob")),
        ("a/b/c", ("a", "b/c")),
        ("", ("", "")),
    ],
)
def test_a_login_names_an_account_and_a_user(login: str, parts: tuple[str, str]) -> None:
    assert rules.split(login) == parts
