"""What a file is called: the words of what it proves, unless the person has named it himself (M4.3)."""

import re
from pathlib import PurePath

from sqlalchemy import select

from ..extensions import db
from ..models import Attachment, AttachmentRequirement, Person, SectionRow
from ..vocabulary import N_, Evidence
from .display import paths_for, title_of

LONGEST_TITLE, LONGEST_NAME = 30, 20
# Words that phones, scanners and messengers give; a name without others says nothing.
GIVEN = re.compile(
    "|".join(
        (N_("微信图片"), N_("微信截图"), N_("屏幕截图"), N_("扫描件"), N_("扫描全能王"), N_("未命名"),
         N_("新建"), N_("图片"), N_("图像"), N_("照片"), N_("截图"), N_("截屏"), N_("相机"), N_("文档"),
         N_("文件"), N_("副本"), N_("扫描"))
    )
)  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAIL = re.compile(r"[（(；;。，,：:].*", re.DOTALL)


def name_for(person: Person, purpose: AttachmentRequirement | SectionRow | Evidence, sent: str) -> str:
    """The name as sent where it means something, else that of the purpose; numbered if there is one already."""
    suffix = PurePath(sent).suffix
    stem = PurePath(sent).stem if is_meaningful(PurePath(sent).stem) else _words_for(purpose)
    return free_name(person, stem, suffix)


def free_name(person: Person, stem: str, suffix: str, but: str = "") -> str:
    """The name, with the next number where another file of the person has it; `but` is the file's own key."""
    taken = set(
        db.session.scalars(
            select(Attachment.name).where(
                Attachment.owner_id == person.id,
                Attachment.id != but,
                Attachment.name.startswith(stem, autoescape=True),
            )
        )
    )
    name, number = f"{stem}{suffix}", 1
    while name in taken:
        number += 1
        name = f"{stem} {number}{suffix}"
    return name


def is_meaningful(stem: str) -> bool:
    """Whether a person chose the name: at least two Chinese characters that no device has put there."""
    return len(CHINESE.findall(GIVEN.sub("", stem))) >= 2


def short_name(requirement: AttachmentRequirement) -> str:
    """A requirement's name as a few words: its rule is cut off."""
    area, _, asked = requirement.name.partition(" - ")
    words = TAIL.sub("", asked or area).strip()
    return words if len(words) <= LONGEST_NAME and not words[:1].isdigit() else area


def _words_for(purpose: AttachmentRequirement | SectionRow | Evidence) -> str:
    if isinstance(purpose, Evidence):
        return TAIL.sub("", purpose.label).strip("《》")
    if isinstance(purpose, AttachmentRequirement):
        return short_name(purpose)
    section = type(purpose).section
    title = title_of(purpose, paths_for([purpose]))[:LONGEST_TITLE]
    return "-".join(filter(None, (section.attachment or section.title, title.replace("/", " "))))
