"""Runs what reads hostile bytes in a process of its own: `python -I confined.py JOB`, JOB being a file.

Isolated mode, so it loads neither the application nor its settings. JOB is a module with a function
`main(limit, lock_up)`, which calls both before it looks at what others wrote, and returns an exit status.
"""

import os
import resource
import runpy
import sys
from pathlib import Path
from typing import Any


def command(job: Path) -> list[str]:
    """The line that starts a job. It needs no environment."""
    return [sys.executable, "-I", str(Path(__file__)), str(job)]


def limit(memory: int, seconds: int) -> None:
    """Bound this process: bytes of address space, seconds of one core, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lock_up(*folders: Path) -> None:
    """From here on: the interpreter's own code and these folders may be opened for reading, nothing else."""
    roots = {*map(str, folders), sys.prefix, sys.base_prefix, *filter(None, sys.path)}
    allowed = tuple(os.path.join(os.path.realpath(root), "") for root in roots)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")):
            raise PermissionError(event)
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not path.startswith(allowed) or arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise PermissionError(f"open {path}")

    sys.addaudithook(refuse)


if __name__ == "__main__":
    sys.exit(runpy.run_path(sys.argv[1])["main"](limit, lock_up))
