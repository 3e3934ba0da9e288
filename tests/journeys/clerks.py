"""What the offices do: the unit, departments, desks, committees, and the super administrator."""

import io
from collections.abc import Mapping
from datetime import timedelta

from PIL import Image
from playwright.sync_api import Locator, expect

from app import clock
from tests.journeys.applicants import CHANCES, SENTENCE
from tests.journeys.browsing import Site, Value, Visitor
from tests.journeys.notices import notice_period

FIRST_PASSWORD, PASSWORD = "xian-yong-yi-ci-01", "kunming-chuntian-2026"
CONFIRMATION = "当年申报终止"


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PNG")
    return out.getvalue()


PROOF = _picture()


class Clerk(Visitor):
    """Someone at an office who decides applications."""

    def __init__(self, site: Site, username: str, office: str) -> None:
        super().__init__(site)
        self.username, self.office = username, office

    def sign_in_first(self) -> None:
        """The first time: nothing opens before the given password is changed."""
        self.sign_in(self.username, FIRST_PASSWORD)
        self.is_on("修改密码")
        self.fill({"当前密码": FIRST_PASSWORD, "新密码": PASSWORD, "再输入一次新密码": PASSWORD})
        self.press("修改密码")
        self.sees("密码已修改")
        self.go("/")

    def row(self, name: str) -> Locator:
        return self.main.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=name, exact=True)
        )

    def finds_waiting(self, name: str, submission: str = "首次") -> None:
        """The applicant is in this office's own list."""
        self.menu("待我审核")
        expect(self.row(name)).to_contain_text(submission)

    def finds_nothing(self, name: str) -> None:
        self.menu("待我审核")
        expect(self.row(name)).to_have_count(0)

    def open(self, name: str) -> None:
        self.menu("待我审核")
        self.follow(f"审核 {name}")
        self.is_on(name)

    def decide(self, event: str, opinion: str) -> None:
        self.fill({"审核结果": event, "审核意见": opinion})
        self.press("提交")
        self.sees(f"{event}，已提交。")

    def pass_on(self, name: str, submission: str = "首次") -> None:
        """From the list to the next office."""
        self.finds_waiting(name, submission)
        self.open(name)
        self.decide("通过", "材料齐全，同意。")
        self.finds_nothing(name)

    def send_back(self, name: str, event: str, opinion: str, used: int) -> None:
        """返回修改 or 重置流程; `used` are the chances used before."""
        self.open(name)
        self.sees(SENTENCE.format(used=used, left=CHANCES - used))
        self.decide(event, opinion)
        self.finds_nothing(name)

    def take_unit(self, unit: str) -> None:
        self.menu("单位挂靠审批")
        self.follow(f"审核 {unit}")
        self.fill({"审核结果": "通过", "审核意见": "同意挂靠。"})
        self.press("提交审核结果")
        self.sees(f"{unit}：通过，已通知单位。")


