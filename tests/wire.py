"""A client of the wire for tests: speaks HTTP to the WSGI application, in the test's transaction.

It logs in as container engines do: a 401 names the token service, which is asked with the
credentials, once for each scope; nothing is known of how tokens are made.
"""

import hashlib
import json
import re
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import httpx
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from swr.wsgi import application

BASE = "http://registry.test"
PASSWORD = "correct horse 1"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"


def in_the_test(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """As Django's own test client, which undoes it: leave the connection of the test open."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    return application(environ, start_response)


class TokenAuth(httpx.Auth):
    """Answers a bearer challenge with a token for the scopes that it asks for."""

    requires_response_body = True

    def __init__(self, credentials: tuple[str, str] | None) -> None:
        self.credentials = credentials
        self.tokens: dict[str, str] = {}
        self.latest = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        if self.latest:
            request.headers["Authorization"] = f"Bearer {self.latest}"
        response = yield request
        challenge = response.headers.get("WWW-Authenticate", "")
        if response.status_code != 401 or not challenge.startswith("Bearer "):
            return
        asked = dict(_PARAMETER.findall(challenge))
        key = asked.get("scope", "")
        if key not in self.tokens:
            answer = yield self._ask(asked)
            if answer.status_code != 200:
                return
            self.tokens[key] = answer.json()["token"]
        self.latest = self.tokens[key]
        request.headers["Authorization"] = f"Bearer {self.latest}"
        yield request

    def _ask(self, asked: dict[str, str]) -> httpx.Request:
        parameters = [("service", asked["service"])]
        parameters += [("scope", scope) for scope in asked.get("scope", "").split()]
        request = httpx.Request("GET", BASE + "/swr/auth/v2/registry/auth", params=parameters)
        if self.credentials:
            name, password = self.credentials
            request.headers["Authorization"] = httpx._auth.BasicAuth(name, password)._auth_header
        return request


class Wire(httpx.Client):
    """An HTTP client with the few moves that most tests begin with."""

    def __init__(self, login: str | None = None, password: str = PASSWORD) -> None:
        super().__init__(
            base_url=BASE,
            transport=httpx.WSGITransport(app=in_the_test, raise_app_exceptions=True),
            auth=TokenAuth((login, password) if login else None),
        )

    def push_blob(self, name: str, content: bytes, algorithm: str = "sha256") -> str:
        digest = digest_of(content, algorithm)
        where = f"/v2/{name}/blobs/uploads/"
        response = self.post(where, params={"digest": digest}, content=content)
        assert response.status_code == 201, response.text
        return digest

    def push_manifest(
        self, name: str, reference: str, manifest: dict[str, Any] | bytes, media_type: str = ""
    ) -> httpx.Response:
        payload = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        kind = media_type or json.loads(payload).get("mediaType", OCI_MANIFEST)
        return self.put(
            f"/v2/{name}/manifests/{reference}", content=payload, headers={"Content-Type": kind}
        )

    def push_image(self, name: str, tag: str, *layers: bytes, **fields: Any) -> str:
        """Push a config, the layers and a manifest; the manifest's digest."""
        manifest = self.image(name, *layers, **fields)
        response = self.push_manifest(name, tag, manifest)
        assert response.status_code == 201, response.text
        return response.headers["Docker-Content-Digest"]

    def image(self, name: str, *layers: bytes, **fields: Any) -> dict[str, Any]:
        """The manifest of an image whose blobs are pushed."""
        config = json.dumps(
            {"architecture": "amd64", "os": "linux", "layers": len(layers)}
        ).encode()
        for content in (config, *layers):
            self.push_blob(name, content)
        return {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, config),
            "layers": [descriptor(OCI_LAYER, layer) for layer in layers],
            **fields,
        }

    def start(self, name: str, **parameters: str) -> str:
        """Open an upload; its location."""
        response = self.post(f"/v2/{name}/blobs/uploads/", params=parameters)
        assert response.status_code == 202, response.text
        return response.headers["Location"]


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def descriptor(media_type: str, content: bytes, algorithm: str = "sha256") -> dict[str, Any]:
    return {
        "mediaType": media_type,
        "digest": digest_of(content, algorithm),
        "size": len(content),
    }


def code_of(response: httpx.Response) -> str:
    """The one OCI error code of an answer, whose shape is checked on the way."""
    assert response.headers["Content-Type"] == "application/json"
    (error,) = response.json()["errors"]
    assert set(error) == {"code", "message", "detail"}
    assert error["message"]
    return error["code"]


def chunks(*parts: bytes) -> Iterator[bytes]:
    """A body that httpx sends in chunked transfer encoding."""
    yield from parts
