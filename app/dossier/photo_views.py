"""照片: upload a picture, cut the photo out of it by mouse, buttons or numbers, and cut it anew at any time (PRO-03)."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..errors import DomainError, FileRefused
from ..extensions import db
from ..models import Person
from ..vocabulary import N_
from . import crops, portraits, storage
from .crops import Crop, Size
from .files import Kept, original_of, photo_of, recut_photo, set_photo
from .images import Picture
from .locks import require_editable
from .pages import UNPROCESSABLE, back_to, explain, here_and_back, lock_sentence, onwards, own_person
from .rules import parse_number
from .uploads import limits, quota, received

NOT_A_NUMBER = N_("左、上、宽应为整数（像素），方向应为 0、90、180、270 之一")
NO_ORIGINAL = N_("没有可以截取的原图，重新上传照片后再调整")


class PhotoView(BaseView):  # type: ignore[misc]
    route_base = "/person"
    default_view = "edit"

    @expose("/photo", methods=["GET", "POST"])
    @has_access
    def edit(self) -> Any:
        """The photo and its frame; a post uploads another picture, whose middle is the photo at first."""
        if request.method == "GET":
            return self._page()
        try:
            self._upload()
        except DomainError as refused:
            db.session.rollback()
            return self._page(error=explain(refused))
        flash(_("照片已保存。取的是图片的中间部分，可以在下面调整。"), "success")
        return redirect(here_and_back("PhotoView.edit"))

    @expose("/photo/crop", methods=["POST"])
    @has_access
    def crop(self) -> Any:
        """Save the frame that was sent (`do` = save), or show it, moved by one step (crops.MOVES) or as it is."""
        person = own_person()
        use = original_of(person)
        if use is None:
            return self._page(error=_(NO_ORIGINAL))
        name, content = use.attachment.name, _bytes(use.attachment_id)
        size = portraits.size_of(content)
        try:
            require_editable(person)
            sent = _sent(request.form)
            crop, action = crops.inside(sent, size), request.form.get("do", "")
            if action in crops.MOVES:
                sent = crop = crops.moved(crop, size, action)
            portraits.require_large_enough(size, crop.turn, name)
            if action != "save":
                shown = portraits.cut(name, content, crop).content
                return self._page(crop=crop, clamped=crop != sent, shown=shown)
            self._recut(portraits.cut(name, content, crop), crop)
        except DomainError as refused:
            db.session.rollback()
            return self._page(problem=explain(refused))
        flash(_("照片已保存。"), "success")
        if crop != sent:
            flash(_("超出图片的部分已移到图片边缘。"), "warning")
        return redirect(back_to(url_for("PhotoView.edit")))

    def _page(
        self,
        error: str = "",
        problem: str = "",
        crop: Crop | None = None,
        clamped: bool = False,
        shown: bytes = b"",
    ) -> Any:
        """`error` belongs to the upload, `problem` to the frame; `shown` is what the frame `crop` would give."""
        person = own_person()
        use = original_of(person)
        size = _size(use.attachment_id) if use else None
        stored = crops.read(use.crop) if use and use.crop else None
        return self.render_template(
            "dossier/photo.html",
            photo=photo_of(person),
            original=use.attachment if use and size else None,
            size=size,
            crop=crop or stored or (crops.middle(size) if size else None),
            shown=b64encode(shown).decode(),
            clamped=clamped,
            least=crops.WIDTH,
            typed=request.form if problem else {},
            locked=lock_sentence(person),
            error=error,
            problem=problem,
            back=back_to(url_for("PersonView.edit")),
            back_argument=back_to(""),
            onwards=onwards(),
        ), UNPROCESSABLE if error or problem else 200

    def _upload(self) -> None:
        require_editable(own_person())
        # Decoding takes its time; nobody else's writing waits for it.
        db.session.rollback()
        filename, content = received("photo")[0]
        picture = portraits.original(filename, content, limits())
        crop = crops.middle(portraits.size_of(picture.content))
        photo = portraits.cut(picture.name, picture.content, crop)
        _keep([photo, picture], lambda person, kept: set_photo(
            person, kept[0], kept[1], str(crop), limit=quota(), at=clock.now()
        ))  # fmt: skip

    def _recut(self, photo: Picture, crop: Crop) -> None:
        db.session.rollback()
        _keep([photo], lambda person, kept: recut_photo(
            person, kept[0], str(crop), limit=quota(), at=clock.now()
        ))  # fmt: skip


def _keep(pictures: list[Picture], enter: Callable[[Person, list[Kept]], list[str]]) -> None:
    """Write the files, then their rows; what is not needed any more goes after the commit (E07)."""
    root = current_app.config["PRIVATE_ROOT"]
    kept = [Kept(each, storage.store(root, each.content)) for each in pictures]
    unneeded = [each.key for each in kept]
    try:
        replaced = enter(own_person(), kept)
        db.session.commit()
        unneeded = replaced
    finally:
        for key in unneeded:
            storage.discard(root, key)


def _sent(values: Any) -> Crop:
    """The frame of a form or an address; FileRefused for what is no number."""
    numbers = {name: parse_number(values.get(name, "")) for name in ("left", "top", "width", "turn")}
    found = [number for number in numbers.values() if number is not None]
    if len(found) < len(numbers) or numbers["turn"] not in crops.TURNS:
        raise FileRefused(NOT_A_NUMBER)
    return Crop(*found)


def _bytes(key: str) -> bytes:
    try:
        return storage.read(current_app.config["PRIVATE_ROOT"], key)
    except FileNotFoundError:
        abort(404)


def _size(key: str) -> Size | None:
    """The size of a kept original; none where its bytes are gone."""
    try:
        return portraits.size_of(storage.read(current_app.config["PRIVATE_ROOT"], key))
    except FileNotFoundError:
        return None
