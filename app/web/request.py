"""What a request knows of the person behind it; asked once, kept for the length of the request."""

from dataclasses import replace

from flask import g, request, session
from flask_appbuilder.security.sqla.models import User
from flask_login import current_user
from sqlalchemy import select

from .. import clock
from ..audit import Actor
from ..extensions import db
from ..models import Organisation, SupportCase, ViewAs
from ..policy import Standing, standing_of
from ..roles import may_open
from ..vocabulary import Role
from .fields import number_in

NOBODY = Standing(0, {})
LAST_PAGE = 10_000

# The key in the session; and the doors out of a view, where one is oneself again.
VIEW = "view_as"
LEAVES_VIEW = ("ViewAsView.end", "SignInView.logout")


def myself() -> User | None:
    """The row of whoever is signed in, or None; whoever's view he has."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def me() -> User | None:
    """Whose pages these are: the signed-in user, or the applicant whose view he has; None: nobody."""
    view = view_as()
    return view.subject if view else myself()


def who() -> Standing:
    """The roles and organisations of the signed-in user; of nobody: none. In a view, the applicant and no more."""
    if "standing" not in g:
        view = view_as()
        g.standing = Standing(view.subject_id, {Role.APPLICANT: ()}) if view else _own_standing()
    found: Standing = g.standing
    return found


def view_as() -> ViewAs | None:
    """The view as an applicant that holds for this request: till its end, and while its case is open (SUP-01)."""
    if "view_as" not in g:
        # Asked first: a request for a script or a style then looks nobody up.
        key = session.get(VIEW, "") if request.endpoint not in LEAVES_VIEW else ""
        user = myself() if key else None
        g.view_as = _view(int(key), user.id) if user else None
    found: ViewAs | None = g.view_as
    return found


def _view(key: int, user_id: int) -> ViewAs | None:
    if Role.HOTLINE not in _own_standing().organisations:
        return None
    return db.session.scalars(
        select(ViewAs)
        .join(SupportCase, SupportCase.id == ViewAs.case_id)
        .where(
            ViewAs.id == key,
            ViewAs.by_id == user_id,
            ViewAs.ended_at.is_(None),
            ViewAs.ends_at > clock.now(),
            SupportCase.closed_at.is_(None),
        )
    ).one_or_none()


def _own_standing() -> Standing:
    if "own_standing" not in g:
        user = myself()
        g.own_standing = standing_of(user) if user else NOBODY
    found: Standing = g.own_standing
    return found


def offices() -> list[Organisation]:
    """The organisations the user acts for, by name."""
    if "offices" not in g:
        ids = who().offices
        g.offices = (
            list(
                db.session.scalars(
                    select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
                )
            )
            if ids
            else []
        )
    found: list[Organisation] = g.offices
    return found


def actor() -> Actor:
    """Who stands behind this request, in the first of his roles that opens what he asked for (D08)."""
    if "actor" not in g:
        user, standing = myself(), _own_standing()
        view, _, method = (request.endpoint or "").partition(".")
        role = next((each for each in standing.roles if may_open(each, view, f"can_{method}")), None)
        mine = standing.of(role) if role else ()
        key = next(iter((request.view_args or {}).values()), "")
        g.actor = Actor(
            user_id=user.id if user else None,
            role=role,
            organisation_id=mine[0] if len(mine) == 1 else None,
            address=request.remote_addr or "",
            doing=request.endpoint or "",
            object_id="".join(filter(str.isprintable, str(key)))[:64],
        )
    found: Actor = g.actor
    return found


def acts_for(office_id: int | None) -> None:
    """Say for which of his offices the person acts in this request; a clerk of several is nobody's otherwise (D08)."""
    standing = _own_standing()
    role = next((each for each in standing.roles if office_id in standing.of(each)), None)
    if role is not None:
        g.actor = replace(actor(), role=role, organisation_id=office_id)


def page_number() -> int:
    """The page of a list that is asked for; nonsense means the first."""
    return min(number_in(request.args.get("page")) or 1, LAST_PAGE)


def is_local(path: str) -> bool:
    """Whether a page asked for the way back may be led to: a path of this house, not another one's (C12)."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path


def has_role(role: Role) -> bool:
    return role in who().organisations
