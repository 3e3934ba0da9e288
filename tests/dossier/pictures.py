"""Pictures for tests, drawn here."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def jpeg(width: int = 600, height: int = 800, mode: str = "RGB", **saved: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), "red" if mode == "RGB" else 90).save(buffer, "JPEG", **saved)
    return buffer.getvalue()


def png(width: int = 600, height: int = 800, mode: str = "RGB", colour: Any = (30, 30, 200)) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def huge_png(edge: int) -> bytes:
    """A tiny file that unfolds to edge × edge pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    row = bytes(1 + (edge + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(edge)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(*pages: tuple[int, int]) -> bytes:
    """Pages of these widths and heights in millimetres, each with a line of text."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for width, height in pages:
        canvas.setPageSize((width / 25.4 * 72, height / 25.4 * 72))
        canvas.drawString(20, 20, "示例 sample")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
