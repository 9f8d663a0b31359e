"""`python -m tests.house.migrations` ends with 1 where a model has changed and its migration was not written."""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Compare models and migrations, with the database at hand so that their history is checked too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    django.setup()
    from schakel.commands import database

    database.ready(migrate=False)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


if __name__ == "__main__":
    main()
