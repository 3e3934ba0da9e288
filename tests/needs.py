"""What `make setup` installs: without it these tests are left out on a person's machine, and fail with CI=true."""

import os
from pathlib import Path

import pytest

from app.form import fonts


def installed(file: Path, what: str) -> pytest.MarkDecorator:
    is_left_out = not file.is_file() and os.environ.get("CI") != "true"
    return pytest.mark.skipif(is_left_out, reason=f"{what} is not installed: make setup")


font = installed(fonts.FOLDER / fonts.REGULAR, "the form's font")
