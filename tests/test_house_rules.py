"""Rules that would live in prose only: each is short, and each has caught something."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from stdnum.cn import ric

from tests import residue

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
APP = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").glob("*.js")) + sorted((ROOT / "static/js").glob("*.js"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def relative(path):
    return path.relative_to(ROOT).as_posix()


GUARDED = {
    "status",
    "step",
    "stage",
    "holder_id",
    "chances_used",
    "opinions_used",
    "route_no",
    "submission_no",
}


def test_only_the_operations_move_an_application():
    offenders = []
    for path in APP:
        if relative(path) == "app/workflow/operations.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in GUARDED - {"status"}:
                    offenders.append(f"{relative(path)}:{node.lineno}")
                if (
                    isinstance(target, ast.Attribute)
                    and target.attr == "status"
                    and isinstance(target.value, ast.Name)
                    and target.value.id in {"application", "row", "found"}
                ):
                    offenders.append(f"{relative(path)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "update"
                and "Application" in ast.unparse(node)
            ):
                offenders.append(f"{relative(path)}:{node.lineno}")
    assert [each for each in offenders if each.split(":")[0] not in BESIDE_THE_OPERATIONS] == []


# The cover, in a draft; what lists sort by, when a round's correction time moves.
BESIDE_THE_OPERATIONS = ("app/apply/operations.py", "app/organisations/rounds.py")


@pytest.mark.parametrize("file", BESIDE_THE_OPERATIONS)
def test_what_writes_beside_the_operations_moves_no_application(file):
    source = (ROOT / file).read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            names = {each.arg for each in node.keywords if each.arg}
            assert not names & GUARDED, names


# Read by the PDF engine, never by a browser.
PRINTED = {"templates/form/print.html", "templates/guides/print.html"}


@pytest.mark.parametrize("path", [each for each in TEMPLATES if relative(each) not in PRINTED], ids=relative)
def test_templates_have_no_inline_script_style_or_handler(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


MARKED = {"N_", "_", "_l", "gettext", "lazy_gettext", "ngettext"}
# The mark in the header is a picture of a character, the same in every language.
PICTURES = {"templates/web/header.html": {"职"}}


def _said_in_template(node, is_marked=False):
    """The Chinese texts of a template that gettext does not see, inside and outside of expressions."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKED:
        is_marked = True
    text = getattr(node, "data", getattr(node, "value", ""))
    if isinstance(node, nodes.TemplateData | nodes.Const) and isinstance(text, str) and not is_marked:
        yield from re.findall(r"[\u4e00-\u9fff]+", text)
    for child in node.iter_child_nodes():
        yield from _said_in_template(child, is_marked)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_say_nothing_in_chinese_outside_gettext(path):
    said = set(_said_in_template(Environment().parse(path.read_text())))
    assert said - PICTURES.get(relative(path), set()) == set()


FORM = "the official form is a Chinese document in every language"
SENT = "stored and sent in the official wording, whatever language the page was in"
# file, beginning of the text, why it is not translated
NOT_TRANSLATED = {
    ("app/accounts/codes.py", "验证码 "): SENT,
    ("app/organisations/operations.py", " 选择贵部门为主管部门，请审核。"): SENT,
    ("app/organisations/operations.py", " 对您单位审核 结果为："): SENT,
    ("app/organisations/operations.py", "。 审核意见如下："): SENT,
    ("app/models/reference.py", "考核定职材料"): "the group of seeds/attachment_requirements.csv",
    ("app/workflow/results.py", "）审核结果为："): SENT,
    ("app/workflow/results.py", "。审核意见如下："): SENT,
    ("app/workflow/undoing.py", "）已撤销刚才的审核结果："): SENT,
    ("app/workflow/undoing.py", "。请以新的审核结果为准。"): SENT,
    ("app/dossier/rules.py", r"(\d{4})"): "a pattern for dates as people type them",
    ("app/form/sheets.py", "一 二 三"): FORM,
    ("app/form/sheets.py", "表"): FORM,
    ("app/models/people.py", "汉族 "): "the names of the peoples, as they are stored and printed",
    ("app/web/gallery.py", "字"): "what a sample person has typed",
}
WRITTEN_IN_CHINESE = {
    "app/form/wording.py": FORM,
    "app/form/example.py": FORM,
    "app/models/examples.py": "examples of what is typed into a Chinese form",
}


