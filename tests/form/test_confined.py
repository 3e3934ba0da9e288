"""What the engine asks the system for while it draws: its fonts, its own code, nothing else (C09)."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import confined
from app.errors import PrintFailed
from app.form import document, fonts, pdf
from tests import needs
from tests.form import sample
from tests.form.generated import HOSTILE

pytestmark = [pytest.mark.once, needs.font]

WATCHED = Path(__file__).with_name("watched.py")
OWN = tuple(
    os.path.join(os.path.realpath(each), "")
    for each in (fonts.FOLDER, sys.prefix, sys.base_prefix, Path(confined.__file__).parent)
)
MARKUP = (
    '<img src="/etc/hostname">',
    '<img src="file:///etc/hostname"><img src="../../etc/hostname">',
    '<img src="http://127.0.0.1:9/x.png">',
    "<style>@import url(/etc/hostname);</style>",
    "<style>@font-face { font-family: x; src: url(/etc/hostname); } p { font-family: x; }</style><p>x</p>",
    '<p style="background-image: url(/etc/hostname)">x</p>',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<pdf:insertpdf src="/etc/hostname">',
    '<object data="/etc/hostname"></object><embed src="/etc/hostname"><iframe src="/etc/hostname"></iframe>',
)


@pytest.fixture
def asked(monkeypatch):
    """Everything outside the fonts and the interpreter's own that was opened or called."""
    found = []

    def run(order, name):
        done = subprocess.run(
            [sys.executable, "-I", str(WATCHED), confined.__file__, str(pdf.WORKER)],
            input=json.dumps(order).encode(), capture_output=True, timeout=60, check=False, env={},
        )  # fmt: skip
        _log, _mark, listed = done.stderr.decode().rpartition("ASKED")
        found.append([each for each in json.loads(listed.splitlines()[0]) if not each.startswith(OWN)])
        return done

    monkeypatch.setattr(pdf, "_run", run)
    return found


def test_a_form_of_hostile_texts_opens_no_file_and_no_socket(asked):
    content = sample.content(
        **{"work-summary": [{"id": n, "year": 2000 + n, "content": text} for n, text in enumerate(HOSTILE)]}
    )
    assert pdf.render(document.build(content, sample.record(), table_names=sample.TABLE_NAMES))

    assert asked == [[]]


def test_even_markup_that_got_through_gets_nothing(asked):
    """It may ask; the lock answers. What was asked for outside is refused before it is opened."""
    for markup in MARKUP:
        try:
            printed = pdf.press(
                f"<html><body><p>x</p>{markup}</body></html>", title="t", reference="r", name="n"
            )
        except PrintFailed:
            continue
        host = Path("/etc/hostname").read_bytes().strip() if Path("/etc/hostname").is_file() else b"\0"
        assert not host or host not in printed
    assert [each for events in asked for each in events if each.startswith("socket")] == []
    assert [each for events in asked for each in events if "hostname" in each] == []


BOMBS = {
    "divs": "<div>" * 3_000,
    "tables": "<table><tr><td>" * 1_000,
    "runs": "<b>" * 5_000,
    "lists": "<ul><li>" * 1_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_nesting_bomb_ends_in_ten_seconds_with_a_clear_message(bomb, caplog):
    begun = time.monotonic()

    with pytest.raises(PrintFailed, match=r"没有生成成功.*2026000001"):
        pdf.press(f"<html><body>{bomb}</body></html>", title="t", reference="r", name="2026000001")
    assert time.monotonic() - begun < 10


def test_a_text_that_looks_like_one_is_only_text():
    content = sample.content()
    content["sections"]["work-summary"] = [{"id": 1, "year": 2024, "content": "<div>" * 400}]

    assert pdf.render(document.build(content, sample.record(), table_names=sample.TABLE_NAMES))
