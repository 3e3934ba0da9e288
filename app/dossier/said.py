"""A field's words on a page, in the reader's language."""

from flask_babel import gettext


class Said:
    """A label or a hint that is translated when it is read.

    An administrator may have written it: unlike the lazy strings of flask_babel it never passes for markup.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return gettext(self.text) if self.text else ""
