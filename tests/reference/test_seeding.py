"""Loading seeds/ is complete, repeatable and polite to what administrators typed."""

import hashlib
import json

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Bureau, Committee, Holiday, RouteRule, Setting, Title, Unit
from app.reference import catalogue
from app.reference.seeding import load
from app.vocabulary import Nature, Tier
from app.workflow.routing import build
from tests.conftest import SEEDS
from tests.factories import make_committee, make_department, region

COUNTS = {
    "series": 26,
    "title": 231,
    "plan_row": 57,
    "directory_row": 58,
    "region": 22,
    "bureau": 23,
    "committee": 59,
    "engineering_specialty": 40,
    "profession": 697,
    "major": 708,
    "compatibility": 310,
    "holiday": 125,
    "attachment_requirement": 10,
    "form_table": 17,
    "setting": 7,
    "route_rule": 13,
}


def fingerprint():
    digests = {}
    for table in db.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
        digests[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


@pytest.mark.parametrize(("table", "count"), COUNTS.items())
def test_every_table_has_its_rows(session, table, count):
    assert db.session.scalar(select(func.count()).select_from(db.metadata.tables[table])) == count


def test_a_second_run_changes_nothing(session):
    before = fingerprint()
    counts = load(SEEDS)
    assert not any(each.added or each.changed for each in counts)
    assert fingerprint() == before


def test_seed_rows_are_corrected_and_other_rows_kept(session):
    title = db.session.scalars(select(Title).where(Title.name == "研究馆员")).first()
    desk = db.session.scalars(select(Bureau).where(Bureau.no == 1)).one()
    title.name, desk.phones = "错误名称", []
    own = make_committee(name="管理员新增的评委会")
    db.session.delete(db.session.scalars(select(Holiday)).first())
    db.session.flush()
    changed = {each.table: (each.added, each.changed) for each in load(SEEDS) if each.added or each.changed}
    assert changed == {"title": (0, 1), "bureau": (0, 1), "holiday": (1, 0)}
    assert title.name == "研究馆员"
    assert desk.phones == ["0871-65189551"]
    assert db.session.get(Committee, own.id).name == "管理员新增的评委会"


def test_settings_and_rules_belong_to_administrators_once_loaded(session):
    phone = db.session.scalars(select(Setting).where(Setting.key == "support_phone")).one()
    rule = db.session.scalars(select(RouteRule).where(RouteRule.position == 10)).one()
    phone.value, rule.steps = "0871-00000000", ["unit"]
    db.session.flush()
    load(SEEDS)
    assert (phone.value, rule.steps) == ("0871-00000000", ["unit"])


def test_the_metro_is_exported_and_never_reviews(session):
    metro = db.session.scalars(select(Bureau).where(Bureau.no == 22)).one()
    assert (metro.name, metro.region_id, metro.natures, metro.services) == (
        "昆明地铁运营有限公司",
        None,
        [],
        ["committee"],
    )
    for name in ("西山区", "官渡区", "云南滇中新区"):
        unit = Unit(
            name="示例",
            nature=Nature.STATE_ENTERPRISE,
            tier=Tier.COUNTY,
            region=region(name),
            contact_phone="1",
        )
        unit.region_id = unit.region.id
        offices = build(unit, make_committee(), department=make_department())
        assert metro not in [each.organisation for each in offices if each.stage == "bureau"]


def test_the_city_bureau_is_one_row(session):
    assert [row.name for row in db.session.scalars(select(Bureau).where(Bureau.is_city))] == [
        "昆明市人力资源和社会保障局"
    ]


FILES = {
    "titles": ("titles", {}, ("series_no", "series", "ladder", "level", "title")),
    "plan_senior": ("plan", {"tier": "senior"}, ("no", "name", "organizer", "due")),
    "plan_intermediate": ("plan", {"tier": "intermediate"}, ("no", "name", "organizer", "due")),
    "directory_senior": ("directory", {"tier": "senior"}, ("no", "name", "scope", "organizer", "phone")),
    "directory_intermediate": (
        "directory",
        {"tier": "intermediate"},
        ("no", "name", "scope", "organizer", "phone"),
    ),
    "desks": ("desks", {}, ("no", "name", "scope", "address", "phones")),
}
NUMBERS = {"series_no", "ladder", "no"}


def as_exported(row, columns):
    def value(name):
        if name in NUMBERS:
            return int(row[name])
        return row[name].split(";") if name == "phones" else row[name]

    return {name: value(name) for name in columns}


@pytest.mark.parametrize("key", FILES)
def test_the_export_equals_the_files_field_by_field(session, seeds, key):
    file, where, columns = FILES[key]
    expected = [as_exported(row, columns) for row in seeds.matching(file, where)]
    assert catalogue.export()[key] == expected


def test_the_export_has_the_counts_and_the_wording_of_the_sources(session):
    found = catalogue.export()
    assert {key: len(rows) for key, rows in found.items()} == {
        "titles": 231,
        "plan_senior": 11,
        "plan_intermediate": 46,
        "directory_senior": 11,
        "directory_intermediate": 47,
        "desks": 22,
        "engineering_specialties": 40,
    }
    assert found["titles"][0] == {
        "series_no": 1,
        "series": "高等学校教师",
        "ladder": 1,
        "level": "正高",
        "title": "教授",
    }
    assert found["titles"][-1]["title"] == "律师助理"
    assert found["plan_senior"][0]["due"] == "9月底前"
    assert found["directory_intermediate"][1]["phone"] == "0871-65516154"
    assert found["desks"][2]["phones"] == ["0871-68367604", "0871-68158354"]
    assert found["desks"][21]["name"] == "昆明地铁运营有限公司"
    assert found["engineering_specialties"][:3] == ["机械", "材料", "冶金"]


def test_plan_and_directory_differ_where_the_sources_do(session):
    found = catalogue.differences()
    assert {each.code for each in found if each.about == catalogue.NAME} == {
        "KM-S-03",
        "KM-S-11",
        "KM-I-05",
        "KM-I-09",
        "KM-I-13",
        "KM-I-40",
        "KM-I-44",
    }
    assert [(each.code, each.plan) for each in found if each.about == catalogue.MISSING] == [
        ("KM-I-02", None)
    ]
    assert not [each for each in found if each.about == catalogue.UNKNOWN]
    organizers = {
        each.code: (each.plan, each.directory) for each in found if each.about == catalogue.ORGANIZER
    }
    assert organizers["KM-I-01"] == ("中国共产党昆明市委员会党校", "中共昆明市委党校")


def test_the_command_prints_counts_and_differences(app):
    answer = app.test_cli_runner().invoke(args=["seed"])
    assert answer.exit_code == 0
    assert "title：231 行，新增 0，更正 0（titles.csv）" in answer.output
    assert "KM-I-02  计划：—  目录：云南师范大学附属小学中小学教师一级教师职称评审委员会" in answer.output


def test_the_export_goes_to_a_file_or_to_the_output(app, tmp_path):
    runner, file = app.test_cli_runner(), tmp_path / "reference.json"
    assert runner.invoke(args=["reference", "export", str(file)]).exit_code == 0
    assert json.loads(file.read_text()) == json.loads(runner.invoke(args=["reference", "export", "-"]).output)
