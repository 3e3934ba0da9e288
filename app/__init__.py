"""职称申报管理系统. create_app() puts the house together, in reading order."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config

from .protection import keyring_of


def create_app(**settings: object) -> Flask:
    """The app with the settings of config.py, each of which a keyword may replace."""
    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    _configure(app, settings)
    _extend(app)
    with app.app_context():
        _open_rooms(app)
    return app


def _configure(app: Flask, settings: dict[str, object]) -> None:
    config = Config()
    app.config.from_mapping({name: value for name, value in vars(config).items() if name.isupper()})
    app.config.update(settings)
    for name in ("MODE", "DEBUG", "SECRET_KEY", "TRUSTED_HOSTS", "IDENTITY_KEYS", "INDEX_KEY", "AUDIT_KEY"):
        setattr(config, name, app.config[name])
    config.check_production()
    app.config["IS_PRODUCTION"] = config.is_production
    app.extensions["keyring"] = keyring_of(config.IDENTITY_KEYS, config.INDEX_KEY, config.AUDIT_KEY)
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _extend(app: Flask) -> None:
    from . import audit, models  # noqa: F401  every mapper before any view (fab.md 1)
    from .database import tame
    from .extensions import csrf, db, migrate

    db.init_app(app)
    with app.app_context():
        tame(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    audit.listen()


def _open_rooms(app: Flask) -> None:
    from . import (
        accounts,
        apply,
        cli,
        dossier,
        form,
        guides,
        messages,
        organisations,
        packages,
        reference,
        review,
        support,
    )
    from .accounts.security import HouseSecurityManager
    from .extensions import db
    from .web import assets, cookies, errors, gallery, headers, house, shell

    cookies.register(app)
    headers.register(app)
    front = house.House(indexview=house.FrontDoor, security_manager_class=HouseSecurityManager)
    front.init_app(app, db.session)
    house.choose_language(app)
    assets.register(app)
    shell.register(app)
    errors.register(app)
    front.add_view_no_menu(house.PreferencesView)
    if not app.config["IS_PRODUCTION"]:
        front.add_view_no_menu(gallery.GalleryView)
    for room in (
        accounts,
        organisations,
        dossier,
        form,
        messages,
        reference,
        apply,
        review,
        guides,
        support,
        packages,
    ):
        for view in room.views_of(app):
            front.add_view_no_menu(view)
    cli.register(app)
