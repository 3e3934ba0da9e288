"""The extensions, made once and bound to an app in create_app()."""

from flask_appbuilder import Model
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

db = SQLAlchemy(model_class=Model)
migrate = Migrate()
csrf = CSRFProtect()
