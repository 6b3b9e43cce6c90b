"""What a container client does: log in, push blobs and manifests, pull."""

import base64
import hashlib
import json
from urllib.parse import urlencode, urlsplit

from bench.connection import Answer, Connection
from bench.content import Content

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
OCTETS = {"Content-Type": "application/octet-stream"}
OK, CREATED, ACCEPTED = 200, 201, 202


def token(port: int, account: str, password: str, scopes: list[str]) -> str:
    """Ask the token service for a bearer token, as a client does after a 401."""
    credentials = base64.b64encode(f"{account}:{password}".encode()).decode()
    query = urlencode([("service", "dockyard"), *(("scope", scope) for scope in scopes)])
    with Connection(port, {"Authorization": f"Basic {credentials}"}) as connection:
        answer = connection.request("GET", f"/swr/auth/v2/registry/auth?{query}", expect=OK)
    return str(json.loads(answer.body)["token"])


def push_chunked(connection: Connection, repository: str, content: Content) -> None:
    """POST, PATCH with a chunked body, PUT: the way of the Docker engine."""
    target = _location(_start(connection, repository))
    headers = {"Transfer-Encoding": "chunked", **OCTETS}
    answer = connection.stream(
        "PATCH", target, expect=ACCEPTED, headers=headers, blocks=content.chunks()
    )
    connection.request("PUT", _closing(answer, content), expect=CREATED)


def push_whole(connection: Connection, repository: str, content: Content) -> None:
    """POST, then PUT with everything: the monolithic way."""
    target = _closing(_start(connection, repository), content)
    headers = {"Content-Length": str(content.size), **OCTETS}
    connection.stream("PUT", target, expect=CREATED, headers=headers, blocks=content.blocks())


def pull(connection: Connection, repository: str, digest: str, buffer: bytearray) -> int:
    return connection.download(f"/v2/{repository}/blobs/{digest}", buffer)


def manifest(layers: list[Content], *, config: Content, note: str) -> bytes:
    """Write an image manifest; another note makes another digest."""
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _descriptor(CONFIG, config),
        "layers": [_descriptor(LAYER, layer) for layer in layers],
        "annotations": {"bench.note": note},
    }
    return json.dumps(document, indent=2).encode()


def digest_of(payload: bytes) -> str:
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def put_manifest(connection: Connection, repository: str, tag: str, payload: bytes) -> None:
    target = f"/v2/{repository}/manifests/{tag}"
    kind = {"Content-Type": MANIFEST}
    connection.request("PUT", target, expect=CREATED, headers=kind, body=payload)


def _start(connection: Connection, repository: str) -> Answer:
    return connection.request("POST", f"/v2/{repository}/blobs/uploads/", expect=ACCEPTED)


def _location(answer: Answer) -> str:
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _closing(answer: Answer, content: Content) -> str:
    location = _location(answer)
    joint = "&" if "?" in location else "?"
    return f"{location}{joint}{urlencode({'digest': content.digest})}"


def _descriptor(kind: str, content: Content) -> dict[str, str | int]:
    return {"mediaType": kind, "digest": content.digest, "size": content.size}
