"""The counter of the places of what programs fetch: it never goes back, whatever is deleted or the clock does."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sharing", "0006_served")]

    operations = [migrations.RunSQL("CREATE SEQUENCE sharing_served_place", "DROP SEQUENCE sharing_served_place")]
