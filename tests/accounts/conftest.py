"""What the tests of this room share."""

import re

import pytest
from sqlalchemy import select

from app import clock, create_app
from app.accounts import passwords
from app.extensions import db
from app.models import Outbox
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD, make_mobile
from tests.at_once import at_once
from tests.conftest import dispose, no_number_in, settings


@pytest.fixture
def person(session):
    """An applicant who can sign in with PASSWORD."""
    found = make.make_applicant(password=passwords.hash_password(PASSWORD)).account
    session.commit()
    return found


@pytest.fixture
def unit_clerk(session):
    clerk = make.make_user(
        Role.UNIT, make.make_unit(), password=passwords.hash_password(PASSWORD), mobile=make_mobile()
    )
    session.commit()
    return clerk


@pytest.fixture
def sent_to(session):
    """The code in the last text to a mobile, or None."""

    def last_code(mobile):
        session.rollback()
        text = session.scalars(
            select(Outbox.text).where(Outbox.mobile == mobile).order_by(Outbox.id.desc())
        ).first()
        return re.search(r"\d{6}", text).group() if text else None

    return last_code


@pytest.fixture
def together(app):
    """Run a job many times at the same moment, each in a thread and transaction of its own."""

    def run_all(count, job):
        db.session.commit()  # the test's own transaction would keep the others out on SQLite
        return at_once(app, [job] * count)

    return run_all


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def opened(app, tmp_path):
    """A further app on the same database with other settings."""
    made = []

    def open_with(**given):
        made.append(create_app(**{**settings(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]), **given}))
        return made[-1]

    yield open_with
    for each in made:
        dispose(each)
    no_number_in(tmp_path)
