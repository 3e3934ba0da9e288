"""Who may use what, typed by hand from requirements.md and domain.md.

Nothing here is computed from app/: where this table and the application disagree, one of the two
has to be corrected by reading the requirements. A line is a rule of the application and a method;
HEAD answers like GET, every method that no line names answers 405.

    -       refused by role (anonymous: led to the sign-in page)
    y       may use it
    h       is signed in already and is sent home

Where the address names a row there is a letter for each relation of the row to the person
(RELATIONS), in that order:

    y       may use it
    x       may see the row, but the rules refuse this now (409)
    n       not found: the row is none of his (404)
"""

from typing import NamedTuple

IDENTITIES = (
    "anonymous", "applicant", "unit", "department", "bureau", "city_bureau", "committee", "hotline", "super_admin",
    "security_admin", "auditor",
)  # fmt: skip

# The relations of a row to a person, by the row's kind. For an office: own = it lies there now,
# passed = it went through, ahead = it is on its way there, near = of a neighbour (the sister unit
# under the same department, another department of the same unit, the other desk of the same
# district, the same unit's application to another committee), foreign = of strangers.
OFFICES = dict.fromkeys(
    ("unit", "department", "bureau", "city_bureau", "committee"), "own passed ahead near foreign".split()
)
OWN_NEAR_FOREIGN = "own near foreign".split()
CASES = ("case", "number case", "leaf case", "dossier case")
RELATIONS: dict[str, dict[str, list[str]]] = {
    # near = a colleague of the same unit
    "application": {**OFFICES, "applicant": OWN_NEAR_FOREIGN},
    # near = of a colleague in the same office
    "saved list": dict.fromkeys(OFFICES, OWN_NEAR_FOREIGN),
    # refused, so that nobody makes it; near = of a colleague in the same office
    "package": dict.fromkeys(("applicant", "unit", "committee"), OWN_NEAR_FOREIGN),
    # the same after the committee's pass; near = another way to another committee
    "passed": {"applicant": OWN_NEAR_FOREIGN, **{role: ["own", "foreign"] for role in OFFICES}},
    # the same with a stamped page that waits; own = the office at the end of the route, passed = another on it
    "page": {
        "applicant": OWN_NEAR_FOREIGN,
        **{role: ["own" if role == "committee" else "passed", "foreign"] for role in OFFICES},
    },
    # the same once the page is accepted
    "archived": {"applicant": OWN_NEAR_FOREIGN, **{role: ["own", "foreign"] for role in OFFICES}},
    # a file of each of those applications; later = the file came after the submission, so no office judges it
    "file": {**{role: [*those, "later"] for role, those in OFFICES.items()}, "applicant": OWN_NEAR_FOREIGN},
    "use": {"applicant": OWN_NEAR_FOREIGN},
    "record": {"applicant": OWN_NEAR_FOREIGN},
    # what an office marked in a submission that it sent back
    "mark": {"applicant": OWN_NEAR_FOREIGN},
    # a deleted record that may be taken back
    "removed": {"applicant": OWN_NEAR_FOREIGN},
    # near = of a colleague in the same office
    "message": dict.fromkeys(IDENTITIES[1:], OWN_NEAR_FOREIGN),
    # near = of the sister unit
    "person": {"unit": ["own", "colleague", "near", "foreign"]},
    "unit": {"applicant": ["own", "foreign"], "hotline": ["own", "foreign"]},
    "own unit": {"unit": OWN_NEAR_FOREIGN},
    # near = of the other desk of the same district
    "checked unit": {"bureau": OWN_NEAR_FOREIGN},
    # near: for a unit its sister's choice of the same department, for a department its unit's other choice
    "choice": dict.fromkeys(("unit", "department"), OWN_NEAR_FOREIGN),
    # passed = last year's
    "round": {"committee": ["own", "passed", "foreign"]},
    # not published yet
    "draft round": dict.fromkeys(("committee", "super_admin"), "own foreign".split()),
    "shown round": {each: ["published", "draft"] for each in IDENTITIES},
    "committee": {"super_admin": ["any"]},
    "account": dict.fromkeys(("hotline", "super_admin", "security_admin"), OWN_NEAR_FOREIGN),
    # an open case of one's own, a colleague's open one, a closed one of one's own; one line a kind of case
    **{kind: {"hotline": ["own", "colleague", "closed"]} for kind in CASES},
    # own = the hotline's, waiting; taken = a colleague has taken it; foreign = a unit's to handle
    "request": {"hotline": ["own", "taken", "foreign"]},
    "office account": {"security_admin": [*OWN_NEAR_FOREIGN, "applicant"]},
    # own = proposed by oneself, colleague = by another; office = of an office's account, applicant = of another
    "correction": {
        "hotline": ["own", "colleague", "office"],
        "super_admin": ["office", "applicant"],
        "security_admin": ["colleague", "office"],
    },
    # in such a case; waits = a colleague's correction waits for a second person
    "evidence": {
        "hotline": ["own", "colleague", "closed", "waits"],
        "security_admin": ["waits", "colleague"],
    },
    # an image of the notice of each of those applications
    "notice_file": {**OFFICES, "applicant": OWN_NEAR_FOREIGN},
    # own = of an open round; foreign = of another committee
    "asked round": {"super_admin": ["own", "foreign"]},
    # an opening that an applicant can wait for: of a published round, of one that is not
    "awaited round": {"applicant": ["published", "unpublished"]},
    "form version": {"super_admin": ["draft", "published"]},
    "form template": {"super_admin": ["draft", "published"]},
    "notice": {each: ["any"] for each in IDENTITIES},
    "entry": {"auditor": ["any"]},
    "admin": {each: ["any"] for each in ("super_admin", "security_admin", "auditor")},
}

