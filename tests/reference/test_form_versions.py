"""表单字段: drafting, looking and publishing, by a super administrator alone (issue 4, Low-code; screens.md 3.5)."""

from html import unescape

import pytest
from sqlalchemy import delete, select, update

from app import clock
from app.checks.dossiers import drafts_and_versions_confused, form_versions_beyond_the_rules
from app.dossier.layout import described, layout_from
from app.dossier.versions import latest_version_id, layout_for
from app.extensions import db
from app.models import Application, AuditEntry, FormVersion, User, fields_of
from app.models.sections import Award, StudyHistory, TitleHeld
from app.reference import form_operations as operations
from app.reference.deeds import ACTIONS
from app.vocabulary import Role
from tests import factories
from tests.at_once import at_once
from tests.forms import typed

AT = "/admin/form-versions"


@pytest.fixture
def administrator(session):
    """Nothing is published, nothing is drafted."""
    session.execute(update(Application).values(form_version_id=None))
    session.execute(delete(FormVersion))
    user = factories.make_user(Role.SUPER_ADMIN)
    session.commit()
    return user


@pytest.fixture
def page(sign_in, administrator):
    return sign_in(administrator)


@pytest.fixture
def draft(session, administrator):
    draft = operations.start_draft(by=administrator, at=clock.now())
    session.commit()
    return draft


def section(page, draft, slug="study-history"):
    """What the page of a section would send back."""
    url = f"{AT}/{draft.id}/sections/{slug}"
    return url, typed(page.get(url).text)


def order(session, draft, model=StudyHistory):
    session.expire_all()
    return [each.name for each in layout_from(draft.content).of(model)]


def deeds(session):
    return [
        each.action
        for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if each.object_type == "FormVersion"
    ]


def add(page, draft, label, kind, **more):
    url, sent = section(page, draft)
    return page.post(url, data={**sent, "add": "y", "new-label": label, "new-kind": kind, **more})


def test_a_draft_is_begun_changed_looked_at_and_published(session, page, administrator):
    before = len(deeds(session))
    answer = page.post(f"{AT}/draft")
    draft = session.scalars(select(FormVersion)).one()
    assert answer.location == f"{AT}/{draft.id}/"
    assert page.get(answer.location).text.count("个字段") >= 13

    url, sent = section(page, draft)
    assert (sent["school-label"], sent["school-limit"]) == (["就读学校"], ["100"])
    sent |= {"school-label": "毕业院校", "school-hint": "写全称", "school-limit": "60"}
    del sent["duty-required"]
    assert page.post(url, data=sent).status_code == 302
    answer = add(page, draft, "导师姓名", "text")
    assert answer.location == f"{url}#card-x1"
    for label, kind, more in (
        ("人数", "number", {}), ("登记日", "date", {"new-required": "y"}), ("方式", "choice", {"new-choices": "定向\n\n非定向 "}),
    ):  # fmt: skip
        assert add(page, draft, label, kind, **more).status_code == 302
    session.expire_all()
    fields = {each.name: each for each in layout_from(draft.content).of(StudyHistory)}
    school, duty = fields["school"], fields["duty"]
    assert (school.label, school.hint, school.limit, school.required) == ("毕业院校", "写全称", 60, True)
    assert not duty.required
    assert [fields[f"x{n}"].type.__name__ for n in (1, 2, 3, 4)] == ["str", "int", "date", "str"]
    assert fields["x4"].choices == ("定向", "非定向") and fields["x3"].required and not fields["x1"].required

    preview = page.get(f"{url}/preview").text
    for words in ("预览", "毕业院校", "导师姓名", "登记日", "非定向", "不会保存"):
        assert words in preview
    assert "<form class" not in preview.split("<main")[1]
    newcomer = factories.make_applicant()
    assert layout_for(newcomer).of(StudyHistory) == fields_of(StudyHistory)

    factories.make_draft()
    session.commit()
    look = page.get(f"{AT}/{draft.id}/publish").text
    assert "正在办理的 1 份申报保留开始时的字段" in look
    assert "就读学校" in look and "毕业院校" in look and "新增字段" in look
    answer = page.post(f"{AT}/{draft.id}/publish", data=typed(look) | {"note": "按通知增加"})
    assert answer.location == f"{AT}/"
    session.expire_all()
    assert (draft.published_at is not None, draft.note, draft.by_id) == (True, "按通知增加", administrator.id)
    assert layout_for(newcomer).id == draft.id == latest_version_id()
    home = page.get(f"{AT}/").text
    assert "按通知增加" in home and "现行" in home and "起草新版本" in home

    done = deeds(session)[before:]
    assert done == ["draft_form", *["reshape_form"] * 5, "publish_form"]
    assert all(each in ACTIONS for each in done)
    last = session.scalars(select(AuditEntry).where(AuditEntry.action == "reshape_form")).first()
    assert last.before and last.after and last.before != last.after and last.by_id == administrator.id


