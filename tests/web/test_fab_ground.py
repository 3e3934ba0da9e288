"""The leaks of stock Flask-AppBuilder that fab.md measured, each tried against our generated screens."""

import re
import threading

import pytest
from flask_appbuilder.models.sqla.filters import FilterStartsWith
from sqlalchemy import event, select

from app import clock, create_app
from app.extensions import db
from app.models import Compatibility, Notice, Series, SeriesEntry, Setting, Unit, User
from app.reference.rights import VIEWS_OF
from app.roles import ALL, OPENS, fab_roles, may_open
from app.vocabulary import Role
from app.web.crud import ModelScreen
from app.web.interface import EagerInterface
from tests import factories
from tests.conftest import Client, dispose, settings
from tests.forms import typed

pytestmark = pytest.mark.once


class VisibleNotices(ModelScreen):
    """A screen with a row filter: only notices whose title begins with 可见."""

    datamodel = EagerInterface(Notice)
    route_base = "/visible-notices"
    base_filters = [["title", FilterStartsWith, "可见"]]
    label_columns = {"title": "标题", "body": "正文"}
    list_columns = show_columns = add_columns = edit_columns = search_columns = ["title", "body"]


@pytest.fixture(scope="module")
def app(databases, seeded, tmp_path_factory):
    url = databases.make(template=seeded)
    OPENS[Role.SUPER_ADMIN]["VisibleNotices"] = ALL
    VIEWS_OF["VisibleNotices"] = "可见公告"
    app = create_app(**settings(tmp_path_factory.mktemp("ground"), url))
    with app.app_context():
        app.appbuilder.add_view_no_menu(VisibleNotices)
    app.test_client_class = Client
    yield app
    del OPENS[Role.SUPER_ADMIN]["VisibleNotices"], VIEWS_OF["VisibleNotices"]
    dispose(app)
    databases.drop(url)


@pytest.fixture
def page(sign_in, session):
    return sign_in(factories.make_user(Role.SUPER_ADMIN, first_name="示例管理员"))


@pytest.fixture
def hidden(session):
    notice = Notice(title="看不见的公告", body="范围外", published_at=clock.now())
    session.add(notice)
    session.flush()
    return notice


SCREENS = sorted(view for view, opened in OPENS[Role.SUPER_ADMIN].items() if view.endswith("Admin"))
WRITABLE = [view for view in SCREENS if "can_edit" in OPENS[Role.SUPER_ADMIN][view]]


def screen_of(app, name):
    return next(each for each in app.appbuilder.baseviews if type(each).__name__ == name)


# Actions, forms and downloads that ignore row filters


def test_no_route_of_fabs_own_is_left(app):
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    stock = re.compile(
        r"/(download|action|action_post|chart|api|swagger|lang|users|roles|resetpassword)(/|$)"
    )
    found = [rule for rule in rules if stock.search(rule) and not rule.startswith("/admin/users/")]
    assert found == []
    for view in SCREENS:
        base = screen_of(app, view).route_base
        assert not [rule for rule in rules if re.match(f"{base}/(download|action)", rule)]


@pytest.mark.parametrize(
    ("method", "path"), [("get", "show"), ("get", "edit"), ("post", "edit"), ("post", "delete")]
)
def test_a_row_outside_the_filter_is_not_there(page, hidden, method, path):
    answer = getattr(page, method)(f"/visible-notices/{path}/{hidden.id}", data={"title": "改", "body": "改"})
    assert answer.status_code == 404
    assert db.session.get(Notice, hidden.id).title == "看不见的公告"


def test_a_list_shows_only_rows_of_the_filter(page, hidden):
    db.session.add(Notice(title="可见的公告", body="范围内", published_at=clock.now()))
    for query in ("", "?body=范围", "?title=看不见", "?_flt_0_title=看不见", "?_flt_9_title=x"):
        answer = page.get(f"/visible-notices/list/{query}")
        assert answer.status_code == 200
        assert "范围外" not in re.sub("<input[^>]*>", "", answer.text)


