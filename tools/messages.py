"""Bring the English catalogue up to date with the sources: `python -m tools.messages`.

The Chinese wording is the message id. What the sources no longer say is dropped, what they say
for the first time is added without a translation, and the number of those is printed; nothing
is guessed from similar messages. The catalogue has neither line numbers nor dates, so that a
change of one sentence is a change of one entry. `make translations` compiles it.

translations/zh is kept by hand: it says in Chinese what Flask-AppBuilder and WTForms say in English.
"""

import io
import os
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
KEPT = rb"Language|Plural-Forms|MIME-Version|Content-Type|Content-Transfer-Encoding"
OTHER_HEADERS = re.compile(rb'^"(?!(?:' + KEPT + rb'):)[A-Z][A-Za-z-]+: .*\\n"\n', re.MULTILINE)


def extract() -> Catalog:
    """All messages of the sources, with the files that say them."""
    found = Catalog()
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    for file, line, message, comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, directory_filter=_is_searched
    ):
        # Of _(record["label"]) the extractor sees the key; a message of ours is never a bare word of ASCII.
        if not (isinstance(message, str) and message.isascii() and message.isidentifier()):
            found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def _is_searched(folder: str | os.PathLike[str]) -> bool:
    """By itself Babel leaves out folders like templates/_macros, too."""
    return not Path(folder).name.startswith(".")


def read_english() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def write_english(catalog: Catalog) -> None:
    """One entry a message, sorted by file, without what changes by itself."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    ENGLISH.write_bytes(OTHER_HEADERS.sub(b"", out.getvalue()))


def untranslated(catalog: Catalog) -> list[str]:
    """The ids of the messages that a person would read in Chinese."""
    return [str(each.id) for each in catalog if each.id and (each.fuzzy or not each.string)]


def main() -> None:
    catalog = read_english()
    catalog.fuzzy = False
    catalog.header_comment = "# The interface in English; the ids are the official Chinese wording."
    catalog.update(extract(), no_fuzzy_matching=True, update_header_comment=False)
    write_english(catalog)
    missing = untranslated(catalog)
    print(f"{len(catalog)} messages, {len(missing)} without a translation")
    for each in missing:
        print(f"  {each}")


if __name__ == "__main__":
    main()
