"""Settings: everything that differs from place to place comes from the environment.

docs/reference/settings.md lists each variable with its meaning and default; a test compares the two.
"""

import os
import secrets
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from schakel.kit import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "schakel"


def _setting(name: str, default: str = "") -> str:
    return os.environ.get(f"SCHAKEL_{name}", default)


DATA_DIR = Path(_setting("DATA_DIR", str(ROOT / "var"))).resolve()
STORE = _setting("STORE", str(DATA_DIR / "store"))
BASE_URL = _setting("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = _setting("DEBUG") == "yes"


def _secret_key() -> str:
    """The key from the environment, else one made at the first start and kept for us alone."""
    if given := _setting("SECRET_KEY"):
        return given
    kept = DATA_DIR / "secret-key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _setting("HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "schakel.journal",
    "schakel.registry",
    "schakel.people",
    "schakel.intake",
    "schakel.post",
    "schakel.notices",
    "schakel.sharing",
    "schakel.collaboration",
    "schakel.governance",
    "schakel.oversight",
    "schakel.web",
    "schakel.jobs",
    "schakel.commands",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "schakel.web.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "schakel.web.middleware.readable",
    "schakel.web.middleware.actor",
    "schakel.web.middleware.capacity",
    "schakel.web.middleware.refusals",
]
ROOT_URLCONF = "schakel.config.urls"
ASGI_APPLICATION = "schakel.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schakel.web.context.site",
            ],
        },
    },
]


def _database() -> dict[str, object]:
    """DATABASE_URL where it is set, else the embedded server's socket."""
    if url := os.environ.get("DATABASE_URL"):
        given = conninfo_to_dict(url)
        place = {
            "NAME": given.pop("dbname", "schakel"),
            "USER": given.pop("user", ""),
            "PASSWORD": given.pop("password", ""),
            "HOST": given.pop("host", ""),
            "PORT": given.pop("port", ""),
            "OPTIONS": given,
        }
    else:
        place = {"NAME": "schakel", "USER": "schakel", "HOST": str(embedded.socket_folder(DATABASE_DIR))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **place,
    }


DATABASE_DIR = DATA_DIR / "postgresql"
IS_EMBEDDED = not os.environ.get("DATABASE_URL")
DATABASES = {"default": _database()}
CONNECTIONS = int(_setting("CONNECTIONS", "20"))  # Of one process that serves the site.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "situation"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "schakel.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Schakel"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https") else 0
X_FRAME_OPTIONS = "DENY"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # The default of 300 would throw counters of rate limits away.
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
TIME_ZONE = _setting("TIME_ZONE", "Europe/Amsterdam")
USE_I18N = USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static", ROOT / "build" / "web"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

PROCRASTINATE_IMPORT_PATHS = ["schakel.jobs.schedule"]

# Post.
SMTP_URL = _setting("SMTP_URL", "smtp://127.0.0.1:8025")
MAIL_FROM = _setting("MAIL_FROM", "Schakel <meldingen@schakel.example>")
MAIL_BOUNCE = _setting("MAIL_BOUNCE", "retour@schakel.example")
CIRCLE_KEY = _setting("CIRCLE_KEY", str(DATA_DIR / "circle-key"))  # A file: what closed circles are sealed with.
REVIEW_ABOVE = _setting("REVIEW_ABOVE", "green")  # Items with a stricter label need a second person's yes.
# How items are fetched, by kind of source (schakel/sharing/incoming/fetching.py).
ITEM_FETCHERS = {
    "csaf": "schakel.sharing.incoming.fetchers.csaf.CsafFetcher",
    "feed": "schakel.sharing.incoming.fetchers.feed.FeedFetcher",
    "mailbox": "schakel.sharing.incoming.fetchers.mailbox.MailboxFetcher",
    "imap": "schakel.sharing.incoming.fetchers.imap.ImapFetcher",
    "taxii": "schakel.sharing.incoming.fetchers.taxii.TaxiiFetcher",
    "misp": "schakel.sharing.incoming.fetchers.misp.MispFetcher",
}
OPENPGP_KEY = _setting("OPENPGP_KEY")  # A file: the platform's own secret key, armoured.
SINK_PORT = int(_setting("SINK_PORT", "8025"))
LMTP_PORT = int(_setting("LMTP_PORT", "8024"))
IS_LOCAL = BASE_URL.startswith(("http://127.", "http://localhost", "http://[::1]"))
# Whether webhooks may go to our own network; usual only where the whole platform runs on one laptop.
WEBHOOKS_PRIVATE = _setting("WEBHOOKS_PRIVATE", "yes" if IS_LOCAL else "no") == "yes"
# Whether items may be fetched from our own network, and without encryption.
SOURCES_PRIVATE = _setting("SOURCES_PRIVATE", "yes" if IS_LOCAL else "no") == "yes"

# Look-ups that prove claims.
LOOKUPS = _setting("LOOKUPS", "no" if IS_LOCAL else "yes") == "yes"
LOOKUPS_PRIVATE = _setting("LOOKUPS_PRIVATE", "no") == "yes"
RESOLVERS = _setting("RESOLVERS")  # Name servers to ask: address or address:port, with commas; else the system's.
RDAP_BOOTSTRAP = _setting("RDAP_BOOTSTRAP", "https://data.iana.org/rdap")

# Notices.
PLATFORM_NAME = _setting("NAME", "Schakel")
HELP_LINE = _setting("HELP_LINE")  # Whom to call or write, in one line; stands under every notice.
LINK_DAYS = int(_setting("LINK_DAYS", "90"))
PRESUMED_FIXED_AFTER = int(_setting("PRESUMED_FIXED_AFTER", "3"))  # Complete reports in which a finding is not seen.
REMATCH_DAYS = int(_setting("REMATCH_DAYS", "365"))  # How far back stored rows are matched again when holders change.
REMATCH_OPEN_DAYS = int(_setting("REMATCH_OPEN_DAYS", "30"))  # How long a sighting still counts as open then.
LEGAL_BASIS = _setting("LEGAL_BASIS", "cbw-16-2-b")
COORDINATOR = _setting("COORDINATOR")  # Who signs agreements for the network, by name.
APPLICATION_DAYS = int(_setting("APPLICATION_DAYS", "14"))  # After so many the desk is reminded of one that waits.
AGREEMENT_DAYS = int(_setting("AGREEMENT_DAYS", "90"))  # Before its end an agreement is up for renewal.
FACTS = _setting("FACTS")  # A folder of files that take the place of the facts that we ship.

# The network.
PARTNERS_WARN = int(_setting("PARTNERS_WARN", "180"))  # So many in the core and the ecosystem, and the pages warn.
PARTNERS_CEILING = int(_setting("PARTNERS_CEILING", "200"))  # What the plan holds to be manageable; never a bar.
PROSPECT_STALE_DAYS = int(_setting("PROSPECT_STALE_DAYS", "180"))
CONTINUITY_DAYS = int(_setting("CONTINUITY_DAYS", "120"))
INACTIVE_DAYS = int(_setting("INACTIVE_DAYS", "180"))
UNDO_DAYS = int(_setting("UNDO_DAYS", "30"))

# What counts in the balance of a partner; a part that comes to exist adds its own (schakel/collaboration/counters.py).
BALANCE_COUNTERS = [
    "schakel.collaboration.counters.NOTICES_RECEIVED",
    "schakel.collaboration.counters.NOTICES_ANSWERED",
    "schakel.collaboration.counters.USE_CASES",
    "schakel.collaboration.counters.INITIATIVES_LED",
    "schakel.collaboration.counters.FUNCTIONS_TAKEN_UP",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