PLAIN = """
method endpoint                          anon appl unit dept bur  city comm hotl supr secu audi

# everyone
GET    FrontDoor.index                   -    y    y    y    y    y    y    y    y    y    y
GET    NoticesView.list                  y    y    y    y    y    y    y    y    y    y    y
GET    GuideView.list                    y    y    y    y    y    y    y    y    y    y    y
GET    GuideView.show                    y    y    y    y    y    y    y    y    y    y    y
GET    GuideView.pdf                     y    y    y    y    y    y    y    y    y    y    y
# anybody who holds the paper; nothing has been handed in under a made-up digest
GET    VerifyView.show                   n    n    n    n    n    n    n    n    n    n    n
POST   PreferencesView.language          y    y    y    y    y    y    y    y    y    y    y
POST   PreferencesView.text_size         y    y    y    y    y    y    y    y    y    y    y
GET    static                            y    y    y    y    y    y    y    y    y    y    y
GET    appbuilder.static                 y    y    y    y    y    y    y    y    y    y    y
GET    DevelopmentSmsView.sms            y    y    y    y    y    y    y    y    y    y    y
GET    GalleryView.show                  y    y    y    y    y    y    y    y    y    y    y

# before sign-in (ACC-01, ACC-05, ACC-06, ACC-11, ACC-16)
GET    SignInView.login                  y    h    h    h    h    h    h    h    h    h    h
POST   SignInView.login                  y    h    h    h    h    h    h    h    h    h    h
POST   SignInView.ask_unlock             y    h    h    h    h    h    h    h    h    h    h
GET    SecondStepView.code               -    h    h    h    h    h    h    h    h    h    h
POST   SecondStepView.code               -    h    h    h    h    h    h    h    h    h    h
POST   SignInView.logout                 y    y    y    y    y    y    y    y    y    y    y
GET    SignUpView.identity               y    h    h    h    h    h    h    h    h    h    h
POST   SignUpView.identity               y    h    h    h    h    h    h    h    h    h    h
GET    SignUpView.mobile                 y    h    h    h    h    h    h    h    h    h    h
POST   SignUpView.mobile                 y    h    h    h    h    h    h    h    h    h    h
GET    SignUpView.password               y    h    h    h    h    h    h    h    h    h    h
POST   SignUpView.password               y    h    h    h    h    h    h    h    h    h    h
GET    UnitSignUpView.identity           y    h    h    h    h    h    h    h    h    h    h
POST   UnitSignUpView.identity           y    h    h    h    h    h    h    h    h    h    h
GET    UnitSignUpView.mobile             y    h    h    h    h    h    h    h    h    h    h
POST   UnitSignUpView.mobile             y    h    h    h    h    h    h    h    h    h    h
GET    UnitSignUpView.password           y    h    h    h    h    h    h    h    h    h    h
POST   UnitSignUpView.password           y    h    h    h    h    h    h    h    h    h    h
GET    UnitHelpView.ask                  y    h    h    h    h    h    h    h    h    h    h
POST   UnitHelpView.ask                  y    h    h    h    h    h    h    h    h    h    h
GET    UnitHelpView.done                 y    h    h    h    h    h    h    h    h    h    h
GET    RecoverView.start                 y    h    h    h    h    h    h    h    h    h    h
POST   RecoverView.start                 y    h    h    h    h    h    h    h    h    h    h
GET    RecoverView.password              y    h    h    h    h    h    h    h    h    h    h
POST   RecoverView.password              y    h    h    h    h    h    h    h    h    h    h
# a series' own address (ACC-18)
GET    EntryView.open                    y    y    y    y    y    y    y    y    y    y    y
# the link may be for whoever is signed in already (A11)
GET    ResetView.take                    y    y    y    y    y    y    y    y    y    y    y
GET    ResetView.password                y    y    y    y    y    y    y    y    y    y    y
POST   ResetView.password                y    y    y    y    y    y    y    y    y    y    y

# whoever is signed in (ACC-14, MSG-01)
GET    AccountView.show                  -    y    y    y    y    y    y    y    y    y    y
GET    AccountView.change_password       -    y    y    y    y    y    y    y    y    y    y
POST   AccountView.change_password       -    y    y    y    y    y    y    y    y    y    y
POST   AccountView.end_browsers          -    y    y    y    y    y    y    y    y    y    y
POST   AccountView.news                  -    y    y    y    y    y    y    y    y    y    y
GET    MobileView.old                    -    y    y    y    y    y    y    y    y    y    y
POST   MobileView.old                    -    y    y    y    y    y    y    y    y    y    y
GET    MobileView.new                    -    y    y    y    y    y    y    y    y    y    y
POST   MobileView.new                    -    y    y    y    y    y    y    y    y    y    y
POST   DraftView.keep                    -    y    y    y    y    y    y    y    y    y    y
POST   DraftView.discard                 -    y    y    y    y    y    y    y    y    y    y
GET    ConfirmView.password              -    y    y    y    y    y    y    y    y    y    y
POST   ConfirmView.password              -    y    y    y    y    y    y    y    y    y    y
GET    FactorView.show                   -    y    y    y    y    y    y    y    y    y    y
GET    FactorView.enrol                  -    y    y    y    y    y    y    y    y    y    y
POST   FactorView.enrol                  -    y    y    y    y    y    y    y    y    y    y
POST   FactorView.new_codes              -    y    y    y    y    y    y    y    y    y    y
POST   FactorView.off                    -    y    y    y    y    y    y    y    y    y    y
GET    MessagesView.list                 -    y    y    y    y    y    y    y    y    y    y
POST   MessagesView.read_all             -    y    y    y    y    y    y    y    y    y    y

# the applicant (ACC-00, PRO, SEC, ATT, APP)
GET    ApplicantView.home                -    y    -    -    -    -    -    -    -    -    -
GET    ApplicantView.next_gap            -    y    -    -    -    -    -    -    -    -    -
GET    PersonView.edit                   -    y    -    -    -    -    -    -    -    -    -
POST   PersonView.edit                   -    y    -    -    -    -    -    -    -    -    -
# the catalogues that inputs are looked up in; the hotline fills in forms on behalf (PRO-08, SEC-01)
GET    LookupView.find                   -    y    -    -    -    -    -    y    y    -    -
GET    PersonView.unit                   -    y    -    -    -    -    -    -    -    -    -
GET    PhotoView.edit                    -    y    -    -    -    -    -    -    -    -    -
POST   PhotoView.edit                    -    y    -    -    -    -    -    -    -    -    -
POST   PhotoView.crop                    -    y    -    -    -    -    -    -    -    -    -
GET    SectionView.list                  -    y    -    -    -    -    -    -    -    -    -
GET    SectionView.add                   -    y    -    -    -    -    -    -    -    -    -
POST   SectionView.add                   -    y    -    -    -    -    -    -    -    -    -
POST   SectionView.nothing               -    y    -    -    -    -    -    -    -    -    -
POST   RecordListView.order              -    y    -    -    -    -    -    -    -    -    -
POST   YearsView.save                    -    y    -    -    -    -    -    -    -    -    -
GET    PasteView.rows                    -    y    -    -    -    -    -    -    -    -    -
POST   PasteView.rows                    -    y    -    -    -    -    -    -    -    -    -
GET    CopyView.choose                   -    y    -    -    -    -    -    -    -    -    -
POST   CopyView.choose                   -    y    -    -    -    -    -    -    -    -    -
GET    AttachmentView.list               -    y    -    -    -    -    -    -    -    -    -
POST   AttachmentView.upload             -    y    -    -    -    -    -    -    -    -    -
POST   AttachmentView.link               -    y    -    -    -    -    -    -    -    -    -
GET    CoverView.start                   -    y    -    -    -    -    -    -    -    -    -
POST   CoverView.start                   -    y    -    -    -    -    -    -    -    -    -
POST   ReminderView.unit                 -    y    -    -    -    -    -    -    -    -    -
GET    ProgressView.list                 -    y    -    -    -    -    -    -    -    -    -

# what an applicant asks of the hotline, and what it has changed for him (PRO-08, M6.5, ACC-04, B10)
GET    HelpView.list                     -    y    -    -    -    -    -    -    -    -    -
GET    HelpView.major                    -    y    -    -    -    -    -    -    -    -    -
POST   HelpView.major                    -    y    -    -    -    -    -    -    -    -    -
GET    HelpView.profession               -    y    -    -    -    -    -    -    -    -    -
POST   HelpView.profession               -    y    -    -    -    -    -    -    -    -    -
GET    HelpView.correction               -    y    -    -    -    -    -    -    -    -    -
POST   HelpView.correction               -    y    -    -    -    -    -    -    -    -    -
GET    HelpView.changes                  -    y    -    -    -    -    -    -    -    -    -

# offices (REV-01, REV-03, UNI-05, UNI-06, UNI-08, CYC-01)
GET    DeskView.home                     -    -    y    y    y    y    y    -    -    -    -
GET    DeskView.waiting                  -    -    y    y    y    y    y    -    -    -    -
GET    DeskView.handled                  -    -    y    y    y    y    y    -    -    -    -
GET    DeskView.arrived                  -    -    y    y    y    y    y    -    -    -    -
GET    PackageView.list                  -    y    y    -    -    -    y    -    -    -    -
POST   PackageView.year                  -    -    y    -    -    -    -    -    -    -    -
POST   PackageView.book                  -    -    -    -    -    -    y    -    -    -    -
GET    SavedListView.list                -    -    y    y    y    y    y    -    -    -    -
POST   SavedListView.save                -    -    y    y    y    y    y    -    -    -    -
GET    SavedListView.columns             -    -    y    y    y    y    y    -    -    -    -
POST   SavedListView.columns             -    -    y    y    y    y    y    -    -    -    -
GET    ExportView.ask                    -    -    y    y    y    y    y    -    -    -    -
POST   ExportView.download               -    -    y    y    y    y    y    -    -    -    -
GET    BulkView.remind                   -    -    y    y    y    y    y    -    -    -    -
POST   BulkView.do_remind                -    -    y    y    y    y    y    -    -    -    -
# the unit writes Table 12 for each (screens.md 3.4)
GET    BulkView.approve                  -    -    -    y    y    y    y    -    -    -    -
POST   BulkView.do_approve               -    -    -    y    y    y    y    -    -    -    -
POST   OwnDeskView.forget                -    -    y    y    y    y    y    -    -    -    -
POST   OwnDeskView.keys                  -    -    y    y    y    y    y    -    -    -    -
GET    OverdueView.list                  -    -    y    y    y    y    y    -    -    -    -
GET    StampedDeskView.list              -    -    -    y    y    y    y    -    -    -    -
GET    OverdueView.together              -    -    y    y    y    y    y    -    -    -    -
POST   OverdueView.do_together           -    -    y    y    y    y    y    -    -    -    -
GET    BoardView.home                    -    -    -    -    y    y    y    -    y    -    -
GET    BoardView.list                    -    -    -    -    y    y    y    -    y    -    -
GET    UnitView.edit                     -    -    y    -    -    -    -    -    -    -    -
POST   UnitView.edit                     -    -    y    -    -    -    -    -    -    -    -
GET    UnitDepartmentView.list           -    -    y    -    -    -    -    -    -    -    -
GET    UnitDepartmentView.choose         -    -    y    -    -    -    -    -    -    -    -
POST   UnitDepartmentView.choose         -    -    y    -    -    -    -    -    -    -    -
GET    StaffView.list                    -    -    y    -    -    -    -    -    -    -    -
GET    StaffView.message                 -    -    y    -    -    -    -    -    -    -    -
POST   StaffView.message                 -    -    y    -    -    -    -    -    -    -    -
GET    UnitChoiceView.list               -    -    -    y    -    -    -    -    -    -    -
GET    DepartmentScopeView.list          -    -    -    y    -    -    -    -    -    -    -
GET    DepartmentScopeView.people        -    -    -    y    -    -    -    -    -    -    -
GET    UnitCheckView.list                -    -    -    -    y    -    -    -    -    -    -
GET    CommitteeRoundView.list           -    -    -    -    -    -    y    -    -    -    -

# support and administration (ACC-10, SUP-01)
GET    HotlineView.search                -    -    -    -    -    -    -    y    -    -    -
POST   HotlineView.search                -    -    -    -    -    -    -    y    -    -    -
GET    RequestView.list                  -    -    -    -    -    -    -    y    -    -    -
GET    CaseView.list                     -    -    -    -    -    -    -    y    -    -    -
GET    CaseView.open                     -    -    -    -    -    -    -    y    -    -    -
POST   CaseView.open                     -    -    -    -    -    -    -    y    -    -    -
GET    CorrectionView.list               -    -    -    -    -    -    -    y    y    y    -
POST   ViewAsView.end                    -    -    -    -    -    -    -    y    -    -    -
GET    OverviewView.home                 -    -    -    -    -    -    -    -    y    -    -
GET    RightsView.show                   -    -    -    -    -    -    -    -    y    y    -
GET    RouteTrialView.form               -    -    -    -    -    -    -    -    y    -    -
GET    RoundYearView.home                -    -    -    -    -    -    -    -    y    -    -
POST   RoundYearView.copy                -    -    -    -    -    -    -    -    y    -    -
GET    ChecklistView.list                -    -    -    -    -    -    -    -    y    -    -
GET    FormVersionView.home              -    -    -    -    -    -    -    -    y    -    -
POST   FormVersionView.draft             -    -    -    -    -    -    -    -    y    -    -
GET    FormTemplateView.home             -    -    -    -    -    -    -    -    y    -    -
POST   FormTemplateView.draft            -    -    -    -    -    -    -    -    y    -    -
GET    TreeImportView.form               -    -    -    -    -    -    -    -    y    -    -
POST   TreeImportView.form               -    -    -    -    -    -    -    -    y    -    -

# the record of changes: the auditor alone, who only reads (B13, D08)
GET    AuditView.list                    -    -    -    -    -    -    -    -    -    -    y
POST   AuditView.verify                  -    -    -    -    -    -    -    -    -    -    y
"""

