"""A contribution points at the capacity in which it was brought, in the place of a copy of its name."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def link(apps, _schema):
    """Find the capacity that the partner's organisation held under that name when it was stated."""
    contribution = apps.get_model("collaboration", "Contribution")
    capacity = apps.get_model("registry", "Capacity")
    held = capacity.objects.filter(
        organisation=OuterRef("partner__organisation"), label=OuterRef("capacity_label"), from_on__lte=OuterRef("stated_at__date")
    ).order_by("-from_on")
    for row in contribution.objects.exclude(capacity_label="").annotate(found=Subquery(held.values("pk")[:1])):
        contribution.objects.filter(pk=row.pk).update(capacity=row.found)


def unlink(apps, _schema):
    """Copy the names back."""
    contribution = apps.get_model("collaboration", "Contribution")
    for row in contribution.objects.exclude(capacity=None).select_related("capacity"):
        contribution.objects.filter(pk=row.pk).update(capacity_label=row.capacity.label)


class Migration(migrations.Migration):

    dependencies = [
        ("collaboration", "0002_balance"),
        ("registry", "0008_partners"),
    ]

    operations = [
        migrations.RenameField("contribution", "capacity", "capacity_label"),
        migrations.AddField(
            model_name="contribution",
            name="capacity",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contributions",
                to="registry.capacity",
            ),
        ),
        migrations.RunPython(link, unlink),
    ]