@pytest.mark.parametrize("pk", ["0", "abc", "²", "9" * 40, "-1", "1 OR 1=1", "[1]"])
def test_a_key_that_cannot_be_one_is_not_there(page, pk):
    for path in ("show", "edit"):
        assert page.get(f"/admin/units/{path}/{pk}").status_code == 404


# Filters shared between threads


def test_one_persons_search_never_reaches_another(app, page):
    for number in range(6):
        db.session.add(Setting(key=f"thread_{number}", value=f"甲乙{number}丙丁", note=""))
    db.session.commit()
    cookie = page.get_cookie("session").value
    wrong = []

    def search(number):
        client = app.test_client()
        client.set_cookie("session", cookie)
        for _turn in range(10):
            text = client.get(f"/admin/settings/list/?value=甲乙{number}").text
            others = [each for each in range(6) if each != number and f"甲乙{each}丙丁" in text]
            if others or f"甲乙{number}丙丁" not in text:
                wrong.append((number, others))

    threads = [threading.Thread(target=search, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert wrong == []


# SQL in messages, typed input lost


def test_a_duplicate_says_so_without_sql_and_keeps_what_was_typed(page):
    there = db.session.scalars(select(Compatibility)).first()
    data = {
        "major_level1": there.major_level1,
        "major_level2": there.major_level2,
        "profession_level1": there.profession_level1,
    }
    answer = page.post("/admin/compatibility/add", data=data)
    assert answer.status_code == 422
    assert "没有保存" in answer.text
    assert not re.search(r"INSERT|UNIQUE|sqlite|psycopg|IntegrityError|Traceback", answer.text)
    assert {name: values[0] for name, values in typed(answer.text).items() if name in data} == data


def test_a_duplicate_code_is_told_at_its_field(page):
    answer = page.post(
        "/admin/settings/add", data={"key": "support_phone", "value": "0871-11111111", "note": "我的说明"}
    )
    assert answer.status_code == 422
    assert "已被其他记录使用" in answer.text
    assert typed(answer.text)["note"] == ["我的说明"]


def test_a_row_changed_meanwhile_is_not_overwritten(page):
    setting = db.session.scalars(select(Setting).where(Setting.key == "bureau_portal")).one()
    path = f"/admin/settings/edit/{setting.id}"
    data = typed(page.get(path).text)
    setting.value = "http://other.invalid"
    db.session.commit()
    answer = page.post(path, data={**data, "value": "http://mine.invalid"})
    assert answer.status_code == 422
    assert "刚刚被其他人修改过" in answer.text
    assert "现在保存的是：http://other.invalid" in answer.text
    assert typed(answer.text)["value"] == ["http://mine.invalid"]
    assert db.session.get(Setting, setting.id).value == "http://other.invalid"
    again = page.post(path, data=typed(answer.text))
    assert again.status_code == 302
    assert db.session.get(Setting, setting.id).value == "http://mine.invalid"


def test_a_form_without_its_version_is_not_saved(page):
    setting = db.session.scalars(select(Setting).where(Setting.key == "policy_phone")).one()
    answer = page.post(f"/admin/settings/edit/{setting.id}", data={"value": "1", "note": ""})
    assert answer.status_code == 422
    assert db.session.get(Setting, setting.id).value == "12333"


def test_a_row_in_use_is_not_deleted_and_the_page_says_why(page):
    unit = factories.make_unit()
    answer = page.post(f"/admin/regions/delete/{unit.region_id}", follow_redirects=True)
    assert "已被其他数据引用，不能删除" in answer.text
    assert "FOREIGN KEY" not in answer.text


# GET changes nothing; tokens


@pytest.mark.parametrize("view", SCREENS)
def test_a_get_deletes_nothing(app, page, view):
    base = screen_of(app, view).route_base
    assert page.get(f"{base}/delete/1").status_code in (404, 405)


def test_a_post_without_its_token_is_refused(app, page, hidden, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert page.post(f"/admin/notices/delete/{hidden.id}").status_code == 400
    assert page.post(f"/admin/users/unlock/{hidden.id}").status_code == 400
    assert db.session.get(Notice, hidden.id) is not None


# Roles


@pytest.mark.parametrize("role", list(Role))
def test_rights_are_matched_whole(role):
    for view, permissions in fab_roles()[role.value]:
        for pattern in (view, permissions):
            assert pattern.startswith("^") and pattern.endswith("$")
        assert not re.match(view, f"{view[1:-1]}Other")
        assert not re.match(permissions, "can_list_all")


def test_what_is_not_listed_is_refused(app, page):
    assert page.post("/admin/units/delete/1").status_code == 403
    assert page.post("/admin/settings/delete/1").status_code == 403
    assert page.get("/audit/").status_code == 403
    assert page.get("/admin/series/edit/1").status_code == 404


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.SUPER_ADMIN])
def test_nobody_else_opens_a_screen(app, session, sign_in, role):
    office = {
        Role.UNIT: factories.make_unit,
        Role.DEPARTMENT: factories.make_department,
        Role.BUREAU: factories.make_department,
        Role.CITY_BUREAU: factories.make_department,
        Role.COMMITTEE: factories.make_committee,
    }.get(role, lambda: None)()
    person = sign_in(factories.make_user(role, office))
    for view in SCREENS:
        expected = 200 if may_open(role, view, "can_list") else 403
        assert person.get(f"{screen_of(app, view).route_base}/list/").status_code == expected, view


def test_nobody_without_a_session_opens_a_screen(app, client):
    for view in SCREENS:
        answer = client.get(f"{screen_of(app, view).route_base}/list/")
        assert answer.status_code == 302
        assert "/sign-in" in answer.location or "/login" in answer.location


# Order and size of pages


def rows_of(text):
    return re.findall(r'<th scope="row">(.*?)</th>', text, re.S)


def test_an_order_by_a_hidden_column_is_ignored(page):
    for number in range(3):
        factories.make_user(password=f"hash{9 - number}", fail_login_count=9 - number)
    usual = rows_of(page.get("/admin/users/list/").text)
    for column in ("password", "fail_login_count", "locked_at", "no_such_column", "roles"):
        answer = page.get(f"/admin/users/list/?_oc_UserAdmin={column}&_od_UserAdmin=asc")
        assert (answer.status_code, rows_of(answer.text)) == (200, usual)


@pytest.mark.parametrize(
    "query",
    ["psize_MajorAdmin=abc", "page_MajorAdmin=-1", "page_MajorAdmin=²", "psize_MajorAdmin=" + "9" * 30],
)
def test_a_size_that_is_none_is_refused(page, query):
    assert page.get(f"/admin/majors/list/?{query}").status_code == 400


def test_a_page_has_its_largest_size(page):
    assert len(rows_of(page.get("/admin/majors/list/?psize_MajorAdmin=20000").text)) == 100
    assert len(rows_of(page.get("/admin/majors/list/").text)) == 25
    assert page.get("/admin/majors/list/?page_MajorAdmin=99999").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "nature=none",
        "tier=%00",
        "region=999999",
        "region=x",
        "verified_at=9",
        "name=%25",
        "name=_",
        "name=%00",
        "name=" + "长" * 500,
    ],
)
def test_a_search_for_nonsense_is_a_page(page, query):
    assert page.get(f"/admin/units/list/?{query}").status_code == 200


