"""Codes by SMS as the pages ask for them: with the settings' limits, for this browser and its address."""

import secrets
from datetime import timedelta

from flask import current_app, request, session

from .. import clock
from ..audit import record
from ..extensions import db
from ..messages.gateways import deliver_after_answer, gateway_of
from ..vocabulary import Purpose, Result
from ..web.shell import setting
from .codes import Limits, codes_left, redeem_code, send_code


def code_limits() -> Limits:
    return Limits(
        a_day=current_app.config["SMS_CODES_PER_DAY"],
        lasts=timedelta(minutes=current_app.config["SMS_CODE_MINUTES"]),
        tries=current_app.config["SMS_CODE_TRIES"],
        per_address=current_app.config["SMS_CODES_PER_ADDRESS_PER_DAY"],
        altogether=current_app.config["SMS_CODES_A_DAY"],
    )


def left_today(mobile: str) -> int:
    """今天还可获取 n 次: how many more codes the mobile can get."""
    return codes_left(mobile, on=clock.today(), limits=code_limits())


def request_code(mobile: str, purpose: Purpose, *, to_phone: bool = True) -> None:
    """Send a code bound to this browser, and commit. NoGateway, CodeQuotaUsed, SmsCapReached: nothing was counted."""
    phone = setting("support_phone")
    gateway = gateway_of(current_app, phone=phone)
    send_code(
        mobile,
        purpose,
        browser=session.setdefault("browser", secrets.token_urlsafe(24)),
        address=request.remote_addr or "",
        to_phone=to_phone,
        limits=code_limits(),
        at=clock.now(),
        phone=phone,
    )
    db.session.commit()
    deliver_after_answer(gateway)


def redeem(code: str, mobile: str, purpose: Purpose) -> bool:
    """Use up a code sent to this browser. A refused try is committed at once, so that it counts."""
    right = redeem_code(
        code, mobile, purpose, browser=session.get("browser", ""), limits=code_limits(), at=clock.now()
    )
    if not right:
        record("wrong_code", at=clock.now(), result=Result.DENIED, detail=purpose.value)
        db.session.commit()
    return right
