"""The archived document: the form as printed, with the stamped page in the place of its last (APP-16, ATT-04)."""

import io
from dataclasses import replace

from pypdf import PdfReader, PdfWriter

from ..dossier import binder
from ..dossier.decoding import Page
from .pdf import render
from .sheets import Document

A4 = (210 / 25.4 * 72, 297 / 25.4 * 72)


def archived(document: Document, photo: bytes | None, page: Page) -> bytes:
    """The form's PDF whose Table 17 is the scan of the stamped one. Raises as pdf.render() does."""
    *printed, scanned = document.tables
    shorter = replace(document, tables=tuple(printed), scanned=(scanned,))
    drawn = render(shorter, photo, following=1)
    writer = PdfWriter(clone_from=io.BytesIO(drawn))
    writer.add_page(PdfReader(io.BytesIO(binder.bind([page]))).pages[0]).scale_to(*A4)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
