"""Published versions of the sections' fields, for tests."""

from dataclasses import replace
from datetime import date

from app import clock
from app.dossier.layout import described
from app.extensions import db
from app.models import Field, FormVersion, fields_of
from app.vocabulary import Role
from tests import factories

TEXT = Field("x1", str, True, "导师姓名", limit=10, custom=True)
NUMBER = Field("x2", int, True, "招生人数", minimum=1, maximum=99, custom=True)
DATE = Field("x3", date, True, "入学登记日", custom=True)
CHOICE = Field("x4", str, True, "培养方式", choices=("定向", "非定向"), custom=True)
ONE_OF_EACH = (TEXT, NUMBER, DATE, CHOICE)


def with_fields(model, *more, **changed):
    """A section's declared fields, some of them changed by name, and more at the end."""
    return [*(replace(each, **changed.get(each.name, {})) for each in fields_of(model)), *more]


def publish(sections, at=None):
    """A published version; `sections` is {model: fields}."""
    at = at or clock.now()
    version = FormVersion(
        content={
            model.section.slug: [described(each) for each in fields] for model, fields in sections.items()
        },
        by_id=factories.make_user(Role.SUPER_ADMIN).id,
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    version.published_at, version.drafted = at, None
    db.session.flush()
    return version
