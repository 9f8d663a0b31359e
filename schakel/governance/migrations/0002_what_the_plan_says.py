"""Writes down what the plan says of the functions, so that their pages are not empty. Taking it back leaves the rows."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def begin(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    from schakel.governance.beginning import canvases_at, flows_of_plan

    canvas, flow = apps.get_model("governance", "Canvas"), apps.get_model("governance", "Dependency")
    canvas.objects.bulk_create([canvas(**fields) for fields in canvases_at(timezone.now())])
    flow.objects.bulk_create([flow(**fields) for fields in flows_of_plan()])


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
