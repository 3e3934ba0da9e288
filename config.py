"""Every setting, with its reason and its default. Environment variables of the same name override."""

import base64
import os
import re
import secrets
from pathlib import Path

ROOT = Path(__file__).parent
INSTANCE = Path(os.environ.get("INSTANCE_DIR", ROOT / "instance"))
WEAK_KEYS = {"", "dev", "secret", "changeme", "change-me", "test", "password", "secret-key"}


MODES = ("development", "production")
CLOCKS = ("process", "database")
# A name or an address; neither "*" nor a leading dot, which would trust whatever comes before it.
HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\]")

SENDER = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Unfit(SystemExit):
    """The settings are not fit to start with; the process ends with this line."""


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    try:
        return int(os.environ.get(name, default))
    except ValueError:
        raise Unfit(f"Refused to start: {name} must be a whole number.") from None


def _development_key(name: str = "development") -> str:
    """A key of this checkout's own, made once, so that a newcomer's sessions and rows survive a restart."""
    file = INSTANCE / f"{name}.key"
    if not file.exists():
        INSTANCE.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def _development_secret(name: str) -> str:
    """The same in the form of `flask identity new-key`: 32 bytes in base64."""
    return base64.b64encode(bytes.fromhex(_development_key(name))).decode()


def parse_keys(text: str) -> dict[str, bytes]:
    """`name:base64,…` as keys; ValueError unless each is 32 bytes under a name of its own."""
    keys: dict[str, bytes] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = each.partition(":")
        key = base64.b64decode(encoded, validate=True)
        if len(key) != 32 or not name.isalnum() or name in keys:
            raise ValueError(name)
        keys[name] = key
    return keys


def _are_keys(text: str) -> bool:
    """Whether these are keys that nobody would guess: the right length, and not one byte over and over."""
    try:
        keys = parse_keys(text)
    except ValueError:
        return False
    return bool(keys) and all(len(set(key)) > 10 for key in keys.values())