ROWS = """
method endpoint                          row         anon appl  unit   dept   bur   city  comm  hotl  supr  secu  audi

# one's own application; an office never opens the applicant's pages (APP-01, APP-14)
GET    EligibilityView.edit              application -    ynn   -      -      -     -     -     -     -     -     -
POST   EligibilityView.edit              application -    ynn   -      -      -     -     -     -     -     -     -
GET    CoverView.cover                   application -    ynn   -      -      -     -     -     -     -     -     -
POST   CoverView.cover                   application -    ynn   -      -      -     -     -     -     -     -     -
GET    CoverView.basics                  application -    ynn   -      -      -     -     -     -     -     -     -
GET    CoverView.check                   application -    ynn   -      -      -     -     -     -     -     -     -
GET    CoverView.submit                  application -    ynn   -      -      -     -     -     -     -     -     -
POST   CoverView.submit                  application -    ynn   -      -      -     -     -     -     -     -     -
GET    CoverView.done                    application -    ynn   -      -      -     -     -     -     -     -     -
GET    ProgressView.show                 application -    ynn   -      -      -     -     -     -     -     -     -
POST   ProgressView.withdraw             application -    ynn   -      -      -     -     -     -     -     -     -
POST   ProgressView.reopen               application -    ynn   -      -      -     -     -     -     -     -     -

# what an office sees came to it; it acts only on what lies there (REV-01…03, REV-06, B03)
GET    WorkbenchView.show                application -    -     yynnn  yynnn  yynnn yynnn yynnn -     -     -     -
POST   WorkbenchView.decide              application -    -     yxnnn  yxnnn  yxnnn yxnnn yxnnn -     -     -     -
# nothing to pack before the first submission (APP-16)
POST   PackageView.own                   application -    xnn   -      -      -      -     -     -     -     -     -
GET    PackageView.show                  package     -    ynn   ynn    -      -      -     ynn   -     -     -     -
POST   PackageView.again                 package     -    ynn   ynn    -      -      -     ynn   -     -     -     -
GET    PackageView.file                  package     -    xnn   xnn    -      -      -     xnn   -     -     -     -
GET    ReceiptView.receipt               application -    xnn   -      -      -      -     -     -     -     -     -
GET    ReceiptView.receipt               passed      -    ynn   -      -      -      -     -     -     -     -     -
GET    ReceiptView.history               application -    xnn   -      -      -      -     -     -     -     -     -
GET    ReceiptView.history               passed      -    ynn   -      -      -      -     -     -     -     -     -
POST   SavedListView.rename              saved-list  -    -     ynn    ynn    ynn   ynn   ynn   -     -     -     -
POST   SavedListView.delete              saved-list  -    -     ynn    ynn    ynn   ynn   ynn   -     -     -     -
POST   WorkbenchView.undo                application -    -     xxnnn  xxnnn  xxnnn xxnnn xxnnn -     -     -     -
GET    NoteView.pin                      application -    -     yxnnn  yxnnn  yxnnn yxnnn yxnnn -     -     -     -
POST   NoteView.pin                      application -    -     yxnnn  yxnnn  yxnnn yxnnn yxnnn -     -     -     -
# whoever holds it decides himself; not overdue is said on the list (screens.md 3.4)
POST   OverdueView.urge                  application -    -     xynnn  xynnn  xynnn xynnn xynnn -     -     -     -
POST   NoteView.take_off                 application -    -     xxnnn  xxnnn  xxnnn xxnnn xxnnn -     -     -     -
GET    UnitOpinionView.edit              application -    -     yxnnn  -      -     -     -     -     -     -     -
POST   UnitOpinionView.edit              application -    -     yxnnn  -      -     -     -     -     -     -     -
POST   NoticeView.notify                 application -    -     yxnnn  -      -     -     -     -     -     -     -
POST   NoticeView.upload                 application -    -     yxnnn  -      -     -     -     -     -     -     -
POST   NoticeView.conclude               application -    -     yxnnn  -      -     -     -     -     -     -     -
GET    NoticeFileView.get                notice_file -    ynn   yynnn  yynnn  yynnn yynnn yynnn -     -     -     -
POST   NoticeFileView.remove             notice_file -    -     yxnnn  -      -     -     -     -     -     -     -
GET    FormView.preview                  application -    ynn   yynnn  yynnn  yynnn yynnn yynnn -     -     -     -

# printing only from the committee's pass on (DOC-03, X-04)
GET    FormView.pdf                      application -    xnn   xxnnn  xxnnn  xxnnn xxnnn xynnn -     -     -     -
GET    FormView.pdf                      passed      -    ynn   yn     yn     yn    yn    yn    -     -     -     -
GET    FormView.printing                 application -    xnn   xxnnn  xxnnn  xxnnn xxnnn xynnn -     -     -     -
GET    FormView.printing                 passed      -    ynn   yn     yn     yn    yn    yn    -     -     -     -
GET    FormView.text                     application -    xnn   xxnnn  xxnnn  xxnnn xxnnn xynnn -     -     -     -
GET    FormView.text                     passed      -    ynn   yn     yn     yn    yn    yn    -     -     -     -
POST   FormView.make                     application -    xnn   xxnnn  xxnnn  xxnnn xxnnn xynnn -     -     -     -
POST   FormView.make                     passed      -    ynn   yn     yn     yn    yn    yn    -     -     -     -

# the stamped Table 17: cut by its owner, taken in by the last office, read by all on the way (ATT-04, APP-16)
GET    StampedView.show                  application -    ynn   -      -      -     -     -     -     -     -     -
GET    StampedView.show                  page        -    ynn   -      -      -     -     -     -     -     -     -
POST   StampedView.choose                application -    xnn   -      -      -      -     -     -     -     -     -
POST   StampedView.choose                page        -    ynn   -      -      -     -     -     -     -     -     -
POST   StampedView.crop                  page        -    ynn   -      -      -     -     -     -     -     -     -
GET    StampedView.original              page        -    ynn   -      -      -     -     -     -     -     -     -
GET    ArchiveView.page                  page        -    ynn   yn     yn     yn    yn    yn    -     -     -     -
GET    ArchiveView.page                  application -    nnn   nnnnn  nnnnn  nnnnn nnnnn nnnnn -     -     -     -
GET    ArchiveView.pdf                   page        -    nnn   nn     nn     nn    nn    nn    -     -     -     -
GET    ArchiveView.pdf                   archived    -    ynn   yn     yn     yn    yn    yn    -     -     -     -
GET    StampedDeskView.show              page        -    -     -      xn     xn    xn    yn    -     -     -     -
POST   StampedDeskView.ask_again         page        -    -     -      xn     xn    xn    yn    -     -     -     -
POST   StampedDeskView.accept            page        -    -     -      xn     xn    xn    yn    -     -     -     -

# files: the owner, and offices for what a submission to them names (B09)
GET    AttachmentView.get                file        -    ynn   yynnnn yynnnn yynnnn yynnnn yynnnn - -      -     -
GET    FileView.show                     file        -    ynn   yynnnn yynnnn yynnnn yynnnn yynnnn - -      -     -
GET    FileView.page                     file        -    ynn   yynnnn yynnnn yynnnn yynnnn yynnnn - -      -     -
GET    FileView.small                    file        -    ynn   yynnnn yynnnn yynnnn yynnnn yynnnn - -      -     -

# only the owner changes a file (ATT-03)
POST   FileView.rename                   file        -    ynn   -      -      -     -     -     -     -     -     -
POST   FileView.rotate                   file        -    ynn   -      -      -     -     -     -     -     -     -
POST   FileView.replace                  file        -    ynn   -      -      -     -     -     -     -     -     -
POST   FileView.delete                   file        -    ynn   -      -      -     -     -     -     -     -     -
POST   AttachmentView.remove             use         -    ynn   -      -      -     -     -     -     -     -     -
GET    SectionView.edit                  record      -    ynn   -      -      -     -     -     -     -     -     -
POST   SectionView.edit                  record      -    ynn   -      -      -     -     -     -     -     -     -
POST   SectionView.delete                record      -    ynn   -      -      -     -     -     -     -     -     -
POST   SectionView.move                  record      -    ynn   -      -      -     -     -     -     -     -     -
POST   MarkView.handle                   mark        -    ynn   -      -      -     -     -     -     -     -     -
POST   RecordListView.restore            removed     -    ynn   -      -      -     -     -     -     -     -     -
POST   PersonView.choose_unit            unit        -    yy    -      -      -     -     -     -     -     -     -

# messages (MSG-01)
GET    MessagesView.show                 message     -    ynn   ynn    ynn    ynn   ynn   ynn   ynn   ynn   ynn   ynn
POST   MessagesView.open                 message     -    ynn   ynn    ynn    ynn   ynn   ynn   ynn   ynn   ynn   ynn
POST   MessagesView.delete               message     -    ynn   ynn    ynn    ynn   ynn   ynn   ynn   ynn   ynn   ynn
GET    NoticesView.show                  notice      y    y     y      y      y     y     y     y     y     y     y

# an organisation's own (ACC-09, UNI-01, UNI-05, UNI-06, CYC-01)
POST   StaffView.unlock                  person      -    -     yynn   -      -     -     -     -     -     -     -
GET    StaffView.show                    person      -    -     yynn   -      -     -     -     -     -     -     -
POST   StaffView.confirm                 person      -    -     xxnn   -      -     -     -     -     -     -     -
POST   StaffView.decline                 person      -    -     xxnn   -      -     -     -     -     -     -     -
POST   StaffView.reset                   person      -    -     yynn   -      -     -     -     -     -     -     -
POST   StaffView.remove                  person      -    -     xynn   -      -     -     -     -     -     -     -
GET    StaffView.message                 own-unit    -    -     ynn    -      -     -     -     -     -     -     -
POST   StaffView.message                 own-unit    -    -     ynn    -      -     -     -     -     -     -     -
GET    UnitCheckView.show                checked-unit -   -     -      -      ynn   -     -     -     -     -     -
POST   UnitCheckView.verify              checked-unit -   -     -      -      ynn   -     -     -     -     -     -
POST   UnitCheckView.note                checked-unit -   -     -      -      ynn   -     -     -     -     -     -
GET    UnitView.edit                     own-unit    -    -     ynn    -      -     -     -     -     -     -     -
POST   UnitView.edit                     own-unit    -    -     ynn    -      -     -     -     -     -     -     -
GET    StaffView.list                    own-unit    -    -     ynn    -      -     -     -     -     -     -     -
GET    UnitDepartmentView.list           own-unit    -    -     ynn    -      -     -     -     -     -     -     -
GET    UnitDepartmentView.choose         own-unit    -    -     ynn    -      -     -     -     -     -     -     -
POST   UnitDepartmentView.choose         own-unit    -    -     ynn    -      -     -     -     -     -     -     -
POST   UnitDepartmentView.make_default   choice      -    -     ynn    -      -     -     -     -     -     -     -
GET    UnitChoiceView.decide             choice      -    -     -      ynn    -     -     -     -     -     -     -
POST   UnitChoiceView.decide             choice      -    -     -      ynn    -     -     -     -     -     -     -
POST   SubscriptionView.add              awaited-round -   yn    -      -      -     -     -     -     -     -     -
POST   SubscriptionView.remove           awaited-round -   yn    -      -      -     -     -     -     -     -     -
GET    CommitteeRoundView.edit           round       -    -     -      -      -     -     yyn   -     -     -     -
POST   CommitteeRoundView.edit           round       -    -     -      -      -     -     yyn   -     -     -     -

# a draft: its committee's office prepares it, a super administrator publishes; nobody else meets it (CYC-05, CYC-06)
GET    RoundSetupView.setup              draft-round -    -     -      -      -     -     yn    -     yy    -     -
POST   RoundSetupView.setup              draft-round -    -     -      -      -     -     yn    -     yy    -     -
GET    RoundSetupView.professions        draft-round -    -     -      -      -     -     yn    -     yy    -     -
POST   RoundSetupView.professions        draft-round -    -     -      -      -     -     yn    -     yy    -     -
GET    RoundSetupView.check              draft-round -    -     -      -      -     -     yn    -     yy    -     -
POST   RoundSetupView.publish            draft-round -    -     -      -      -     -     --    -     yy    -     -
POST   RoundSetupView.unpublish          draft-round -    -     -      -      -     -     --    -     yy    -     -
POST   RoundYearView.begin               committee   -    -     -      -      -     -     -     -     y     -     -
GET    RoundConditionsView.show          shown-round yn   yn    yn     yn     yn    yn    yn    yn    yn    yn    yn
GET    RoundConditionsView.professions   shown-round yn   yn    yn     yn     yn    yn    yn    yn    yn    yn    yn

# support and administration (ACC-10)
GET    HotlineView.person                account     -    -     -      -      -     -     -     yyy   -     -     -
GET    HotlineView.unit                  unit        -    -     -      -      -     -     -     yy    -     -     -
GET    RequestView.show                  request     -    -     -      -      -     -     -     yyn   -     -     -
GET    CaseView.show                     case        -    -     -      -      -     -     -     yyy   -     -     -

# an edit happens in an open case of one's own, else it is refused (B10)
POST   CaseView.close                    case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseView.upload                   case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.unlock               case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.number               case        -    -     -      -      -     -     -     y--   -     -     -
GET    CaseWorkView.name                 case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.name                 case        -    -     -      -      -     -     -     y--   -     -     -
GET    CaseWorkView.mobile               case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.mobile               case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.reset                case        -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.verify               case        -    -     -      -      -     -     -     y--   -     -     -
POST   ViewAsView.begin                  case        -    -     -      -      -     -     -     y--   -     -     -
GET    CaseWorkView.id_number            number-case -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.id_number            number-case -    -     -      -      -     -     -     y--   -     -     -
GET    CaseWorkView.leaf                 leaf-case   -    -     -      -      -     -     -     y--   -     -     -
POST   CaseWorkView.leaf                 leaf-case   -    -     -      -      -     -     -     y--   -     -     -
GET    CaseDossierView.list              dossier-case -   -     -      -      -     -     -     y--   -     -     -
GET    CaseDossierView.section           dossier-case -   -     -      -      -     -     -     y--   -     -     -
GET    CaseDossierView.record            dossier-case -   -     -      -      -     -     -     y--   -     -     -
POST   CaseDossierView.record            dossier-case -   -     -      -      -     -     -     y--   -     -     -
GET    CaseDossierView.person            dossier-case -   -     -      -      -     -     -     y--   -     -     -
POST   CaseDossierView.person            dossier-case -   -     -      -      -     -     -     y--   -     -     -
POST   CaseDossierView.remove            dossier-case -   -     -      -      -     -     -     y--   -     -     -

# two persons for what identifies one (B10)
GET    CorrectionView.show               correction  -    -     -      -      -     -     -     yyn   yn    yy    -
POST   CorrectionView.decide             correction  -    -     -      -      -     -     -     -yn   yn    yy    -
GET    EvidenceView.get                  evidence    -    -     -      -      -     -     -     ynny  -     yn    -

# the fields of the sections, by the super administrator; what is published stays as it is
GET    ChecklistView.edit               asked-round -   -     -      -      -     -     -     -     yy    -     -
POST   ChecklistView.edit               asked-round -   -     -      -      -     -     -     -     yy    -     -
GET    FormVersionView.show              form-version -   -     -      -      -     -     -     -     yy    -     -
GET    FormVersionView.section           form-version -   -     -      -      -     -     -     -     yy    -     -
POST   FormVersionView.section           form-version -   -     -      -      -     -     -     -     yx    -     -
GET    FormVersionView.preview           form-version -   -     -      -      -     -     -     -     yy    -     -
GET    FormVersionView.publish           form-version -   -     -      -      -     -     -     -     yy    -     -
POST   FormVersionView.publish           form-version -   -     -      -      -     -     -     -     yx    -     -
POST   FormVersionView.discard           form-version -   -     -      -      -     -     -     -     yx    -     -
GET    FormTemplateView.edit             form-template -  -     -      -      -     -     -     -     yy    -     -
POST   FormTemplateView.edit             form-template -  -     -      -      -     -     -     -     yx    -     -
GET    FormTemplateView.preview          form-template -  -     -      -      -     -     -     -     yy    -     -
GET    FormTemplateView.publish          form-template -  -     -      -      -     -     -     -     yy    -     -
POST   FormTemplateView.publish          form-template -  -     -      -      -     -     -     -     yx    -     -
POST   FormTemplateView.discard          form-template -  -     -      -      -     -     -     -     yx    -     -

POST   UserAdmin.unlock                  account     -    -     -      -      -     -     -     -     yyy   yyy   -

# accounts, by the security administrator; not his own (B13)
POST   UserAdmin.enable                  account     -    -     -      -      -     -     -     -     -     xyy   -
POST   UserAdmin.end_sessions            account     -    -     -      -      -     -     -     -     -     xyy   -
POST   UserAdmin.remove_factor           account     -    -     -      -      -     -     -     -     -     xyy   -

# a lost phone or a forgotten password of an office; applicant = an account that is the hotline's
POST   OfficeAccountView.reset           office-account - - -     -      -      -     -     -     -     xyyn  -
GET    OfficeAccountView.mobile          office-account - - -     -      -      -     -     -     -     xyyn  -
POST   OfficeAccountView.mobile          office-account - - -     -      -      -     -     -     -     xyyn  -
GET    AuditView.show                    entry       -    -     -      -      -     -     -     -     -     -     y
"""

