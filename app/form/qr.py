"""The code on the cover: it leads to the page that confirms the digest of what was submitted."""

import segno

BORDER = 2


def dots(address: str) -> list[str]:
    """Its rows, a 1 for each black dot, with the white border in it."""
    code = segno.make(address, error="m", micro=False)
    return ["".join("1" if dot else "0" for dot in row) for row in code.matrix_iter(border=BORDER)]


def picture(address: str) -> str:
    """The same as a data URI for a page."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(border=BORDER, light="white"))
