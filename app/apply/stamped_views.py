"""表十七: once the electronic material has passed, the stamped page is scanned, cut and handed in (ATT-04, M4.3.1)."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..dossier import page_crops, page_scans, stamped, storage
from ..dossier.crops import TURNS, Size
from ..dossier.files import Kept
from ..dossier.images import Picture
from ..dossier.page_crops import PageCrop, parse_tilt
from ..dossier.pages import UNPROCESSABLE, explain
from ..dossier.rules import parse_number
from ..dossier.serving import FILE_POLICY, limit_uploads
from ..dossier.uploads import NO_FILE, limits, received
from ..errors import DomainError, FileRefused, OutOfDate
from ..extensions import db
from ..models import Application, StampedPage
from ..vocabulary import N_, PageState, Status
from ..web.fields import number_in
from ..web.request import me, who
from ..workflow import stamping
from ..workflow.refusals import PageGone
from .gaps import own_application
from .progress import paper_of

NOT_A_NUMBER = N_(
    "左、上、宽应为整数（像素），方向应为 0、90、180、270 之一，微调角度应为 -10 到 10 之间的度数，如 0.5 或 -1.5"
)
NO_SUCH_PAGE = N_("没有这一页：文件共 %(pages)s 页")
NOT_LOOKED_AT = N_("先看右侧预览，确认后勾选“四边完整，文字和公章清晰”，再上传")


class StampedView(BaseView):
    route_base = "/applications"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        return limit_uploads(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/<int:pk>/table-17")
    @has_access
    def show(self, pk: int) -> Any:
        return self._page(own_application(pk, who()))

    @expose("/<int:pk>/table-17", methods=["POST"])
    @has_access
    def choose(self, pk: int) -> Any:
        """Take a scan in; nothing is handed in yet."""
        own_application(pk, who())
        # Decoding takes its time; nobody else's writing waits for it.
        db.session.rollback()
        try:
            filename, content = received("scan", NO_FILE)[0]
            picture = page_scans.original(filename, content, limits())
            _enter(picture, lambda kept, digest: stamping.choose(
                own_application(pk, who()), kept, digest, by=me(), at=clock.now()
            ))  # fmt: skip
        except DomainError as refused:
            db.session.rollback()
            return self._page(own_application(pk, who()), error=explain(refused))
        flash(_("图片已接收。现在裁剪，核对预览后上传。"), "success")
        return redirect(url_for("StampedView.show", pk=pk, _anchor="adjust"))

    @expose("/<int:pk>/table-17/crop", methods=["POST"])
    @has_access
    def crop(self, pk: int) -> Any:
        """Cut and hand in what was sent (`do` = save), or show it: as it is, straightened, moved by one step."""
        application, key = own_application(pk, who()), request.form.get("source", "")
        source = _source(application, key)
        if source is None or application.status is not Status.PAPER:
            return self._page(application, problem=explain(PageGone()))
        try:
            sent, jpeg = _sent(source)
            size = page_scans.size_of(jpeg)
            page_scans.require_large_enough(size, source.name)
            crop, action = page_crops.inside(sent, size), request.form.get("do", "")
            if action in page_crops.MOVES:
                sent = crop = page_crops.moved(crop, size, action)
            elif action == "straighten":
                sent = crop = replace(crop, tilt=page_scans.straightened(jpeg, crop))
            if action != "save":
                return self._page(application, source=source, crop=crop, clamped=crop != sent)
            if not request.form.get("looked"):
                return self._page(application, source=source, crop=crop, problem=_(NOT_LOOKED_AT))
            self._hand_in(pk, source, jpeg, crop)
        except DomainError as refused:
            db.session.rollback()
            application = own_application(pk, who())
            return self._page(application, source=_source(application, key), problem=explain(refused))
        flash(_("表十七已上传，等待接收。接收前可以随时重新裁剪或更换。"), "success")
        return redirect(url_for("StampedView.show", pk=pk))

    @expose("/<int:pk>/table-17/original")
    @has_access
    def original(self, pk: int) -> Any:
        """The chosen scan, or a page of it, as it came; nobody's but the owner's."""
        application = own_application(pk, who())
        key = request.args.get("of")
        there = (
            _source(application, key)
            if key
            else stamped.chosen(application) or stamped.handed_in(application)
        )
        source = there or abort(404)
        number = number_in(request.args.get("page")) or 1
        if number > source.pages:
            abort(404)
        answer = Response(_leaf(source, number), mimetype="image/jpeg")
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def _hand_in(self, pk: int, source: StampedPage, jpeg: bytes, crop: PageCrop) -> None:
        key, seen = source.original_key, number_in(request.form.get("seen")) or 0
        name = source.name
        db.session.rollback()
        picture = page_scans.cut(name, jpeg, crop)
        try:
            _enter(picture, lambda kept, digest: stamping.hand_in(
                own_application(pk, who()), key, kept, digest, crop, by=me(), seen=seen, at=clock.now()
            ))  # fmt: skip
        except OutOfDate:
            db.session.rollback()
            page = stamped.handed_in(own_application(pk, who()))
            # Pressed twice: what lies there is what was sent (E03).
            twice = page is not None and page.state is PageState.HANDED_IN
            if not (twice and page and page.original_key == key and page.sha256 == _digest(picture)):
                raise

    def _page(
        self,
        application: Application,
        source: StampedPage | None = None,
        crop: PageCrop | None = None,
        clamped: bool = False,
        error: str = "",
        problem: str = "",
    ) -> Any:
        """`error` belongs to the upload, `problem` to the frame; without a `crop` it is the stored one's."""
        is_open = application.status is Status.PAPER
        paper = paper_of(application)
        page = paper.page if paper else None
        chosen = stamped.chosen(application) if is_open else None
        wanted = request.args.get("adjust") and page is not None
        source = source or chosen or (page if is_open and (wanted or problem) else None)
        shown = _shown(source, crop) if source else None
        return self.render_template(
            "apply/stamped.html",
            application=application,
            handed=page,
            office=paper.office if paper else "",
            source=source,
            **(shown or {}),
            crops=page_crops,
            turns=TURNS,
            clamped=clamped,
            typed=request.form if problem and not crop else {},
            is_open=is_open,
            error=error,
            problem=problem,
            Status=Status,
            PageState=PageState,
        ), UNPROCESSABLE if error or problem else 200