class UnitClerk(Clerk):
    def __init__(self, site: Site, username: str, unit: str, credit_code: str, mobile: str) -> None:
        super().__init__(site, username, unit)
        self.credit_code, self.mobile = credit_code, mobile

    def sign_up(self) -> None:
        self.go("/sign-in/")
        self.follow("单位注册")
        self.fill({"单位名称": self.office, "统一社会信用代码": self.credit_code, "负责人姓名": "示例经办"})
        self.press("下一步")
        self.sign_up_mobile(self.mobile)
        self.fill({"用户名": self.username, "密码": PASSWORD, "再输入一次密码": PASSWORD})
        self.press("完成注册")
        self.is_on("工作台")
        self.sees("单位信息不完整")

    def fill_unit(self, nature: str, tier: str, district: str) -> None:
        self.menu("单位信息")
        self.fill({"单位性质": nature, "单位等级": tier, "行政区域": district, "联系电话": "0871-00000000"})
        self.press("保存单位信息")
        self.sees("单位信息已保存。")

    def choose_department(self, department: str) -> None:
        self.menu("主管部门")
        self.follow("选择主管部门", self.main.locator(".phead"))
        self.enter("主管部门名称", department)
        self.press("查找")
        self.press(f"选择并提交审核 {department}")
        self.sees(f"已提交，等待{department}审核。")

    def post_notice(self) -> None:
        """A notice that hung on the board long enough, its two images and its outcome."""
        with self.site.app.app_context():
            start, until = notice_period()
        days = {"公示开始日期": start.isoformat(), "公示结束日期": until.isoformat()}
        self.fill({"公示方式": "公示栏张贴", **days})
        self.save("开始公示", "公示已登记。")
        self.sees("公示已满 5 个工作日。")
        for proof in ("公示照片或网页截图", "公示报告"):
            image = {"name": f"{proof}.png", "mimeType": "image/png", "buffer": PROOF}
            self.fill({"图片内容": proof, "选择图片": image})
            self.save("上传图片", "公示材料已保存。")
        self.fill({"公示结果": "无异议"})
        self.save("保存公示结果", "公示结果已保存。")

    def save(self, button: str, said: str) -> None:
        """Without leaving the page: the part is there again with the words."""
        self.page.evaluate("() => document.querySelector('#opinion-12').setAttribute('data-before', '')")
        self.main.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator("#opinion-12[data-before]")).to_have_count(0)
        expect(self.main.get_by_role("status").filter(has_text=said)).to_be_visible()

    def write_table_12(self, name: str) -> None:
        self.open(name)
        self.post_notice()
        self.fill(
            {
                "专业技术工作评价": "工作认真负责，专业能力较强，能独立完成任务。",
                "推荐方式": "民主评议、集体研究推荐",
                "参与推荐的人员范围": "中层以上干部和专业技术人员代表",
                "参与推荐的人数": "12",
                "推荐意见": "经单位评议，同意推荐。",
                "意见形成情况": "召开推荐会议，到会 12 人，同意 12 人。",
            }
        )
        self.save("保存基层单位意见", "基层单位意见已保存。")
        self.sees("可以推荐")

    def recommend(self, name: str, submission: str = "首次") -> None:
        """Table 12, then the decision; not the other way round (OPN-01)."""
        self.finds_waiting(name, submission)
        self.open(name)
        self.fill({"审核结果": "通过", "审核意见": "同意推荐。"})
        self.press("提交")
        self.sees("基层单位意见")
        expect(self.page.get_by_role("alert").first).to_be_visible()
        self.write_table_12(name)
        self.decide("通过", "同意推荐。")
        self.finds_nothing(name)


class SuperAdmin(Visitor):
    def add(self, menu: str, values: Mapping[str, Value]) -> None:
        """A new row of one of the generated screens."""
        self.menu(menu)
        self.follow("新增")
        self.fill(values)
        self.press("保存")
        self.sees("已保存。")

    def say_when_papers_are_received(self) -> None:
        """What a provincial committee's window follows from; here it does not, and the reason is said."""
        today = clock.today()
        self.follow("修改时间和要求")
        self.fill(
            {
                "收审材料开始日期": (today + timedelta(days=40)).isoformat(),
                "收审材料截止日期": (today + timedelta(days=60)).isoformat(),
                "由市统一报送": "否，逐件报送",
                "不按收审时间推算的原因": "示例：按评委会通知提前受理",
            }
        )
        self.press("保存草稿")
        self.sees("申报窗口草稿已保存")

    def open_recognition(self, committee: str) -> None:
        """A year's round of recognition from its draft, open in this month; then what applicants meet."""
        today = clock.today()
        self.menu("年度开通")
        self.press(f"新建草稿 {committee}")
        self.is_on(f"{today.year} {committee}：申报窗口草稿")
        self.fill(
            {
                "网上申报开始时间": f"{today - timedelta(days=30)}T00:00",
                "网上申报截止时间": f"{today + timedelta(days=30)}T00:00",
                "补正截止时间": f"{today + timedelta(days=45)}T00:00",
                "受理月份": [f"{today.month} 月"],
            }
        )
        self.press("保存草稿")
        self.sees("申报窗口草稿已保存")
        self.publish_round(committee)

    def publish_round(self, committee: str) -> None:
        """From the draft to what applicants meet, after its check."""
        self.menu("年度开通")
        self.follow(f"检查并发布 {committee}")
        if not self.main.get_by_role("button", name="发布申报窗口").count():
            self.say_when_papers_are_received()
        doubts = self.main.get_by_label("“请确认”的项目已核对")
        if doubts.count():
            doubts.check()
        self.press("发布申报窗口")
        self.sees("已发布")
