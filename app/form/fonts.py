"""The form's two fonts: where they lie, how wide each character is, and what they cannot draw."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFontFile

from ..errors import CannotPrint, FontMissing

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
REGULAR = "NotoSerifSC_400Regular.ttf"
BOLD = "NotoSerifSC_700Bold.ttf"


def measure(text: str, size: float) -> float:
    """The width of a run of the regular font in points."""
    widths = _widths(FOLDER)
    return sum(widths.get(ord(character), 1000) for character in text) * size / 1000


def measure_roughly(text: str, size: float) -> float:
    """A guess that needs no font."""
    return sum(0.55 if character.isascii() else 1 for character in text) * size


def are_installed() -> bool:
    return all((FOLDER / name).is_file() for name in (REGULAR, BOLD))


def unprintable(texts: Iterable[str]) -> list[str]:
    """The characters that one of the fonts has no glyph for, in the order met, each once."""
    widths = _widths(FOLDER)
    return list(dict.fromkeys(c for text in texts for c in text if c != "\n" and ord(c) not in widths))


def refuse_unprintable(texts: Iterable[str]) -> None:
    """Raise CannotPrint naming the characters: a legal text is printed whole or not at all."""
    found = unprintable(texts)
    if found:
        named = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in found[:10])
        raise CannotPrint(characters=named)


@cache
def _widths(folder: Path) -> dict[int, int]:
    regular, bold = (_read(folder / name) for name in (REGULAR, BOLD))
    return {code: width for code, width in regular.items() if code in bold}


def _read(path: Path) -> dict[int, int]:
    if not path.is_file():
        raise FontMissing
    face = TTFontFile(str(path))
    return {code: round(face.charWidths[code]) for code in face.charToGlyph}
