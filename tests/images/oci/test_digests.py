import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from images.oci import digests
from images.oci.digests import Digest
from swr.errors import InvalidDigest

pytestmark = pytest.mark.pure

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8


@pytest.mark.parametrize("text", [SHA256, SHA512])
def test_a_digest_is_read_and_written_back(text: str) -> None:
    digest = digests.parse(text)
    assert str(digest) == text
    assert digest == Digest(*text.split(":"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "sha256",
        "sha256:",
        SHA256[:-1],
        SHA256 + "0",
        SHA256.upper(),
        "sha256:" + "ABCDEF01" * 8,
        SHA256 + "\n",
        "\n" + SHA256,
        SHA256 + " ",
        " " + SHA256,
        SHA256 + "\0",
        SHA256.replace(":", "+"),
        SHA256.replace("0", "\u0660"),
        "sha256:" + SHA512[7:],
        "sha512:" + SHA256[7:],
        "md5:" + "0" * 32,
        "sha1:" + "0" * 40,
        "sha384:" + "0" * 96,
        "blake3:" + "0" * 64,
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
        "sha256:../../../etc/passwd",
        "sha256:baddigeststring",
        "sha256:" + "0" * 10_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidDigest) as refused:
        digests.parse(text)
    assert len(refused.value.message) < 250


def test_content_is_hashed() -> None:
    assert str(digests.of(b"{}")) == (
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
    assert digests.of(b"{}", "sha512").hex == hashlib.sha512(b"{}").hexdigest()


@pytest.mark.parametrize("algorithm", digests.ALGORITHMS)
def test_content_is_hashed_piece_by_piece(algorithm: str) -> None:
    hashing = digests.hasher(algorithm)
    hashing.update(b"{")
    hashing.update(b"}")
    assert Digest(algorithm, hashing.hexdigest()) == digests.of(b"{}", algorithm)


@pytest.mark.parametrize("algorithm", ["", "md5", "SHA256", "sha256 "])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    with pytest.raises(InvalidDigest):
        digests.hasher(algorithm)


@given(some.binary(), some.sampled_from(sorted(digests.ALGORITHMS)))
def test_every_digest_that_we_make_can_be_read(data: bytes, algorithm: str) -> None:
    digest = digests.of(data, algorithm)
    assert digests.parse(str(digest)) == digest


@given(some.text())
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    with pytest.raises(InvalidDigest):
        digests.parse(text)