# Super administrators' screens; for everyone else every one of them is refused, but for the lists and
# pages that the last two columns open to the security administrator and the auditor. What has a
# history (accounts, units, the archive, the record of changes) is never deleted, the 26 series
# of the regulation are fixed, and the record of changes is only read, by the auditor alone (B13, D08).
SCREENS = """
screen                      list show add  edit delete secu audi
UserAdmin                   y    y    y    y    -      y    -
MembershipAdmin             y    y    y    y    y      y    -
UnitAdmin                   y    y    y    y    -      -    -
DepartmentAdmin             y    y    y    y    y      -    -
BureauAdmin                 y    y    y    y    y      -    -
CommitteeAdmin              y    y    y    y    y      -    -
RoundAdmin                  y    y    y    y    y      -    -
RouteRuleAdmin              y    y    y    y    y      -    -
SeriesAdmin                 y    y    .    .    .      -    -
SeriesEntryAdmin            y    y    y    y    y      -    -
TitleAdmin                  y    y    y    y    y      -    -
RegionAdmin                 y    y    y    y    y      -    -
ProfessionAdmin             y    y    y    y    y      -    -
MajorAdmin                  y    y    y    y    y      -    -
CompatibilityAdmin          y    y    y    y    y      -    -
PlanAdmin                   y    y    y    y    y      -    -
DirectoryAdmin              y    y    y    y    y      -    -
EngineeringSpecialtyAdmin   y    y    y    y    y      -    -
AttachmentRequirementAdmin  y    y    y    y    y      -    -
FormTableAdmin              y    y    y    y    -      -    -
HolidayAdmin                y    y    y    y    y      -    -
SettingAdmin                y    y    y    y    -      -    -
NoticeAdmin                 y    y    y    y    y      -    -
IntegrityRecordAdmin        y    y    y    y    -      -    -
"""


