"""Names are kept in the form in which they are compared, and what changed in a name or number is seen as a change."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGER = """
CREATE OR REPLACE TRIGGER organisation_is_changed BEFORE UPDATE ON registry_organisation FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION registry_organisation_revised();
"""
BEFORE = ("sector", "sbi", "region", "size_class", "nis2")


def _trigger(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return TRIGGER.format(old=old, new=new)


REVISED, REVISED_BEFORE = _trigger(*BEFORE, "name", "kvk", "rsin", "oin"), _trigger(*BEFORE)


class Migration(migrations.Migration):
    """Adds the table, indexes by which the same numbers are found, and lets a new name or number count as a change."""

    dependencies = [
        ('registry', '0020_applications_reminded'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='registry.organisation')),
                ('plain', models.TextField()),
                ('head', models.TextField()),
                ('tail', models.TextField()),
                ('length', models.IntegerField()),
                ('revision', models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('rsin__isnull', False)), fields=['rsin'], name='organisation_by_rsin'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('oin__isnull', False)), fields=['oin'], name='organisation_by_oin'),
        ),
        migrations.AddIndex(
            model_name='namekey',
            index=models.Index(fields=['head', 'length'], name='name_by_head'),
        ),
        migrations.AddIndex(
            model_name='namekey',
            index=models.Index(fields=['tail', 'length'], name='name_by_tail'),
        ),
        migrations.AddIndex(
            model_name='namekey',
            index=models.Index(fields=['revision'], name='name_by_revision'),
        ),
        migrations.RunSQL(REVISED, REVISED_BEFORE),
    ]
