"""The frame of every page, and the filters of templates. Jinja globals: FAB's widgets see no context."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, get_locale, gettext
from sqlalchemy import func, literal, outerjoin, select, true

from .. import clock
from ..extensions import db
from ..menu import Group, menu_of
from ..models import Message, Notice, Setting, ViewAs
from ..policy import unread_by
from .masking import mask_id_number, mask_mobile, own_id_number, own_mobile
from .request import me, myself, offices, view_as, who

TEXT_SIZES = ("", "large", "larger")


@dataclass(frozen=True)
class Banner:
    """A notice that stands on every page until a time (ACC-20)."""

    id: int
    title: str
    until: datetime


@dataclass(frozen=True)
class Shell:
    """The frame of one page for one person."""

    app_name: str
    menu: list[Group]
    user_name: str | None
    organisations: str
    unread: int
    notice_count: int
    banner: Banner | None
    support_phone: str
    policy_phone: str
    locale: str
    languages: list[tuple[str, str, str]]
    text_size: str
    development: bool
    viewing: ViewAs | None


def shell() -> Shell:
    """Built once a request."""
    if "shell" not in g:
        g.shell = _build()
    found: Shell = g.shell
    return found


def _build() -> Shell:
    user, own = me(), myself()
    unread, notices, banner_id, title, until = _read_frame(user.id if user else 0)
    size = request.cookies.get("text_size", "")
    return Shell(
        app_name=g.get("app_name") or current_app.config["APP_NAME"] or gettext("职称申报管理系统"),
        menu=menu_of(who(), request.path),
        user_name=own.first_name if own else None,
        organisations=listed(each.name for each in offices()) if user else "",
        unread=unread,
        notice_count=notices,
        banner=Banner(banner_id, title, until) if banner_id else None,
        support_phone=setting("support_phone"),
        policy_phone=setting("policy_phone"),
        locale=str(get_locale()),
        languages=[
            (code, language["name"], url_for("PreferencesView.language", code=code))
            for code, language in current_app.config["LANGUAGES"].items()
        ],
        text_size=size if size in TEXT_SIZES else "",
        development=not current_app.config["IS_PRODUCTION"],
        viewing=view_as(),
    )


def _read_frame(user_id: int) -> tuple[Any, ...]:
    """The settings, which are kept for the request, and what the frame says of messages and notices: one query."""
    banner = (Notice.banner_until > clock.now(), Notice.published_at <= clock.now())
    once = select(literal(1)).subquery()
    rows = db.session.execute(
        select(
            Setting.key,
            Setting.value,
            select(func.count(Message.id)).where(unread_by(user_id)).scalar_subquery(),
            select(func.count(Notice.id)).scalar_subquery(),
            *(
                select(column).where(*banner).order_by(Notice.id.desc()).limit(1).scalar_subquery()
                for column in (Notice.id, Notice.title, Notice.banner_until)
            ),
        ).select_from(outerjoin(once, Setting, true()))
    ).all()
    g.settings = {row[0]: row[1] for row in rows if row[0] is not None}
    return tuple(rows[0][2:])


def settings() -> dict[str, str]:
    """All contacts and hints (CAT-10), read once a request."""
    if "settings" not in g:
        g.settings = {key: value for key, value in db.session.execute(select(Setting.key, Setting.value))}
    found: dict[str, str] = g.settings
    return found


def setting(key: str) -> str:
    return settings().get(key, "")


def day(value: date | None) -> str:
    return format_date(value, "medium") if value else ""


def month(value: date | None) -> str:
    return format_date(value, gettext("yyyy年M月")) if value else ""


def moment(value: datetime | None) -> str:
    return format_datetime(value, gettext("yyyy年M月d日 HH:mm")) if value else ""


def second(value: datetime | None) -> str:
    return format_datetime(value, gettext("yyyy年M月d日 HH:mm:ss")) if value else ""


def number(value: Any) -> str:
    return format_decimal(value) if value is not None else ""


def word(value: Any) -> str:
    """The label of a vocabulary's word in the person's language."""
    return gettext(value.label) if value is not None else ""


def listed(words: Iterable[str]) -> str:
    """Several words in a row, parted as the person's language parts them."""
    return gettext("、").join(words)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(shell=shell, setting=setting, who=who)
    app.jinja_env.filters.update(
        day=day, month=month, moment=moment, second=second, number=number, word=word, listed=listed
    )
    app.jinja_env.filters.update(masked_id=mask_id_number, masked_mobile=mask_mobile, translated=gettext)
    app.jinja_env.filters.update(own_id=own_id_number, own_mobile=own_mobile)
