"""The words of a page as a person meets them: text, and the attributes that are shown or read aloud."""

from html.parser import HTMLParser

SHOWN = (
    "alt",
    "aria-label",
    "data-busy",
    "data-focus",
    "data-l",
    "data-failed",
    "data-left",
    "data-moved",
    "data-over",
    "data-reads",
    "data-say",
    "data-unread",
    "placeholder",
    "title",
)
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "use",
    "wbr",
}
# What a person typed, and lists that only suggest what others have typed.
TYPED = {"textarea", "datalist", "script", "style"}
# The picture of a character in the header.
PICTURE = "mark"


class Page(HTMLParser):
    """`words`, the addresses of `links`, and `forms` as (address, field names) of what is to be filled in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, list[str]]] = []
        self.language = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def _is_skipped(self) -> bool:
        return any(skipped for _, skipped in self._open)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.language = given.get("lang", "")
        is_other = tag != "html" and given.get("lang", self.language) != self.language
        skipped = tag in TYPED or is_other or given.get("class") == PICTURE
        if not self._is_skipped and not skipped:
            self.words += [given[name] for name in SHOWN if given.get(name)]
            if tag == "a" and given.get("href", "").startswith("/"):
                self.links.append(given["href"].split("#")[0])
            if tag == "form" and given.get("method") == "post" and "novalidate" in given:
                self.forms.append((given.get("action", ""), []))
            if self.forms and given.get("name") and tag in ("input", "select", "textarea"):
                self.forms[-1][1].append(given["name"])
        if tag not in VOID:
            self._open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._open:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_skipped:
            self.words.append(data.strip())
