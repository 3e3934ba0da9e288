"""What recognition asks for, shown where it is chosen and filled in (REC-03, REC-05)."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..dossier.completeness import Asked, current_requirements, nature_of, proves
from ..dossier.pages import own_checklist, own_held, own_person
from ..models import Application
from ..vocabulary import Kind


@dataclass(frozen=True)
class Material:
    """A line of the checklist, and whether a file is there for it."""

    asked: Asked
    is_given: bool


def own_materials(application: Application) -> list[Material]:
    """Of an application for recognition; nothing for a review, whose list is its committee's."""
    return _held(own_checklist(application)) if application.kind is Kind.RECOGNITION else []


def usual_materials() -> list[Material]:
    """Before there is an application: what recognition asks of somebody of his unit."""
    return _held(current_requirements(None, Kind.RECOGNITION, nature_of(own_person())))


def _held(checklist: Iterable[Asked]) -> list[Material]:
    uses = own_held().uses
    return [Material(each, any(proves(use, each.requirement) for use in uses)) for each in checklist]
