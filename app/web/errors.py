"""Error pages: styled, in the person's language, with a reference number and nothing of the inside (C17).

Whoever is signed in and is refused leaves one entry in the record, however the refusal was said (D09).
"""

import logging
import secrets
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from .. import clock
from ..audit import Actor, is_denial_recorded, record_apart
from ..errors import DomainError
from ..extensions import db
from ..protection import Tampered
from ..vocabulary import Result
from .request import actor

log = logging.getLogger(__name__)

# What says no to a person; everything else is a mistake in the request, or ours.
DENIALS = frozenset({403, 404, 409, 429})
FILES = frozenset({"static", "appbuilder.static"})

PAGES = {
    400: (
        _l("请求不完整"),
        _l("页面停留时间过长，或提交的内容不完整。"),
        _l("返回上一页刷新后重新提交，已填内容可复制保留。"),
    ),
    403: (
        _l("无权访问"),
        _l("当前账号没有打开此页面的权限。"),
        _l("从左侧菜单进入，或换用有权限的账号登录。"),
    ),
    404: (_l("页面不存在"), _l("地址有误，或内容已不在您的范围内。"), _l("返回首页，从菜单重新进入。")),
    405: (_l("操作方式不对"), _l("此地址不能直接打开。"), _l("返回上一页，用页面上的按钮操作。")),
    409: (_l("没有完成"), _l("状态已经改变。"), _l("返回上一页刷新后再试。")),
    413: (_l("文件太大"), _l("上传的内容超过了大小限制。"), _l("压缩图片或分次上传。")),
    415: (_l("文件类型不支持"), _l("只支持 JPG、PNG、PDF。"), _l("另存为支持的类型后重新上传。")),
    429: (_l("操作太频繁"), _l("短时间内请求过多。"), _l("等待一分钟后再试。")),
    500: (_l("系统出错"), _l("抱歉，没有保存成功。"), _l("稍后再试；仍不行请拨打技术支持电话并说出编号。")),
    503: (_l("系统维护中"), _l("暂时不能使用。"), _l("稍后再试。")),
}


def said(error: DomainError) -> str:
    """The refusal in the person's language; a word of the vocabulary among its variables too."""
    params = {
        name: _(value) if isinstance(value, str) and value else value for name, value in error.params.items()
    }
    return _(error.message, **params)


def page(code: int, text: str | None = None) -> tuple[str, int]:
    """The error page; without its frame where the database or the address is what failed."""
    title, usual, todo = PAGES.get(code, PAGES[500])
    reference = secrets.token_hex(4).upper()
    if code >= 500:
        log.error("answer %s to %s, reference %s", code, request.path, reference)
    words = {
        "code": code,
        "title": str(title),
        "text": text or str(usual),
        "what_to_do": str(todo),
        "reference": reference,
    }
    # A request for a host that is not ours has no addresses to link to.
    if isinstance(request.routing_exception, SecurityError):
        return _bare(words), code
    try:
        return render_template("errors/error.html", **words), code
    except (SQLAlchemyError, Tampered):
        log.exception("the frame of the error page, reference %s", reference)
        return _bare(words), code


def _bare(words: dict[str, Any]) -> str:
    """The page without what every template is given: that asks who is signed in."""
    return current_app.jinja_env.get_template("errors/bare.html").render(**words)


def note_denial(code: int) -> None:
    """One entry, unless there is one already.

    An address that exists for nobody and a request of nobody leave none: anybody could fill the record.
    """
    if request.endpoint is None or request.endpoint in FILES or is_denial_recorded():
        return
    acting = actor()
    if acting.user_id is None:
        return
    db.session.rollback()
    view = acting.doing.partition(".")[0]
    record_apart(
        acting.doing,
        at=clock.now(),
        result=Result.DENIED,
        object_type=view,
        object_id=acting.object_id,
        detail=str(code),
    )


def altered(error: Tampered) -> tuple[str, int]:
    """Identity data in the database is not what was sealed there: nothing of it is shown, and it is recorded.

    The account itself may be what was altered; nothing here may ask who it is.
    """
    db.session.rollback()
    log.critical("sealed data was altered: %s", error)
    g.actor = Actor(address=request.remote_addr or "", doing=request.endpoint or "")
    record_apart("tampered", at=clock.now(), result=Result.DENIED, object_type="Sealed", detail=str(error))
    title, usual, todo = PAGES[500]
    reference = secrets.token_hex(4).upper()
    return _bare({"title": title, "text": usual, "what_to_do": todo, "reference": reference}), 500


def register(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Any:
        db.session.rollback()
        return page(error.status, said(error))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Any:
        db.session.rollback()
        g.forged = True
        return page(400)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        db.session.rollback()
        return page(error.code)

    @app.errorhandler(Tampered)
    def tampered(error: Tampered) -> Any:
        return altered(error)

    @app.after_request
    def denied(response: Response) -> Response:
        if response.status_code in DENIALS or "forged" in g:
            note_denial(response.status_code)
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        log.exception("unhandled")
        db.session.rollback()
        return page(500)
