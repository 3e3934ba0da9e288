"""What every road has in common: handing in, then office after office to the PDF."""

from pathlib import Path

from tests.journeys import dossiers
from tests.journeys.applicants import Applicant, squeezed
from tests.journeys.clerks import Clerk, UnitClerk

CITY_COMMITTEE, PROVINCIAL_COMMITTEE = (
    "昆明市档案专业中级职称评审委员会",
    "云南省示例档案专业高级职称评审委员会",
)


def apply(applicant: Applicant, unit: UnitClerk, committee: str, level: str) -> None:
    applicant.arrive(unit.office, dossiers.summary())
    applicant.save_cover(committee, dossiers.PROFESSION, level)
    applicant.submit(first=unit.office)


def walk(
    applicant: Applicant,
    unit: UnitClerk,
    offices: list[Clerk],
    folder: Path,
    bystanders: list[Clerk] | None = None,
) -> None:
    """Through every office of the route, each in its own list and only when it is its turn; then the PDF."""
    name = applicant.name
    offices[0].finds_nothing(name)
    unit.recommend(name)
    for office in bystanders or []:
        office.finds_nothing(name)
    for office, following in zip(offices, [*offices[1:], None], strict=True):
        if following is None:
            applicant.sees_no_pdf_yet()
        else:
            following.finds_nothing(name)
        office.pass_on(name)
    form = applicant.download_form(folder)
    assert name in form and dossiers.RARE in form
    assert squeezed(dossiers.summary()) in form
