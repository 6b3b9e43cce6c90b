"""cosign: signatures with a key, found by a tag and found by the referrers API."""

import json

import pytest

from tests.clients import layouts
from tests.clients.programs import Program

pytestmark = pytest.mark.clients

VERIFY = ("verify", "--allow-http-registry", "--insecure-ignore-tlog", "--key", "cosign.pub")


@pytest.fixture
def cosign(program, server, owner) -> Program:
    cosign = program("cosign")
    owner.log_in(cosign, server.host, "login")
    cosign("generate-key-pair")
    return cosign


@pytest.fixture
def pushed(cosign, crane, image, tmp_path) -> str:
    """An image by its digest: a tag may move."""
    digest = layouts.write(tmp_path / "layout", b"signed")
    crane("push", tmp_path / "layout", f"{image}:1")
    return f"{image}@{digest}"


def sign(cosign: Program, address: str, *flags: str) -> None:
    cosign(
        *("sign", "--yes", "--allow-http-registry", "--tlog-upload=false"),
        *("--use-signing-config=false", "--key", "cosign.key", *flags, address),
    )


def digest_in(said: str) -> str:
    """The digest that a verified signature speaks of."""
    (signature,) = json.loads(said)
    return str(signature["critical"]["image"]["docker-manifest-digest"])


def test_a_signature_is_found_by_its_tag(cosign, crane, pushed, image) -> None:
    sign(cosign, pushed)

    assert pushed.endswith(digest_in(cosign(*VERIFY, pushed)))
    tag = pushed.rpartition("@")[2].replace(":", "-") + ".sig"
    assert tag in crane("ls", image).split()


def test_a_signature_is_found_by_what_it_refers_to(cosign, crane, pushed, image) -> None:
    experimental = cosign.with_environment(COSIGN_EXPERIMENTAL="1")

    sign(experimental, pushed, "--registry-referrers-mode=oci-1-1")

    verified = experimental(*VERIFY, "--experimental-oci11", pushed)
    assert pushed.endswith(digest_in(verified))
    assert crane("ls", image).split() == ["1"]


def test_an_attestation_is_stored_beside_its_image(cosign, pushed, tmp_path) -> None:
    (tmp_path / "claim.json").write_text('{"tested": true}')
    cosign(
        *("attest", "--yes", "--allow-http-registry", "--tlog-upload=false"),
        *("--use-signing-config=false", "--key", "cosign.key", "--predicate", "claim.json", pushed),
    )

    cosign("verify-attestation", *VERIFY[1:], pushed)

    assert pushed.rpartition(":")[2] in cosign("tree", "--allow-http-registry", pushed)


def test_a_signed_image_is_copied_with_its_signature(cosign, pushed, image) -> None:
    sign(cosign, pushed)

    cosign("copy", "--allow-http-registry", f"{image}:1", f"{image.other}:1")

    assert pushed.endswith(digest_in(cosign(*VERIFY, f"{image.other}:1")))


def test_what_nobody_signed_is_not_verified(cosign, pushed) -> None:
    assert "no signatures found" in cosign.refused(*VERIFY, pushed)


def test_another_key_does_not_verify(cosign, pushed, tmp_path) -> None:
    sign(cosign, pushed)
    for name in ("cosign.key", "cosign.pub"):
        (tmp_path / name).unlink()
    cosign("generate-key-pair")

    assert "no matching signatures" in cosign.refused(*VERIFY, pushed)
