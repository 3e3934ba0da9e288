"""Who may open which view: role → view → permissions. Pure data; it feeds FAB's roles.

A permission is `can_<method>` of a view class. What is not listed here is refused. Views that
anyone may open (sign-in, sign-up, notices) are listed in PUBLIC.
"""

from .vocabulary import Role

READ = ("can_list", "can_show")
WRITE = (*READ, "can_add", "can_edit")
ALL = (*WRITE, "can_delete")

ACCOUNT = {
    "AccountView": ("can_show", "can_change_password", "can_end_browsers", "can_news"),
    "MobileView": ("can_old", "can_new"),
    "DraftView": ("can_keep", "can_discard"),
    "ConfirmView": ("can_password",),
    "FactorView": ("can_show", "can_enrol", "can_new_codes", "can_off"),
    "MessagesView": ("can_list", "can_show", "can_delete", "can_read_all"),
}
FORM = {
    "FormView": ("can_preview", "can_pdf", "can_make", "can_printing", "can_text"),
    "ArchiveView": ("can_page", "can_pdf"),
    "AttachmentView": ("can_get",),
    "FileView": ("can_show", "can_page", "can_small"),
}
# What each may have packed is added to it below.
PACKAGES = {"PackageView": ("can_list", "can_show", "can_again", "can_file")}
DESK = {
    "DeskView": ("can_home", "can_waiting", "can_handled", "can_arrived"),
    "SavedListView": ("can_list", "can_save", "can_rename", "can_delete", "can_columns"),
    "BulkView": ("can_remind", "can_do_remind"),
    "ExportView": ("can_ask", "can_download"),
    "WorkbenchView": ("can_show", "can_decide", "can_undo"),
    "NoticeFileView": ("can_get",),
    "NoteView": ("can_pin", "can_take_off"),
    "OwnDeskView": ("can_forget", "can_keys"),
    "OverdueView": ("can_list", "can_urge", "can_together", "can_do_together"),
}
BOARD = {"BoardView": ("can_home", "can_list")}

DESK_AFTER_UNIT = {
    **DESK,
    "BulkView": (*DESK["BulkView"], "can_approve", "can_do_approve"),
    "StampedDeskView": ("can_list", "can_show", "can_accept", "can_ask_again"),
}

