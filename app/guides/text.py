"""A guide's text as plain values. Standard library only.

    # title                       once, first
    > who it is for               before the first section
    ## anchor: heading
    1. a step                     with its number, which goes on after a picture
    - an item of a list
    ! what must not be missed
    ![caption](tour/stop)         a picture of a page, taken by tools/guide_pictures.py
    anything else                 a paragraph

Within a line 「…」 is a word that stands on a page, [words](View.method) leads to one, {NAME} is a value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "guides"
NAMES = ("system", "applicant", "unit", "office", "committee")
QUOTES = {"zh": ("「", "」"), "en": ('"', '"')}
HEADING = re.compile(r"## ([a-z-]+): (.+)")
PICTURE = re.compile(r"!\[(.+)\]\(([a-z-]+)/(.+)\)")
INLINE = re.compile(r"「([^」]+)」|\[([^\]]+)\]\(([A-Za-z]+\.[a-z_]+)\)")
VALUE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Run:
    """Words of one kind; `target` is the endpoint they lead to."""

    text: str
    is_name: bool = False
    target: str = ""


@dataclass(frozen=True)
class Block:
    """`kind` is p, step, item or note; `number` counts the steps."""

    kind: str
    runs: tuple[Run, ...]
    number: int = 0

    def said(self, language: str) -> str:
        """As it is read where nothing can be bold or followed."""
        opening, closing = QUOTES[language]
        return "".join(f"{opening}{run.text}{closing}" if run.is_name else run.text for run in self.runs)


@dataclass(frozen=True)
class Picture:
    caption: str
    tour: str
    stop: str
    kind: str = "picture"

    @property
    def file(self) -> str:
        """Its place below static/."""
        return f"guides/{self.tour}-{self.stop.replace(' ', '-')}.png"


@dataclass(frozen=True)
class Section:
    anchor: str
    heading: str
    blocks: tuple[Block | Picture, ...]

    @property
    def rows(self) -> list[tuple[str, list[Block | Picture]]]:
        """The blocks, with those of a kind that follow each other together."""
        rows: list[tuple[str, list[Block | Picture]]] = []
        for block in self.blocks:
            if not rows or rows[-1][0] != block.kind:
                rows.append((block.kind, []))
            rows[-1][1].append(block)
        return rows


@dataclass(frozen=True)
class Guide:
    name: str
    language: str
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> list[Picture]:
        return [each for section in self.sections for each in section.blocks if isinstance(each, Picture)]


def languages_of(name: str) -> list[str]:
    return ["zh", *(["en"] if _file(name, "en").is_file() else [])]


def read(name: str, language: str, values: Mapping[str, object]) -> Guide:
    """The guide of that name. Raises ValueError where its text breaks the rules above, KeyError for an unknown value."""
    text = _file(name, language).read_text(encoding="utf-8")
    return parse(name, language, VALUE.sub(lambda found: str(values[found[1]]), text))


def _file(name: str, language: str) -> Path:
    return FOLDER / (f"{name}.md" if language == "zh" else f"{name}.{language}.md")


def parse(name: str, language: str, text: str) -> Guide:
    title, *lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not title.startswith("# "):
        raise ValueError(f"{name}: the first line is no title")
    lead: list[str] = []
    sections: list[tuple[str, str, list[Block | Picture]]] = []
    for line in lines:
        if heading := HEADING.fullmatch(line):
            sections.append((heading[1], heading[2], []))
        elif line.startswith("> ") and not sections:
            lead.append(line[2:])
        elif line.startswith(("#", ">")) or not sections:
            raise ValueError(f"{name}: {line}")
        else:
            sections[-1][2].append(_block(line))
    anchors = [anchor for anchor, _, _ in sections]
    if len(set(anchors)) != len(anchors):
        raise ValueError(f"{name}: an anchor stands twice")
    return Guide(
        name,
        language,
        title[2:],
        tuple(lead),
        tuple(Section(anchor, heading, tuple(blocks)) for anchor, heading, blocks in sections),
    )


def _block(line: str) -> Block | Picture:
    if picture := PICTURE.fullmatch(line):
        return Picture(*picture.groups())
    if step := re.fullmatch(r"(\d+)\. (.+)", line):
        return Block("step", tuple(_runs(step[2])), int(step[1]))
    for mark, kind in (("- ", "item"), ("! ", "note")):
        if line.startswith(mark):
            return Block(kind, tuple(_runs(line.removeprefix(mark))))
    return Block("p", tuple(_runs(line)))


def _runs(line: str) -> Iterator[Run]:
    at = 0
    for found in INLINE.finditer(line):
        if found.start() > at:
            yield Run(line[at : found.start()])
        yield Run(found[1], is_name=True) if found[1] else Run(found[2], target=found[3])
        at = found.end()
    if at < len(line):
        yield Run(line[at:])
