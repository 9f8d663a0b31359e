"""A number per change of the assets, so that an index of them knows what it has not seen."""

from django.db import migrations


class Migration(migrations.Migration):
    """Adds the sequence."""

    dependencies = [("registry", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE registry_asset_revision", "DROP SEQUENCE registry_asset_revision")
    ]
