import pytest

from images.oci import references
from swr.errors import InvalidTag

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "tag", ["latest", "1.0", "_", "A", "v1.0-rc.1", "a" * 128, "sha256-" + "0" * 64 + ".sig", "1.."]
)
def test_a_tag_is_accepted(tag: str) -> None:
    references.check_tag(tag)


@pytest.mark.parametrize(
    "tag",
    ["", ".", "..", ".x", "-x", "a" * 129, "latest\n", "a b", "a/b", "a:b", "é", "٣", "a\0", "a+b"],
)
def test_anything_else_is_refused(tag: str) -> None:
    with pytest.raises(InvalidTag):
        references.check_tag(tag)


def test_what_has_a_colon_is_meant_as_a_digest() -> None:
    assert references.is_digest("sha256:baddigeststring")
    assert not references.is_digest("sha256-0123")
