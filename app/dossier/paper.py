"""How much of the printed form a text takes, before it is printed.

Measured on the form itself: a page of 表三 that is all one summary holds 43 lines of 44 Chinese characters
(tests/form/test_pdf.py counts them on the PDF). A Latin letter or a digit takes about half of one.
"""

from dataclasses import dataclass

LINE, LINES = 44, 43


@dataclass(frozen=True)
class Paper:
    """`line` characters make a line, `lines` a page; `pages` is what a text takes, rounded up to a tenth."""

    pages: str
    line: int = LINE
    lines: int = LINES


def paper_of(text: str) -> Paper:
    used = sum(max(1, -(-_halves(each) // (2 * LINE))) for each in text.strip().splitlines())
    tenths = -(-used * 10 // LINES)
    return Paper(f"{tenths // 10}.{tenths % 10}")


def _halves(line: str) -> int:
    return sum(1 if each.isascii() else 2 for each in line)
