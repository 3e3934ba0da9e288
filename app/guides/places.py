"""Where a page's help is: which guide a person reads, and the section that tells of the page he is on."""

from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale, gettext

from ..vocabulary import N_, Role
from ..web.request import who
from ..web.shell import settings
from ..workflow.rules import CHANCES, OPINIONS
from .text import NAMES, Guide, Picture, languages_of, read

# As pages call them; a guide that is Chinese only has no other title of its own.
TITLES = {
    "system": N_("系统使用指南"),
    "applicant": N_("个人用户手册"),
    "unit": N_("单位用户手册"),
    "office": N_("主管部门和人社局用户手册"),
    "committee": N_("评委会用户手册"),
}
OFFICES = (Role.DEPARTMENT, Role.BUREAU, Role.CITY_BUREAU)
OF_ROLE = {
    Role.APPLICANT: "applicant",
    Role.UNIT: "unit",
    **dict.fromkeys(OFFICES, "office"),
    Role.COMMITTEE: "committee",
}
# View → the section about it in every guide that has one.
ABOUT = {
    "SignInView": "sign-in",
    "SignUpView": "register",
    "UnitSignUpView": "register",
    "RecoverView": "password",
    "UnitHelpView": "password",
    "AccountView": "account",
    "MobileView": "account",
    "FactorView": "account",
    "MessagesView": "messages",
    "NoticesView": "messages",
    "PersonView": "person",
    "PhotoView": "photo",
    "SectionView": "sections",
    "RecordListView": "sections",
    "PasteView": "sections",
    "CopyView": "sections",
    "AttachmentView": "attachments",
    "FileView": "attachments",
    "EligibilityView": "eligibility",
    "CoverView": "apply",
    "ProgressView": "progress",
    "FormView": "form",
    "StampedView": "stamped",
    "StampedDeskView": "stamped",
    "HelpView": "help",
    "DeskView": "desk",
    "SavedListView": "desk",
    "BulkView": "bulk",
    "ExportView": "desk",
    "WorkbenchView": "decide",
    "NoteView": "decide",
    "UnitOpinionView": "opinion",
    "NoticeView": "opinion",
    "StaffView": "people",
    "UnitView": "unit",
    "UnitDepartmentView": "departments",
    "UnitChoiceView": "units",
    "DepartmentScopeView": "units",
    "UnitCheckView": "verify",
    "CommitteeRoundView": "window",
    "RoundSetupView": "window",
    "BoardView": "board",
    "OverdueView": "overdue",
}
NUMBERS = (
    "MAX_FAILED_SIGN_INS", "LOCK_MINUTES", "IDLE_MINUTES", "STAFF_IDLE_MINUTES", "SMS_CODES_PER_DAY",
    "SMS_CODE_MINUTES", "PDF_PAGES",
)  # fmt: skip
LONGEST_IN_MEMORY = 32


def guide_in(name: str, language: str) -> Guide:
    """The guide in that language, or in Chinese where there is no other, with the values that hold here."""
    spoken = language if language in languages_of(name) else "zh"
    return _read(name, spoken, tuple(_values().items()))


@lru_cache(maxsize=LONGEST_IN_MEMORY)
def _read(name: str, language: str, values: tuple[tuple[str, object], ...]) -> Guide:
    return read(name, language, dict(values))


def _values() -> dict[str, object]:
    config = current_app.config
    return {
        **{name: config[name] for name in NUMBERS},
        "UPLOAD_MB": config["UPLOAD_BYTES"] // 2**20,
        "CHANCES": CHANCES,
        "OPINIONS": OPINIONS,
        "support_phone": settings().get("support_phone", "—"),
        "policy_phone": settings().get("policy_phone", "—"),
    }


def language_of_page() -> str:
    return str(get_locale())


def guides(*, of_person: bool = False) -> list[Guide]:
    """All guides in the page's language; of a person: the common one, and those of his roles."""
    own = {"system", *(OF_ROLE[role] for role in who().roles if role in OF_ROLE)}
    return [guide_in(each, language_of_page()) for each in NAMES if not of_person or each in own]


def title_of(guide: Guide) -> str:
    return gettext(TITLES[guide.name])


def has_picture(picture: Picture) -> bool:
    return (Path(current_app.static_folder or "") / picture.file).is_file()


def help_url() -> str:
    """The help of this page: its section in the person's guide, else where the guides are listed."""
    view = (request.endpoint or "").partition(".")[0]
    anchor = ABOUT.get(view)
    if anchor:
        own = [OF_ROLE[role] for role in who().roles if role in OF_ROLE]
        signing_up = ["unit"] if view == "UnitSignUpView" else ["applicant"]
        for name in (*(own or signing_up), "system"):
            if any(section.anchor == anchor for section in guide_in(name, language_of_page()).sections):
                return url_for("GuideView.show", guide=name, _anchor=anchor)
    return url_for("GuideView.list")


def register(app: Flask) -> None:
    app.jinja_env.globals.update(guides=guides, help_url=help_url, has_picture=has_picture, title_of=title_of)
