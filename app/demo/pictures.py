"""Pictures for the dossiers, drawn here: no photo of a real person, no scan of a real paper."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from config import ROOT

FONT = ROOT / "static" / "vendor" / "fonts" / "NotoSerifSC_400Regular.ttf"
COLOURS = ("#5B7FA6", "#7A6FA8", "#5E8F74", "#A07B54", "#8A5F6D")


def portrait(n: int) -> bytes:
    """A drawn bust, 390 by 567, in one of a few colours."""
    image = Image.new("RGB", (390, 567), "#DCE6F0")
    draw = ImageDraw.Draw(image)
    colour = COLOURS[n % len(COLOURS)]
    draw.ellipse((35, 380, 355, 800), fill=colour)
    draw.ellipse((115, 120, 275, 330), fill="#E8C9A8")
    draw.pieslice((105, 100, 285, 320), 180, 360, fill="#33302E")
    return _png(image)


def paper(title: str, owner: str) -> bytes:
    """A drawn page with a title, the owner's name and a frame; says that it is a demonstration."""
    image = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 870, 1240), outline="#7A4A00", width=4)
    for y in range(420, 1000, 60):
        draw.line((120, y, 780, y), fill="#D3DAE3", width=2)
    draw.ellipse((560, 960, 780, 1180), outline="#B3261E", width=6)
    for text, y, size in ((title, 140, 44), (owner, 260, 36), ("演示材料，不是真实证件", 1190, 28)):
        draw.text((450, y), _drawable(text), fill="#1A2331", font=_font(size), anchor="mm")
    return _png(image)


def stamped_page(offices: Sequence[str]) -> bytes:
    """A drawn photo of a stamped Table 17, somewhat askew on a table: frames with opinions and round red seals."""
    page = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(page)
    draw.text(
        (827, 150),
        _drawable("表十七　审核推荐意见和评审结果确认意见"),
        fill="#1A2331",
        font=_font(52),
        anchor="mm",
    )
    top, step = 240, 1900 // (len(offices) + 1)
    for place, office in enumerate((*offices, "评审结果确认意见")):
        y = top + place * step
        draw.rectangle((150, y, 1504, y + step), outline="#1A2331", width=4)
        draw.line((430, y, 430, y + step), fill="#1A2331", width=3)
        draw.text((470, y + 50), _drawable(office), fill="#1A2331", font=_font(38), anchor="lm")
        if office in offices:
            draw.text((470, y + 120), _drawable("同意推荐。"), fill="#2B3A55", font=_font(38), anchor="lm")
            side = min(260, step - 60)
            draw.ellipse((1150, y + 30, 1150 + side, y + 30 + side), outline="#C22B25", width=9)
            draw.text(
                (1150 + side // 2, y + 30 + side // 2),
                _drawable("演示"),
                fill="#C22B25",
                font=_font(54),
                anchor="mm",
            )
    draw.text((827, 2270), _drawable("演示材料，不是真实证件"), fill="#1A2331", font=_font(34), anchor="mm")
    photo = Image.new("RGB", (1900, 2600), "#8A7B6C")
    turned = page.convert("RGBA").rotate(1.5, Image.Resampling.BICUBIC, expand=True)
    photo.paste(turned, ((1900 - turned.width) // 2, (2600 - turned.height) // 2), turned)
    return _png(photo)


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    if FONT.exists():
        return ImageFont.truetype(str(FONT), size)
    return ImageFont.load_default(size)


def _drawable(text: str) -> str:
    """Pillow's own font has no Chinese; without the form's font the page says so in Latin letters."""
    return text if FONT.exists() else "DEMO"


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
