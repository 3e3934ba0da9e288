"""SEC-13: the five years before the one applied for as fixed rows, saved together or not at all."""

from html import unescape

import pytest
from sqlalchemy import select

from app import clock
from app.models.sections import AnnualAssessment
from app.vocabulary import Stage
from tests import factories

PATH = "/sections/annual-assessment/"
THIS = clock.today().year
NEAR = [THIS - n for n in range(1, 6)]


def typed(**years):
    """What the five rows post: y2025='合格' or ('合格', '部门负责人', version)."""
    posted = {}
    for name, value in years.items():
        grade, head, version = value if isinstance(value, tuple) else (value, "", "")
        posted |= {f"{name}-grade": grade, f"{name}-head": head, f"{name}-version": version}
    return posted


def y(n):
    return f"y{THIS - n}"


def save(own, **years):
    return own.post(f"{PATH}years", data=typed(**years))


def stored(session, person):
    rows = session.scalars(
        select(AnnualAssessment)
        .where(AnnualAssessment.owner_id == person.id)
        .order_by(AnnualAssessment.position)
    ).all()
    return [(row.year, row.grade, row.head) for row in rows]


def make(person, year, **given):
    return factories.make_record(AnnualAssessment, person, year=year, **given)


def test_the_rows_are_the_five_years_before_this_one(own):
    page = own.get(PATH).text
    assert [year for year in range(THIS - 8, THIS + 2) if f'id="year-{year}"' in page] == NEAR[::-1]
    assert f"缺 {'、'.join(map(str, NEAR[::-1]))} 年" in page


def test_they_count_from_the_year_applied_for(session, of):
    round_ = factories.make_round(year=THIS - 1)
    application = factories.make_draft(round_=round_)
    page = of(session.get_one(factories.Person, application.applicant_id)).get(PATH).text

    assert f'id="year-{THIS - 1}"' not in page and f'id="year-{THIS - 6}"' in page


def test_all_five_are_saved_at_once_newest_first(session, person, own):
    grades = ["优秀", "合格", "合格", "基本合格", "未定等次"]
    answer = save(
        own, **{y(n): (grade, "示例负责人", "") for n, grade in reversed(list(enumerate(grades, 1)))}
    )

    assert answer.status_code == 302
    assert stored(session, person) == [(THIS - n, grade, "示例负责人") for n, grade in enumerate(grades, 1)]
    assert "缺 " not in own.get(PATH).text.partition("<main")[2]


def test_empty_rows_are_not_saved_and_other_years_stay(session, person, own):
    make(person, THIS - 9, grade="优秀", head="旧负责人")
    assert save(own, **{y(1): "合格", y(2): "", y(3): "合格"}).status_code == 302

    assert stored(session, person) == [
        (THIS - 1, "合格", None), (THIS - 3, "合格", None), (THIS - 9, "优秀", "旧负责人")
    ]  # fmt: skip
    page = own.get(PATH).text
    assert f"<b>{THIS - 9}</b>" in page and f"缺 {THIS - 5}、{THIS - 4}、{THIS - 2} 年" in page


def test_a_bad_row_keeps_all_of_them_as_typed(session, person, own):
    answer = save(own, **{y(1): "合格", y(2): ("", "只有负责人", ""), y(3): ("合格", "字" * 31, "")})

    assert answer.status_code == 422
    page = unescape(answer.text)
    assert f'href="#field-{y(2)}-grade"' in page and f'id="field-{y(2)}-grade"' in page
    assert "选择考核等级" in page and "部门负责人超出 1 字，上限 30 字" in page
    assert 'value="只有负责人"' in page and "字" * 31 in page
    assert 'selected value="合格"' in page
    assert stored(session, person) == []


def test_a_stored_year_that_is_emptied_is_asked_for(session, person, own):
    record = make(person, THIS - 1, grade="合格")
    answer = save(own, **{y(1): ("", "", str(record.version))})

    assert answer.status_code == 422 and "选择考核等级" in answer.text
    assert len(stored(session, person)) == 1


def test_only_what_changed_is_written(session, person, own):
    same, other = (
        make(person, THIS - 1, grade="合格", head="甲"),
        make(person, THIS - 2, grade="合格", head="乙"),
    )
    seen = same.version
    save(own, **{y(1): ("合格", "甲", str(seen)), y(2): ("优秀", "乙", str(other.version))})

    assert session.get_one(AnnualAssessment, same.id).version == seen
    assert stored(session, person)[0][1:] == ("合格", "甲")
    assert session.get_one(AnnualAssessment, other.id).grade == "优秀"


def test_a_year_changed_in_another_tab_shows_both_and_saves_nothing(session, person, own):
    record = make(person, THIS - 1, grade="合格")
    seen = str(record.version)
    save(own, **{y(1): ("优秀", "先存的", seen)})
    answer = save(own, **{y(1): ("不合格", "", seen), y(2): "合格"})

    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "刚刚在别处修改过" in page and "现在保存的是：优秀" in page and 'selected value="不合格"' in page
    assert stored(session, person) == [(THIS - 1, "优秀", "先存的")]
    again = save(
        own, **{y(1): ("不合格", "", str(session.get_one(AnnualAssessment, record.id).version)), y(2): "合格"}
    )
    assert again.status_code == 302
    assert [grade for _, grade, _ in stored(session, person)] == ["不合格", "合格"]


def test_a_year_entered_or_deleted_in_another_tab_is_a_conflict(session, person, own):
    record = make(person, THIS - 1, grade="合格")
    seen = str(record.version)
    assert save(own, **{y(1): "优秀"}).status_code == 409
    own.post(f"{PATH}{record.id}/delete")
    gone = save(own, **{y(1): ("优秀", "", seen)})

    assert gone.status_code == 409 and 'selected value="优秀"' in gone.text
    assert stored(session, person) == []
    assert save(own, **{y(1): "优秀"}).status_code == 302


def test_nobody_elses_years_are_shown_or_changed(session, person, own):
    stranger = factories.make_applicant()
    make(stranger, THIS - 1, grade="优秀", head="别人的负责人")
    assert "别人的负责人" not in own.get(PATH).text
    save(own, **{y(1): "合格"})

    assert stored(session, stranger) == [(THIS - 1, "优秀", "别人的负责人")]


def test_under_review_there_is_no_grid_and_nothing_is_saved(session, of):
    application = factories.make_application(at=Stage.UNIT)
    person = session.get_one(factories.Person, application.applicant_id)
    before, client = stored(session, person), of(person)

    assert 'role="group"' not in client.get(PATH).text
    assert save(client, **{y(4): "合格"}).status_code == 409
    assert stored(session, person) == before


@pytest.mark.parametrize("slug", ["papers", "nowhere"])
def test_other_sections_have_no_fixed_rows(own, slug):
    assert own.post(f"/sections/{slug}/years", data=typed(**{y(1): "合格"})).status_code == 404
