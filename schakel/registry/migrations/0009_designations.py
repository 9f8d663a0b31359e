"""Designations get a table of their own, with days; what the partners' own column said is taken over."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

LAW_DAY = datetime.date(2026, 8, 15)  # Stb. 2026, 187: before that day nobody was designated by this law.


def take_over(apps, _editor):
    """CSIRTs keep the sectors that a file of partners gave them."""
    partner, designation = apps.get_model("registry", "Partner"), apps.get_model("registry", "Designation")
    rows = [
        designation(partner=one, sector=sector, from_on=LAW_DAY, source="file of partners")
        for one in partner._base_manager.filter(type="csirt").exclude(standing="prospect")
        for sector in dict.fromkeys(one.sectors)
    ]
    designation.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0008_partners'),
    ]

    operations = [
        migrations.CreateModel(
            name='Designation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sector', models.TextField()),
                ('from_on', models.DateField()),
                ('until_on', models.DateField(null=True)),
                ('basis', models.TextField(blank=True, default='')),
                ('source', models.TextField(blank=True, default='')),
                ('checked_on', models.DateField(null=True)),
                ('is_certain', models.BooleanField(default=False)),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='designations', to='registry.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['sector'], name='designation_by_sector')],
                'constraints': [models.UniqueConstraint(fields=('partner', 'sector', 'from_on'), name='designation_once'), models.CheckConstraint(condition=models.Q(('until_on', None), ('from_on__lt', models.F('until_on')), _connector='OR'), name='designation_runs_forward')],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
