"""What goes with every answer (C11), and the small things done around every request."""

from flask import Flask, Response, request

from ..audit import set_actor
from ..database import set_reading
from .assets import is_named_by_content
from .request import actor

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
STATIC_AGE = 365 * 24 * 3600


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        # A HEAD is a GET whose body stays here; a view that asks "GET or post?" must not take it for a post.
        if request.method == "HEAD":
            request.method = "GET"
        set_reading(request.method in {"GET", "OPTIONS"})
        set_actor(actor)

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        set_actor(None)

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        if app.config["IS_PRODUCTION"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint == "static":
            lasting = is_named_by_content() and response.status_code == 200
            headers["Cache-Control"] = f"public, max-age={STATIC_AGE}, immutable" if lasting else "no-cache"
        else:
            headers.setdefault("Cache-Control", "private, no-store")
        return response
