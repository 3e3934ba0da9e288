"""The inbox, notices, and texts on their way to a phone."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app; outside production also the gateways that send nothing."""
    from .gateways import DevelopmentGateway
    from .mail import gateway_from
    from .views import VIEWS

    if not app.config["IS_PRODUCTION"]:
        app.extensions["sms_gateway"] = app.extensions["mail_gateway"] = DevelopmentGateway()
    if mail := gateway_from(app.config):
        app.extensions["mail_gateway"] = mail
    return VIEWS
