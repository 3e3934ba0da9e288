"""What the tests need from the system besides Python: `python -m tools.system_packages`.

As root on Debian or a system like it, what is missing is installed; elsewhere it is only
named, and the tests that need it are left out. With CI=true anything missing is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

# The first has no windows to draw, which halves what a test costs.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
INSTALL_MINUTES = 15


@dataclass(frozen=True)
class Need:
    package: str
    purpose: str
    is_met: Callable[[], bool]


def chromium() -> str | None:
    """The browser for the tests: CHROMIUM from the environment, else the system's own."""
    candidates = (os.environ.get("CHROMIUM", ""), *BROWSERS)
    return next((path for path in map(shutil.which, filter(None, candidates)) if path), None)


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=60)
    return bool(listed.stdout.strip())


NEEDS = (
    Need("chromium-headless-shell", "browser tests", lambda: chromium() is not None),
    Need("fonts-noto-cjk", "Chinese text in the browser", has_chinese_font),
    Need("poppler-utils", "reading the printed form", lambda: shutil.which("pdftotext") is not None),
)


def main() -> int:
    if missing() and os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        install([need.package for need in missing()])
    for need in missing():
        print(f"missing on this machine: {need.package} ({need.purpose})")
    return 1 if missing() and os.environ.get("CI") == "true" else 0


def missing() -> list[Need]:
    return [need for need in NEEDS if not need.is_met()]


def install(packages: list[str]) -> None:
    print(f"installing {' '.join(packages)}", flush=True)
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            apt + command,
            env=unattended,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=60 * INSTALL_MINUTES,
        )
        if done.returncode != 0:
            print(f"apt-get {command[0]} failed with status {done.returncode}")
            return


if __name__ == "__main__":
    sys.exit(main())
