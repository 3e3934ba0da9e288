"""Error pages: styled, in the person's language, with a reference number and nothing of the inside (C17)."""

import logging
import secrets
from typing import Any

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from ..errors import DomainError
from ..extensions import db

log = logging.getLogger(__name__)

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
        return render_template("errors/bare.html", **words), code
    try:
        return render_template("errors/error.html", **words), code
    except SQLAlchemyError:
        log.exception("the frame of the error page, reference %s", reference)
        return render_template("errors/bare.html", **words), code


def register(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Any:
        db.session.rollback()
        return page(409, said(error))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Any:
        db.session.rollback()
        return page(400)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        db.session.rollback()
        return page(error.code)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        log.exception("unhandled")
        db.session.rollback()
        return page(500)
