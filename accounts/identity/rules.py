"""What an account, a user and a group may be called, and which passwords will do.  Pure.

Names are ASCII (swr-behaviour.md 1), so that none can pass for another by looking like it, and
hold none of ``/ @ :``, which part names in a login.
"""

import re
import unicodedata

from swr.errors import InvalidName, WeakPassword

PASSWORD_LENGTHS = range(8, 129)
_KINDS = 2  # of lower case, upper case, digits, others
_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{,62}[A-Za-z0-9_.-])?")
# "." and ".." are no names: one letter or digit at least.
_USER_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z_.-](?:[A-Za-z0-9 _.-]{,62}[A-Za-z0-9_.-])?")
_GROUP_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{,126}[A-Za-z0-9_.-])?")
_LETTERS = "Use 1 to {} letters, digits, '-', '_', '.' and spaces, and no space at an end"


def check_account_name(name: str) -> None:
    if not _ACCOUNT_NAME.fullmatch(name):
        advice = _LETTERS.format(64) + "; begin with a letter or digit."
        raise InvalidName("The account name is not valid.", advice=advice)


def check_user_name(name: str) -> None:
    if not _USER_NAME.fullmatch(name):
        advice = _LETTERS.format(64) + "; do not begin with a digit."
        raise InvalidName("The user name is not valid.", advice=advice)


def check_group_name(name: str) -> None:
    if not _GROUP_NAME.fullmatch(name):
        advice = _LETTERS.format(128) + "; begin with a letter or digit."
        raise InvalidName("The group name is not valid.", advice=advice)


def check_password(password: str, *, name: str) -> None:
    if len(password) not in PASSWORD_LENGTHS:
        raise WeakPassword("The password must have 8 to 128 characters.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in password):
        raise WeakPassword("The password holds a character that cannot be typed.")
    if password.casefold() == name.casefold():
        raise WeakPassword("The password must not be the name.")
    if len({_kind(character) for character in password}) < _KINDS:
        raise WeakPassword(
            "The password must mix two of: lower case, upper case, digits, other characters."
        )


def _kind(character: str) -> str:
    if character.isdecimal():
        return "digit"
    if character.islower():
        return "lower"
    return "upper" if character.isupper() else "other"


def split(login: str) -> tuple[str, str]:
    """Part ``account/user``; ``account`` alone names its owner."""
    account, slash, user = login.partition("/")
    return account, user if slash else account
