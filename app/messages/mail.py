"""Mail: what may be an address, and the server that takes it (SMTP)."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from .gateways import Refused

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
LONGEST_ADDRESS = 100
SECONDS = 10
GIVEN_UP = 500


def is_address(text: str) -> bool:
    """Whether mail can go there: one plain address, so that nothing else can be put into a header."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class SmtpGateway:
    """Hands each mail to MAIL_HOST in a connection of its own; its Message-ID is the key, so two are one."""

    host: str
    port: int
    sender: str
    tls: bool
    user: str = ""
    password: str = ""

    def send(self, address: str, subject: str, text: str, *, key: str) -> None:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self.sender, address, subject
        mail["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as server:
            if self.tls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            try:
                server.send_message(mail)
            except smtplib.SMTPRecipientsRefused as error:
                if all(code >= GIVEN_UP for code, _words in error.recipients.values()):
                    raise Refused from None
                raise


def gateway_from(config: Mapping[str, Any]) -> SmtpGateway | None:
    """The mail server of the settings; none without MAIL_HOST."""
    if not config["MAIL_HOST"]:
        return None
    return SmtpGateway(
        host=config["MAIL_HOST"],
        port=config["MAIL_PORT"],
        sender=config["MAIL_FROM"],
        tls=config["MAIL_TLS"],
        user=config["MAIL_USER"],
        password=config["MAIL_PASSWORD"],
    )
