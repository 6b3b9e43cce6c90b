"""Images made of nothing, as OCI layout folders that every client reads.

folder/
    oci-layout  index.json
    blobs/sha256/<hex>
"""

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def noise(size: int, *, seed: object) -> bytes:
    """Bytes that do not compress, the same for the same seed."""
    return random.Random(str(seed)).randbytes(size)


def tar(files: Mapping[str, bytes | str]) -> bytes:
    """A tar of programs (their content) and symbolic links (where they lead)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            _add(archive, name, content)
    return buffer.getvalue()


def write(folder: Path, *contents: bytes) -> str:
    """An image, called latest, with a layer for each of the contents; its digest."""
    entry = _image(folder, contents, "amd64")
    _describe(folder, entry)
    return str(entry["digest"])


def write_index(folder: Path, *architectures: str) -> str:
    """An index, called latest, of an image for each architecture; its digest."""
    images = [
        _image(folder, [name.encode()], name) | {"platform": {"os": "linux", "architecture": name}}
        for name in architectures
    ]
    entry = _keep(folder, INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": images})
    _describe(folder, entry)
    return str(entry["digest"])


def archive(name: str, *contents: bytes) -> bytes:
    """The same for docker load: a tar of tars."""
    tars = {f"{number}.tar": tar({f"file-{number}": one}) for number, one in enumerate(contents)}
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": list(tars)}]
    config = json.dumps(_config(list(tars.values()), "amd64")).encode()
    return tar(tars | {"config.json": config, "manifest.json": json.dumps(manifest).encode()})


def blobs(folder: Path) -> set[str]:
    """The digests of everything in a layout."""
    return {path.name for path in (folder / "blobs/sha256").iterdir()}


def _image(
    folder: Path, contents: list[bytes] | tuple[bytes, ...], architecture: str
) -> dict[str, Any]:
    tars = [tar({f"file-{number}": content}) for number, content in enumerate(contents)]
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _keep(folder, CONFIG, _config(tars, architecture)),
        "layers": [_keep(folder, LAYER, gzip.compress(each, mtime=0)) for each in tars],
    }
    return _keep(folder, MANIFEST, manifest)


def _config(tars: list[bytes], architecture: str) -> dict[str, Any]:
    return {
        "architecture": architecture,
        "os": "linux",
        "config": {},
        "history": [{"created_by": "nothing"} for _ in tars],
        "rootfs": {"type": "layers", "diff_ids": [_digest(each) for each in tars]},
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes | str) -> None:
    member = tarfile.TarInfo(name)
    if isinstance(content, str):
        member.type, member.linkname = tarfile.SYMTYPE, content
        archive.addfile(member)
        return
    member.size, member.mode = len(content), 0o755
    archive.addfile(member, io.BytesIO(content))


def _describe(folder: Path, entry: dict[str, Any]) -> None:
    named = entry | {"annotations": {"org.opencontainers.image.ref.name": "latest"}}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [named]}
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps(index))


def _keep(folder: Path, media_type: str, thing: bytes | dict[str, Any]) -> dict[str, Any]:
    content = thing if isinstance(thing, bytes) else json.dumps(thing).encode()
    digest = _digest(content)
    path = folder / "blobs" / digest.replace(":", "/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
