"""What an applicant does, from signing up to the printed form."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from app.accounts import passwords
from app.extensions import db
from app.models import Attachment, Person, Unit
from app.models.sections import Education, WorkSummary
from app.workflow.questions import BY_NAME
from tests import factories
from tests.dossier.pictures import jpeg
from tests.factories import GRADUATE
from tests.journeys.browsing import Site, Value, Visitor

PASSWORD = "yunnan-qiutian-2026"
SENTENCE = "您当前已经返回修改或重置流程 {used} 次，您还能返回修改或重置流程 {left} 次。"
CHANCES = 4

Records = Sequence[Mapping[str, Value]]


def picture(name: str, width: int = 600, height: int = 800) -> Any:
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(width, height)}


def write_files(site: Site, person: Person) -> None:
    """The bytes of the files that tests/factories.py has entered."""
    for file in db.session.scalars(select(Attachment).where(Attachment.owner_id == person.id)):
        place = site.app.config["PRIVATE_ROOT"] / file.id[:2] / file.id
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(jpeg(390, 567))


class Applicant(Visitor):
    PLEDGE = "我承诺填写的信息和上传的材料真实、完整，并已核对工作单位"

    def __init__(self, site: Site, name: str, id_number: str, mobile: str) -> None:
        super().__init__(site)
        self.name, self.id_number, self.mobile = name, id_number, mobile

    def sign_up(self) -> None:
        self.go("/sign-in/")
        self.follow("个人注册")
        self.fill({"姓名": self.name, "证件号码": self.id_number})
        self.press("下一步")
        self.sign_up_mobile(self.mobile)
        self.fill({"密码": PASSWORD, "再输入一次密码": PASSWORD})
        self.press("完成注册")
        self.is_on("我的申报")

    def arrive(self, unit: str, summary: str, school: tuple[str, str] | None = None) -> None:
        """Someone with an account, a place at the unit and a dossier that lacks nothing but the cover.

        What it takes to get there is walked in test_city_unit.py. `school` is the level and the degree, where they
        matter.
        """
        with self.site.app.app_context():
            employer = db.session.scalars(select(Unit).where(Unit.name == unit)).one()
            person = factories.fill(
                factories.make_applicant(
                    employer, first_name=self.name, password=passwords.hash_password(PASSWORD)
                )
            )
            for each in db.session.scalars(select(WorkSummary).where(WorkSummary.owner_id == person.id)):
                each.content = summary
            for each in db.session.scalars(select(Education).where(Education.owner_id == person.id)):
                each.degree_level, each.degree = school or (each.degree_level, each.degree)
            write_files(self.site, person)
            username = person.account.username
            db.session.commit()
        self.sign_in(username, PASSWORD)
        self.is_on("我的申报")

    def fill_person(self, values: Mapping[str, Value]) -> None:
        self.menu("个人信息")
        self.fill(values)
        self.press("保存")
        self.sees("个人信息已保存")

    def choose_unit(self, unit: str) -> None:
        self.menu("个人信息")
        self.follow("选择工作单位", self.card("工作单位"))
        self.enter("单位名称或统一社会信用代码", unit)
        self.press("查找单位")
        self.press(f"选择此单位 {unit}")
        self.sees(f"工作单位已选择：{unit}。")

    def upload_photo(self) -> None:
        self.menu("个人信息")
        self.follow("上传照片", self.card("照片"))
        self.main.get_by_label("选择照片").set_input_files(picture("照片"))
        self.press("上传照片")
        self.sees("照片已保存。")

    def fill_sections(self, sections: Mapping[str, Records]) -> None:
        for title, records in sections.items():
            self.menu("申报信息")
            self.follow(title)
            if title.startswith("年度考核"):
                self.fill_years(records)
                continue
            self.follow("添加一条")
            for record in records[:-1]:
                self.fill(record)
                self.press("保存并添加下一条")
                self.sees(f"“{title}”已保存一条记录。")
            self.fill(records[-1])
            self.press("保存")
            self.sees(f"“{title}”已保存一条记录。", f"共 {len(records)} 条")

    def fill_years(self, records: Records) -> None:
        """The latest years as fixed rows, saved together."""
        for record in records:
            row = self.main.get_by_role("group", name=f"{record['年份']} 年", exact=True)
            row.get_by_label("考核等级").select_option(label=str(record["考核等级"]))
            row.get_by_label("部门负责人").fill(str(record["部门负责人"]))
        self.press("保存")
        self.sees(f"已保存 {len(records)} 个年份。", f"共 {len(records)} 条")

    def change_record(self, section: str, record: str, values: Mapping[str, Value]) -> None:
        self.menu("申报信息")
        self.follow(section)
        self.follow(f"编辑 {record}")
        self.fill(values)
        self.press("保存")

    def prove_record(self, section: str, record: str, proof: str) -> None:
        """Upload a file where it is asked for with a record."""
        self.menu("申报信息")
        self.follow(section)
        self.follow(f"编辑 {record}")
        self.main.get_by_label(f"选择文件 {proof}").set_input_files(picture(proof))
        self.send(self.main.locator("#files"))
        expect(self.main.locator("#files")).to_contain_text(proof)

    def upload_required(self) -> None:
        """A picture for every line of the checklist that still wants one."""
        self.menu("附件管理")
        lacking = self.main.locator("section").filter(has_text="（必填）").filter(has_text="未上传")
        for left in range(lacking.count() - 1, -1, -1):
            lacking.first.locator("input[type=file][multiple]").set_input_files(picture(f"证明材料{left}"))
            self.send(lacking.first)
            expect(lacking).to_have_count(left)

    def send(self, place: Locator) -> None:
        """Upload what was chosen there; a file that looks doubtful is said to, and the page is asked for."""
        place.get_by_role("button", name=re.compile("^上传")).click()
        self.page.wait_for_function("() => !document.querySelector('.sent progress')")
        doubtful = self.main.get_by_role("button", name="查看已上传的文件")
        if doubtful.count():
            doubtful.click()

    def save_cover(self, committee: str, profession: str, level: str) -> None:
        """The wizard's first step, choice after choice; ends on its second."""
        self.menu("个人申报")
        self.press("开始申报")
        self.answer_who_may_apply()
        self.enter("评委会", committee)
        self.press("下一步")
        self.enter("申报专业", profession)
        self.press("下一步")
        self.fill({"申报等级": level, "参评类别": "正常评审"})
        self.press("保存封面，下一步")
        self.sees("封面已保存")

    def save_cover_of_recognition(
        self, committee: str, profession: str, level: str, employed_on: str
    ) -> None:
        """考核定职 from its choice on; ends on the wizard's second step."""
        self.menu("个人申报")
        self.fill({"申报方式": "考核定职"})
        self.press("开始申报")
        self.is_on("申报资格自查")
        self.sees("考核定职要上传的附件", "《教育部学历证书电子注册备案表》")
        self.enter(BY_NAME["employed_on"].text, employed_on)
        self.answer_who_may_apply(GRADUATE)
        self.enter("评委会", committee)
        self.press("下一步")
        self.enter("申报专业", profession)
        self.press("下一步")
        self.fill({"申报等级": level})
        self.press("保存封面，下一步")
        self.sees("封面已保存")

    def change_category(self, category: str) -> None:
        """Save the cover again; it is open after a reset only."""
        self.menu("个人申报")
        self.follow("修改封面")
        self.enter("参评类别", category)
        self.press("保存封面，下一步")
        self.sees("封面已保存")

    def walk_to_submission(self) -> None:
        """Steps two to four of the wizard, wherever it stands."""
        self.menu("个人申报")
        if self.heading == "基本信息确认":
            self.follow("下一步")
        self.is_on("申报信息预览")
        self.follow("下一步")
        self.is_on("提交申报")

    def submit(self, first: str, used: int = 0) -> None:
        """Hand in from the fourth step; `first` is the office that gets it, `used` the chances used."""
        self.walk_to_submission()
        self.sees(first, self.sentence(used))
        self.press("提交申报")
        self.sees("申报没有提交")
        self.enter(self.PLEDGE, True)
        self.press("提交申报")
        self.is_on("提交申报成功!")
        self.sees(first, self.sentence(used))

    def sees_setback(self, event: str, opinion: str, used: int) -> None:
        """On the home page: what happened, why, and the sentence of APP-08."""
        self.menu("我的申报")
        self.sees(event, opinion, self.sentence(used))

    def sentence(self, used: int) -> str:
        return SENTENCE.format(used=used, left=CHANCES - used)

    def sees_no_pdf_yet(self) -> None:
        """The preview is there, the PDF is not, neither by its link nor by its address (X-04)."""
        self.menu("我的申报")
        self.follow("预览申报表")
        self.sees("当前状态不能打印申报表")
        expect(self.main.get_by_role("button", name="生成PDF")).to_be_disabled()
        answer = self.page.goto(f"{self.page.url}.pdf")
        assert answer and answer.status == 409
        self.sees("当前状态不能打印申报表")

    def download_form(self, folder: Path) -> str:
        """The text of the printed form, without the lines that every page repeats and without spaces."""
        self.menu("我的申报")
        self.sees("电子材料审核通过")
        with self.page.expect_download() as download:
            self.main.get_by_role("button", name="生成PDF", exact=True).click()
        file = folder / "form.pdf"
        download.value.save_as(file)
        with pypdfium2.PdfDocument(file) as opened:
            pages = [squeezed(page.get_textpage().get_text_range()) for page in opened]
        return "".join(re.sub(r"申报编号.*?摘要[0-9a-f]*|第\d+页共\d+页", "", page) for page in pages)


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split()).replace("\ufffe", "")
