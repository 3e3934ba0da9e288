"""Every clause of policy speaks of the row that is asked for: SQL must not bring in another one of its table."""

import re

import pytest
from sqlalchemy import select

from app.models import (
    Application,
    Attachment,
    Correction,
    Evidence,
    HelpRequest,
    NoticeFile,
    Person,
    Round,
    StampedPage,
    SupportCase,
    Unit,
    UnitDepartment,
    User,
)
from app.policy import Standing, visible
from app.vocabulary import Role

MODELS = (
    Application, Attachment, Correction, Evidence, HelpRequest, NoticeFile, Person, Round, StampedPage, SupportCase, Unit, UnitDepartment, User,
)  # fmt: skip


def froms(statement: str) -> list[set[str]]:
    """The tables of each FROM, outermost first."""
    lists = re.findall(r"\bFROM\s+(.*?)(?:\s+WHERE\b|\)|$)", statement, re.S)
    return [set(re.findall(r"\b[a-z_]+\b", each)) for each in lists]


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("role", Role)
def test_no_clause_reads_a_second_row_of_the_table_it_is_about(session, model, role):
    """A nested EXISTS correlates with the statement around it only; what lies further out it reads anew."""
    who = Standing(5, {role: (86,)})
    key = next(iter(model.__table__.primary_key))
    outer, *inner = froms(str(select(key).where(visible(model, who))))
    assert model.__tablename__ in outer
    assert not [each for each in inner if model.__tablename__ in each]


def test_an_attachment_is_judged_by_one_application(session):
    sql = str(select(Attachment.id).where(visible(Attachment, Standing(5, dict.fromkeys(Role, (86,))))))
    assert sum("application" in each for each in froms(sql)) == 1
