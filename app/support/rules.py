"""What each kind of case allows, as data (B10): a case for one thing opens no door to another."""

from enum import StrEnum

from ..vocabulary import CaseKind, IdentityCheck


class Act(StrEnum):
    """What a member of the hotline may want to do in a case."""

    UNLOCK = "unlock"
    SHOW = "show"
    VIEW = "view"
    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    RESET_LINK = "reset_link"
    VERIFY = "verify"
    MAJOR = "major"
    PROFESSION = "profession"
    DOSSIER = "dossier"


A, K = Act, CaseKind
ALWAYS = frozenset({A.UNLOCK, A.SHOW, A.VIEW})

ALLOWS: dict[CaseKind, frozenset[Act]] = {
    K.UNLOCK: ALWAYS,
    K.CORRECTION: ALWAYS | {A.NAME, A.ID_NUMBER},
    K.MOBILE: ALWAYS | {A.MOBILE},
    K.UNIT_RECOVERY: ALWAYS | {A.NAME, A.MOBILE, A.RESET_LINK, A.VERIFY},
    K.NEW_MAJOR: ALWAYS | {A.MAJOR},
    K.NEW_PROFESSION: ALWAYS | {A.PROFESSION},
    K.DOSSIER: ALWAYS | {A.DOSSIER},
    K.QUESTION: ALWAYS | {A.VERIFY},
}

# What identifies a person changes by two members of staff; a name and a number also need an image.
NEEDS_EVIDENCE = frozenset({K.CORRECTION, K.UNIT_RECOVERY})

# Whoever wants another's account knows his name, number and unit as well.
TOO_WEAK_FOR = {K.MOBILE: frozenset({IdentityCheck.DETAILS})}

# Offices' accounts too.
ANYBODY = frozenset({K.UNLOCK, K.QUESTION})

ABOUT_A_UNIT = frozenset({K.UNIT_RECOVERY})
ABOUT_A_PERSON = frozenset({K.UNLOCK, K.CORRECTION, K.MOBILE, K.DOSSIER, K.NEW_MAJOR, K.NEW_PROFESSION})

# Of the dossier's first page, what is changed on a person's behalf; how to reach him is his own to say.
ON_BEHALF = frozenset(
    "former_name gender birth_date native_place ethnicity political_status major_id societies tenure_years "
    "tenure_months practice_years practice_months postcode office position profession_id".split()
)
LEAST_REASON = 4
LEAST_EVIDENCE = 10
MOST_IMAGES = 6
RECOVERY_PAUSE_HOURS = 24
VIEW_MINUTES = 15
