"""我的消息 and 通知公告 (MSG-01)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import Select, case, func, select

from .. import clock
from ..extensions import db
from ..models import Application, Message, Notice
from ..policy import get_or_404, scoped, unread_by
from ..vocabulary import MessageType
from ..web.request import me, page_number, who
from . import operations

PAGE = 20


def _page_of(query: Select[Any]) -> tuple[list[Any], bool]:
    """One page of rows, and whether another follows."""
    rows = list(db.session.scalars(query.limit(PAGE + 1).offset((page_number() - 1) * PAGE)))
    return rows[:PAGE], len(rows) > PAGE


class MessagesView(BaseView):  # type: ignore[misc]
    route_base = "/messages"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """Unread first, then the newest."""
        asked = request.args.get("type", "")
        kind = MessageType(asked) if asked in list(MessageType) else None
        mine = scoped(Message, who()).where(Message.deleted_at.is_(None))
        unread_first = case((Message.read_at.is_(None), 0), else_=1)
        messages, has_more = _page_of(
            (mine.where(Message.type == kind) if kind else mine).order_by(unread_first, Message.id.desc())
        )
        counts = dict(
            db.session.execute(
                select(Message.type, func.count(Message.id))
                .where(unread_by(who().user_id))
                .group_by(Message.type)
            ).all()
        )
        return self.render_template(
            "messages/list.html",
            messages=messages,
            kind=kind,
            tabs=[(None, sum(counts.values())), *((each, counts.get(each, 0)) for each in TABS)],
            page_number=page_number(),
            has_more=has_more,
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        message = self._mine(pk)
        return self.render_template("messages/show.html", message=message, link=_application_link(message))

    @expose("/<int:pk>/open", methods=["POST"])
    @has_access
    @permission_name("show")
    def open(self, pk: int) -> Any:
        """Mark as read, then show: a GET changes nothing."""
        operations.mark_read(self._mine(pk), at=clock.now())
        db.session.commit()
        return redirect(url_for("MessagesView.show", pk=pk))

    @expose("/read-all", methods=["POST"])
    @has_access
    def read_all(self) -> Any:
        operations.mark_all_read(me(), at=clock.now())
        db.session.commit()
        flash(_("已全部标为已读。"), "success")
        return redirect(url_for("MessagesView.list"))

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    def delete(self, pk: int) -> Any:
        operations.delete(self._mine(pk), at=clock.now())
        db.session.commit()
        flash(_("消息已删除。"), "success")
        return redirect(url_for("MessagesView.list"))

    def _mine(self, pk: int) -> Message:
        message: Message = get_or_404(Message, pk, who())
        if message.deleted_at is not None:
            abort(404)
        return message


TABS = (MessageType.REVIEW, MessageType.SYSTEM, MessageType.UNIT)


def _application_link(message: Message) -> str | None:
    """Where the application of a message is shown to its reader; None if he may not see it (any more)."""
    application = message.application_id and db.session.scalar(
        scoped(Application, who()).where(Application.id == message.application_id)
    )
    if not application:
        return None
    view = "ProgressView" if application.applicant_id == who().user_id else "WorkbenchView"
    return url_for(f"{view}.show", pk=application.id)


class NoticesView(BaseView):  # type: ignore[misc]
    """Announcements, open to everyone."""

    route_base = "/notices"
    default_view = "list"

    @expose("/")
    def list(self) -> Any:
        notices, has_more = _page_of(select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc()))
        return self.render_template(
            "messages/notices.html", notices=notices, page_number=page_number(), has_more=has_more
        )

    @expose("/<int(max=2147483647):pk>")
    def show(self, pk: int) -> Any:
        notice = db.session.get(Notice, pk) or abort(404)
        return self.render_template("messages/notice.html", notice=notice)


VIEWS: tuple[type, ...] = (MessagesView, NoticesView)
