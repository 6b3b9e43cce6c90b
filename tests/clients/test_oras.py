"""oras, the Python client: artifacts of files."""

import pytest
from oras.client import OrasClient

pytestmark = pytest.mark.clients

TYPE = "application/vnd.example.note"


@pytest.fixture
def oras(server, owner, tmp_path, monkeypatch) -> OrasClient:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")  # it would ask an engine to log in
    client = OrasClient(server.host, insecure=True)
    client.login(
        owner.name, owner.password, hostname=server.host, config_path=str(tmp_path / "config.json")
    )
    return client


def test_files_are_pushed_and_pulled_as_an_artifact(oras, image, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("ahoy")
    (tmp_path / "empty.txt").touch()

    pushed = oras.push(f"{image}:1", files=[f"note.txt:{TYPE}", "empty.txt"], quiet=True)
    pulled = oras.pull(f"{image}:1", outdir=str(tmp_path / "back"))

    assert pushed.status_code == 201
    assert len(pulled) == 2
    assert (tmp_path / "back/note.txt").read_text() == "ahoy"
    assert (tmp_path / "back/empty.txt").read_bytes() == b""


def test_a_folder_is_pushed_in_chunks(oras, image, tmp_path) -> None:
    (tmp_path / "cargo").mkdir()
    (tmp_path / "cargo/file").write_bytes(bytes(range(256)) * 1000)

    oras.push(f"{image}:1", files=["cargo"], do_chunked=True, chunk_size=100, quiet=True)
    oras.pull(f"{image}:1", outdir=str(tmp_path / "back"))

    assert (tmp_path / "back/cargo/file").read_bytes() == bytes(range(256)) * 1000


def test_tags_are_listed(oras, image, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("ahoy")
    for tag in ("2", "1"):
        oras.push(f"{image}:{tag}", files=["note.txt"], quiet=True)

    assert oras.get_tags(str(image)) == ["1", "2"]


def test_a_missing_artifact_is_named(oras, image) -> None:
    with pytest.raises(ValueError, match="Not Found"):
        oras.pull(f"{image}:none")