def test_a_percent_sign_is_searched_for_as_such(page):
    unit = factories.make_unit(name="百分之百%示例")
    text = page.get("/admin/units/list/?name=%25").text
    (found,) = rows_of(text)
    assert unit.name in found


# Mass assignment


@pytest.mark.parametrize("view", WRITABLE)
def test_columns_that_are_not_on_the_form_cannot_be_posted(app, page, view):
    screen = screen_of(app, view)
    model = screen.datamodel.obj
    factories.make_round()
    factories.make_user(Role.HOTLINE)
    db.session.add(Notice(title="示例公告", body="示例", published_at=clock.now()))
    _integrity_record()
    if db.session.scalar(select(SeriesEntry.id)) is None:
        db.session.add(
            SeriesEntry(slug="daj", series_id=db.session.scalar(select(Series.id)), title="示例入口")
        )
    db.session.commit()
    row = db.session.scalars(select(model).order_by(model.id.desc())).first()
    columns = [each.key for each in model.__mapper__.column_attrs]
    before = {name: getattr(row, name) for name in columns}
    on_form = {"version", *screen.edit_columns, *(f"{name}_id" for name in screen.edit_columns)}
    planted = {
        name: "999" for name in (*columns, *model.__mapper__.relationships.keys()) if name not in on_form
    }
    path = f"{screen.route_base}/edit/{row.id}"
    page.post(path, data={**planted, **typed(page.get(path).text)})
    db.session.expire_all()
    row = db.session.get(model, before["id"])
    off_form = [name for name in columns if name in planted and name not in ("changed_on", "changed_by_fk")]
    assert {name: getattr(row, name) for name in off_form} == {name: before[name] for name in off_form}


