"""A notice to an operator is to the operator: so all that is wrong in its network can stand in one."""

from django.db import migrations

# What gathers is closed: two of one operator could not both gather from now on. Where the operator's contact has gone,
# nobody can tell any more whose notice it was: its link closes.
FORWARDS = """
UPDATE notices_notice n
SET organisation_id = c.organisation_id, state = CASE n.state WHEN 'gathering' THEN 'ready' ELSE n.state END
FROM registry_contact c
WHERE c.id = n.contact_id AND n.via = 'operator' AND c.organisation_id IS NOT NULL;
UPDATE notices_notice n SET link_revoked_at = coalesce(link_revoked_at, now())
WHERE n.via = 'operator' AND NOT EXISTS (
    SELECT FROM registry_contact c WHERE c.id = n.contact_id AND c.organisation_id = n.organisation_id)
"""


class Migration(migrations.Migration):
    """Moves the notices that are there."""

    dependencies = [("notices", "0006_findings_by_kind_and_severity"), ("registry", "__first__")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
