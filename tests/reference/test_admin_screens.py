"""Every generated screen of a super administrator opens, and its form takes back what it shows."""

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models import AuditEntry, IntegrityRecord, Notice, Series, SeriesEntry
from app.roles import OPENS
from app.vocabulary import Role
from tests import factories
from tests.forms import typed

# Lists of our own making; their tests are in their rooms.
WRITTEN_BY_HAND = {"BoardView", "MessagesView", "ChecklistView", "CorrectionView"}
SCREENS = sorted(
    view
    for view, opened in OPENS[Role.SUPER_ADMIN].items()
    if "can_list" in opened and view not in WRITTEN_BY_HAND
)
WRITABLE = [view for view in SCREENS if "can_edit" in OPENS[Role.SUPER_ADMIN][view]]


@pytest.fixture(scope="module", autouse=True)
def rows(app):
    """One row at least in every table that the seeds leave empty."""
    with app.app_context():
        unit = factories.make_unit()
        factories.make_round()
        clerk = factories.make_user(Role.UNIT, unit, first_name="示例经办")
        db.session.add(Notice(title="示例公告", body="示例正文", published_at=clock.now()))
        db.session.add(
            IntegrityRecord(
                id_number=factories.id_number(9000),
                reason="示例事由",
                starts_on=date(2025, 1, 1),
                until=date(2028, 1, 1),
            )
        )
        db.session.add(
            AuditEntry(at=clock.now(), by_id=clerk.id, action="edit", object_type="User", object_id="1")
        )
        db.session.commit()


@pytest.fixture
def administrator(session):
    if session.scalar(select(SeriesEntry.id)) is None:
        series = session.scalars(select(Series).order_by(Series.id)).first()
        session.add(SeriesEntry(slug="daj", series_id=series.id, title="示例系列入口"))
        session.commit()
    return factories.make_user(Role.SUPER_ADMIN)


@pytest.fixture
def page(sign_in, administrator):
    return sign_in(administrator)


def screen_of(app, name):
    return next(each for each in app.appbuilder.baseviews if type(each).__name__ == name)


def first_id(app, view):
    model = screen_of(app, view).datamodel.obj
    return db.session.scalars(select(model.id).order_by(model.id)).first()


@pytest.mark.parametrize("view", SCREENS)
def test_screens_open(app, page, view):
    base, pk = screen_of(app, view).route_base, first_id(app, view)
    assert pk is not None
    paths = [f"{base}/list/", f"{base}/show/{pk}"]
    if view in WRITABLE:
        paths += [f"{base}/add", f"{base}/edit/{pk}"]
    for path in paths:
        answer = page.get(path)
        assert answer.status_code == 200, path
        assert "List " not in answer.text and "Added Row" not in answer.text


@pytest.mark.parametrize("view", WRITABLE)
def test_an_unchanged_form_saves_and_changes_nothing(app, page, view):
    base, pk = screen_of(app, view).route_base, first_id(app, view)
    model = screen_of(app, view).datamodel.obj
    columns = [each.key for each in model.__mapper__.column_attrs]
    before = [getattr(db.session.get(model, pk), name) for name in columns]
    path = f"{base}/edit/{pk}"
    answer = page.post(path, data=typed(page.get(path).text))
    assert (answer.status_code, answer.location) == (302, f"{base}/list/")
    assert [getattr(db.session.get(model, pk), name) for name in columns] == before
