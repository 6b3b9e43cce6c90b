"""The product's settings on data that goes away: a folder; SQLite, or SWR_TEST_DATABASE_URL."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="swr-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in [
    name for name in os.environ if name.startswith("SWR_") and name != "SWR_TEST_DATABASE_URL"
]:
    del os.environ[_name]
os.environ |= {"SWR_DATA_DIR": _folder, "SWR_STORAGE": "memory", "SWR_LOG_LEVEL": "error"}
if _url := os.environ.get("SWR_TEST_DATABASE_URL", ""):  # it stays: xdist's workers read it again
    os.environ["SWR_DATABASE_URL"] = _url

from swr.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if not _url:  # a file, as in the product: several connections may open it
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}  # noqa: F405
