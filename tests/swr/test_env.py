import pytest

from swr import env

pytestmark = pytest.mark.pure

PASSWORD = "do-not-show-this"


@pytest.fixture
def given(monkeypatch):
    def set_to(value: str, name: str = "SWR_X") -> None:
        monkeypatch.setenv(name, value)

    return set_to


def problem(call, *arguments, **named) -> str:
    with pytest.raises(env.WrongSetting) as raised:
        call(*arguments, **named)
    return str(raised.value)


def test_an_empty_setting_counts_as_unset(given):
    given("  ")
    assert env.text("SWR_X", "default") == "default"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:8080", ("::1", 8080)),
        ("registry.local:65535", ("registry.local", 65535)),
    ],
)
def test_an_address_is_a_host_and_a_port(given, value, expected):
    given(value)
    assert env.address("SWR_X", "") == expected


@pytest.mark.parametrize(
    "value", ["8080", ":8080", "host", "host:", "host:0", "host:65536", "host:x", "::1:80", "h:²"]
)
def test_a_bad_address_is_named(given, value):
    given(value)
    assert problem(env.address, "SWR_X", "").startswith("SWR_X: must be like 127.0.0.1:8080")


@pytest.mark.parametrize("value", ["https://r.example.com", "http://r:8080/", "http://[::1]:80"])
def test_an_origin_is_an_address_without_a_path(given, value):
    given(value)
    assert env.origin("SWR_X", "").geturl() == value.rstrip("/")


@pytest.mark.parametrize(
    "value",
    ["r.example.com", "ftp://r", "http://", "http://r/path", "http://u:p@r", "http://r?q", "http://[",
     "http://r:99999", "http://r:x"],
)  # fmt: skip
def test_a_bad_origin_is_named(given, value):
    given(value)
    assert problem(env.origin, "SWR_X", "").startswith("SWR_X: ")


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("0", False), ("TRUE", True)])
def test_a_flag_is_true_or_false(given, value, expected):
    given(value)
    assert env.flag("SWR_X") is expected


def test_what_is_no_flag_number_choice_or_network_is_named(given):
    given("perhaps")
    assert problem(env.flag, "SWR_X").startswith("SWR_X: must be true or false")
    assert problem(env.number, "SWR_X", 1).startswith("SWR_X: must be a whole number")
    assert problem(env.choice, "SWR_X", "a", ["a", "b"]).startswith("SWR_X: must be one of a, b")
    assert problem(env.networks, "SWR_X").startswith("SWR_X: must hold addresses")
    assert problem(env.matching, "SWR_X", "", "[0-9]+", like="12").startswith("SWR_X: must be like")


def test_a_number_too_small_is_named(given):
    given("-1")
    assert problem(env.number, "SWR_X", 1) == "SWR_X: must be at least 0, not -1."


def test_a_secret_may_lie_in_a_file(given, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    given(str(file), "SWR_X_FILE")
    assert env.secret("SWR_X") == "from the file"


def test_a_secret_file_that_is_missing_empty_or_one_too_many_is_named(given, tmp_path):
    given(str(tmp_path / "none"), "SWR_X_FILE")
    assert problem(env.secret, "SWR_X").startswith("SWR_X_FILE: cannot be read")
    (tmp_path / "none").touch()
    assert "is empty" in problem(env.secret, "SWR_X")
    given("here too")
    assert "keep one of them" in problem(env.secret, "SWR_X")


def test_a_kept_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "deep" / "key"
    made = env.kept_secret("SWR_X", path, at_least=32)
    assert len(made) >= 32
    assert env.kept_secret("SWR_X", path, at_least=32) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["key"]


def test_a_given_secret_is_not_kept(given, tmp_path):
    given("s" * 32)
    assert env.kept_secret("SWR_X", tmp_path / "key", at_least=32) == "s" * 32
    assert not (tmp_path / "key").exists()


def test_a_secret_too_short_or_lost_is_named(given, tmp_path):
    (tmp_path / "key").touch()
    assert "restore it from a backup" in problem(
        env.kept_secret, "SWR_X", tmp_path / "key", at_least=32
    )
    given("short")
    assert "at least 32" in problem(env.kept_secret, "SWR_X", tmp_path / "key", at_least=32)


def test_a_data_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "data").touch()
    assert problem(env.kept_secret, "SWR_X", tmp_path / "data" / "key", at_least=32).startswith(
        "SWR_DATA_DIR: cannot be used"
    )


def test_a_database_is_read_from_its_address(given):
    given("postgresql://swr:p%40ss@db:5433/registry")
    found = env.database("SWR_X")
    assert found is not None
    assert (found["HOST"], found["NAME"], found["PASSWORD"]) == ("db", "registry", "p@ss")


def test_without_an_address_there_is_no_database():
    assert env.database("SWR_X", "SWR_Y") is None


@pytest.mark.parametrize(
    "value",
    [f"mysql://u:{PASSWORD}@h/x", f"postgres://u:{PASSWORD}@h:port/x", f"postgres://u:{PASSWORD}@h",
     f"postgres://u:{PASSWORD}@[h/x", "sqlite://:memory:", PASSWORD],
)  # fmt: skip
def test_a_bad_database_address_is_named_and_not_shown(given, value):
    given(value)
    said = problem(env.database, "SWR_X")
    assert said.startswith("SWR_X: must be like postgresql://")
    assert PASSWORD not in said


def test_a_bad_redis_address_is_named_and_not_shown(given):
    given(f"amqp://u:{PASSWORD}@h")
    said = problem(env.redis, "SWR_X")
    assert said.startswith("SWR_X: must be like redis://")
    assert PASSWORD not in said


def test_an_unknown_setting_is_reported_with_its_nearest_name(given):
    env.text("SWR_LISTEN")
    given("1", "SWR_LISTN")
    assert "SWR_LISTN: no such setting. Did you mean SWR_LISTEN?" in env.unknown()


def test_the_environment_of_a_program_lacks_what_it_does_not_need(given):
    given("x", "SWR_X_FILE")
    assert "SWR_X_FILE" not in env.inherited(without="SWR_X")
