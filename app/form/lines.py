"""Breaking Chinese text into lines, because the engine cannot (pdf.md 1, 2, 6).

A line never starts with a closing mark or ends with an opening one; numbers and Latin words stay
whole when they fit. Standard library only.
"""

import re
import unicodedata
from collections.abc import Callable

OPENING = re.escape("（《〈「『【〔“‘([{")
CLOSING = re.escape("，。、；：！？）》〉」』】〕”’…—％,.;:!?)]}%")
WORD = r"[A-Za-z0-9\u00c0-\u024f]+(?:[-,./:@_&'+=~][A-Za-z0-9]+)*"
UNIT = re.compile(rf"[{OPENING}]*(?:{WORD}|[^\s{OPENING}])[{CLOSING}]*|[{OPENING}]+|\s")

NO_BREAK_SPACE = "\u00a0"
IDEOGRAPHIC_SPACE = "\u3000"


def printable(text: str) -> str:
    """The text as it is drawn: spaces that the engine keeps, and nothing that has no shape of its own."""
    kept = []
    for character in text.replace("\r\n", "\n").replace("\t", IDEOGRAPHIC_SPACE):
        category = unicodedata.category(character)
        if character == IDEOGRAPHIC_SPACE:
            kept.append(NO_BREAK_SPACE * 4)
        elif category in ("Zs", "Zl", "Zp"):
            kept.append(NO_BREAK_SPACE if category == "Zs" else "\n")
        elif character == "\n" or category not in ("Cc", "Cf"):
            kept.append(character)
    return "".join(kept)


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Cut `text` into lines no wider than `width`; what was typed on a line of its own stays on one."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for unit in _units(paragraph, width, measure):
            needed = measure(unit)
            if line and used + needed > width:
                lines.append(line.rstrip())
                line, used = "", 0.0
                if unit.isspace():
                    continue
            line += unit
            used += needed
        lines.append(line.rstrip())
    return lines


def _units(paragraph: str, width: float, measure: Callable[[str], float]) -> list[str]:
    units: list[str] = []
    for unit in UNIT.findall(paragraph):
        units.extend(unit if measure(unit) > width else [unit])
    return units