class Line(NamedTuple):
    """One expectation: `word` says it for an identity; a letter a relation where `row` names a row."""

    method: str
    endpoint: str
    row: str
    words: dict[str, str]

    def word(self, identity: str) -> str:
        return self.words[identity]


def _lines(text: str) -> list[list[str]]:
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return rows[1:]


def _expected() -> list[Line]:
    refused = dict.fromkeys(IDENTITIES, "-")
    table = [
        Line(method, endpoint, "", dict(zip(IDENTITIES, words, strict=True)))
        for method, endpoint, *words in _lines(PLAIN)
    ]
    table += [
        Line(method, endpoint, row.replace("-", " "), dict(zip(IDENTITIES, words, strict=True)))
        for method, endpoint, row, *words in _lines(ROWS)
    ]
    for screen, *words, security, audit in _lines(SCREENS):
        readers = {"security_admin": security, "auditor": audit}
        for action, word in zip(("list", "show", "add", "edit", "delete"), words, strict=True):
            methods = {"list": "GET", "show": "GET", "add": "GET POST", "edit": "GET POST", "delete": "POST"}
            row = "admin" if action in ("show", "edit", "delete") else ""
            others = readers if action in ("list", "show") else {}
            for method in methods[action].split() if word != "." else ():
                expected = {**refused, "super_admin": word, **others}
                table.append(Line(method, f"{screen}.{action}", row, expected))
    return table


TABLE = _expected()
