"""A city in which one can apply: its offices and their clerks, all made on the pages that make them."""

import itertools
from datetime import date, timedelta

from app import clock
from tests.factories import credit_code, id_number
from tests.journeys.applicants import Applicant
from tests.journeys.browsing import Site
from tests.journeys.clerks import FIRST_PASSWORD, Clerk, SuperAdmin, UnitClerk

CHIEF, CHIEF_PASSWORD = "chief-administrator", "dianchi-haiou-2026"
CITY_BUREAU = "昆明市人力资源和社会保障局"


class City:
    """Begins with the super administrator, whom a command makes; he and the units make the rest."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._numbers = itertools.count(1)
        made = site.app.test_cli_runner().invoke(
            args=["admin", "create", CHIEF, "--name", "示例管理员"], env={"ADMIN_PASSWORD": CHIEF_PASSWORD}
        )
        assert made.exit_code == 0, made.output
        self.chief = SuperAdmin(site)
        self.chief.sign_in(CHIEF, CHIEF_PASSWORD)
        self.chief.is_on("概览")

    def department(self, name: str) -> Clerk:
        self.chief.add("主管部门", {"名称": name, "联系电话": "0871-00000000"})
        return self._clerk("department", "主管部门", name)

    def desk(self, office: str) -> Clerk:
        return self._clerk("desk", "县（市）区人社局", office)

    def city_bureau(self) -> Clerk:
        return self._clerk("city", "市人社局", CITY_BUREAU)

    def committee(self, name: str, levels: list[str]) -> Clerk:
        """A committee's clerk, and a window that is open now."""
        today = clock.today()
        self.chief.add(
            "年度与窗口",
            {
                "评委会": name,
                "年度": str(today.year),
                "类型": "申报评审",
                "网上申报开始时间": f"{today - timedelta(days=30)}T00:00",
                "网上申报截止时间": f"{today + timedelta(days=30)}T00:00",
                "补正截止时间": f"{today + timedelta(days=45)}T00:00",
                "任职年限计算至": date(today.year, 12, 31).isoformat(),
                "申报等级": levels,
            },
        )
        self.chief.publish_round(name)
        return self._clerk("committee", "评委会", name)

    def provincial_committee(self, name: str) -> Clerk:
        self.chief.add(
            "评委会",
            {
                "代码": "YN-S-01",
                "名称": name,
                "层级": "省级",
                "评审等级": ["副高", "正高"],
                "评审系列": ["11 档案专业人员"],
                "组建单位": "云南省示例档案局",
                "联系电话": "0871-00000000",
            },
        )
        return self.committee(name, ["副高", "正高"])

    def unit(
        self, name: str, nature: str, tier: str, district: str, department: Clerk | None = None
    ) -> UnitClerk:
        """A unit that signs up, completes its data and is taken by its department."""
        n = next(self._numbers)
        clerk = UnitClerk(self.site, f"unit{n}", name, credit_code(n), f"137{n:08d}")
        clerk.sign_up()
        clerk.fill_unit(nature, tier, district)
        if department is not None:
            clerk.choose_department(department.office)
            department.take_unit(name)
        return clerk

    def applicant(self, name: str) -> Applicant:
        n = next(self._numbers)
        return Applicant(self.site, name, id_number(n), f"138{n:08d}")

    def _clerk(self, name: str, role: str, office: str) -> Clerk:
        """A staff account with its membership; the clerk signs in and changes the first password."""
        username = f"{name}{next(self._numbers)}"
        self.chief.add(
            "账号", {"用户名": username, "姓名": "示例经办", "启用": True, "初始密码": FIRST_PASSWORD}
        )
        self.chief.add("角色与归属", {"账号": username, "角色": role, "归属单位": office})
        clerk = Clerk(self.site, username, office)
        clerk.sign_in_first()
        clerk.is_on("工作台")
        return clerk
