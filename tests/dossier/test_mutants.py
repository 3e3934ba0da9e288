"""Damaged uploads through HTTP: each is a picture of its own pixels or refused (C01…C03, C06, T19, T20).

MUTANTS says how many; before a release 10,000, in the suite as many as its time allows.
"""

import io
import os
import random
import re
import time
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat, PngImagePlugin
from sqlalchemy import select

from app.dossier import binder, decoding, storage
from app.models import Attachment, AttachmentRequirement
from tests import factories

SEED = 20260
MUTANTS = int(os.environ.get("MUTANTS", "2000"))
PDFS, AT_ONCE, MEGABYTES = MUTANTS * 15 // 100, 250, 300
MARK = "FOREIGN-3e1d"
OWN = Path("/proc/self/status")


def _drawing(chance: random.Random, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (24, 32), "white")
    for _ in range(6):
        left, top = chance.randrange(20), chance.randrange(28)
        image.paste(tuple(chance.randrange(256) for _ in mode), (left, top, left + 9, top + 9))
    return image


def _originals(chance: random.Random) -> list[tuple[str, bytes]]:
    """Small files of each kind, with a mark wherever a file holds more than pixels."""
    found = []
    for suffix, kind, mode, given in (
        (".jpg", "JPEG", "RGB", {"comment": MARK.encode(), "quality": 90, "subsampling": 0}),
        (".jpg", "JPEG", "RGB", {"progressive": True, "comment": MARK.encode(), "quality": 90}),
        (".png", "PNG", "RGB", {"text": True}),
        (".png", "PNG", "RGBA", {"text": True}),
        (".webp", "WEBP", "RGB", {"xmp": MARK.encode(), "quality": 90}),
    ):
        if given.pop("text", False):
            info = PngImagePlugin.PngInfo()
            info.add_text("Comment", MARK)
            given["pnginfo"] = info
        buffer = io.BytesIO()
        _drawing(chance, mode).save(buffer, kind, **given)
        found.append((suffix, buffer.getvalue() + MARK.encode()))
    return found


def _pdf(chance: random.Random) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(40, 60), pageCompression=0, invariant=True)
    canvas.setAuthor(MARK)
    # No text: which font stands in for a damaged one is not the same in every process.
    for _ in range(5):
        canvas.setFillColorRGB(*(chance.random() for _ in "rgb"))
        canvas.rect(chance.randrange(20), chance.randrange(30), 18, 25, fill=1, stroke=0)
    canvas.save()
    return buffer.getvalue() + f"%{MARK}\n".encode()


def _mutant(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, repeated or cut off; one in twenty stays as it is."""
    changed = bytearray(content)
    if chance.random() < 0.05:
        return content
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(changed)), chance.randint(1, 8)
        way = chance.randrange(10)
        if way < 7:
            changed[at] = chance.randrange(256)
        elif way == 7:
            del changed[at : at + length]
        elif way == 8:
            changed[at:at] = changed[at : at + length]
        else:
            del changed[max(at, 16) :]
        if len(changed) < 20:
            break
    return bytes(changed)


def _reference(suffix: str, content: bytes) -> Image.Image:
    """The pixels as a plain use of the libraries shows them, after the one loss that is meant: a JPEG's."""
    if suffix == ".pdf":
        document = pypdfium2.PdfDocument(content)
        plain = document[0].render(scale=200 / 72).to_pil().convert("RGB")
    else:
        image = Image.open(io.BytesIO(content))
        image.load()
        plain = Image.new("RGBA", image.size, "white")
        plain.alpha_composite(image.convert("RGBA"))
    buffer = io.BytesIO()
    plain.convert("RGB").save(buffer, "JPEG", quality=85)
    return Image.open(buffer).convert("RGB")


def _peak(status: Path) -> float:
    """The most memory a process has held, in megabytes; 0 once it has ended.

    What getrusage() tells of children counts every child the worker ever had, its browser too.
    """
    held = re.search(r"VmHWM:\s*(\d+)", status.read_text()) if status.exists() else None
    return int(held[1]) / 1024 if held else 0.0


@pytest.fixture
def children(monkeypatch) -> list[float]:
    """The peak of each decoding child, read before it is ended."""
    peaks, end = [], decoding.Decoder._end

    def measured(decoder: decoding.Decoder) -> None:
        if decoder._child:
            peaks.append(_peak(Path(f"/proc/{decoder._child.pid}/status")))
        end(decoder)

    monkeypatch.setattr(decoding.Decoder, "_end", measured)
    return peaks


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(1200)
def test_mutants_are_pictures_of_their_pixels_or_refused(app, session, sign_in, children):
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    requirement = session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 1)).one().id
    kinds = _originals(chance)
    sent = [(suffix, _mutant(content, chance)) for suffix, content in chance.choices(kinds, k=MUTANTS - PDFS)]
    page = _pdf(chance)
    sent += [(".pdf", _mutant(page, chance)) for _ in range(PDFS)]
    chance.shuffle(sent)
    app.config["FILES_PER_PERSON"] = AT_ONCE
    before, seconds, statuses, taken = _peak(OWN), [], Counter(), Counter()

    for start in range(0, len(sent), AT_ONCE):
        batch = sent[start : start + AT_ONCE]
        person = factories.make_applicant()
        session.commit()
        client = sign_in(session.get_one(factories.User, person.id))
        files = [(io.BytesIO(content), f"变异{n}{suffix}") for n, (suffix, content) in enumerate(batch)]
        began = time.monotonic()
        answer = client.post("/attachments/upload", data={"requirement": requirement, "files": files},
                             headers={"Accept": "application/json"})  # fmt: skip
        seconds.append((time.monotonic() - began) / len(batch))
        statuses[answer.status_code] += 1
        assert len(answer.json) == len(batch)
        rows = session.scalars(select(Attachment).where(Attachment.owner_id == person.id)).all()
        stored = {row.name.rsplit(".", 1)[0]: row for row in rows}
        assert len(rows) == sum(each["ok"] for each in answer.json)
        for n, (suffix, content) in enumerate(batch):
            row = stored.get(f"变异{n}")
            assert (row is not None) is answer.json[n]["ok"]
            if row is None:
                continue
            taken[suffix] += 1
            kept = storage.read(app.config["PRIVATE_ROOT"], row.id)
            assert MARK.encode() not in kept
            leaves = binder.leaves(kept) if suffix == ".pdf" else []
            shown = Image.open(io.BytesIO(leaves[0].content if leaves else kept))
            expected = _reference(suffix, content)
            if max(expected.size) > 3000:
                # A damaged head may claim any size; what is larger than we keep is reduced.
                assert max(shown.size) == 3000
                continue
            assert shown.size == expected.size
            assert max(ImageStat.Stat(ImageChops.difference(shown.convert("RGB"), expected)).rms) < 3, (
                n,
                suffix,
            )

    app.config["FILES_PER_PERSON"] = 200
    grown = _peak(OWN) - before
    print(f"taken {dict(taken)} of {len(sent)}; a file takes {max(seconds) * 1000:.0f} ms in the slowest request, "
          f"{sum(seconds) / len(seconds) * 1000:.0f} on average; the worker grew by {grown:.0f} MB, "
          f"its children took {max(children):.0f} MB at most")  # fmt: skip
    assert len(sent) == MUTANTS and set(statuses) == {200}
    assert min(taken[suffix] for suffix in (".jpg", ".png", ".webp", ".pdf")) > 50
    assert grown < MEGABYTES and 0 < max(children) < MEGABYTES
