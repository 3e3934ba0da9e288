"""Names and numbers that the tests of this room share."""

import re

from tests import factories as make

PASSWORD = "correct horse battery"


def make_mobile():
    return f"137{next(make._numbers):08d}"


def fresh():
    """The ID number and mobile of someone without an account, and his serial."""
    n = next(make._numbers) + 5000
    return make.id_number(n), make_mobile(), n


def without_token(page):
    """The page's text without the token that differs in every session."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
