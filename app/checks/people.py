"""Invariants of accounts, quotas and the catalogues."""

from collections.abc import Iterator

from flask import current_app
from sqlalchemy import exists, func, select, text

from .. import clock
from ..accounts.numbers import NumberRefused, document_number
from ..extensions import db
from ..messages.quota import NEWS
from ..models import Employment, Membership, Person, Series, SmsQuota, Title, Unit, User
from ..models.organisations import name_key_of
from ..vocabulary import Joining, Role
from . import Invariant


def wrong_id_numbers() -> Iterator[str]:
    query = select(User.id, User.id_number, User.document).where(User.id_number.is_not(None))
    for pk, number, kind in db.session.execute(query):
        try:
            fits = document_number(number, kind, today=clock.today()) == number
        except NumberRefused:
            fits = False
        if not fits:
            yield f"account {pk}: its ID number is not valid"


def applicants_without_a_person() -> Iterator[str]:
    query = select(Membership.user_id).where(
        Membership.role == Role.APPLICANT, ~exists().where(Person.id == Membership.user_id)
    )
    for pk in db.session.scalars(query):
        yield f"account {pk}: an applicant without personal information"


def persons_who_are_not_applicants() -> Iterator[str]:
    query = select(Person.id).where(
        ~exists().where(Membership.user_id == Person.id, Membership.role == Role.APPLICANT)
    )
    for pk in db.session.scalars(query):
        yield f"person {pk}: not an applicant"


def quotas_overrun() -> Iterator[str]:
    for scope, setting in (("mobile", "SMS_CODES_PER_DAY"), (NEWS, "SMS_NEWS_PER_DAY")):
        limit = current_app.config[setting]
        query = select(SmsQuota.day, SmsQuota.sent).where(SmsQuota.scope == scope, SmsQuota.sent > limit)
        for day, sent in db.session.execute(query):
            yield f"a mobile got {sent} texts ({scope}) on {day}, the limit is {limit}"


def empty_logins() -> Iterator[str]:
    for pk in db.session.scalars(select(User.id).where((User.mobile == "") | (User.id_number == ""))):
        yield f"account {pk}: an empty mobile or ID number would be a login name"


def plain_passwords() -> Iterator[str]:
    query = select(User.id).where(~User.password.like("$argon2%"))
    for pk in db.session.scalars(query):
        yield f"account {pk}: its password is not stored as argon2"


def catalogue_incomplete() -> Iterator[str]:
    series = db.session.scalar(select(func.count(Series.id)))
    titles = db.session.scalar(select(func.count(Title.id)))
    if titles and (series, titles) < (26, 231):
        yield f"{series} series and {titles} titles, the catalogue has 26 and 231"


def dangling_keys() -> Iterator[str]:
    if db.engine.dialect.name == "sqlite":
        for row in db.session.execute(text("PRAGMA foreign_key_check")):
            yield f"{row[0]} row {row[1]}: points at a missing row of {row[2]}"


def units_without_an_employment() -> Iterator[str]:
    query = (
        select(Person.id)
        .outerjoin(Employment, (Employment.person_id == Person.id) & Employment.ended_at.is_(None))
        .where(Person.unit_id.is_distinct_from(Employment.unit_id))
    )
    for pk in db.session.scalars(query):
        yield f"person {pk}: the unit is not that of the open employment"


def confirmations_without_a_time() -> Iterator[str]:
    query = select(Employment.id).where(
        (Employment.status == Joining.CONFIRMED) != Employment.confirmed_at.is_not(None)
    )
    for pk in db.session.scalars(query):
        yield f"employment {pk}: confirmed without a time, or the other way round"


def units_of_one_name() -> Iterator[str]:
    for pk, name, key in db.session.execute(select(Unit.id, Unit.name, Unit.name_key)):
        if key != name_key_of(name):
            yield f"unit {pk}: its name is not told apart from others"


INVARIANTS = (
    Invariant("ID numbers are valid and in capitals", wrong_id_numbers),
    Invariant("Every applicant has personal information", applicants_without_a_person),
    Invariant("Every person is an applicant", persons_who_are_not_applicants),
    Invariant("No mobile got more codes a day than allowed", quotas_overrun),
    Invariant("No login name is empty", empty_logins),
    Invariant("Passwords are stored as argon2", plain_passwords),
    Invariant("A person's unit is that of the one open employment", units_without_an_employment),
    Invariant("What a unit confirmed has its time", confirmations_without_a_time),
    Invariant("No two units have one name", units_of_one_name),
    Invariant("The catalogue of titles is whole", catalogue_incomplete),
    Invariant("No row points at a missing row", dangling_keys),
)