def test_each_version_begins_with_the_one_before_and_names_are_never_used_again(
    session, page, draft, administrator
):
    add(page, draft, "导师姓名", "text")
    page.post(f"{AT}/{draft.id}/publish", data=typed(page.get(f"{AT}/{draft.id}/publish").text))
    page.post(f"{AT}/draft")
    second = session.scalars(select(FormVersion).where(FormVersion.published_at.is_(None))).one()
    assert order(session, second)[-1] == "x1"

    url, sent = section(page, second)
    assert page.post(url, data={**sent, "remove": "x1"}).status_code == 302
    assert "x1" not in order(session, second)
    add(page, second, "另一个", "text")
    assert order(session, second)[-1] == "x2"
    shown = page.get(f"{AT}/{second.id}/").text
    assert "删除字段" in shown and "导师姓名" in shown


def test_a_field_moves_by_buttons_and_everything_typed_is_saved_with_it(session, page, draft):
    url, sent = section(page, draft)
    answer = page.post(url, data={**sent, "move": "down:school", "witness-label": "见证人"})

    assert answer.location == f"{url}#card-school"
    assert order(session, draft) == ["major_id", "school", "start", "end", "witness", "duty"]
    assert {each.name: each.label for each in layout_from(draft.content).of(StudyHistory)}[
        "witness"
    ] == "见证人"
    url, sent = section(page, draft)
    assert page.post(url, data={**sent, "move": "up:major_id"}).status_code == 302
    assert order(session, draft)[0] == "major_id"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"school-label": ""}, "填写字段名称"),
        ({"school-label": "甲" * 41}, "名称超出 1 字，上限 40 字"),
        ({"school-label": "担任职务"}, "名称“担任职务”与另一个字段相同"),
        ({"school-hint": "甲" * 201}, "填写提示超出 1 字，上限 200 字"),
        ({"school-limit": "五十"}, "字数上限应为 1 到 5000 之间的整数"),
        ({"school-limit": "5001"}, "字数上限应为 1 到 5000 之间的整数"),
        ({"add": "y", "new-label": "", "new-kind": "text"}, "填写字段名称"),
        ({"add": "y", "new-label": "方式", "new-kind": "choice", "new-choices": "只有一个"}, "选项至少填写 2 个"),
        ({"add": "y", "new-label": "目录", "new-kind": "tree"}, "选择字段类型"),
    ],
)  # fmt: skip
def test_what_is_refused_is_explained_and_nothing_typed_is_lost(session, page, draft, given, words):
    url, sent = section(page, draft)
    answer = page.post(url, data={**sent, "witness-hint": "没有写完的提示", **given})

    assert answer.status_code == 422
    said = unescape(answer.text)
    assert words in said and "没有写完的提示" in said
    assert all(value in said for key, value in given.items() if key.endswith(("-label", "-hint", "-choices")))
    session.expire_all()
    assert draft.content == {}


def test_the_mark_of_what_is_always_stored_cannot_be_taken_away(session, page, draft):
    url, sent = section(page, draft)
    shown = page.get(url).text

    assert "start-required" not in sent and "这类内容登记时必须填写，不能改为选填" in shown
    assert page.post(url, data={**sent, "start-required": "", "start-label": "入学时间"}).status_code == 302
    session.expire_all()
    assert {each.name: each.required for each in layout_from(draft.content).of(StudyHistory)}["start"]
    wanted = [{**described(each), "required": False} for each in fields_of(StudyHistory)]
    with pytest.raises(operations.NotASection):
        operations.reshape(draft, "study-history", wanted, seen=draft.version, by=draft.by, at=clock.now())
    session.rollback()


