"""申报表模板: copying, changing, looking and publishing, by a super administrator alone (X-06, DOC-02)."""

import pytest
from sqlalchemy import delete, select, update

from app import clock
from app.dossier.templates import template_for
from app.errors import RecordChanged
from app.extensions import db
from app.models import AuditEntry, Committee, FormTemplate, Round, User
from app.reference import template_operations as operations
from app.reference.deeds import ACTIONS
from app.reference.seeding import load
from app.vocabulary import Role
from tests import factories
from tests.at_once import at_once
from tests.conftest import SEEDS
from tests.forms import typed

AT = "/admin/form-templates"
YEAR = clock.today().year


@pytest.fixture
def administrator(session):
    session.execute(update(Round).values(form_template_id=None))
    session.execute(delete(FormTemplate))
    user = factories.make_user(Role.SUPER_ADMIN)
    session.commit()
    return user


@pytest.fixture
def page(sign_in, administrator):
    return sign_in(administrator)


@pytest.fixture
def draft(session, administrator):
    draft = operations.begin(None, name="示例模板", year=YEAR, by=administrator, at=clock.now())
    session.commit()
    return draft


def published(content=None, **given):
    made = FormTemplate(
        **{"name": "已发布的", "year": YEAR, "content": content or {}, "published_at": clock.now(), **given}
    )
    db.session.add(made)
    db.session.commit()
    return made


def form_at(page, pk):
    return f"{AT}/{pk}/", typed(page.get(f"{AT}/{pk}/").text.replace('class="cards"', 'class="card"'))


def deeds(session):
    query = select(AuditEntry.action).where(AuditEntry.object_type == "FormTemplate").order_by(AuditEntry.id)
    return list(session.scalars(query))


def test_the_seeded_template_prints_patents_in_the_archives_series(session):
    """M4.2.1 prints 获得专利情况 in Table 6, while the screen says 知识产权 (M3.8)."""
    load(SEEDS)
    made = session.scalars(select(FormTemplate).where(FormTemplate.name == "档案系列申报表")).one()
    assert made.series.name == "档案专业人员" and made.published_at
    assert made.content["6"]["name"] == "获得专利情况"
    committee = session.scalars(
        select(Committee).where(Committee.name == "昆明市档案专业中级职称评审委员会")
    ).one()
    assert template_for(factories.make_round(committee, year=made.year)) is made


def test_a_template_is_copied_changed_looked_at_and_published(session, page):
    source = published({"6": {"name": "获得专利情况"}})
    answer = page.post(f"{AT}/draft", data={"source": source.id})
    draft = session.scalars(select(FormTemplate).where(FormTemplate.published_at.is_(None))).one()
    assert answer.location == f"{AT}/{draft.id}/"
    url, sent = form_at(page, draft.id)
    assert (sent["name"], sent["t6-name"], sent["books-at"]) == (["已发布的 副本"], ["获得专利情况"], ["1"])

    sent |= {
        "name": "第二版", "t5-hidden": "y", "t6-hint": "只填写已授权的。", "books-at": "2", "papers-at": "1",
        "papers-caption": "论文", "intellectual-property-number": "授权编号", "person-office": "所在科室",
    }  # fmt: skip
    assert page.post(url, data=sent).status_code == 302
    session.expire_all()
    assert draft.content == {
        "1": {"labels": {"person": {"office": "所在科室"}}},
        "5": {"hidden": True},
        "6": {
            "name": "获得专利情况", "hint": "只填写已授权的。",
            "labels": {"intellectual-property": {"number": "授权编号"}},
        },
        "8": {"order": ["papers", "books"], "captions": {"papers": "论文"}},
    }  # fmt: skip
    again = form_at(page, draft.id)[1]
    assert (again["t5-hidden"], again["papers-at"], again["papers-caption"]) == (["y"], ["1"], ["论文"])

    look = page.get(f"{AT}/{draft.id}/preview").text
    assert "授权编号" in look and "只填写已授权的。" in look and "所在科室" in look
    assert 'data-watermark="示例"' in look and "表五" not in look and 'id="table-7"' in look

    ask = page.get(f"{AT}/{draft.id}/publish").text
    assert "不打印" in ask and "授权编号" in ask and "获得专利情况" not in ask, "what stays is no change"
    assert page.post(f"{AT}/{draft.id}/publish", data=typed(ask)).location == f"{AT}/"
    session.expire_all()
    assert draft.published_at and draft.published_by_id
    assert deeds(session)[-3:] == ["draft_template", "edit_template", "publish_template"]
    assert set(deeds(session)) <= set(ACTIONS)


