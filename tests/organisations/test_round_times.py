"""Times of rounds, typed from the requirements: CYC-03, CYC-04, CYC-07, CYC-08; Kunming's calendar throughout."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.apply.rounds import Intake, offer_of, offers
from app.clock import SHANGHAI
from app.extensions import db
from app.models import AttachmentRequirement, Round, RoundRequirement
from app.organisations import rounds
from app.organisations.round_errors import RoundExists, TimesReasonRequired
from app.vocabulary import CommitteeTier, Kind
from tests import factories as make


def t(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.once
@pytest.mark.parametrize(
    ("receives_from", "receives_until", "in_one_batch", "opens", "closes"),
    [
        # opens 00:00 of the 7th day before; 24:00 of the 3rd day before the deadline, else of the day before
        ("2027-06-10", "2027-06-30", True, "2027-06-03 00:00", "2027-06-28 00:00"),
        ("2027-06-10", "2027-06-30", False, "2027-06-03 00:00", "2027-06-30 00:00"),
        ("2027-07-01", "2027-07-03", True, "2027-06-24 00:00", "2027-07-01 00:00"),  # 24:00 of 30 June
        ("2027-07-01", "2027-08-01", False, "2027-06-24 00:00", "2027-08-01 00:00"),  # 24:00 of 31 July
        ("2028-03-05", "2028-03-03", True, "2028-02-27 00:00", "2028-03-01 00:00"),  # 24:00 of 29 February
        ("2028-03-07", "2028-03-01", False, "2028-02-29 00:00", "2028-03-01 00:00"),
        ("2027-03-07", "2027-03-02", True, "2027-02-28 00:00", "2027-02-28 00:00"),  # 24:00 of 27 February
        ("2027-01-05", "2027-01-02", True, "2026-12-29 00:00", "2026-12-31 00:00"),  # the year before
        ("2027-01-05", "2027-01-01", False, "2026-12-29 00:00", "2027-01-01 00:00"),
    ],
)
def test_cyc_03_and_04(receives_from, receives_until, in_one_batch, opens, closes):
    given = date.fromisoformat(receives_from), date.fromisoformat(receives_until), in_one_batch
    assert rounds.provincial_window(*given) == (t(opens), t(closes))


def test_nothing_follows_from_half_a_receiving():
    day = date(2027, 6, 1)
    for given in ((None, day, True), (day, None, True), (day, day, None)):
        assert rounds.provincial_window(*given) is None


def test_leaving_the_rule_needs_a_reason_and_only_in_the_province(session):
    receiving = {
        "receives_from": date(2027, 6, 10), "receives_until": date(2027, 6, 30), "in_one_batch": True,
        "opens_at": t("2027-06-03 00:00"), "corrections_until": t("2027-08-01 00:00"),
    }  # fmt: skip
    provincial, city = make.make_committee(CommitteeTier.PROVINCE), make.make_committee()
    early = make.make_round(provincial, closes_at=t("2027-06-27 00:00"), **receiving)
    with pytest.raises(TimesReasonRequired) as refused:
        rounds.check_rule(early)
    assert "2027-06-27 24:00" in str(refused.value.params["closes"])
    early.times_reason = "系统维护"
    rounds.check_rule(early)
    rounds.check_rule(make.make_round(provincial, year=2030, closes_at=t("2027-06-28 00:00"), **receiving))
    rounds.check_rule(make.make_round(city, closes_at=t("2027-06-27 00:00"), **receiving))


@pytest.fixture
def recognition(session):
    return make.make_round(
        year=2027, kind=Kind.RECOGNITION, months=[1, 4, 7, 10], opens_at=t("2027-01-01 00:00"),
        closes_at=t("2027-11-01 00:00"), corrections_until=t("2027-12-01 00:00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "intake", "opens", "closes", "days_left"),
    [
        ("2026-12-31 23:59:59", Intake.AHEAD, "2027-01-01 00:00", "2027-02-01 00:00", 31),
        ("2027-01-01 00:00", Intake.OPEN, "2027-01-01 00:00", "2027-02-01 00:00", 30),
        ("2027-01-31 23:59:59", Intake.OPEN, "2027-01-01 00:00", "2027-02-01 00:00", 0),
        ("2027-02-01 00:00", Intake.AHEAD, "2027-04-01 00:00", "2027-05-01 00:00", 88),  # 24:00 of 31 January
        ("2027-03-31 23:59:59", Intake.AHEAD, "2027-04-01 00:00", "2027-05-01 00:00", 30),
        ("2027-04-01 00:00", Intake.OPEN, "2027-04-01 00:00", "2027-05-01 00:00", 29),
        ("2027-07-15 12:00", Intake.OPEN, "2027-07-01 00:00", "2027-08-01 00:00", 16),
        ("2027-10-31 23:59:59", Intake.OPEN, "2027-10-01 00:00", "2027-11-01 00:00", 0),
        ("2027-11-01 00:00", Intake.OVER, "2027-01-01 00:00", "2027-11-01 00:00", 0),
    ],
)  # fmt: skip
def test_cyc_08_the_months_of_recognition(recognition, moment, intake, opens, closes, days_left):
    at = t(moment)
    offer = offer_of(recognition, at)
    found = (offer.intake, offer.opens_at, offer.closes_at, offer.days_left)
    assert found == (intake, t(opens), t(closes), days_left)
    is_open = intake is Intake.OPEN
    assert recognition.is_open(at) is recognition.is_open(at.astimezone(UTC)) is is_open
    mine = (Round.id == recognition.id, Round.is_open(at))
    assert (db.session.scalar(select(Round.id).where(*mine)) is not None) is is_open


@pytest.mark.parametrize("month", range(1, 13))
def test_the_database_finds_each_month_alone(session, month):
    """1 is not found in 10, 11 and 12."""
    year = {"opens_at": t("2027-01-01 00:00"), "closes_at": t("2028-01-01 00:00")}
    round_ = make.make_round(months=[month], corrections_until=t("2028-01-01 00:00"), **year)
    for other in range(1, 13):
        at = t(f"2027-{other:02d}-15 12:00")
        found = session.scalar(select(Round.id).where(Round.id == round_.id, Round.is_open(at)))
        assert (found is not None) is round_.is_open(at) is (other == month)


def test_months_side_by_side_are_one_span_and_the_window_cuts_them(session):
    round_ = make.make_round(
        months=[1, 2, 12], opens_at=t("2027-01-10 08:00"), closes_at=t("2027-12-20 00:00"),
        corrections_until=t("2027-12-20 00:00"),
    )  # fmt: skip
    assert round_.spans() == [
        (t("2027-01-10 08:00"), t("2027-03-01 00:00")), (t("2027-12-01 00:00"), t("2027-12-20 00:00")),
    ]  # fmt: skip


def test_nobody_is_offered_a_draft(session):
    draft, published = make.make_round(published_at=None), make.make_round()
    at = published.opens_at
    assert not draft.is_open(at) and published.is_open(at)
    ids = [each.round.id for each in offers(at, kind=None)]
    assert published.id in ids and draft.id not in ids
    assert set(session.scalars(select(Round.id).where(Round.is_open(at)))) >= {published.id}
    assert draft.id not in set(session.scalars(select(Round.id).where(Round.is_open(at))))


def a_round(tier=CommitteeTier.CITY, **given):
    times = {
        "opens_at": t("2028-02-29 09:30"), "closes_at": t("2028-07-01 00:00"),
        "corrections_until": t("2028-08-31 00:00"), "year": 2028, "tenure_until": date(2028, 12, 31),
    }  # fmt: skip
    return make.make_round(make.make_committee(tier), **{**times, **given})


def test_a_copy_says_the_same_a_year_later(session):
    requirement = db.session.scalars(select(AttachmentRequirement)).first()
    source = a_round(
        notice="示例通知", required_sections=["education"], profession_ids=[make.archives().id],
        major_mismatch_blocks=True, categories=["exceptional"],
    )  # fmt: skip
    asked = RoundRequirement(
        round_id=source.id, requirement_id=requirement.id, required=False, hint="示例提示"
    )
    session.add(asked)
    session.flush()

    copy = rounds.copy_round(source, 2029)

    assert copy.published_at is None
    assert copy.opens_at == t("2029-02-28 09:30")  # no 29 February
    assert copy.closes_at == t("2029-07-01 00:00") and copy.corrections_until == t("2029-08-31 00:00")
    assert copy.tenure_until == date(2029, 12, 31)
    same = ("committee_id", "kind", "levels", "categories", "profession_ids", "required_sections", "notice",
            "major_mismatch_blocks")  # fmt: skip
    assert [getattr(copy, name) for name in same] == [getattr(source, name) for name in same]
    rows = session.scalars(select(RoundRequirement).where(RoundRequirement.round_id == copy.id)).all()
    assert [(row.requirement_id, row.required, row.hint) for row in rows] == [
        (requirement.id, False, "示例提示")
    ]


@pytest.mark.parametrize(
    ("tier", "tenure", "copied"),
    [
        (CommitteeTier.CITY, date(2028, 12, 31), date(2029, 12, 31)),
        (CommitteeTier.CITY, date(2028, 10, 1), date(2029, 12, 31)),
        (CommitteeTier.PROVINCE, date(2028, 12, 31), date(2029, 12, 31)),
        (CommitteeTier.PROVINCE, date(2028, 8, 31), date(2029, 8, 31)),
    ],
)
def test_cyc_07_tenure_counts_to_the_end_of_the_year(session, tier, tenure, copied):
    assert rounds.copy_round(a_round(tier, tenure_until=tenure), 2029).tenure_until == copied


def test_a_second_copy_is_refused(session):
    source = a_round()
    rounds.copy_round(source, 2029)
    with pytest.raises(RoundExists):
        rounds.copy_round(source, 2029)