OPENS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.APPLICANT: {
        **ACCOUNT,
        **FORM,
        "PackageView": (*PACKAGES["PackageView"], "can_own"),
        "ReceiptView": ("can_receipt", "can_history"),
        "NoticeFileView": ("can_get",),
        "ApplicantView": ("can_home", "can_next_gap"),
        "PersonView": ("can_edit", "can_unit", "can_choose_unit"),
        "PhotoView": ("can_edit", "can_crop"),
        "SectionView": ("can_list", "can_add", "can_edit", "can_delete", "can_move", "can_nothing"),
        "RecordListView": ("can_order", "can_restore"),
        "YearsView": ("can_save",),
        "PasteView": ("can_rows",),
        "CopyView": ("can_choose",),
        "AttachmentView": ("can_list", "can_upload", "can_get", "can_remove", "can_link"),
        "LookupView": ("can_find",),
        "MarkView": ("can_handle",),
        "FileView": (
            "can_show",
            "can_page",
            "can_small",
            "can_rename",
            "can_rotate",
            "can_replace",
            "can_delete",
        ),
        "EligibilityView": ("can_edit",),
        "CoverView": ("can_start", "can_cover", "can_basics", "can_check", "can_submit", "can_done"),
        "ProgressView": ("can_list", "can_show", "can_withdraw", "can_reopen"),
        "StampedView": ("can_show", "can_choose", "can_crop", "can_original"),
        "ReminderView": ("can_unit",),
        "SubscriptionView": ("can_add", "can_remove"),
        "HelpView": ("can_list", "can_major", "can_profession", "can_correction", "can_changes"),
    },
    Role.UNIT: {
        **ACCOUNT,
        **FORM,
        "PackageView": (*PACKAGES["PackageView"], "can_year"),
        **DESK,
        "UnitOpinionView": ("can_edit",),
        "NoticeView": ("can_notify", "can_conclude", "can_upload"),
        "NoticeFileView": ("can_get", "can_remove"),
        "UnitView": ("can_edit",),
        "UnitDepartmentView": ("can_list", "can_choose", "can_make_default"),
        "StaffView": (
            "can_list",
            "can_show",
            "can_unlock",
            "can_confirm",
            "can_decline",
            "can_remove",
            "can_reset",
            "can_message",
        ),
    },
    Role.DEPARTMENT: {
        **ACCOUNT,
        **FORM,
        **DESK_AFTER_UNIT,
        "UnitChoiceView": ("can_list", "can_decide"),
        "DepartmentScopeView": ("can_list", "can_people"),
    },
    Role.BUREAU: {
        **ACCOUNT,
        **FORM,
        **DESK_AFTER_UNIT,
        **BOARD,
        "UnitCheckView": ("can_list", "can_show", "can_verify", "can_note"),
    },
    Role.CITY_BUREAU: {**ACCOUNT, **FORM, **DESK_AFTER_UNIT, **BOARD},
    Role.COMMITTEE: {
        **ACCOUNT,
        **FORM,
        "PackageView": (*PACKAGES["PackageView"], "can_book"),
        **DESK_AFTER_UNIT,
        **BOARD,
        "CommitteeRoundView": ("can_list", "can_edit"),
        "RoundSetupView": ("can_setup", "can_professions", "can_check"),
    },
    Role.HOTLINE: {
        **ACCOUNT,
        "HotlineView": ("can_search", "can_person", "can_unit"),
        "RequestView": ("can_list", "can_show"),
        "CaseView": ("can_list", "can_open", "can_show", "can_close", "can_upload"),
        "CaseWorkView": (
            "can_unlock",
            "can_number",
            "can_name",
            "can_id_number",
            "can_mobile",
            "can_reset",
            "can_verify",
            "can_leaf",
        ),
        "LookupView": ("can_find",),
        "CaseDossierView": ("can_list", "can_section", "can_record", "can_remove", "can_person"),
        "CorrectionView": ("can_list", "can_show", "can_decide"),
        "EvidenceView": ("can_get",),
        "ViewAsView": ("can_begin", "can_end"),
    },
    Role.SUPER_ADMIN: {
        **ACCOUNT,
        "OverviewView": ("can_home",),
        **BOARD,
        "RightsView": ("can_show",),
        "UserAdmin": (*WRITE, "can_unlock"),
        "MembershipAdmin": ALL,
        "CorrectionView": ("can_list", "can_show", "can_decide"),
        "UnitAdmin": WRITE,
        "DepartmentAdmin": ALL,
        "BureauAdmin": ALL,
        "CommitteeAdmin": ALL,
        "RoundAdmin": ALL,
        "RoundYearView": ("can_home", "can_begin", "can_copy"),
        "RoundSetupView": ("can_setup", "can_professions", "can_check", "can_publish", "can_unpublish"),
        "RouteRuleAdmin": ALL,
        "RouteTrialView": ("can_form",),
        "ChecklistView": ("can_list", "can_edit"),
        # a version's preview offers what the catalogues offer the applicant
        "LookupView": ("can_find",),
        "FormVersionView": (
            "can_home",
            "can_draft",
            "can_show",
            "can_section",
            "can_preview",
            "can_publish",
            "can_discard",
        ),
        "FormTemplateView": (
            "can_home",
            "can_draft",
            "can_edit",
            "can_preview",
            "can_publish",
            "can_discard",
        ),
        "SeriesAdmin": READ,
        "SeriesEntryAdmin": ALL,
        "TitleAdmin": ALL,
        "RegionAdmin": ALL,
        "ProfessionAdmin": ALL,
        "MajorAdmin": ALL,
        "TreeImportView": ("can_form",),
        "CompatibilityAdmin": ALL,
        "PlanAdmin": ALL,
        "DirectoryAdmin": ALL,
        "EngineeringSpecialtyAdmin": ALL,
        "AttachmentRequirementAdmin": ALL,
        "FormTableAdmin": WRITE,
        "HolidayAdmin": ALL,
        "SettingAdmin": WRITE,
        "NoticeAdmin": ALL,
        "IntegrityRecordAdmin": WRITE,
    },
    # Three administrators watch each other (B13): who configures does not audit, who audits only reads.
    Role.SECURITY_ADMIN: {
        **ACCOUNT,
        "RightsView": ("can_show",),
        "UserAdmin": (*READ, "can_unlock", "can_enable", "can_end_sessions", "can_remove_factor"),
        "OfficeAccountView": ("can_reset", "can_mobile"),
        "MembershipAdmin": READ,
        "CorrectionView": ("can_list", "can_show", "can_decide"),
        "EvidenceView": ("can_get",),
    },
    Role.AUDITOR: {
        **ACCOUNT,
        "AuditView": ("can_list", "can_show", "can_verify"),
    },
}


def may_open(role: Role, view: str, permission: str) -> bool:
    return permission in OPENS[role].get(view, ())


def fab_roles() -> dict[str, list[list[str]]]:
    """OPENS as FAB's builtin roles. FAB matches by prefix, so every name is anchored (fab.md 4)."""
    return {
        role.value: [[f"^{view}$", f"^({'|'.join(permissions)})$"] for view, permissions in views.items()]
        for role, views in OPENS.items()
    }