def test_what_is_published_is_not_edited_but_copied(session, page, draft):
    url, sent = form_at(page, draft.id)
    template = session.get_one(FormTemplate, draft.id)
    template.published_at = clock.now()
    session.commit()
    for data in (sent | {"t6-name": "晚到的表名"}, sent | {"t6-name": "晚到的表名", "name": ""}):
        answer = page.post(url, data=data)
        assert answer.status_code == 409 and "已经发布，不能再修改" in answer.text
        assert "晚到的表名" in answer.text
    assert page.get(url).location == f"{AT}/{draft.id}/preview"
    assert page.get(f"{url}publish").location == f"{AT}/{draft.id}/preview"
    assert page.post(f"{url}discard", data={"version": "1"}).status_code == 409
    assert page.post(f"{url}publish", data={"version": str(template.version)}).status_code == 409
    session.expire_all()
    assert template.content == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "填写模板名称"),
        ({"name": "名" * 61}, "超出"),
        ({"year": "明年"}, "应为数字"),
        ({"year": "1999"}, "2000"),
        ({"series": "99999"}, "选"),
        ({"t6-name": "名" * 61}, "超出"),
        ({"t6-hint": "说" * 201}, "超出"),
        ({"papers-caption": "题" * 41}, "超出"),
        ({"awards-name": "栏" * 21}, "超出"),
        ({"books-at": "2"}, "顺序不能重复"),
        ({"books-at": ""}, "顺序不能重复"),
        ({"books-at": "3"}, "1 到 2"),
        ({"books-at": "第一"}, "应为数字"),
    ],
)
def test_bad_input_is_said_beside_it_and_nothing_typed_is_lost(session, page, draft, wrong, said):
    url, sent = form_at(page, draft.id)
    answer = page.post(url, data=sent | {"t7-hint": "原样保留的说明", "t4-hidden": "y"} | wrong)
    assert answer.status_code == 422 and said in answer.text
    kept = typed(answer.text.replace('class="cards"', 'class="card"'))
    assert (kept["t7-hint"], kept["t4-hidden"]) == (["原样保留的说明"], ["y"])
    for name, value in wrong.items():
        assert name == "series" or kept[name] == [value]
    session.expire_all()
    assert draft.content == {} and draft.name == "示例模板"


def test_the_minimum_has_no_box_and_a_forged_one_does_nothing(session, page, draft):
    url, sent = form_at(page, draft.id)
    text = page.get(url).text
    boxes = [no for no in range(1, 18) if f'name="t{no}-hidden"' in text]
    assert boxes == [4, 5, 6, 7, 8, 9, 13, 14, 15, 16]
    page.post(url, data=sent | {f"t{no}-hidden": "y" for no in (1, 10, 12, 17)})
    session.expire_all()
    assert draft.content == {}
    with pytest.raises(operations.NotATemplate):
        operations.save(
            draft, name="示例", year=YEAR, series=None, tables={"12": {"hidden": True}}, seen=draft.version,
            by=session.get_one(User, draft.by_id), at=clock.now(),
        )  # fmt: skip


def test_who_was_slower_keeps_what_he_typed_and_sees_what_is_stored(session, page, draft):
    url, mine = form_at(page, draft.id)
    theirs = mine | {"t6-name": "同事的表名"}
    assert page.post(url, data=theirs).status_code == 302
    answer = page.post(url, data=mine | {"t6-name": "我的表名", "t7-hint": "我的说明"})
    assert answer.status_code == 409
    for words in ("刚刚在别处修改过", "我的表名", "我的说明", "同事的表名"):
        assert words in answer.text
    again = typed(answer.text.replace('class="cards"', 'class="card"'))
    assert page.post(url, data=again).status_code == 302
    session.expire_all()
    assert draft.content["6"]["name"] == "我的表名"

    old = typed(page.get(f"{url}publish").text)
    assert page.post(url, data=form_at(page, draft.id)[1] | {"t7-hint": "后来的"}).status_code == 302
    assert page.post(f"{url}publish", data=old).status_code == 409
    session.expire_all()
    assert draft.published_at is None


def test_of_two_at_once_one_saves_and_one_publishes(app, session, administrator, draft):
    pk, seen, key = draft.id, draft.version, administrator.id
    session.remove()

    def save(name):
        operations.save(
            db.session.get_one(FormTemplate, pk), name=name, year=YEAR, series=None,
            tables={"5": {"hidden": True}}, seen=seen, by=db.session.get_one(User, key), at=clock.now(),
        )  # fmt: skip

    results = at_once(app, [lambda: save("甲"), lambda: save("乙")])
    assert sorted(map(str, results)) == sorted(map(str, [None, RecordChanged]))
    seen = db.session.get_one(FormTemplate, pk).version
    db.session.remove()

    def publish():
        template = db.session.get_one(FormTemplate, pk)
        operations.publish(template, seen=seen, by=db.session.get_one(User, key), at=clock.now())

    results = at_once(app, [publish, publish])
    assert sorted(map(str, results)) == sorted(map(str, [None, operations.TemplatePublished]))