def _integrity_record():
    from datetime import date

    from app.models import IntegrityRecord

    db.session.add(
        IntegrityRecord(
            id_number=factories.id_number(8000),
            reason="示例",
            starts_on=date(2025, 1, 1),
            until=date(2026, 1, 1),
        )
    )


def test_an_account_keeps_what_the_form_does_not_hold(page):
    user = factories.make_user(first_name="示例甲", fail_login_count=2)
    data = typed(page.get(f"/admin/users/edit/{user.id}").text)
    planted = {
        "password": "x",
        "fail_login_count": "0",
        "login_count": "7",
        "email": "e@local.invalid",
        "roles": "1",
        "locked_at": "",
    }
    page.post(f"/admin/users/edit/{user.id}", data={**planted, **data, "first_name": "示例乙"})
    db.session.expire_all()
    user = db.session.get(User, user.id)
    assert (user.first_name, user.password, user.fail_login_count, user.roles) == (
        "示例乙",
        factories.PASSWORD_HASH,
        2,
        [],
    )


def test_a_choice_that_is_not_offered_is_refused(page):
    unit = factories.make_unit()
    path = f"/admin/units/edit/{unit.id}"
    for field, value in (("region", "999999"), ("nature", "kingdom"), ("tier", "")):
        answer = page.post(path, data={**typed(page.get(path).text), field: value})
        assert answer.status_code in (302, 422)
        if field != "tier":
            assert answer.status_code == 422
    assert db.session.get(Unit, unit.id).nature is unit.nature


def test_forms_do_not_carry_every_person(page):
    factories.make_user(first_name="示例不应出现")
    db.session.commit()
    assert "示例不应出现" not in page.get("/admin/memberships/add").text
    assert len(page.get("/admin/memberships/list/").text) < 60_000


# The frame


@pytest.mark.parametrize("host", ["evil.invalid", "localhost.evil.invalid", "127.0.0.1.evil.invalid"])
def test_a_forged_host_is_refused(page, host):
    assert page.get("/overview/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/overview/", 6),
        ("/admin/units/list/", 7),
        ("/admin/memberships/list/", 6),
        ("/admin/majors/list/", 6),
        ("/admin/rounds/list/", 6),
        ("/admin/units/add", 5),
        ("/admin/rights/", 4),
    ],
)
def test_a_page_asks_the_database_a_fixed_number_of_times(app, page, path, most):
    for _number in range(30):
        factories.make_user(Role.UNIT, factories.make_unit())
        factories.make_round()
    db.session.commit()
    page.get(path)
    asked = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert page.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [each for each in asked if not each.startswith(("BEGIN", "PRAGMA"))]
    assert len(asked) <= most, "\n".join(asked)


def test_what_people_typed_is_text_not_markup(page):
    unit = factories.make_unit(name="<script>alert(1)</script>示例")
    for path in ("/admin/units/list/", f"/admin/units/show/{unit.id}", f"/admin/units/edit/{unit.id}"):
        assert "<script>alert" not in page.get(path).text
