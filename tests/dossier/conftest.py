"""A dossier's owner with a client of his own."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.models import Person, User
from tests import factories


@pytest.fixture
def person(session: Any) -> Person:
    person = factories.make_applicant()
    session.commit()
    return person


@pytest.fixture
def of(session: Any, sign_in: Callable[[User], FlaskClient]) -> Callable[[Person], FlaskClient]:
    """The client of a person."""
    return lambda person: sign_in(session.get_one(User, person.id))


@pytest.fixture
def own(person: Person, of: Callable[[Person], FlaskClient]) -> FlaskClient:
    return of(person)
