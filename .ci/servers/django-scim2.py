"""A SCIM server of django-scim2 in one file, with users and groups in SQLite. Usage: django-scim2.py PORT"""
import sys
import tempfile
import types

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="not a secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="urls",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "bearer.Bearer",
    ],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django_scim", "people"],
    AUTH_USER_MODEL="people.User",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": tempfile.mktemp(suffix=".sqlite3"),
            # Nothing has to survive a crash of the machine.
            "OPTIONS": {"init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;"},
        }
    },
    SCIM_SERVICE_PROVIDER={
        "NETLOC": "localhost",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "token", "description": "a token"}],
        "GROUP_MODEL": "people.models.Group",
        "WSGI_APP": None,
    },
)


def module(name, **content):
    made = types.ModuleType(name)
    made.__dict__.update(content)
    sys.modules[name] = made
    return made


people = module("people", __path__=[], __file__=__file__)
from django.apps import AppConfig  # noqa: E402

people.Config = type("Config", (AppConfig,), {"name": "people", "label": "people", "path": tempfile.mkdtemp(), "__module__": "people"})
settings.INSTALLED_APPS[-1] = "people.Config"


class _Models:
    """Runs when Django asks for people.models, since models need the settings."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        import importlib.machinery

        return importlib.machinery.ModuleSpec(name, _Models) if name == "people.models" else None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(made):
        from django.contrib.auth.models import AbstractUser
        from django.db import models
        from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin

        class Group(AbstractSCIMGroupMixin):
            __module__ = "people.models"
            name = models.CharField(max_length=200, unique=True)

        class User(AbstractSCIMUserMixin, AbstractUser):
            __module__ = "people.models"
            scim_groups = models.ManyToManyField(Group, related_name="user_set")

        made.Group, made.User = Group, User


sys.meta_path.append(_Models)


class Bearer:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, request):
        from django.contrib.auth import get_user_model

        if request.headers.get("Authorization") == "Bearer t":
            request.user = get_user_model()(username="client", is_active=True)
        return self.inner(request)


module("bearer", Bearer=Bearer)
django.setup()
from django.urls import include, path  # noqa: E402

module("urls", urlpatterns=[path("scim/v2/", include("django_scim.urls"))])
from django.core.management import call_command  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
call_command("runserver", f"127.0.0.1:{sys.argv[1]}", use_reloader=False)
