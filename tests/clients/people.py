"""Who logs in, and where they push."""

from dataclasses import dataclass, replace

from tests.clients.programs import Program


@dataclass(frozen=True)
class Person:
    name: str
    password: str

    def log_in(self, client: Program, host: str, *command: str) -> str:
        """What the client says; nearly all of them take the same flags."""
        return client(
            *command, "--username", self.name, "--password-stdin", host, stdin=self.password
        )


@dataclass(frozen=True)
class Place:
    """A repository; as text its address, to which a tag is added."""

    host: str
    repository: str

    def __str__(self) -> str:
        return f"{self.host}/{self.repository}"

    @property
    def other(self) -> "Place":
        """Another repository beside it."""
        return replace(self, repository=f"{self.repository}-other")

    def over(self, host: str) -> "Place":
        """The same repository, reached by another way."""
        return replace(self, host=host)
