"""The way into the dark room: a child process that decodes what was uploaded, bounded in memory and time.

One child serves the files of one request, which are all one person's; it dies with it. A file on which it
dies, or takes too long, is refused, and the next file gets another child.
"""

import json
import logging
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .. import confined
from .decoder import REFUSALS, UNREADABLE

log = logging.getLogger(__name__)

JOB = Path(__file__).with_name("decoder.py")
# Address space, of which the libraries' code alone takes 100 MB.
MEMORY = 640 * 2**20
# For one file, and of the processor for all files of a request: a worker's own time ends after 30.
SECONDS, ALL_SECONDS = 20, 120
PATIENCE = 20
_rooms = threading.BoundedSemaphore(2)


class Busy(Exception):
    """Others are decoding; nothing is wrong with the file."""


@dataclass(frozen=True)
class Page:
    """A JPEG of our own."""

    content: bytes
    width: int
    height: int
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Undeveloped:
    """Why nothing came out: a word of decoder.REFUSALS."""

    word: str


class Decoder:
    """`with Decoder() as decoder: decoder.develop(…)`; the child starts with the first file."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def develop(
        self, suffix: str, content: bytes, *, pixels: int, pages: int, edge: int
    ) -> list[Page] | Undeveloped:
        """The pages of a file, or why there are none. Raises Busy where no room gets free."""
        child = self._child or self._begin()
        order = {"suffix": suffix, "size": len(content), "pixels": pixels, "pages": pages, "edge": edge}
        clock = threading.Timer(SECONDS, child.kill)
        clock.start()
        try:
            return _exchange(child, order, content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("the decoder gave up on a %s of %s bytes: %r", suffix, len(content), error)
            self._end()
            return Undeveloped(UNREADABLE)
        finally:
            clock.cancel()

    def _begin(self) -> subprocess.Popen[bytes]:
        if not _rooms.acquire(timeout=PATIENCE):
            raise Busy
        try:
            child = subprocess.Popen(
                confined.command(JOB),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
            )
        except BaseException:
            _rooms.release()
            raise
        self._child = child
        assert child.stdin
        child.stdin.write(json.dumps({"memory": MEMORY, "seconds": ALL_SECONDS}).encode() + b"\n")
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            assert pipe
            try:
                pipe.close()
            except OSError:
                log.debug("the decoder left its pipe before us")
        child.wait()
        _rooms.release()


def _exchange(
    child: "subprocess.Popen[bytes]", order: dict[str, Any], content: bytes
) -> list[Page] | Undeveloped:
    """One order and its answer; ValueError if the child does not keep to its words."""
    assert child.stdin and child.stdout
    child.stdin.write(json.dumps(order).encode() + b"\n" + content)
    child.stdin.flush()
    answer = json.loads(child.stdout.readline())
    if "refusal" in answer:
        if answer["refusal"] not in REFUSALS:
            raise ValueError(answer["refusal"])
        return Undeveloped(answer["refusal"])
    pages = [
        Page(child.stdout.read(each["size"]), each["width"], each["height"], tuple(each["doubts"]))
        for each in answer["pages"]
    ]
    if not pages or any(not page.content.startswith(b"\xff\xd8") for page in pages):
        raise ValueError("no picture")
    return pages
