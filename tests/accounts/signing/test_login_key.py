import shutil
import subprocess

import pytest

from accounts.signing.login_key import login_key

pytestmark = pytest.mark.pure

ACCESS, SECRET = "AKEXAMPLE0000000001", "SKexample0000000000000000000000000000002"
KEY = "545ea73329469b3b7a458f9b9fd45686f6de31a3296f58de5fcbb292b0e4cdec"


def test_it_is_the_key_of_the_documentation() -> None:
    assert login_key(ACCESS, SECRET) == KEY


def test_the_documented_pipeline_says_the_same() -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    command = [openssl, "dgst", "-sha256", "-hmac", SECRET]
    found = subprocess.run(command, input=ACCESS.encode(), capture_output=True, check=True)
    assert found.stdout.split()[-1].decode() == KEY
