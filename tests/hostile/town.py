"""People on a running server, and what they may expect of it after each attack."""

import base64
import json
import secrets
from pathlib import Path
from urllib.parse import urlencode

from tests.hostile import raw
from tests.hostile.raw import Answer, head
from tests.server import Server
from tests.wire import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, descriptor, digest_of

PASSWORD = "correct horse 1"
TOKENS = "/swr/auth/v2/registry/auth"
LAYER = b"a layer that is always there\n" * 1000
ALL = "pull,push,delete"


class Resident:
    """Speaks HTTP by hand; its tokens are asked for once per repository."""

    def __init__(self, port: int, login: str, password: str = PASSWORD) -> None:
        self.port, self.login, self.password = port, login, password
        self.tokens: dict[str, str] = {}

    def token(self, *scopes: str) -> str:
        query = urlencode([("service", "dockyard"), *(("scope", scope) for scope in scopes)])
        basic = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        lines = [f"Authorization: Basic {basic}", "Connection: close"]
        answer = raw.ask(self.port, head("GET", f"{TOKENS}?{query}", *lines))
        assert answer.status_code == 200, answer.text
        return str(json.loads(answer.content)["token"])

    def bearer(self, name: str) -> str:
        if name not in self.tokens:
            self.tokens[name] = self.token(f"repository:{name}:{ALL}")
        return f"Authorization: Bearer {self.tokens[name]}"

    def head(self, method: str, name: str, path: str, *lines: str) -> bytes:
        """The head of a request about the repository; ``path`` may be a whole location."""
        whole = path if path.startswith("/") else f"/v2/{name}/{path}"
        return head(method, whole, self.bearer(name), *lines)

    def ask(self, method: str, name: str, path: str, *lines: str, content: bytes = b"") -> Answer:
        lines = (*lines, f"Content-Length: {len(content)}", "Connection: close")
        request = self.head(method, name, path, *lines) + content
        return raw.ask(self.port, request, method=method)

    def start(self, name: str) -> str:
        """Open an upload; its location."""
        answer = self.ask("POST", name, "blobs/uploads/")
        assert answer.status_code == 202, answer.text
        self.tokens.pop(name)  # the repository may be new: the next token knows it
        return answer.headers["Location"]

    def resume(self, name: str, where: str, whole: bytes) -> None:
        """Go on as clients do: ask for the status, send the rest, and again while it moves."""
        for _ in range(20):
            last = int(self.ask("GET", name, where).headers["Range"].removeprefix("0-"))
            begin = last + 1 if last else 0
            assert begin <= len(whole)
            span = f"Content-Range: {begin}-{len(whole) - 1}"
            if begin == len(whole):
                break
            answer = self.ask("PATCH", name, where, span, content=whole[begin:])
            assert answer.status_code in {202, 409, 416}, answer.text
        answer = self.ask("PUT", name, f"{where}?digest={digest_of(whole)}")
        assert answer.status_code == 201, answer.text

    def push_blob(self, name: str, content: bytes) -> str:
        digest = digest_of(content)
        answer = self.ask("POST", name, f"blobs/uploads/?digest={digest}", content=content)
        assert answer.status_code == 201, answer.text
        return digest

    def image(self, name: str, *layers: bytes) -> bytes:
        """A manifest whose blobs are pushed."""
        config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
        for content in (config, *layers):
            self.push_blob(name, content)
        named = [descriptor(OCI_LAYER, layer) for layer in layers]
        manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": named}
        return json.dumps(manifest | {"config": descriptor(OCI_CONFIG, config)}).encode()

    def push(self, name: str, reference: str, manifest: bytes) -> Answer:
        kind = f"Content-Type: {OCI_MANIFEST}"
        return self.ask("PUT", name, f"manifests/{reference}", kind, content=manifest)

    def pull(self, name: str, path: str) -> Answer:
        return self.ask("GET", name, path)

    def tags(self, name: str) -> list[str]:
        found: list[str] = json.loads(self.pull(name, "tags/list").content)["tags"]
        return found


class Town:
    """``owner`` owns the organization hooli-apps, ``stranger`` another account."""

    def __init__(self, server: Server) -> None:
        for account in ("hooli", "piper"):
            server.run_command("create_account", account, "--password-stdin", stdin=PASSWORD)
        self.server, self.port = server, server.port
        self.owner, self.stranger = Resident(self.port, "hooli"), Resident(self.port, "piper")
        self.always = "hooli-apps/always"
        manifest = self.owner.image(self.always, LAYER)
        assert self.owner.push(self.always, "1", manifest).status_code == 201
        self.owner.tokens.clear()

    def somewhere(self) -> str:
        """A repository that is not there yet."""
        return f"hooli-apps/{secrets.token_hex(6)}"

    def check(self, *, logged: int) -> None:
        """The server lives, serves, and has kept our secrets since the log had that length."""
        status, body = self.server.ask("/readyz")
        assert status == 200, body
        assert self.owner.pull(self.always, "manifests/1").status_code == 200
        assert self.owner.pull(self.always, f"blobs/{digest_of(LAYER)}").content == LAYER
        log = self.server.read_log()[logged:]
        assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:4000]
        told = [secret for secret in self.secrets() if secret in log]
        assert told == []

    def secrets(self) -> list[str]:
        people = (self.owner, self.stranger)
        tokens = [token for one in people for token in one.tokens.values()]
        key = Path(self.server.data_dir / "secret_key").read_text().strip()
        return [PASSWORD, self.server.admin_password, key, *tokens]

    def memory(self) -> int:
        """How many bytes the server and its children have in memory."""
        return sum(_resident(pid) for pid in self.server.family())


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmRSS")), "0 0 0")
    return int(line.split()[1]) * 1024
