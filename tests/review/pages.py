"""How tests read a page."""

import html
import re


def text_of(answer) -> str:
    """The words of a page, without its frame."""
    main = answer.text.split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main))).strip()


def value_of(answer, name: str) -> str:
    """What a hidden input carries."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found, name
    return html.unescape(found[1])
