"""The session cookie is sealed, not only signed: what it holds is nobody's to read in a browser (D03)."""

from base64 import b64decode, b64encode
from typing import Any
from zlib import compress, decompress

from flask import Flask, Request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadData

from ..protection import seal, unseal

PLACE = "cookie.session"


class _Sealed:
    """Flask's own text of a session, sealed."""

    plain = TaggedJSONSerializer()

    def dumps(self, value: Any) -> str:
        # Packed before it is sealed, because afterwards nothing can be; a cookie has 4 KB.
        return seal(b64encode(compress(self.plain.dumps(value).encode())).decode(), PLACE)

    def loads(self, text: str) -> Any:
        return self.plain.loads(decompress(b64decode(unseal(text, PLACE))).decode())


class SealedSessions(SecureCookieSessionInterface):
    """A cookie that cannot be read, because it was altered or its key is gone, is an empty one."""

    serializer = _Sealed()  # type: ignore[assignment]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        try:
            return super().open_session(app, request)
        except BadData:
            return self.session_class()


def register(app: Flask) -> None:
    app.session_interface = SealedSessions()
