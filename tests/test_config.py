"""Production refuses to start on unfit settings, each with one clear line (A13)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import Config

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
GOOD = {
    "MODE": "production",
    "SECRET_KEY": "u7Qe2mX9vB4kR8sT1wZ6yA3cF5gH0jL-nP",
    "TRUSTED_HOSTS": "zhicheng.example.invalid",
    "DEBUG": "0",
    "IDENTITY_KEYS": "2026:q0dTqEoSxB6sU5m3S7d2n8vWc1yZf4gHkLp9rQtXbAE=",
    "INDEX_KEY": "Vt7yBq2LkX9sD4fG6hJ8mN1pQ3rS5uWzC0eAaYbKcTg=",
    "AUDIT_KEY": "Zx3cV5bN7mQ1wE9rT2yU4iO6pA8sD0fGhJkLzXvCbMs=",
}
BAD = [
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "dev"}, "SECRET_KEY"),
    ({"SECRET_KEY": "changeme"}, "SECRET_KEY"),
    ({"SECRET_KEY": "short-but-random-9xQ"}, "SECRET_KEY"),
    ({"SECRET_KEY": "x" * 31}, "SECRET_KEY"),
    ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    ({"SECRET_KEY": "abab" * 16}, "SECRET_KEY"),
    ({"SECRET_KEY": "12345678" * 8}, "SECRET_KEY"),
    *(
        ({name: prefix + value}, name)
        for name, prefix in (("IDENTITY_KEYS", "2026:"), ("INDEX_KEY", ""), ("AUDIT_KEY", ""))
        for value in ("", "AAAA", "A" * 43 + "=", "not base64", "\n")
    ),
    ({"IDENTITY_KEYS": GOOD["IDENTITY_KEYS"] + "," + GOOD["IDENTITY_KEYS"]}, "IDENTITY_KEYS"),
    ({"IDENTITY_KEYS": GOOD["INDEX_KEY"]}, "IDENTITY_KEYS"),
    ({"CLOCK": "mine"}, "CLOCK"),
    ({"DEBUG": "1"}, "DEBUG"),
    ({"DEBUG": "true"}, "DEBUG"),
    ({"FLASK_DEBUG": "1"}, "DEBUG"),
    ({"TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": " , "}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": "*.example.invalid"}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": ".example.invalid"}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": "zhicheng.example.invalid,."}, "TRUSTED_HOSTS"),
    ({"TRUSTED_HOSTS": "https://zhicheng.example.invalid"}, "TRUSTED_HOSTS"),
]


@pytest.mark.parametrize(("bad", "named"), BAD)
def test_an_unfit_setting_ends_the_process_and_is_named(monkeypatch, tmp_path, bad, named):
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    for name, value in (GOOD | bad).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        Config().check_production()
    line = str(ended.value)
    assert line.startswith("Refused to start in production: ") and named in line and "\n" not in line


@pytest.mark.parametrize("mode", ["prod", "Production", "productoin", ""])
def test_a_mistyped_mode_is_not_taken_for_a_newcomers_machine(monkeypatch, tmp_path, mode):
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    for name, value in (GOOD | {"MODE": mode}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="MODE must be one of development, production"):
        Config().check_production()


@pytest.mark.parametrize("name", ["PROXY_HOPS", "IDLE_MINUTES", "MAX_FAILED_SIGN_INS", "UPLOAD_BYTES"])
def test_a_number_that_is_none_is_named(monkeypatch, name):
    monkeypatch.setenv(name, "many")
    with pytest.raises(SystemExit, match=f"{name} must be a whole number"):
        Config()


def test_fit_settings_start(monkeypatch, tmp_path):
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    config = Config()
    config.check_production()
    assert config.is_production and config.SESSION_COOKIE_SECURE
    assert config.SESSION_COOKIE_NAME.startswith("__Host-")


def start(tmp_path, **settings):
    """A real process, as a city starts it."""
    return subprocess.run(
        [sys.executable, "-c", "import run; print(len(list(run.app.url_map.iter_rules())))"],
        cwd=ROOT,
        env={**os.environ, **GOOD, "INSTANCE_DIR": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_process_ends_with_one_line_and_a_failure(tmp_path):
    ended = start(tmp_path, SECRET_KEY="secret")
    assert ended.returncode != 0
    assert ended.stderr.strip().startswith("Refused to start in production: SECRET_KEY")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_the_process_starts_when_all_is_well(tmp_path):
    started = start(tmp_path)
    assert started.returncode == 0, started.stderr
    assert int(started.stdout) > 50
    assert not (tmp_path / "development.key").exists()


def in_production(tmp_path, *command):
    """A command of `flask`, with the settings of a city."""
    environment = {**os.environ, **GOOD, "INSTANCE_DIR": str(tmp_path), "FLASK_APP": "run.py"}
    return subprocess.run(
        [sys.executable, "-m", "flask", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_production_takes_no_demo_accounts(tmp_path):
    for command in (["demo"], ["demo", "--if-empty"]):
        ended = in_production(tmp_path, *command)
        assert ended.returncode != 0
        assert "生产环境不建立演示数据" in ended.stderr and "Traceback" not in ended.stderr


def test_flask_cannot_turn_the_debugger_on_in_production(tmp_path):
    ended = in_production(tmp_path, "--debug", "routes")
    assert ended.returncode != 0
    assert "DEBUG must be off" in ended.stderr and "Traceback" not in ended.stderr


def test_pages_of_development_are_not_there_in_production(tmp_path):
    listed = in_production(tmp_path, "routes")
    assert listed.returncode == 0, listed.stderr
    assert "SignInView.login" in listed.stdout
    for absent in ("DevelopmentSmsView", "/development", "GalleryView", "/_ui", "swagger", "/api/"):
        assert absent not in listed.stdout, absent
