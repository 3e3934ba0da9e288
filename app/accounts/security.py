"""FAB's security manager, with what it leaks closed: lock, server-side sessions, roles from memberships."""

from collections import namedtuple
from datetime import timedelta
from typing import Any

from flask import current_app, g, session
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import User

from .. import clock
from ..database import set_reading
from ..extensions import db
from ..roles import fab_roles, may_open
from ..vocabulary import Role
from . import sessions

Named = namedtuple("Named", "id name")


def session_lengths() -> sessions.Lasts:
    """What the settings say (A03)."""
    return sessions.Lasts(
        idle=timedelta(minutes=current_app.config["IDLE_MINUTES"]),
        staff_idle=timedelta(minutes=current_app.config["STAFF_IDLE_MINUTES"]),
        longest=timedelta(hours=current_app.config["SIGN_IN_HOURS"]),
    )


class HouseSecurityManager(SecurityManager):
    """Registers no view of FAB's own: stock ones leak (fab.md 2). Sign-in and accounts are our views."""

    @staticmethod
    def create_builtin_roles() -> dict[str, Any]:
        return fab_roles()

    def register_views(self) -> None:
        from .account_views import AccountView
        from .views import SignInView

        self.auth_view = self.appbuilder.add_view_no_menu(SignInView())
        self.appbuilder.add_view_no_menu(AccountView())

    def load_user(self, pk: str) -> User | None:
        key = session.get("key")
        if not key:
            return None
        now = clock.now()
        found = sessions.find(key, at=now, lasts=session_lengths())
        if found is None or str(found[0].id) != str(pk):
            return None
        user, sign_in, g.own_standing = found
        if now - sign_in.seen_at > sessions.TOUCH:
            g.touch = sign_in.id
        return user

    def get_user_roles(self, user: Any) -> list[Named]:
        """FAB asks by role name; memberships are the only source of roles."""
        from ..web.request import who

        return [Named(0, role.value) for role in who().roles] if user.is_authenticated else []

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """What asks for a permission is never public; public views ask for none."""
        return False

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        return any(
            may_open(Role(each.name), view_name, permission_name) for each in self.get_user_roles(user)
        )

    def _get_user_permission_view_menus(
        self, user: Any, permission_name: str, view_menus_name: list[str]
    ) -> set[str]:
        if user is None:
            return set()
        return {view for view in view_menus_name if self._has_view_access(user, permission_name, view)}


def note_presence(_error: BaseException | None) -> None:
    """After a request: remember that its browser was seen, at most once a minute."""
    sign_in = g.pop("touch", None)
    if sign_in is not None:
        db.session.rollback()
        set_reading(False)
        sessions.touch(sign_in, at=clock.now())
