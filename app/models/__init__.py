"""All tables. Importing this package registers every mapper, FAB's first (fab.md 1)."""

import flask_appbuilder.security.sqla.models  # noqa: F401

from .applications import Application, Decision, Round, RouteStep, Snapshot, UnitOpinion
from .attachments import PHOTO, Attachment, AttachmentUse
from .fields import Field, Section, fields_of
from .messages import AuditEntry, Message, Notice, Outbox
from .organisations import Bureau, Committee, Department, Membership, Organisation, Unit, UnitDepartment
from .people import IntegrityRecord, Person, SignIn, SmsCode, SmsQuota, User
from .reference import (
    AttachmentRequirement,
    Compatibility,
    DirectoryRow,
    EngineeringSpecialty,
    FormTable,
    Holiday,
    Major,
    PlanRow,
    Profession,
    Region,
    RouteRule,
    Series,
    Setting,
    Title,
)
from .sections import SECTION_OF, SECTIONS, NothingToDeclare, SectionRow

__all__ = [
    "PHOTO",
    "SECTIONS",
    "SECTION_OF",
    "Application",
    "Attachment",
    "AttachmentRequirement",
    "AttachmentUse",
    "AuditEntry",
    "Bureau",
    "Committee",
    "Compatibility",
    "Decision",
    "Department",
    "DirectoryRow",
    "EngineeringSpecialty",
    "Field",
    "FormTable",
    "Holiday",
    "IntegrityRecord",
    "Major",
    "Membership",
    "Message",
    "NothingToDeclare",
    "Notice",
    "Organisation",
    "Outbox",
    "Person",
    "PlanRow",
    "Profession",
    "Region",
    "Round",
    "RouteRule",
    "RouteStep",
    "Section",
    "SectionRow",
    "Series",
    "Setting",
    "SignIn",
    "SmsCode",
    "SmsQuota",
    "Snapshot",
    "Title",
    "Unit",
    "UnitDepartment",
    "UnitOpinion",
    "User",
    "fields_of",
]
