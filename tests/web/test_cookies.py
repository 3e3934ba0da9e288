"""The session cookie: nothing in it can be read, and a damaged one is no session and no error (D03)."""

import base64
import re
import zlib

import pytest
from itsdangerous import base64_decode
from sqlalchemy import event

from app.extensions import db
from app.vocabulary import Role
from tests import factories as make


def held(client):
    """What whoever finds the cookie can read of it: its text, and what it holds decoded and unpacked."""
    cookie = client.get_cookie("session")
    assert cookie
    payload = cookie.value.rsplit(".", 2)[0]
    packed = base64_decode(payload.removeprefix("."))
    text = zlib.decompress(packed) if payload.startswith(".") else packed
    inner = re.search(rb"\w+\.([A-Za-z0-9+/=]{20,})", text)
    return cookie.value.encode() + text + (base64.b64decode(inner.group(1)) if inner else b"")


def test_a_name_in_a_message_cannot_be_read_in_the_cookie(sign_in):
    client = sign_in(make.make_user(Role.APPLICANT))
    with client.session_transaction() as session:
        session["_flashes"] = [("success", "readable-word")]
        session["key_of_test"] = "another-word"
    found = held(client)
    assert b"readable" not in found and b"another-word" not in found and b"_user_id" not in found
    with client.session_transaction() as session:
        assert session["key_of_test"] == "another-word"


def test_a_script_is_served_without_asking_the_database_who_wants_it(app, sign_in):
    client, asked = sign_in(make.make_user(Role.APPLICANT)), []
    client.get("/static/js/app.js").close()
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda c, cu, statement, *rest: asked.append(statement)
        )
    client.get("/static/js/app.js").close()
    assert asked == []
    client.get("/account/")
    assert asked


@pytest.mark.parametrize("damage", ["cut", "swap", "other key", "empty", "text"])
def test_a_damaged_cookie_is_no_session(app, sign_in, damage):
    client = sign_in(make.make_user(Role.APPLICANT))
    value = client.get_cookie("session").value
    place = len(value) // 3
    damaged = {
        "cut": value[:place],
        "swap": value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :],
        "other key": value,
        "empty": "",
        "text": "a.b.c",
    }[damage]
    ring = app.extensions["keyring"]
    if damage == "other key":
        app.extensions["keyring"] = type(ring)({"other": b"\x07" * 32}, ring.index, ring.audit)
    try:
        client.set_cookie("session", damaged)
        answer = client.get("/account/")
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in/")
    finally:
        app.extensions["keyring"] = ring
