"""The copied name of a capacity goes, now that each contribution points at the capacity itself."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("collaboration", "0003_contribution_capacity"),
    ]

    operations = [
        migrations.RemoveField("contribution", "capacity_label"),
    ]