class Config:
    """Read once, when the app is created."""

    def __init__(self) -> None:
        # "production" turns on every check of check_production(); "development" is a newcomer's machine.
        self.MODE = os.environ.get("MODE", "development")
        # Flask's own switch counts too: it would turn the debugger on after the checks.
        self.DEBUG = _flag("DEBUG", False) or _flag("FLASK_DEBUG", False)
        self.SECRET_KEY = os.environ.get("SECRET_KEY") or (
            _development_key() if not self.is_production else ""
        )
        # ID numbers and mobiles are sealed under the first of IDENTITY_KEYS (`name:base64,…`), found by an
        # index under INDEX_KEY; AUDIT_KEY chains the record of changes. Keep all three away from backups.
        own = {"IDENTITY_KEYS": "", "INDEX_KEY": "", "AUDIT_KEY": ""}
        if not self.is_production:
            own = {
                "IDENTITY_KEYS": f"dev:{_development_secret('identity')}",
                "INDEX_KEY": _development_secret("index"),
                "AUDIT_KEY": _development_secret("audit"),
            }
        self.IDENTITY_KEYS = os.environ.get("IDENTITY_KEYS") or own["IDENTITY_KEYS"]
        self.INDEX_KEY = os.environ.get("INDEX_KEY") or own["INDEX_KEY"]
        self.AUDIT_KEY = os.environ.get("AUDIT_KEY") or own["AUDIT_KEY"]
        # SQLite is what a newcomer runs, PostgreSQL what a city runs.
        self.SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE / 'app.db'}")
        # Whose clock stamps what is handed in: this machine's (process), or with several machines before one
        # PostgreSQL the database's, so that all agree when a window is over (E05).
        self.CLOCK = os.environ.get("CLOCK", "process")
        # Parameters of failed statements hold ID numbers; they must not reach a log.
        self.SQLALCHEMY_ENGINE_OPTIONS: dict[str, object] = {"hide_parameters": True}
        # A forged Host header may not steer a redirect or a link (T6, C12).
        hosts = os.environ.get("TRUSTED_HOSTS", "" if self.is_production else "localhost,127.0.0.1")
        self.TRUSTED_HOSTS = [each.strip() for each in hosts.split(",") if each.strip()]
        self.FAB_SAFE_REDIRECT_HOSTS = self.TRUSTED_HOSTS
        # The address people type, for codes on paper; else https:// and the first trusted host.
        fallback = (
            f"https://{next(iter(self.TRUSTED_HOSTS), '')}" if self.is_production else "http://localhost:5000"
        )
        self.PUBLIC_URL = os.environ.get("PUBLIC_URL", fallback).rstrip("/")
        # How many proxies stand before us; one too many lets a client choose his address (T22).
        self.PROXY_HOPS = _number("PROXY_HOPS", 0)

        # A name of one's own for the header; without it the official one, in the person's language.
        self.APP_NAME = os.environ.get("APP_NAME", "")
        self.BABEL_DEFAULT_LOCALE = "zh"
        self.BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
        self.LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}}
        self.BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

        self.SESSION_COOKIE_NAME = "__Host-session" if self.is_production else "session"
        self.SESSION_COOKIE_SECURE = self.is_production
        self.SESSION_COOKIE_HTTPONLY = True
        self.SESSION_COOKIE_SAMESITE = "Lax"
        # A sign-in ends after half an hour without a request, an office's after a quarter of an hour, and
        # after twelve hours in any case (A03).
        self.IDLE_MINUTES = _number("IDLE_MINUTES", 30)
        self.STAFF_IDLE_MINUTES = _number("STAFF_IDLE_MINUTES", 15)
        # Staff sign in with a second factor; a newcomer's machine does not ask for it (A06).
        self.STAFF_SECOND_FACTOR = _flag("STAFF_SECOND_FACTOR", self.is_production)
        self.SIGN_IN_HOURS = _number("SIGN_IN_HOURS", 12)
        self.WTF_CSRF_TIME_LIMIT = None

        # The fourth wrong password in a row locks; the lock opens by itself (0 = never) (ACC-08, X-01).
        self.MAX_FAILED_SIGN_INS = _number("MAX_FAILED_SIGN_INS", 3)
        self.LOCK_MINUTES = _number("LOCK_MINUTES", 30)
        self.SMS_CODES_PER_DAY = _number("SMS_CODES_PER_DAY", 3)
        # Codes cost money: an address, and all together, get so many a day (A10).
        self.SMS_CODES_PER_ADDRESS_PER_DAY = _number("SMS_CODES_PER_ADDRESS_PER_DAY", 60)
        self.SMS_CODES_A_DAY = _number("SMS_CODES_A_DAY", 20_000)
        # Results and reminders by SMS are counted apart: a mobile, and all together, get so many a day.
        self.SMS_NEWS_PER_DAY = _number("SMS_NEWS_PER_DAY", 5)
        self.SMS_NEWS_A_DAY = _number("SMS_NEWS_A_DAY", 20_000)
        self.SMS_CODE_MINUTES = _number("SMS_CODE_MINUTES", 10)
        self.SMS_CODE_TRIES = _number("SMS_CODE_TRIES", 5)
        # How many numbers one of the hotline may look up an hour: what is masked cannot be found by trial (D02).
        self.HOTLINE_NUMBERS_PER_HOUR = _number("HOTLINE_NUMBERS_PER_HOUR", 120)
        # Reminders by mail leave through this server; without MAIL_HOST production queues no mail.
        self.MAIL_HOST = os.environ.get("MAIL_HOST", "")
        self.MAIL_PORT = _number("MAIL_PORT", 587)
        self.MAIL_FROM = os.environ.get("MAIL_FROM", "")
        self.MAIL_TLS = _flag("MAIL_TLS", True)
        self.MAIL_USER = os.environ.get("MAIL_USER", "")
        self.MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
        # Many persons of one unit share an address; the limit only stops floods.
        self.RATELIMIT_ENABLED = _flag("RATELIMIT_ENABLED", True)
        self.RATELIMIT_STORAGE_URI = os.environ.get("REDIS_URL", "memory://")
        self.RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True
        # A Redis that does not answer may not hold a page up; limits are then counted by each worker.
        self.RATELIMIT_STORAGE_OPTIONS: dict[str, object] = (
            {"socket_connect_timeout": 1, "socket_timeout": 1}
            if self.RATELIMIT_STORAGE_URI.startswith("redis")
            else {}
        )
        self.SIGN_IN_LIMIT = os.environ.get("SIGN_IN_LIMIT", "60 per minute")
        # Tries at one account, from wherever they come; a browser known to the account counts apart (A05).
        self.SIGN_IN_NAME_LIMIT = os.environ.get("SIGN_IN_NAME_LIMIT", "20 per minute")
        # So many failed sign-ins in ten minutes, over all accounts, and security administrators are told (0 = never).
        self.SIGN_IN_ALARM = _number("SIGN_IN_ALARM", 200)

        # A unit without account and phone asks for help with images, before anyone is known: few an hour from
        # one address, and so many a day in all (ACC-07).
        self.UNIT_HELP_LIMIT = os.environ.get("UNIT_HELP_LIMIT", "6 per hour")
        self.UNIT_HELP_A_DAY = _number("UNIT_HELP_A_DAY", 200)

        # What is typed is kept every ten seconds, and when a field is left; more than this nobody types.
        self.AUTOSAVE_LIMIT = os.environ.get("AUTOSAVE_LIMIT", "60 per minute")

        # Evidence lives outside the web root; one file, one request, one person have their caps (C02, C04).
        self.PRIVATE_ROOT = Path(os.environ.get("PRIVATE_ROOT", INSTANCE / "private"))
        # The guides as PDF, each drawn once; what is here can be drawn again.
        self.GUIDES_ROOT = Path(os.environ.get("GUIDES_ROOT", INSTANCE / "guides"))
        self.UPLOAD_BYTES = _number("UPLOAD_BYTES", 10 * 2**20)
        self.UPLOAD_PIXELS = _number("UPLOAD_PIXELS", 40_000_000)
        self.PDF_PAGES = _number("PDF_PAGES", 20)
        self.FILES_PER_PERSON = _number("FILES_PER_PERSON", 200)
        self.BYTES_PER_PERSON = _number("BYTES_PER_PERSON", 400 * 2**20)
        # Files of one person, whichever way they come; decoding is what costs (C04).
        self.UPLOAD_LIMIT = os.environ.get("UPLOAD_LIMIT", "300 per hour")
        self.MAX_CONTENT_LENGTH = _number("MAX_CONTENT_LENGTH", 12 * 2**20)
        self.MAX_FORM_MEMORY_SIZE = 2**20
        self.MAX_FORM_PARTS = 500

        # Anybody may ask whether a form's digest is known, so often from one address.
        self.VERIFY_LIMIT = os.environ.get("VERIFY_LIMIT", "60 per minute")

        # More rows than this leave in no spreadsheet; the sheet says that there are more (B12).
        self.EXPORT_ROWS = _number("EXPORT_ROWS", 5000)
        # A package to take away holds so many applications and bytes, and is kept so many days (APP-16).
        self.PACKAGE_ROWS = _number("PACKAGE_ROWS", 500)
        self.PACKAGE_BYTES = _number("PACKAGE_BYTES", 2 * 2**30)
        self.PACKAGE_DAYS = _number("PACKAGE_DAYS", 7)

        # FAB writes its catalogue only in the release job (fab.md 1); its own pages stay off.
        self.FAB_CREATE_DB = False
        self.FAB_UPDATE_PERMS = False
        self.FAB_ADD_MENU_API = False
        self.FAB_ADD_OPENAPI_VIEWS = False
        self.FAB_API_SWAGGER_UI = False
        self.FAB_ADD_SECURITY_API = False
        self.FAB_ADD_SECURITY_VIEWS = True
        self.AUTH_USER_REGISTRATION = False

    @property
    def is_production(self) -> bool:
        return self.MODE == "production"

    def check_production(self) -> None:
        """End the process, with one clear line for the first unfit setting (A13)."""
        if self.MODE not in MODES:
            raise Unfit(f"Refused to start: MODE must be one of {', '.join(MODES)}.")
        if not self.is_production:
            return
        unfit = {
            "SECRET_KEY must be set to at least 32 random characters": (
                len(self.SECRET_KEY) < 32
                or self.SECRET_KEY.lower() in WEAK_KEYS
                or len(set(self.SECRET_KEY)) < 10
            ),
            "IDENTITY_KEYS must be one or more name:key, each key 32 random bytes in base64": (
                not _are_keys(self.IDENTITY_KEYS)
            ),
            "INDEX_KEY must be 32 random bytes in base64": not _are_keys(f"index:{self.INDEX_KEY}"),
            "AUDIT_KEY must be 32 random bytes in base64": not _are_keys(f"audit:{self.AUDIT_KEY}"),
            "DEBUG must be off": self.DEBUG,
            "CLOCK must be process or database": self.CLOCK not in CLOCKS,
            "MAIL_FROM must be one address where MAIL_HOST is set": (
                bool(self.MAIL_HOST) and not SENDER.fullmatch(self.MAIL_FROM)
            ),
            "MAIL_TLS must be on where MAIL_PASSWORD is set": bool(self.MAIL_PASSWORD) and not self.MAIL_TLS,
            "TRUSTED_HOSTS must name the hosts people use, without a wildcard": (
                not self.TRUSTED_HOSTS or not all(HOST.fullmatch(host) for host in self.TRUSTED_HOSTS)
            ),
        }
        for line, is_unfit in unfit.items():
            if is_unfit:
                raise Unfit(f"Refused to start in production: {line}.")
