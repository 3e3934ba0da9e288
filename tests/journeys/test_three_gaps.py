"""From a dossier that lacks three things to its submission: nine clicks (screens.md 5; APP-04, APP-06)."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from app.accounts.passwords import hash_password
from app.extensions import db
from app.models import Application, AttachmentRequirement, AttachmentUse, Person
from app.models.sections import WorkSummary
from app.vocabulary import Status
from tests import factories as make
from tests.journeys.applicants import Applicant, write_files
from tests.journeys.browsing import Site
from tests.journeys.counting import Counting
from tests.journeys.test_whole_dossier import scan

pytestmark = [pytest.mark.ui, pytest.mark.once]

PASSWORD = "kunming-qiuyu-2026"
MOST = 9
SUMMARY = "示例工作总结。"


class Unfinished:
    """An applicant with a saved cover who lacks one thing of each kind: a field, a record, a file."""

    def __init__(self, site: Site) -> None:
        with site.app.app_context():
            application = make.make_draft()
            person = db.session.get_one(Person, application.applicant_id)
            person.postcode = None
            db.session.execute(delete(WorkSummary).where(WorkSummary.owner_id == person.id))
            asked = db.session.scalars(
                select(AttachmentRequirement)
                .where(AttachmentRequirement.required, AttachmentRequirement.by_default)
                .order_by(AttachmentRequirement.no)
            ).first()
            assert asked
            db.session.execute(
                delete(AttachmentUse).where(
                    AttachmentUse.owner_id == person.id, AttachmentUse.requirement_id == asked.id
                )
            )
            person.account.password = hash_password(PASSWORD)
            write_files(site, person)
            self.name, self.application, self.file = person.account.username, application.id, asked.name
            db.session.commit()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_three_gaps_take_nine_clicks(site: Site, scripts: bool) -> None:
    """Counted (see `Counting`) from the home page with its list of gaps to the page that says it is handed in.

    The gap's link leads to the input, 保存并完善下一项 to the next gap, and below the uploaded file 去提交 to the
    last step of the wizard.
    """
    who = Unfinished(site)
    v = Counting(site, scripts=scripts)
    v.sign_in(who.name, PASSWORD)
    v.is_on("我的申报")
    gaps = v.main.locator(".alert").filter(has_text="还差 3 项才能提交")
    expect(gaps.get_by_role("link")).to_have_text(["填写邮政编码", "至少填写一条", f"上传“{who.file}”"])
    v.clicks = 0

    v.follow("填写邮政编码", gaps)
    v.enter("邮政编码", "650000")
    v.press("保存并完善下一项")
    v.sees("个人信息已保存，内容完整。")
    v.fill({"年份": "2025", "总结内容": SUMMARY})
    v.press("保存并完善下一项")
    v.sees("已保存一条记录。")
    v.choose(f"选择文件 {who.file}", scan("示例材料"))
    v.press(f"上传 {who.file}")
    v.follow("去提交")
    v.is_on("提交申报")
    v.enter(Applicant.PLEDGE, True)
    v.press("提交申报")

    v.is_on("提交申报成功!")
    assert v.clicks <= MOST
    with site.app.app_context():
        assert db.session.get_one(Application, who.application).status is Status.IN_REVIEW
