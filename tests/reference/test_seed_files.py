"""The files in seeds/ are plain CSV, complete, and agree with each other."""

import re
from collections import Counter

import pytest

pytestmark = pytest.mark.once

COLUMNS = {
    "titles": "series_no,series,ladder,level,title",
    "plan": "year,tier,no,name,organizer,due",
    "directory": "year,tier,no,name,scope,organizer,phone",
    "desks": "no,name,scope,address,phones,region_code,natures,levels,services",
    "bureaus": "code,name,region_code,phone",
    "engineering_specialties": "no,name",
    "committees": "code,name,aliases,tier,region_code,levels,series_nos,organizer,phone,plan_no,directory_no",
    "regions": "code,name,parent_code,level,postcode",
    "professions": "series_no,level1,level2,level3,ladder",
    "majors": "level1,level2,level3",
    "compatibility": "major_level1,major_level2,profession_level1",
    "holidays": "date,working,name",
    "attachment_requirements": "no,required,group,name,hint,section_slug,year,asked_by,sample,by_default,natures",
    "form_tables": "no,name",
    "form_templates": "name,year,series_no,content",
    "settings": "key,value,note",
}
KEYS = {
    "titles": ("series_no", "ladder", "level"),
    "plan": ("year", "tier", "no"),
    "directory": ("year", "tier", "no"),
    "desks": ("no",),
    "bureaus": ("code",),
    "engineering_specialties": ("name",),
    "committees": ("code",),
    "regions": ("code",),
    "professions": ("level1", "level2", "level3"),
    "majors": ("level1", "level2", "level3"),
    "compatibility": ("major_level1", "major_level2", "profession_level1"),
    "holidays": ("date",),
    "attachment_requirements": ("year", "no"),
    "form_tables": ("no",),
    "form_templates": ("name", "year"),
    "settings": ("key",),
}
COUNTS = {
    "titles": 231,
    "plan": 57,
    "directory": 58,
    "desks": 22,
    "bureaus": 1,
    "engineering_specialties": 40,
    "committees": 59,
    "regions": 22,
    "attachment_requirements": 10,
    "form_tables": 17,
    "form_templates": 1,
    "settings": 7,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_files_are_plain_utf8_with_the_agreed_columns(seeds, name):
    raw = (seeds.folder / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw and raw.endswith(b"\n")
    assert raw.decode("utf-8").split("\n", 1)[0] == COLUMNS[name]


@pytest.mark.parametrize("name", COLUMNS)
def test_no_cell_holds_a_line_break_tab_or_outer_blank(seeds, name):
    for row in seeds.read(name):
        assert None not in row and None not in row.values(), row
        for value in row.values():
            assert value == value.strip() and not re.search(r"[\n\r\t\u3000\xa0]", value), row


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(seeds, name):
    seen = Counter(tuple(row[key] for key in KEYS[name]) for row in seeds.read(name))
    assert [key for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("name", COUNTS)
def test_row_counts(seeds, name):
    assert len(seeds.read(name)) == COUNTS[name]


def test_every_file_is_described_in_the_readme(seeds):
    text = (seeds.folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}.csv`" not in text] == []


def test_references_between_files_hold(seeds):
    regions = {row["code"] for row in seeds.read("regions")}
    series = set(seeds.column("titles", "series_no"))
    assert {row["parent_code"] for row in seeds.read("regions")} - {""} <= regions
    assert {row["region_code"] for row in seeds.read("committees") + seeds.read("bureaus")} <= regions
    assert {code for code in seeds.column("desks", "region_code") if code} <= regions
    assert {number for row in seeds.read("committees") for number in seeds.split(row["series_nos"])} <= series
    ladders = {(row["series_no"], row["ladder"]) for row in seeds.read("titles")}
    assert {(row["series_no"], row["ladder"]) for row in seeds.read("professions")} == ladders
    majors = {(row["level1"], row["level2"]) for row in seeds.read("majors")}
    majors |= {(row["level1"], "") for row in seeds.read("majors")}
    for row in seeds.read("compatibility"):
        assert (row["major_level1"], row["major_level2"]) in majors, row
    assert set(seeds.column("compatibility", "profession_level1")) == set(
        seeds.column("professions", "level1")
    )