def test_what_changes_nothing_is_not_published_and_a_draft_can_be_dropped(session, page, draft):
    answer = page.post(f"{AT}/{draft.id}/publish", data={"version": str(draft.version)})
    assert answer.status_code == 409 and "没有区别" in answer.text
    assert page.post(f"{AT}/{draft.id}/discard", data={"version": "0"}).status_code == 409
    assert page.post(f"{AT}/{draft.id}/discard", data={"version": str(draft.version)}).status_code == 302
    assert session.scalars(select(FormTemplate)).all() == []
    assert page.post(f"{AT}/draft", data={"source": "没有"}).status_code == 400
    assert page.post(f"{AT}/draft", data={"source": "999999"}).status_code == 404


def test_a_draft_round_chooses_in_its_setup(session, page):
    hides = published({"7": {"hidden": True}}, name="不印表七")
    other = published(name="别的年度", year=YEAR + 1)
    draft = published(name="草稿", published_at=None)
    round_ = factories.make_round(published_at=None)
    session.commit()
    url = f"/rounds/{round_.id}/setup"
    text = page.get(url).text
    assert "不印表七" in text and "别的年度" not in text and f'value="{draft.id}"' not in text

    sent = typed(text)
    answer = page.post(url, data=sent | {"form_template": hides.id, "required_sections": ["awards"]})
    assert answer.status_code == 409 and "不打印表七" in answer.text and "不印表七" in answer.text
    assert typed(answer.text)["form_template"] == [str(hides.id)]
    for wrong, code in ((other.id, 409), (draft.id, 422), ("无此模板", 422)):
        assert page.post(url, data=sent | {"form_template": wrong}).status_code == code
    session.expire_all()
    assert round_.form_template_id is None
    assert page.post(url, data=sent | {"form_template": hides.id}).status_code == 302
    session.expire_all()
    assert round_.form_template is hides and template_for(round_) is hides


def test_a_published_round_s_template_is_changed_on_the_administrators_page(session, page):
    fits, hides = published(name="合适的"), published({"8": {"hidden": True}}, name="不印表八")
    round_ = factories.make_round(required_sections=["papers"])
    session.commit()
    url = f"/admin/rounds/edit/{round_.id}"
    sent = typed(page.get(url).text)
    answer = page.post(url, data=sent | {"form_template": hides.id})
    assert answer.status_code == 422 and "不打印表八" in answer.text
    assert page.post(url, data=sent | {"form_template": fits.id}).status_code == 302
    session.expire_all()
    assert round_.form_template is fits
    assert "合适的" in page.get(f"/admin/rounds/show/{round_.id}").text
    assert page.post(url, data=sent | {"form_template": ""}).status_code == 422, "somebody has changed it"


def test_the_list_says_which_one_is_in_use_and_publishing_whom_it_touches(session, page, draft):
    old, new = published(name="旧的"), published(name="新的", content={"5": {"hidden": True}})
    round_ = factories.make_round(year=YEAR)
    round_.form_template = old
    session.commit()
    text = page.get(f"{AT}/").text
    assert text.count("现行") == 2, "one mark, and the word in the explanation"
    assert text.index("新的") < text.index("旧的") and "1 个" in text

    ask = page.get(f"{AT}/{draft.id}/publish").text
    assert round_.committee.name not in ask
    round_.form_template = None
    session.commit()
    assert f"有 {len(operations.affected(draft))} 个" in page.get(f"{AT}/{draft.id}/publish").text
    assert round_ in operations.affected(draft) and new.id != draft.id


@pytest.mark.parametrize(
    "role", [Role.APPLICANT, Role.COMMITTEE, Role.HOTLINE, Role.SECURITY_ADMIN, Role.AUDITOR]
)
def test_nobody_else_has_these_pages(session, sign_in, draft, role):
    unit = factories.make_committee() if role is Role.COMMITTEE else None
    user = factories.make_user(role, unit)
    session.commit()
    client = sign_in(user)
    for url in (f"{AT}/", f"{AT}/{draft.id}/", f"{AT}/{draft.id}/preview", f"{AT}/{draft.id}/publish"):
        assert client.get(url).status_code == 403, url
    for url in (f"{AT}/draft", f"{AT}/{draft.id}/", f"{AT}/{draft.id}/publish", f"{AT}/{draft.id}/discard"):
        assert client.post(url).status_code == 403, url
