"""The docs say what is there, and nothing else."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parent.parent
SETTINGS = ROOT / "docs/operations/settings.md"
RUNNING = ROOT / "docs/operations/running.md"
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SECRET_READERS = {"secret", "kept_secret", "database", "redis"}
OURS = {"swr", "accounts", "organizations", "images"}


def asked() -> dict[str, bool]:
    """Every setting that the program reads, and whether it is a secret."""
    tree = ast.parse((ROOT / "swr/settings.py").read_text())
    return {
        argument.value: call.func.attr in SECRET_READERS
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "env"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if re.fullmatch(r"SWR_[A-Z_]+|DATABASE_URL|REDIS_URL", argument.value)
    }


def documented() -> dict[str, bool]:
    rows = re.findall(r"^\| `([A-Z_]+)`( \(secret\))? \|", SETTINGS.read_text(), re.MULTILINE)
    return {name: bool(secret) for name, secret in rows}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_one_exists():
    assert len(asked()) > 20
    assert documented() == asked()


def test_every_command_of_ours_is_documented():
    commands = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    assert "serve" in commands
    text = RUNNING.read_text()
    documented = set(re.findall(r"^\| `([a-z_]+)", text, re.MULTILINE))
    assert documented == commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_exists(page):
    assert set(re.findall(r"`?make ([a-z-]+)`?(?=$|[^\w ]|  )", page.read_text())) <= targets()


def test_every_make_target_explains_itself():
    lines = re.findall(r"^([a-z-]+):.*## \w+", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(lines) == targets()


def test_the_readme_names_what_a_developer_runs():
    text = (ROOT / "README.md").read_text()
    assert all(
        f"make {target}" in text for target in ("run", "test", "test-fast", "check", "bench")
    )


def test_ci_runs_what_the_readme_says():
    text = (ROOT / ".ci/run").read_text()
    assert re.search("^make check", text, re.MULTILINE)
    assert re.search("^make test ", text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_file_that_the_architecture_names_exists():
    named = re.findall(r"`([\w/]+\.(?:py|md|toml))`", (ROOT / "docs/architecture.md").read_text())
    paths = [name for name in named if "/" in name]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