def _unmarked(path):
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
        ):
            continue
        above, marked = node, False
        while above in parents:
            above = parents[above]
            if isinstance(above, ast.Call) and ast.unparse(above.func).split(".")[-1] in MARKED:
                marked = True
            if isinstance(above, ast.Expr) and isinstance(above.value, ast.Constant):
                marked = True  # a docstring
        if not marked:
            yield node.value


def test_python_says_nothing_in_chinese_without_marking_it():
    """Invented persons of the demo data are data."""
    excused, offenders = set(), []
    for path in APP:
        file = relative(path)
        if file in WRITTEN_IN_CHINESE or file.startswith("app/demo/"):
            continue
        for text in _unmarked(path):
            known = [each for each in NOT_TRANSLATED if each[0] == file and text.startswith(each[1])]
            excused.update(known)
            offenders += [] if known else [f"{file}: {text[:30]}"]
    assert offenders == [], "mark it with N_ or gettext, or say above why not"
    assert set(NOT_TRANSLATED) - excused == set(), "no longer said"


# Settings that carry an extension's name and are set by another.
SET_BY = {"SQLALCHEMY_DATABASE_URI": "DATABASE_URL", "RATELIMIT_STORAGE_URI": "REDIS_URL"}


def test_every_setting_and_command_is_documented(app):
    settings = re.findall(
        r"self\.([A-Z_]{3,}) = .*(?:environ|_flag|_number)", (ROOT / "config.py").read_text()
    )
    operations = (ROOT / "docs/operations.md").read_text()
    assert [name for name in settings if SET_BY.get(name, name) not in operations] == []
    readme = (ROOT / "README.md").read_text()
    ours = set(app.cli.commands) - {"fab", "limiter", "db", "routes", "run", "shell"}
    assert {name for name in ours if f"flask {name}" not in readme} == set()


def test_the_map_is_short():
    assert len((ROOT / "docs/architecture.md").read_text().splitlines()) < 120


@pytest.mark.parametrize("path", APP, ids=relative)
def test_rooms_stay_small(path):
    assert len(path.read_text().splitlines()) <= 400


def scripts_of(template: Path) -> set[Path]:
    """Our scripts that a page of this template loads: the frame's, those of its macros, and what they import."""
    waiting, seen = [template, ROOT / "templates/layout.html"], set()
    scripts: list[Path] = []
    while waiting:
        here = waiting.pop()
        if here in seen or not here.is_file():
            continue
        seen.add(here)
        text = here.read_text()
        waiting += [ROOT / "templates" / each for each in re.findall(r"{% (?:from|include) '([^']+)'", text)]
        scripts += [ROOT / "static" / each for each in re.findall(r"asset\('(js/[^']+)'\)", text)]
    found: set[Path] = set()
    while scripts:
        each = scripts.pop()
        if each not in found:
            found.add(each)
            scripts += [each.parent / name for name in re.findall(r'from "\./([^"]+)"', each.read_text())]
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_what_a_page_loads_of_our_scripts_stays_small(path):
    """What a script of the frame loads on demand, for a page with such a field, is counted to those pages by hand."""
    assert sum(len(each.read_text()) for each in scripts_of(path)) <= 25_000


def test_every_script_is_loaded_by_some_page():
    on_demand = {
        each.parent / name
        for each in SCRIPTS
        for name in re.findall(r'import\("\./([^"]+)"\)', each.read_text())
    }
    assert {each for path in TEMPLATES for each in scripts_of(path)} | on_demand == set(SCRIPTS)


# Well formed, and of nobody: what the tests write must be what tests/residue.py looks for.
NUMBERS = re.compile(r"(?<![0-9A-Za-z}])(?:1[3-9][0-9]{9}|[1-8][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")


@pytest.mark.parametrize("path", [ROOT / "tests", ROOT / "app/demo", ROOT / "tools"], ids=relative)
def test_every_number_that_tests_write_is_one_that_the_search_for_residue_finds(path):
    blind = [
        f"{relative(file)}: {number}"
        for file in sorted(path.rglob("*.py"))
        for number in NUMBERS.findall(file.read_text())
        if (len(number) == 11 or ric.is_valid(number)) and not residue.numbers_in(number.encode())
    ]
    assert blind == []
