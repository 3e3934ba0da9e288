"""The inbox, notices, and texts on their way to a phone."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app; outside production also the gateway that sends nothing."""
    from .gateways import DevelopmentGateway
    from .views import VIEWS

    if not app.config["IS_PRODUCTION"]:
        app.extensions["sms_gateway"] = DevelopmentGateway()
    return VIEWS