def _source(application: Application, key: str) -> StampedPage | None:
    found = (stamped.chosen(application), stamped.handed_in(application))
    return next((each for each in found if each is not None and each.original_key == key), None)


def _sent(source: StampedPage) -> tuple[PageCrop, bytes]:
    """The frame that was posted and the page it lies on; FileRefused for what is no number. On another page than was
    shown it is the whole of that."""
    sent = request.form
    numbers = {name: parse_number(sent.get(name, "")) for name in ("left", "top", "width", "turn", "page")}
    tilt = parse_tilt(sent.get("tilt", ""))
    found = [number for number in numbers.values() if number is not None]
    if len(found) < len(numbers) or tilt is None or numbers["turn"] not in TURNS:
        raise FileRefused(NOT_A_NUMBER)
    left, top, width, turn, number = found
    if not 1 <= number <= source.pages:
        raise FileRefused(NO_SUCH_PAGE, pages=source.pages)
    jpeg = _leaf(source, number)
    if str(number) != sent.get("shown", str(number)):
        return page_crops.whole(page_scans.size_of(jpeg), page=number), jpeg
    return PageCrop(left, top, width, turn, tilt, number), jpeg


def _shown(source: StampedPage, crop: PageCrop | None) -> dict[str, Any]:
    """What the crop page shows of a scan: its numbers, and what they would give."""
    stored = crop or page_crops.read(source.crop)
    jpeg = _leaf(source, stored.page)
    size: Size = page_scans.size_of(jpeg)
    look = page_scans.look(jpeg, stored)
    return {
        "crop": stored,
        "size": size,
        "mat": page_crops.mat(size, stored.turn),
        "preview": b64encode(look.preview).decode(),
        "hints": look.doubts,
    }


def _leaf(source: StampedPage, number: int) -> bytes:
    try:
        content = storage.read(current_app.config["PRIVATE_ROOT"], source.original_key)
    except FileNotFoundError:
        abort(404)
    return page_scans.leaf(content, source.mime, source.name, number)


def _enter(picture: Picture, enter: Any) -> None:
    """Write the file, then its row; what is needed no more goes after the commit (E07)."""
    root = current_app.config["PRIVATE_ROOT"]
    kept = Kept(picture, storage.store(root, picture.content))
    unneeded = [kept.key]
    try:
        replaced = enter(kept, _digest(picture))
        db.session.commit()
        unneeded = replaced
    finally:
        for key in unneeded:
            storage.discard(root, key)


def _digest(picture: Picture) -> str:
    return hashlib.sha256(picture.content).hexdigest()
