import base64

import pytest
from django.conf import LazySettings

from accounts.sealing.services import seal, unseal

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("text", ["", "secret", "пароль ✓", "x" * 4096])
def test_what_was_sealed_opens_again(text: str) -> None:
    assert unseal(seal(text, purpose="test"), purpose="test") == text


def test_the_same_text_never_looks_the_same() -> None:
    assert seal("secret", purpose="test") != seal("secret", purpose="test")


def test_nothing_of_the_text_can_be_read() -> None:
    sealed = seal("correct horse", purpose="test")
    assert "horse" not in sealed
    assert b"horse" not in base64.urlsafe_b64decode(sealed.partition(".")[2])


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
        unseal(seal("secret", purpose="access key A"), purpose="access key B")


def test_another_secret_key_does_not_open_it(settings: LazySettings) -> None:
    sealed = seal("secret", purpose="test")
    settings.SECRET_KEY = "another"
    with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
        unseal(sealed, purpose="test")


def test_every_changed_byte_is_noticed() -> None:
    version, _, body = seal("secret", purpose="test").partition(".")
    raw = base64.urlsafe_b64decode(body)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
            unseal(f"{version}.{base64.urlsafe_b64encode(changed).decode()}", purpose="test")


def test_a_changed_version_is_noticed() -> None:
    with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
        unseal(seal("secret", purpose="test").replace("v1.", "v2."), purpose="test")


@pytest.mark.parametrize("sealed", ["", "v1.", "v1.AAAA", "v2.AAAA", "secret", "v1.%%%%", "v1.é"])
def test_what_never_was_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
        unseal(sealed, purpose="test")
