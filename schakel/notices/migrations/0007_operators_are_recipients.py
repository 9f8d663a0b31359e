"""A notice to an operator is to the operator: so all that is wrong in its network can stand in one."""

from django.db import migrations

# What gathers is closed: two of one operator could not both gather from now on.
FORWARDS = """
UPDATE notices_notice n
SET organisation_id = c.organisation_id, state = CASE n.state WHEN 'gathering' THEN 'ready' ELSE n.state END
FROM registry_contact c
WHERE c.id = n.contact_id AND n.via = 'operator' AND c.organisation_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Moves the notices that are there."""

    dependencies = [("notices", "0006_findings_by_kind_and_severity"), ("registry", "__first__")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
