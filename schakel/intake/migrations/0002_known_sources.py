"""The sources that every network in the Netherlands hears from, with strict terms to begin with."""

from django.db import migrations

SOURCES = [
    ("shadowserver", "The Shadowserver Foundation", "amber", True),
    ("divd", "Dutch Institute for Vulnerability Disclosure", "amber", False),
    ("police", "Politie", "amber", False),
    ("ncsc", "Nationaal Cyber Security Centrum", "amber", False),
    ("partner", "A partner of the network", "amber", False),
    ("volunteer", "A volunteer researcher", "amber", False),
]


def add(apps, _editor):
    """Add those that are not there."""
    source = apps.get_model("intake", "Source")
    rows = [source(slug=s, name=n, tlp=t, is_operator_allowed=o) for s, n, t, o in SOURCES]
    source.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    """Adds the rows; going back leaves them, as reports may point at them."""

    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