@pytest.mark.parametrize(
    "given", [{"remove": "school"}, {"remove": "x9"}, {"move": "sideways:school"}, {"move": "up:x9"}]
)
def test_what_no_button_says_is_refused(page, draft, given):
    url, sent = section(page, draft)

    assert page.post(url, data={**sent, **given}).status_code == 400


def test_two_administrators_at_once_both_read_what_the_other_has_typed(session, sign_in, page, draft):
    other = sign_in(factories.make_user(Role.SUPER_ADMIN))
    url, mine = section(page, draft)
    _url, theirs = section(other, draft)
    assert other.post(url, data={**theirs, "add": "y", "new-label": "导师姓名", "new-kind": "text", "school-label": "院校"}).status_code == 302  # fmt: skip

    answer = page.post(url, data={**mine, "school-label": "毕业院校", "duty-hint": "我写的提示"})
    said = unescape(answer.text)
    assert answer.status_code == 409
    for words in ("刚刚在别处修改过", "毕业院校", "我写的提示", "现在保存的是：院校", "导师姓名"):
        assert words in said
    assert page.post(url, data=typed(answer.text)).status_code == 302
    session.expire_all()
    fields = {each.name: each for each in layout_from(draft.content).of(StudyHistory)}
    assert (fields["school"].label, fields["duty"].hint, fields["x1"].label) == (
        "毕业院校",
        "我写的提示",
        "导师姓名",
    )


def test_what_is_published_meanwhile_is_not_changed_and_nothing_typed_is_lost(session, page, draft):
    add(page, draft, "导师姓名", "text")
    url, sent = section(page, draft)
    page.post(f"{AT}/{draft.id}/publish", data=typed(page.get(f"{AT}/{draft.id}/publish").text))

    answer = page.post(url, data={**sent, "school-label": "晚到的名称"})
    assert answer.status_code == 409
    assert "已经发布，不能再修改" in answer.text and "晚到的名称" in answer.text
    session.expire_all()
    assert layout_from(draft.content).of(StudyHistory)[0].label == "就读学校"
    assert page.post(f"{AT}/{draft.id}/discard", data={"version": str(draft.version)}).status_code == 409
    assert page.get(url).location == f"{AT}/{draft.id}/"


def test_an_unchanged_or_outdated_draft_is_not_published(session, page, draft):
    look = typed(page.get(f"{AT}/{draft.id}/publish").text)
    answer = page.post(f"{AT}/{draft.id}/publish", data=look | {"note": "没有修改的版本"})
    assert answer.status_code == 409 and "没有区别" in answer.text and "没有修改的版本" in answer.text

    add(page, draft, "导师姓名", "text")
    answer = page.post(f"{AT}/{draft.id}/publish", data=look)
    assert answer.status_code == 409 and "刚刚在别处修改过" in answer.text
    too_long = page.post(f"{AT}/{draft.id}/publish", data=typed(answer.text) | {"note": "甲" * 201})
    assert too_long.status_code == 422
    session.expire_all()
    assert draft.published_at is None


def test_a_draft_is_discarded_and_leaves_nothing_but_its_entry(session, page, draft):
    add(page, draft, "导师姓名", "text")
    session.expire_all()

    assert page.post(f"{AT}/{draft.id}/discard", data={"version": str(draft.version - 1)}).status_code == 409
    session.expire_all()
    assert page.post(f"{AT}/{draft.id}/discard", data={"version": str(draft.version)}).status_code == 302
    session.expire_all()
    assert session.scalars(select(FormVersion)).all() == []
    assert deeds(session)[-1] == "discard_form"


def test_of_two_drafts_begun_at_once_there_is_one(app, session, administrator):
    key = administrator.id
    session.remove()

    def begin():
        return operations.start_draft(by=db.session.get_one(User, key), at=clock.now()).id

    results = at_once(app, [begin, begin])
    assert sorted(results, key=str)[0] == operations.DraftUnderWay or operations.DraftUnderWay in results
    assert len(db.session.scalars(select(FormVersion)).all()) == 1


