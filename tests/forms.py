"""What a browser would send for the main form of a page."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self):
        super().__init__()
        self.values = []
        self.inside = False
        self.select = self.area = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and given.get("method") == "post" and "card" in (given.get("class") or ""):
            self.inside = True
        if not self.inside:
            return
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            self.values.append((name, given.get("value", "y" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.values.append((self.select, given["value"]))
        elif tag == "textarea":
            self.area = name
            self.values.append((name, ""))

    def handle_data(self, data):
        if self.area:
            name, text = self.values.pop()
            self.values.append((name, text + data))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            name, text = self.values.pop()
            self.values.append((name, text.removeprefix("\r\n").removeprefix("\n")))
            self.area = None


def typed(html: str) -> dict[str, list[str]]:
    """The names and values of the page's card form as they stand."""
    form = _Form()
    form.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in form.values:
        found.setdefault(name, []).append(value)
    return found
