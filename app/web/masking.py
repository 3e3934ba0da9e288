"""How numbers of persons are shown: masked by default, everywhere (D02).

A resident number is region (6), birth date (8), sequence (3) and check (1). A page that shows birth
date, gender and native place gives away everything but the sequence, so none of the last four may
be seen: 500 numbers still fit. The first three (province) let a person recognise his own.
"""

from .request import view_as

SHOWN_OF_ID_NUMBER = 3


def mask_id_number(number: str | None) -> str:
    """`530***************`"""
    if not number:
        return ""
    return number[:SHOWN_OF_ID_NUMBER] + "*" * (len(number) - SHOWN_OF_ID_NUMBER)


def mask_mobile(number: str | None) -> str:
    """`138****1234`: ten thousand numbers fit."""
    if not number:
        return ""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "*" * len(number)


def own_id_number(number: str | None) -> str:
    """One's own number as one's own pages show it; masked for the hotline, which sees them read only (SUP-01)."""
    return mask_id_number(number) if view_as() else number or ""


def own_mobile(number: str | None) -> str:
    return mask_mobile(number) if view_as() else number or ""