def test_of_two_publications_at_once_there_is_one(app, session, page, draft):
    add(page, draft, "导师姓名", "text")
    session.expire_all()
    pk, seen, key = draft.id, draft.version, draft.by_id
    session.remove()

    def publish():
        version = db.session.get_one(FormVersion, pk)
        operations.publish(version, seen=seen, note="", by=db.session.get_one(User, key), at=clock.now())

    results = at_once(app, [publish, publish])
    assert sorted(map(str, results)) == sorted(map(str, [None, operations.NotADraft]))


@pytest.mark.parametrize(
    "role",
    [Role.APPLICANT, Role.UNIT, Role.HOTLINE, Role.SECURITY_ADMIN, Role.AUDITOR],
    ids=lambda role: role.value,
)
def test_nobody_else_has_these_pages(session, sign_in, draft, role):
    unit = factories.make_unit()
    user = factories.make_user(role, unit if role is Role.UNIT else None)
    session.commit()
    client = sign_in(user)

    for url in (
        f"{AT}/",
        f"{AT}/{draft.id}/",
        f"{AT}/{draft.id}/sections/awards",
        f"{AT}/{draft.id}/sections/awards/preview",
    ):
        assert client.get(url).status_code in (302, 403), url
        assert "表单字段" not in client.get(url).text
    for url in (
        f"{AT}/draft",
        f"{AT}/{draft.id}/publish",
        f"{AT}/{draft.id}/discard",
        f"{AT}/{draft.id}/sections/awards",
    ):
        client.post(url, data={"version": str(draft.version)})
    session.expire_all()
    assert draft.content == {} and draft.published_at is None


def test_addresses_of_nothing(page, draft):
    for url in (
        f"{AT}/999999/",
        f"{AT}/{draft.id}/sections/no-such-section",
        f"{AT}/999999/sections/awards/preview",
    ):
        assert page.get(url).status_code == 404


def test_check_finds_content_beyond_the_rules_and_an_application_on_a_draft(session, draft):
    assert list(form_versions_beyond_the_rules()) == list(drafts_and_versions_confused()) == []

    fields = [described(each) for each in fields_of(Award)]
    draft.content = {
        "awards": [{**fields[0], "label": ""}, *fields[1:]],
        "nothing": [],
        "titles-held": [{"name": "x1"}],
    }
    application = factories.make_draft()
    application.form_version_id = draft.id
    session.flush()
    found = list(form_versions_beyond_the_rules())
    assert [each.split(": ", 1)[1] for each in sorted(found)] == [
        "awards, name: its label is against the rules",
        "names the unknown section nothing",
        "titles-held cannot be read (KeyError)",
    ]
    assert TitleHeld.section.slug == "titles-held"
    assert len(list(drafts_and_versions_confused())) == 1
    session.rollback()


def test_what_an_administrator_writes_is_text_on_every_page(session, page, draft):
    odd = "<script>x(1)</script>%s%(a)s"
    url, sent = section(page, draft)
    sent |= {"school-label": odd, "school-hint": odd, "duty-limit": "x"}
    answers = [page.post(url, data=sent), page.post(url, data=sent | {"version": "0", "duty-limit": "5"})]
    assert [each.status_code for each in answers] == [422, 409]
    assert page.post(url, data=sent | {"duty-limit": "5"}).status_code == 302
    add(page, draft, f"{odd}2", "choice", **{"new-choices": "<script>%s\n<script>%d"})
    for there in (url, f"{url}/preview", f"{AT}/{draft.id}/", f"{AT}/{draft.id}/publish"):
        answers.append(page.get(there))
    page.post(f"{AT}/{draft.id}/publish", data=typed(answers[-1].text) | {"note": odd})
    answers.append(page.get(f"{AT}/"))

    for each in answers:
        assert each.status_code in (200, 409, 422), each.request.path
        assert "<script>x(1)" not in each.text and "<script>%" not in each.text, each.request.path
        assert "&lt;script&gt;x(1)&lt;/script&gt;%s%(a)s" in each.text, each.request.path
